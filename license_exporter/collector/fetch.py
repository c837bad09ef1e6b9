"""One fetch of one target: its documents are asked for, decoded, read and encoded.

A fetch brings an `Answered`, or raises the FetchError of the document that failed it. Where no
document has changed since the last good fetch, that one's result stands, and nothing is decoded,
read or encoded again.
"""

import asyncio
import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import NamedTuple

from license_exporter.auth.ways import Authenticator, api_url, authenticator
from license_exporter.collector.documents import Fetched, Requests, Tag
from license_exporter.collector.samples import report_samples
from license_exporter.config.target import Target
from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.exposition.text import Encoded, encode_changed
from license_exporter.formats.json import decode
from license_exporter.model.answer import Answer
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Document
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client, Network
from license_exporter.sources.http.exchange import Step

# Larger answers are decoded, read and encoded in a thread: it takes about 20 ms a MB.
_LARGE = 1024 * 1024

_SHOWN_LOCATIONS = 20

# Optional documents get this share of the target's timeout: where one hangs, the required ones can
# still be served to the scrape that waits for them.
_OPTIONAL_SHARE = 0.75

# Once a required document has failed, the others get this long, in seconds, to come or to fail, so
# that failures with one cause are told together.
_LAST_WORDS = 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What a good fetch brought.

    `missing` are optional documents that did not come, `misread` those of a wrong shape. `skipped`
    counts the values that could not be read, and `skipped_paths` tells the first of them. `tags`
    has the version of each document that was read.
    """

    report: LicenseReport
    encoded: Encoded
    skipped: int = 0
    skipped_paths: tuple[str, ...] = ()
    missing: tuple[Failure, ...] = ()
    misread: tuple[Failure, ...] = ()
    tags: Mapping[str, Tag] = field(default_factory=dict)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The optional documents that are not in the report."""
        return self.missing + self.misread


class _Connection(NamedTuple):
    url: str
    client: Client
    authenticator: Authenticator


class Fetcher:
    """Fetches one target, over connections of its own.

    `gate` limits how many large answers are in memory at a time, over all targets. `on_step` is
    called with each exchange, and `on_answer` with each answer before it is read; `steps` are the
    exchanges of the last fetch.
    """

    def __init__(
        self,
        target: Target,
        network: Network,
        clock: Clock,
        gate: asyncio.Semaphore,
        on_step: Callable[[Step], None],
        on_answer: Callable[[Target, Answer], None] | None = None,
    ) -> None:
        self.steps: list[Step] = []
        self._target = target
        self._network = network
        self._clock = clock
        self._gate = gate
        self._on_step = on_step
        self._on_answer = on_answer
        self._connection: _Connection | None = None
        self._denied: set[str] = set()

    async def close(self) -> None:
        """Close all connections."""
        if self._connection:
            await self._connection.client.close()

    async def fetch(self, known: Answered | None) -> Answered:
        """Fetch all documents within the target's timeout and read them.

        `known` is the last good answer. Raises FetchError.
        """
        self.steps = []
        begin = asyncio.get_running_loop().time()
        connected = await self._connected()
        requests = Requests(*connected, self._clock, self._gate, self._denied)
        try:
            fetched, missing = await self._documents(requests, begin, known.tags if known else {})
            tags = {item.document: item.tag for item in fetched}
            if known and tags == known.tags and not self._outdated(known.report):
                return replace(known, missing=missing)
            if any(item.not_modified for item in fetched):
                # Some have changed, and those that have not are needed to read them together.
                fetched, missing = await self._documents(requests, begin, {})
            try:
                if sum(item.size for item in fetched) > _LARGE:
                    await requests.make_room()
                    return await asyncio.to_thread(self._read, fetched, missing, known)
                return self._read(fetched, missing, known)
            except FetchError as error:
                error.beside += missing
                raise
        finally:
            requests.close()

    async def _connected(self) -> tuple[Client, Authenticator]:
        """The client and its credentials, which are kept for as long as the url is the same.

        The url can come from a key file, which may change. Raises FetchError `config`.
        """
        url = api_url(self._target)
        if self._connection is None or self._connection.url != url:
            await self.close()
            client = Client.of(self._target, url, self._network, self._note)
            ways = authenticator(self._target, client, self._clock)
            self._connection = _Connection(url, client, ways)
        return self._connection.client, self._connection.authenticator

    def _note(self, step: Step) -> None:
        self.steps.append(step)
        self._on_step(step)

    def _outdated(self, report: LicenseReport) -> bool:
        return report.valid_until is not None and report.valid_until <= self._clock.time()

    async def _documents(
        self, requests: Requests, begin: float, known: Mapping[str, Tag]
    ) -> tuple[list[Fetched], tuple[Failure, ...]]:
        """Ask for all documents at once. Raises FetchError if a required one fails."""

        async def timely(document: Document) -> Fetched:
            seconds = self._target.timeout * (1 if document.required else _OPTIONAL_SHARE)
            try:
                async with asyncio.timeout_at(begin + seconds):
                    return await requests.document(document, known.get(document.name))
            except TimeoutError:
                raise FetchError(Reason.TIMEOUT, f"no whole answer within {seconds:g} s") from None

        async def settled(document: Document) -> Fetched | FetchError:
            try:
                return await timely(document)
            except FetchError as error:
                error.document = document.name
                if document.required:
                    raise
                return error.again()

        documents = self._target.driver.documents
        if len(documents) == 1:
            results = [await settled(documents[0])]
        else:
            results = await _settled([asyncio.create_task(settled(each)) for each in documents])
        errors = [result for result in results if isinstance(result, FetchError)]
        fetched = [result for result in results if isinstance(result, Fetched)]
        self._refuse(errors, any(item.size or item.not_modified for item in fetched))
        return fetched, tuple(error.failure for error in errors)

    def _refuse(self, errors: list[FetchError], came: bool) -> None:
        """Raise the error of a required document, if there is one, with all others beside it.

        Of several it is the one that asks for the longest wait. Where no document is required,
        any error is raised unless one `came`: it says more than that there is none.
        """
        required = {
            document.name for document in self._target.driver.documents if document.required
        }
        if required or came:
            failed = [error for error in errors if error.document in required]
        else:
            failed = errors
        if failed:
            worst = max(failed, key=_gravity)
            beside = tuple(error.failure for error in errors if error is not worst)
            # `worst` itself has a traceback, which would keep this frame and the answers in memory.
            raise worst.again(beside)

    def _read(
        self, fetched: list[Fetched], missing: tuple[Failure, ...], known: Answered | None
    ) -> Answered:
        """Decode, read and encode; needs no event loop. Raises FetchError.

        `fetched` is used up: a million rows are let go before the next step takes as much memory.
        """
        target = self._target
        tags = {item.document: item.tag for item in fetched}
        documents, errors = _decoded(fetched)
        self._refuse(errors, bool(documents))
        misread = [error.failure for error in errors]
        answer = Answer(documents, self._clock.time())
        if self._on_answer:
            self._on_answer(self._target, answer)
        try:
            report = target.driver.parse(answer)
            documents.clear()
            samples = report_samples(report, target, answer.skipped)
        except FetchError as error:
            error.beside += tuple(misread)
            raise
        former = known.encoded if known else None
        misread += [error.failure for error in answer.failed.values()]
        return Answered(
            report=_shown(report),
            encoded=encode_changed(samples, former, target.name, target.driver.name),
            skipped=answer.skipped,
            skipped_paths=tuple(answer.skipped_paths),
            missing=missing,
            misread=tuple(misread),
            tags=tags,
        )


async def _settled(
    tasks: list[asyncio.Task[Fetched | FetchError]],
) -> list[Fetched | FetchError]:
    """What came of the tasks; those that still run a moment after one has raised are cancelled.

    An error that a task raised is in the result like any other.
    """
    results: list[Fetched | FetchError] = []
    try:
        _, running = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        if running:
            await asyncio.wait(running, timeout=_LAST_WORDS)
        for task in tasks:
            error = task.exception() if task.done() else None
            if isinstance(error, FetchError):
                results.append(error.again())
            elif task.done():
                results.append(task.result())
        return results
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        # An error that leaves this function has its frame in the traceback, and so would keep the
        # tasks and their answers in memory, which in turn keep the error.
        del task, tasks


def _gravity(error: FetchError) -> tuple[bool, float, bool]:
    """Sorts failures by how long the server is to be left alone after them."""
    refused = error.reason in (Reason.AUTH, Reason.FORBIDDEN)
    return error.throttled, error.retry_after or 0.0, refused


def _decoded(fetched: list[Fetched]) -> tuple[dict[str, object], list[FetchError]]:
    """The JSON of the documents, and the errors of those that are none."""
    documents: dict[str, object] = {}
    errors = []
    while fetched:
        item = fetched.pop(0)
        try:
            if item.pages is not None:
                documents[item.document] = item.pages
            elif item.body is not None:
                documents[item.document] = decode(item.body)
        except FetchError as error:
            error.document = item.document
            errors.append(error.again())
    return documents, errors


def _shown(report: LicenseReport) -> LicenseReport:
    """The report as the status page needs it: without most of the locations, which are in blocks.

    There can be a million of them.
    """
    if not report.locations:
        return report
    greatest = heapq.nlargest(_SHOWN_LOCATIONS, report.locations.items(), key=itemgetter(1))
    # As new objects: each old one would keep the memory of all those around it from being freed.
    shown = {
        (pool, unit, "".join((location, "")), type): used * 1.0
        for (pool, unit, location, type), used in greatest
    }
    return replace(report, locations=shown)
