"""Targets that are read without a Prometheus, on a clock that a test can hurry."""

import asyncio

import pytest

from license_exporter.cli import refreshing as module
from license_exporter.cli.refreshing import refreshing


class Collector:
    """Counts its readings; each lasts as long as `takes` says, or until its deadline."""

    def __init__(self, takes: float = 0.0) -> None:
        self.takes = takes
        self.readings = 0
        self.four = asyncio.Event()

    async def collect(self, deadline: float) -> list[object]:
        left = deadline - asyncio.get_running_loop().time()
        await asyncio.sleep(min(self.takes, left))
        self.readings += 1
        if self.readings == 4:
            self.four.set()
        return []


async def test_all_is_read_before_the_first_page_can_be_asked_for_and_again_and_again() -> None:
    collector = Collector()
    async with refreshing(collector, 0.01):
        assert collector.readings == 1
        await asyncio.wait_for(collector.four.wait(), 10)
    ended = collector.readings
    await asyncio.sleep(0.03)
    assert collector.readings == ended


async def test_a_slow_vendor_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.01)
    async with asyncio.timeout(10), refreshing(Collector(takes=60), 60):
        pass


async def test_nothing_is_read_where_prometheus_does_it() -> None:
    collector = Collector()
    async with refreshing(collector, 0):
        await asyncio.sleep(0.01)
    assert collector.readings == 0
