"""The place of a fetch among those that hold large answers."""

import asyncio

from license_exporter.collector.room import Room
from tests.fakes import Gate


async def test_a_place_to_read_what_came_is_kept_until_it_is_given_back():
    gate = Gate()
    room = Room(gate)
    await room.arriving()
    await room.reading()
    await asyncio.sleep(1.1)
    assert gate.locked()
    room.leave()
    assert not gate.locked()


async def test_a_place_that_was_never_taken_is_not_given_back():
    gate = Gate()
    room = Room(gate)
    room.leave()
    await room.reading()
    room.leave()
    room.leave()
    await gate.acquire()
    assert gate.locked()


async def test_of_the_largest_answers_one_is_read_at_a_time():
    gate, one = asyncio.Semaphore(2), asyncio.Semaphore()
    first, second = Room(gate, one), Room(gate, one)
    await first.alone()
    waiting = asyncio.create_task(second.alone())
    await asyncio.sleep(0)
    assert not waiting.done()
    first.leave()
    await waiting
    second.leave()
    assert not one.locked()
