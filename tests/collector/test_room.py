"""The place of a fetch among those that hold large answers."""

import asyncio

import pytest

from license_exporter.collector import room as room_of
from license_exporter.collector.room import Places, Room, Stalled
from tests.fakes import FakeClock, Gate

MIB = 1024**2

# Long enough for what is asserted of an answer before it stalls, in seconds.
COMING = 0.1


@pytest.fixture(autouse=True)
def _answers_stall_soon(monkeypatch):
    monkeypatch.setattr(room_of, "_COMING", COMING)


async def test_a_place_to_read_what_came_is_kept_until_it_is_given_back():
    gate = Gate()
    room = Room(Places(gate))
    await room.arriving(MIB)
    await room.reading(alone=False)
    await asyncio.sleep(1.1 * COMING)
    assert gate.locked()
    room.leave()
    assert not gate.locked()


async def test_a_place_that_was_never_taken_is_not_given_back():
    gate = Gate()
    room = Room(Places(gate))
    room.leave()
    await room.reading(alone=False)
    room.leave()
    room.leave()
    await gate.acquire()
    assert gate.locked()


async def test_of_the_largest_answers_one_is_read_at_a_time():
    places = Places(asyncio.Semaphore(2))
    first, second = Room(places), Room(places)
    await first.reading(alone=True)
    waiting = asyncio.create_task(second.reading(alone=True))
    await asyncio.sleep(0)
    assert not waiting.done()
    first.leave()
    await waiting
    second.leave()
    assert not places.one.locked()
    await first.reading(alone=True)
    assert places.one.locked()
    first.leave()


async def test_what_takes_much_memory_arrives_for_one_target_at_a_time():
    places = Places(asyncio.Semaphore(2))
    first, second = Room(places), Room(places)
    await first.arriving(20 * MIB)
    await first.arriving(12 * MIB)
    assert not places.one.locked()
    await first.arriving(1)
    await second.arriving(20 * MIB)
    waiting = asyncio.create_task(second.arriving(20 * MIB))
    await asyncio.sleep(0)
    assert not waiting.done()
    first.leave()
    await waiting
    second.leave()
    assert not places.one.locked()


async def test_of_answers_that_stall_the_largest_are_cut_off_where_they_keep_too_much():
    cut = []
    places = Places(asyncio.Semaphore(4))
    rooms = [Room(places, lambda size=size: cut.append(size)) for size in (5, 20, 10)]
    for room, size in zip(rooms, (5, 20, 10), strict=True):
        await room.arriving(size * MIB)
    await asyncio.sleep(1.1 * COMING)
    assert cut == [20]
    assert not places.gate.locked()
    for room in rooms:
        room.leave()


def test_answers_that_stall_may_keep_so_much_and_no_more():
    cut = []
    stalled, places = Stalled(most=10), Places(asyncio.Semaphore(4))
    stalled.add(Room(places, lambda: cut.append(8)), 8)
    stalled.add(Room(places, lambda: cut.append(2)), 2)
    assert cut == []
    stalled.add(Room(places, lambda: cut.append(1)), 1)
    assert cut == [8]


async def test_an_answer_that_goes_on_or_is_given_up_keeps_nothing_as_one_that_stalls():
    cut = []
    places = Places(asyncio.Semaphore(4))
    rooms = [Room(places, lambda: cut.append(True)) for _ in range(3)]
    for room in rooms[:2]:
        await room.arriving(15 * MIB)
    await asyncio.sleep(1.1 * COMING)
    await rooms[0].arriving(MIB)
    rooms[1].leave()
    await rooms[2].arriving(30 * MIB)
    await rooms[0].reading(alone=False)
    await asyncio.sleep(1.1 * COMING)
    assert not cut
    for room in rooms:
        room.leave()


async def test_the_loop_reads_what_is_little_at_once_and_leaves_time_after_what_is_not(monkeypatch):
    places, clock = Places(asyncio.Semaphore(2)), FakeClock()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", clock.monotonic)

    def may(work, seconds=0.0):
        with places.at_once(work) as allowed:
            if allowed:
                clock.advance(seconds)
        return allowed

    assert may(1000, 0.05)
    assert may(900_000, 0.1)
    assert not may(900_000)
    assert may(1000)
    assert not may(2 * MIB)
    clock.advance(0.29)
    assert not may(900_000)
    clock.advance(0.02)
    assert may(900_000)
