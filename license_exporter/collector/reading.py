"""From the bytes of a fetch to what scrapes show: decoded, read and encoded."""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from operator import itemgetter

from license_exporter.collector.gathering import refuse
from license_exporter.collector.samples import report_samples
from license_exporter.collector.selection import selected
from license_exporter.collector.unmatched import unmatched
from license_exporter.config.target import Target
from license_exporter.errors import Failure, FetchError, Reason, SchemaError
from license_exporter.exposition.text import Blocks, Samples, encode, with_former
from license_exporter.formats.bounds import bounded
from license_exporter.model.allowance import Allowance
from license_exporter.model.answer import Answer
from license_exporter.model.report import LicenseReport
from license_exporter.process.memory import let_go
from license_exporter.sources.source import LARGE, Fetched, Tag

_SHOWN_LOCATIONS = 20

# So many samples are looked through at a time: a million would take as much memory again.
_BATCH = 4096

_UNREADABLE = frozenset({Reason.DECODE, Reason.SCHEMA})


@dataclass(frozen=True, slots=True)
class Answered:
    """What a good fetch brought.

    `missing` are optional documents that did not come, `misread` those of a wrong shape. `skipped`
    counts the values that could not be read, and `skipped_paths` tells the first of them.
    `unmatched` tells what the configuration names and the answer does not have, and `in_vain` what
    blocks of `defaults` do so, with the block; None where the answer is not whole. `tags` has the
    version of each document that was read.
    """

    report: LicenseReport
    blocks: Blocks
    skipped: int = 0
    skipped_paths: tuple[str, ...] = ()
    missing: tuple[Failure, ...] = ()
    misread: tuple[Failure, ...] = ()
    unmatched: tuple[str, ...] = ()
    in_vain: frozenset[tuple[str, str]] | None = None
    tags: Mapping[str, Tag] = field(default_factory=dict)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The optional documents that are not in the report."""
        return self.missing + self.misread


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the answers of a target; `on_answer` is called with each before it is read."""

    target: Target
    on_answer: Callable[[Target, Answer], None] | None = None

    def read(
        self,
        fetched: list[Fetched],
        missing: tuple[Failure, ...],
        known: Blocks,
        now: float,
        allowance: Allowance,
    ) -> Answered:
        """Decode, read and encode; needs no event loop. Raises FetchError, and OvertimeError.

        `missing` did not come, `known` are the blocks of the last good answer, `now` is the time of
        day, `allowance` what reading may cost. `fetched` is used up: a million rows are let go
        before the next step takes as much memory.
        """
        doubts = {item.document: item.doubt for item in fetched if item.doubt}
        try:
            return self._read(fetched, missing, known, now, doubts, allowance)
        except FetchError as error:
            # Else the frames in which it was raised keep all that was read until the event loop has
            # the error, and free it there.
            error.__traceback__ = error.__context__ = error.__cause__ = None
            doubt = doubts.get(error.document) if error.reason in _UNREADABLE else None
            if not doubt:
                error.beside += missing
                raise
            doubtful = doubt.again((*error.beside, *missing))
            doubtful.document = error.document
        try:
            raise doubtful
        finally:
            # Its traceback has this frame, which would keep it in memory.
            del doubtful

    def _read(
        self,
        fetched: list[Fetched],
        missing: tuple[Failure, ...],
        known: Blocks,
        now: float,
        doubts: Mapping[str, FetchError],
        allowance: Allowance,
    ) -> Answered:
        driver = self.target.driver
        tags = {item.document: item.tag for item in fetched}
        large = sum(item.size for item in fetched) > LARGE
        strikes = {item.struck_out for item in fetched if item.struck_out}
        documents, errors = _decoded(fetched, self.target.body_size_limit)
        refuse(driver.documents, errors, bool(documents))
        misread = [error.failure for error in errors]
        answer = Answer(documents, now, allowance)
        if self.on_answer:
            self.on_answer(self.target, answer)
        try:
            report = driver.parse(answer)
            if doubts and report == LicenseReport():
                # Nothing is in it: as if it had the wrong shape.
                document, doubt = next(iter(doubts.items()))
                raise SchemaError(document, doubt.message)
            if large:
                let_go(documents)
            documents.clear()
            # What an optional document tells may be named all the same.
            whole = not (missing or misread or answer.failed)
            own, defaults = unmatched(self.target, report) if whole else ((), None)
            if self.target.pools:
                report = selected(report, self.target.pools)
            samples = report_samples(report, self.target, answer.skipped)
            for struck_out in strikes:
                _refuse_secrets(samples, struck_out)
        except FetchError as error:
            error.beside += tuple(misread)
            raise
        finally:
            if large:
                let_go(documents)
        misread += [error.failure for error in answer.failed.values()]
        blocks = encode(samples, self.target.name, driver.name, compressed=large)
        return Answered(
            report=_shown(report),
            blocks=with_former(blocks, known),
            skipped=answer.skipped,
            skipped_paths=tuple(answer.skipped_paths),
            missing=missing,
            misread=tuple(misread),
            unmatched=own,
            in_vain=defaults,
            tags=tags,
        )


def _decoded(fetched: list[Fetched], limit: int) -> tuple[dict[str, object], list[FetchError]]:
    """What stands in the documents, and the errors of those in which nothing can.

    Raises FetchError `too_large` if that is more than memory is there for: see `bounded`.
    """
    paged = sum(item.memory for item in fetched)
    bounded((item.body for item in fetched if item.body is not None), limit, paged)
    documents: dict[str, object] = {}
    errors = []
    while fetched:
        item = fetched.pop(0)
        try:
            if item.pages is not None:
                documents[item.document] = item.pages
            elif item.body is not None:
                documents[item.document] = item.decode(item.body)
        except FetchError as error:
            error.document = item.document
            errors.append(error.again())
    return documents, errors


def _refuse_secrets(samples: Samples, struck_out: Callable[[bytes], bytes]) -> None:
    """Raise FetchError `schema` if a label has a secret, which was not whole in the answer.

    What stands in parts there can be put together: by a mapping, or where a comment parts it.
    """
    rows = chain.from_iterable(samples.values())
    while batch := list(islice(rows, _BATCH)):
        # The same few texts are in most samples.
        texts = set(chain.from_iterable(batch))
        labels = "\n".join(texts).encode()
        if struck_out(labels) != labels:
            raise FetchError(
                Reason.SCHEMA,
                "the server sends back a credential, of which a label would be made; map another "
                "part of the answer",
            )


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
