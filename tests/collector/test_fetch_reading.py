"""Where a fetch reads what came, how long it may do so, and how much it may make of it."""

import asyncio
import threading
import weakref
from dataclasses import replace

import pytest

from license_exporter.collector.fetch import Fetcher
from license_exporter.collector.reading import Reader
from license_exporter.collector.room import Places
from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Document, Vendor
from license_exporter.sources.source import Fetched, Tag
from tests.fakes import FakeClock, Gate, target_of

MIB = 1024**2

LITTLE = Fetched("doc", Tag(b"1"), b"{}", size=2)
MUCH = replace(LITTLE, tag=Tag(b"2"), work=2 * MIB)
LONG = (
    "the answer came, but was not read within 10 s; simplify the expressions of the mapping, or "
    "raise timeout"
)
LATE = (
    "the answer came, but was not read within 10 s, as large answers of other targets may be read "
    "before it; raise timeout"
)


class Reading:
    """A fetch of what is in `documents`, under a clock that stands still; `parse` reads it."""

    def __init__(self, clock, loop, **documents):
        self.clock = clock
        self.documents = documents
        self.threads = []
        self.places = Places(Gate())
        self.parse = lambda answer: LicenseReport()
        self._loop = loop
        documents = (Document("doc", "doc"), Document("more", "more", required=False))
        vendor = Vendor("acme", "Acme", documents, self._parse)
        target = target_of(vendor, url="http://a.example", sample_limit=100)
        self.fetcher = Fetcher(
            Reader(target), lambda on_step: self, clock, self.places, lambda step: None
        )

    def advance(self, seconds):
        """Let time pass, also for an event loop that waits for it."""
        self.clock.advance(seconds)
        self._loop.call_soon_threadsafe(lambda: None)

    async def fetched(self, known=None):
        return await self.fetcher.fetch(known)

    async def failure(self):
        with pytest.raises(FetchError) as caught:
            await self.fetched()
        return caught.value.reason, caught.value.message

    async def begin(self, on_large):
        return self._bring

    async def _bring(self, document, known, deadline):
        brought = self.documents.get(document.name) or Fetched.absent(document)
        if isinstance(brought, FetchError):
            raise brought
        return brought

    def _parse(self, answer):
        self.threads.append(threading.current_thread().name)
        return self.parse(answer)


@pytest.fixture
async def reading(monkeypatch):
    clock, loop = FakeClock(), asyncio.get_running_loop()
    monkeypatch.setattr(loop, "time", clock.monotonic)
    yield Reading(clock, loop, doc=MUCH)
    monkeypatch.undo()


async def test_what_is_little_work_is_read_by_the_event_loop_and_what_is_more_in_a_thread(reading):
    reading.parse = lambda answer: answer.allowance.check() or LicenseReport()
    reading.documents["doc"] = LITTLE
    await reading.fetched()
    assert reading.threads == ["MainThread"]
    for much in (MUCH, replace(LITTLE, size=2 * MIB)):
        reading.documents["doc"] = much
        await reading.fetched()
    assert reading.threads == ["MainThread", "reading", "reading"]


@pytest.mark.parametrize(("seconds", "threads"), [(0.04, 0), (0.06, 1)])
async def test_what_takes_the_event_loop_long_goes_on_in_a_thread(reading, seconds, threads):
    def parse(answer):
        if reading.threads[-1] == "MainThread":
            reading.advance(seconds)
        answer.allowance.check()
        return LicenseReport()

    reading.parse = parse
    reading.documents["doc"] = LITTLE
    await reading.fetched()
    assert reading.threads == ["MainThread"] + ["reading"] * threads


@pytest.mark.parametrize("came", [LITTLE, MUCH])
async def test_no_more_is_made_than_there_may_be_samples_wherever_it_is_read(reading, came):
    reading.documents["doc"] = came
    reading.parse = lambda answer: answer.allowance.holds(101)
    reason, message = await reading.failure()
    assert reason is Reason.TOO_LARGE
    assert message.startswith("the answer makes more than 100 pools")


async def test_reading_ends_with_the_timeout_of_the_target(reading):
    def parse(answer):
        for seconds in (9.9, 0.2):
            reading.advance(seconds)
            answer.allowance.check()

    reading.parse = parse
    assert await reading.failure() == (Reason.TIMEOUT, LONG)


async def test_an_answer_that_came_at_the_last_moment_has_a_second_to_be_read(reading):
    async def begin(on_large):
        reading.advance(9.9)
        return reading._bring

    def parse(answer):
        reading.advance(0.9)
        answer.allowance.check()
        return LicenseReport()

    reading.begin, reading.parse = begin, parse
    assert (await reading.fetched()).report == LicenseReport()


async def test_a_place_to_read_is_waited_for_no_longer_than_a_second_after_the_timeout(reading):
    gate = reading.places.gate
    await gate.acquire()
    gate.asked.clear()
    fetch = asyncio.create_task(reading.failure())
    await gate.asked.wait()
    reading.advance(10.9)
    for _ in range(20):
        await asyncio.sleep(0)
    assert not fetch.done()
    reading.advance(0.2)
    assert await fetch == (Reason.TIMEOUT, LATE)


@pytest.mark.parametrize(("size", "alone"), [(8 * MIB, False), (8 * MIB + 1, True)])
async def test_the_largest_answers_are_read_one_at_a_time(reading, size, alone):
    seen = []
    reading.parse = lambda answer: seen.append(reading.places.one.locked()) or LicenseReport()
    reading.documents["doc"] = replace(MUCH, size=size)
    await reading.fetched()
    assert seen == [alone]
    assert not reading.places.one.locked()


@pytest.mark.parametrize(("size", "forgotten"), [(MIB, False), (MIB + 1, True)])
async def test_timers_are_forgotten_that_were_cancelled_while_a_large_answer_was_read(
    reading, size, forgotten
):
    loop = asyncio.get_running_loop()
    # Cancelled ones are forgotten in any case where none is due before.
    first = loop.call_later(300, print)
    timers = []

    def cancelled():
        timers.append(weakref.ref(loop.call_later(600, print)))
        timers[0]().cancel()

    reading.parse = lambda answer: loop.call_soon_threadsafe(cancelled) and LicenseReport()
    reading.documents["doc"] = replace(MUCH, size=size)
    await reading.fetched()
    await asyncio.sleep(0)
    assert (timers[0]() is None) is forgotten
    first.cancel()


async def test_an_answer_that_stalls_and_keeps_too_much_is_given_up(reading):
    async def begin(on_large):
        async def bring(document, known, deadline):
            await on_large(33 * MIB)
            await asyncio.Event().wait()

        return bring

    reading.begin = begin
    gate = reading.places.gate
    fetch = asyncio.create_task(reading.failure())
    await gate.asked.wait()
    for _ in range(20):
        await asyncio.sleep(0)
    reading.advance(1.1)
    assert await fetch == (
        Reason.TIMEOUT,
        "the answer stalled and was given up, as too much of other answers did so too",
    )


async def test_what_is_left_of_a_reading_that_was_given_up_is_no_answer_to_a_later_fetch(reading):
    release = threading.Event()

    def parse(answer):
        if len(reading.threads) == 1:
            reading.advance(12)
            release.wait(10)
        return LicenseReport(warnings=len(reading.threads))

    reading.parse = parse
    assert await reading.failure() == (Reason.TIMEOUT, LATE)
    later = asyncio.create_task(reading.fetched())
    for _ in range(20):
        await asyncio.sleep(0)
    release.set()
    assert (await later).report == LicenseReport(warnings=2)


async def test_what_a_thread_reads_is_told_as_what_the_event_loop_reads(reading):
    moments = []
    reading.parse = lambda answer: moments.append(answer.now) or LicenseReport()
    reading.documents["more"] = FetchError(Reason.SERVER, "answered 500")
    first = await reading.fetched()
    assert first.missing == (Failure("more", Reason.SERVER, "answered 500"),)
    reading.documents["doc"] = replace(MUCH, tag=Tag(b"3"))
    again = await reading.fetched(first)
    assert moments == [reading.clock.now] * 2
    assert reading.threads == ["reading", "reading"]
    before, after = first.blocks, again.blocks
    assert after["license_skipped_values"] is before["license_skipped_values"]
