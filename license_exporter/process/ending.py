"""How the process ends: told once, in its own time; told again, at once; and never too late."""

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable

_log = logging.getLogger(__name__)

# Of the bound, so much is left for closing what is left, and so much before the end is certain.
_CLOSING = 3.0
_CERTAIN = 1.0


class Ending:
    """The end of the process, `bound` seconds after it is told at the latest.

    `told` is set by the first signal. The process ends in time even where a thread goes on, or the
    event loop is held.
    """

    def __init__(self, bound: float) -> None:
        self.told = asyncio.Event()
        self._again = asyncio.Event()
        self._bound = bound

    def tell(self) -> None:
        """Begin to end; called again, wait for nothing any more."""
        if self.told.is_set():
            self._again.set()
            return
        self.told.set()
        _end_within(max(self._bound - _CERTAIN, 0.0), 1)

    async def wait_for(self, last: Awaitable[None]) -> bool:
        """Wait for the last things to do while there is time; False if told not to."""
        doing = asyncio.ensure_future(last)
        again = asyncio.create_task(self._again.wait())
        left = max(self._bound - _CLOSING, 0.0)
        await asyncio.wait({doing, again}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if doing.done():
            await doing
        elif again.done():
            _log.warning("Told to end again; running scrapes are not answered")
        else:
            _log.warning("The time to end is over; running scrapes are not answered")
        doing.cancel()
        again.cancel()
        return not self._again.is_set()

    def closed(self, code: int) -> None:
        """All is closed: threads that still run have a moment to end."""
        _end_within(_CERTAIN, code)


def _end_within(seconds: float, code: int) -> None:
    timer = threading.Timer(seconds, _end, (code,))
    timer.daemon = True
    timer.start()


def _end(code: int) -> None:
    logging.shutdown()
    os._exit(code)
