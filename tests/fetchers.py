"""Fetchers as the exporter makes them, with a clock that stands still."""

import asyncio
from collections.abc import Callable
from functools import partial

from license_exporter.collector.fetch import Fetcher
from license_exporter.collector.reading import Reader
from license_exporter.collector.room import Places
from license_exporter.collector.sources import open_sources
from license_exporter.config.target import Target
from license_exporter.model.answer import Answer
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Network
from license_exporter.sources.http.resolver import Resolver
from license_exporter.sources.programs.source import Processes
from license_exporter.sources.source import OnStep
from tests.fakes import FakeClock


def fetcher_of(
    target: Target,
    clock: Clock | None = None,
    *,
    gate: asyncio.Semaphore | None = None,
    on_step: OnStep = lambda step: None,
    processes: Processes | None = None,
    on_answer: Callable[[Target, Answer], None] | None = None,
) -> Fetcher:
    """What fetches a target; to be made within an event loop, and closed."""
    clock = clock or FakeClock()
    open = partial(
        open_sources,
        target,
        Network(Resolver(), {}),
        processes or Processes("/usr/bin:/bin"),
        clock,
    )
    return Fetcher(
        Reader(target, on_answer), open, clock, Places(gate or asyncio.Semaphore(2)), on_step
    )
