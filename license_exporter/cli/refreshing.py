"""Reading the targets without a Prometheus, so that the demo's pages show values at any time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from license_exporter.collector.collector import Collector

# A first page that comes late helps nobody: what has not answered by then is read on.
_PATIENCE = 5.0


@asynccontextmanager
async def refreshing(collector: Collector, interval: float) -> AsyncIterator[None]:
    """Read all targets at once, and again every `interval` seconds; 0 is never.

    The context begins when they have been read, or after 5 s. Each reading is a scrape: what is
    still in the cache is not fetched, and neither is a target whose retry is not yet due.
    """
    if not interval:
        yield
        return
    loop = asyncio.get_running_loop()
    await collector.collect(loop.time() + _PATIENCE)
    task = asyncio.create_task(_refresh(collector, interval))
    try:
        yield
    finally:
        task.cancel()


async def _refresh(collector: Collector, interval: float) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(interval)
        await collector.collect(loop.time() + interval)
