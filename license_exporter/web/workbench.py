"""Where pages are made: beside the event loop, one at a time, for one client after another."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from license_exporter.web.clients import client_of
from license_exporter.web.turns import BusyError, Turns


class Workbench:
    """Makes pages in a thread of their own, so that scrapes find theirs free."""

    def __init__(self, waiting: int) -> None:
        self._turns = Turns[bytes](waiting, waiting)
        self._thread = ThreadPoolExecutor(1, "pages")

    async def page(
        self, request: web.Request, key: Hashable, make: Callable[[], Awaitable[bytes]]
    ) -> bytes:
        """What `make` gives; those who ask for the same `key` at the same time share it.

        Raises HTTPServiceUnavailable where more wait than may.
        """
        try:
            return await self._turns.take(key, client_of(request), make)
        except BusyError:
            text = "Too many ask for pages at the same time; try again.\n"
            raise web.HTTPServiceUnavailable(text=text) from None

    async def in_thread(
        self,
        function: Callable[[], bytes],
    ) -> bytes:
        """The result of a function that is called in the thread of the pages."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    async def close(self, app: web.Application) -> None:
        """End the thread; pages that wait are dropped."""
        self._turns.close()
        self._thread.shutdown(wait=False, cancel_futures=True)
