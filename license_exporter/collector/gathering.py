"""All documents of a fetch, asked for at once: what came in time, and which failures count."""

import asyncio
from collections.abc import Mapping, Sequence

from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.model.vendor import Document
from license_exporter.sources.source import Bring, Fetched, Tag

# Optional documents get this share of the target's timeout: where one hangs, the required ones can
# still be served to the scrape that waits for them.
_OPTIONAL_SHARE = 0.75

# Once a required document has failed, the others get this long, in seconds, to come or to fail, so
# that failures with one cause are told together.
_LAST_WORDS = 1.0


async def gather(
    documents: Sequence[Document],
    bring: Bring,
    known: Mapping[str, Tag],
    begin: float,
    allowed: float,
) -> tuple[list[Fetched], tuple[Failure, ...]]:
    """The documents that came, and the optional ones that did not.

    `known` has the versions that were read last, `begin` is when the fetch began by the event
    loop's clock, `allowed` its time in seconds. Raises FetchError if a required one fails.
    """

    async def timely(document: Document) -> Fetched:
        seconds = allowed * (1 if document.required else _OPTIONAL_SHARE)
        try:
            async with asyncio.timeout_at(begin + seconds):
                return await bring(document, known.get(document.name), begin + seconds)
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

    if len(documents) == 1:
        results = [await settled(documents[0])]
    else:
        results = await _settled([asyncio.create_task(settled(each)) for each in documents])
    errors = [result for result in results if isinstance(result, FetchError)]
    fetched = [result for result in results if isinstance(result, Fetched)]
    refuse(documents, errors, any(item.size or item.not_modified for item in fetched))
    return fetched, tuple(error.failure for error in errors)


def refuse(documents: Sequence[Document], errors: Sequence[FetchError], came: bool) -> None:
    """Raise the error of a required document, if there is one, with all others beside it.

    Of several it is the one that asks for the longest wait. Where no document is required, any
    error is raised unless one `came`: it says more than that there is none.
    """
    required = {document.name for document in documents if document.required}
    if required or came:
        failed = [error for error in errors if error.document in required]
    else:
        failed = list(errors)
    if failed:
        worst = max(failed, key=_gravity)
        beside = tuple(error.failure for error in errors if error is not worst)
        # `worst` itself has a traceback, which would keep this frame and the answers in memory.
        raise worst.again(beside)


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
