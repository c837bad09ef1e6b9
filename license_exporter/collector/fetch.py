"""One fetch of one target: its documents are asked for, and read.

A fetch brings an `Answered`, or raises the FetchError of the document that failed it. Where no
document has changed since the last good fetch, that one's result stands, and nothing is decoded,
read or encoded again.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TypedDict

from license_exporter.collector.gathering import gather
from license_exporter.collector.reading import Answered, Reader
from license_exporter.collector.room import Places, Room
from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.exposition.text import Blocks
from license_exporter.model.allowance import Allowance, OvertimeError
from license_exporter.model.report import LicenseReport
from license_exporter.process.clock import Clock
from license_exporter.process.memory import forget_timers
from license_exporter.sources.source import LARGE, Fetched, OnStep, Source, Step
from license_exporter.sources.threads import Calls

# How long the event loop may read a small answer, in seconds: it has others to attend to.
_AT_ONCE = 0.05

# How long reading may take at least, in seconds, of an answer that came at the last moment.
_LEAST = 1.0

# Beyond this size, in bytes, answers are read one after another: each takes ten times its size.
_VAST = 8 * LARGE


class Bounds(TypedDict):
    """The bounds of an allowance that are the target's."""

    seconds: float
    items: float
    ticks: Callable[[], float]


class _Noted:
    """The exchanges of a fetch, apart from the fetcher: a source holds nothing that holds it.

    Of a cycle, a target that a reload drops would stay in memory until one is looked for.
    """

    def __init__(self, on_step: OnStep) -> None:
        self.steps: list[Step] = []
        self._on_step = on_step

    def note(self, step: Step) -> None:
        self.steps.append(step)
        self._on_step(step)


class Fetcher:
    """Fetches one target.

    `open` makes the source of its documents, given what to call with each exchange; `on_step` is
    told of it too. `places` limit how many large answers are in memory at a time, over all targets.
    `steps` are the exchanges of the last fetch.
    """

    def __init__(
        self,
        reader: Reader,
        open: Callable[[OnStep], Source],
        clock: Clock,
        places: Places,
        on_step: OnStep,
    ) -> None:
        self._noted = _Noted(on_step)
        self._reader = reader
        self._source = open(self._noted.note)
        self._clock = clock
        self._places = places
        self._readings = Calls[Answered]("reading")

    @property
    def steps(self) -> list[Step]:
        """The exchanges of the last fetch."""
        return self._noted.steps

    async def close(self) -> None:
        """Close the source."""
        await self._source.close()

    async def fetch(self, known: Answered | None) -> Answered:
        """Fetch all documents within the target's timeout and read them.

        `known` is the last good answer. Raises FetchError.
        """
        self._noted.steps = []
        begin = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(None) as cut:
                room = Room(self._places, lambda: cut.reschedule(begin))
                try:
                    return await self._fetched(room, known, begin)
                finally:
                    room.leave()
        except TimeoutError:
            raise FetchError(
                Reason.TIMEOUT,
                "the answer stalled and was given up, as too much of other answers did so too",
            ) from None

    async def _fetched(self, room: Room, known: Answered | None, begin: float) -> Answered:
        target = self._reader.target
        documents = target.driver.documents
        bring = await self._source.begin(room.arriving)
        tags = known.tags if known else {}
        fetched, missing = await gather(documents, bring, tags, begin, target.timeout)
        unchanged = {item.document: item.tag for item in fetched} == tags
        if known and unchanged and not self._outdated(known.report):
            return replace(known, missing=missing)
        if any(item.not_modified for item in fetched):
            # Some have changed, and those that have not are needed to read them together.
            fetched, missing = await gather(documents, bring, {}, begin, target.timeout)
        return await self._read(room, fetched, missing, known, begin)

    async def _read(
        self,
        room: Room,
        fetched: list[Fetched],
        missing: tuple[Failure, ...],
        known: Answered | None,
        begin: float,
    ) -> Answered:
        """Read what came: at once where that is little work, else in a thread of its own.

        It takes about 20 ms a MB, but what a mapping makes of a small answer can be much more.
        """
        target = self._reader.target
        now = self._clock.time()
        blocks: Blocks = known.blocks if known else {}
        loop = asyncio.get_running_loop()
        deadline = max(begin + target.timeout, loop.time() + _LEAST)
        bounds: Bounds = {
            "seconds": target.timeout,
            "items": target.sample_limit,
            "ticks": loop.time,
        }
        size = sum(item.size for item in fetched)
        work = sum(item.work or item.size for item in fetched)
        with self._places.at_once(work) as may, suppress(OvertimeError):
            if may:
                soon = Allowance(overtime=loop.time() + _AT_ONCE, **bounds)
                return self._reader.read(list(fetched), missing, blocks, now, soon)
        allowance = Allowance(deadline, **bounds)

        def read() -> Answered:
            with self._places.uncollected.reading(size):
                return self._reader.read(fetched, missing, blocks, now, allowance)

        try:
            async with asyncio.timeout_at(deadline + _LEAST):
                await room.reading(alone=size > _VAST)
                # What is left of a former reading was given up, and its answer is an old one.
                await self._readings.over(self)
                return await self._readings.result(self, read)
        except TimeoutError:
            raise FetchError(
                Reason.TIMEOUT,
                f"the answer came, but was not read within {target.timeout:g} s, as large answers "
                "of other targets may be read before it; raise timeout",
            ) from None
        finally:
            if size > LARGE:
                forget_timers(loop)

    def _outdated(self, report: LicenseReport) -> bool:
        return report.valid_until is not None and report.valid_until <= self._clock.time()
