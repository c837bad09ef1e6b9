"""What the first request for something would wait for: libraries that take long to import."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib import import_module

# The start goes first, with what is asked for right after it.
_SETTLED = 1.0

CALENDAR = "license_exporter.web.status.calendar"


@asynccontextmanager
async def preparing(
    modules: Sequence[str], delay: float = _SETTLED
) -> AsyncIterator[asyncio.Task[None]]:
    """Import the modules beside the event loop, once the context has lasted `delay` seconds.

    The context is the task that does so.
    """
    task = asyncio.create_task(_prepare(modules, delay))
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _prepare(modules: Sequence[str], delay: float) -> None:
    await asyncio.sleep(delay)
    for module in modules:
        await asyncio.to_thread(import_module, module)
