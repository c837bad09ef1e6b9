import asyncio

import pytest

from license_exporter.web import turns
from license_exporter.web.turns import BusyError, Turns


class Work:
    """Work that notes its order and waits until it is let go on."""

    def __init__(self):
        self.done = []
        self.go = asyncio.Event()

    def __call__(self, name):
        async def work():
            await self.go.wait()
            self.done.append(name)
            return name

        return work


@pytest.fixture
async def work():
    return Work()


async def begun(*tasks):
    for _ in range(5):
        await asyncio.sleep(0)
    return tasks


def take(turns, work, name, client):
    return asyncio.create_task(turns.take(name, client, work(name)))


async def test_clients_take_turns_and_a_new_one_comes_first(work):
    turns = Turns(10, 100)
    tasks = [take(turns, work, "a0", "a")]
    await begun()
    tasks += [take(turns, work, f"a{n}", "a") for n in range(1, 4)]
    await begun()
    tasks += [take(turns, work, f"b{n}", "b") for n in range(2)]
    await begun()
    tasks.append(take(turns, work, "c", "c"))
    await begun()
    work.go.set()
    await asyncio.gather(*tasks)
    assert work.done[0] == "a0"
    assert work.done[1:3] == ["c", "b1"]
    assert sorted(work.done) == ["a0", "a1", "a2", "a3", "b0", "b1", "c"]


async def test_those_who_ask_for_the_same_share_it_while_it_waits_and_while_it_runs(work):
    turns = Turns(10, 100)
    first = take(turns, work, "first", "a")
    await begun()
    tasks = [take(turns, work, name, "b") for name in ("first", "second", "second", "second")]
    await begun()
    work.go.set()
    assert await asyncio.gather(first, *tasks) == ["first", "first", "second", "second", "second"]
    assert work.done == ["first", "second"]


async def test_what_nobody_waits_for_any_more_is_dropped_unless_it_has_begun(work):
    turns = Turns(10, 100)
    running = take(turns, work, "running", "running")
    await begun()
    both, gone = (take(turns, work, name, name) for name in ("both", "gone"))
    other = take(turns, work, "both", "other")
    await begun()
    for task in (running, both, gone):
        task.cancel()
    await begun()
    work.go.set()
    assert await other == "both"
    assert work.done == ["running", "both"]


async def test_more_than_one_client_may_bring_is_refused(work):
    turns = Turns(2, 100)
    tasks = [take(turns, work, n, "a") for n in range(5)]
    await begun()
    work.go.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert sum(isinstance(result, BusyError) for result in found) == 3


async def test_if_all_places_are_taken_a_new_client_gets_that_of_the_last_in_turn(work):
    turns = Turns(100, 3)
    work.go.set()
    for n in range(5):
        await turns.take(n, "mallory", work(n))
    work.go.clear()
    guesses = [take(turns, work, f"m{n}", "mallory") for n in range(6)]
    await begun()
    right = take(turns, work, "right", "prometheus")
    await begun()
    work.go.set()
    assert await right == "right"
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert any(isinstance(result, BusyError) for result in found)
    assert work.done[6] == "right"


async def test_an_error_is_told_to_all_and_the_next_goes_on(work):
    async def broken():
        raise RuntimeError

    turns = Turns(10, 100)
    tasks = [asyncio.create_task(turns.take("broken", "a", broken)) for _ in range(2)]
    after = take(turns, work, "after", "b")
    work.go.set()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, RuntimeError) for result in found)
    assert await after == "after"


async def test_what_a_client_had_is_forgotten(work, monkeypatch):
    monkeypatch.setattr(turns, "_CLIENTS", 3)
    work.go.set()
    taken = Turns(10, 100)
    for n in range(10):
        await taken.take(n, f"client {n}", work(n))
    assert len(taken._had) == 3
    monkeypatch.setattr(turns, "_MEMORY", 0.0)
    await asyncio.sleep(0.01)
    await taken.take("x", "new", work("x"))
    assert set(taken._had) == {"new"}
