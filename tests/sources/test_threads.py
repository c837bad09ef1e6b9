"""Calls that block: one thread for each, however often it is asked for."""

import asyncio
import threading

import pytest

from license_exporter.sources.threads import Calls


async def test_what_a_call_gives_or_raises_is_had():
    calls = Calls("test")
    assert await calls.result("a", lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        await calls.result("a", lambda: 1 // 0)


async def test_a_call_that_hangs_is_joined_and_takes_one_thread():
    calls = Calls("hanging-call")
    end = threading.Event()
    waiting = [asyncio.create_task(calls.result("a", end.wait)) for _ in range(20)]
    await asyncio.sleep(0.05)
    for task in waiting[1:]:
        task.cancel()
    assert [thread.name for thread in threading.enumerate()].count("hanging-call") == 1
    end.set()
    assert await waiting[0]
    assert await calls.result("a", lambda: "anew") == "anew"
