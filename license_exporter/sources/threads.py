"""Calls that block, each in a thread of its own.

The event loop's pool has few threads, which a few dead name servers or file servers fill; everyone
else would wait behind them, and so would the end of the process.
"""

import asyncio
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Generic, TypeVar

_T = TypeVar("_T")


class Calls(Generic[_T]):
    """Calls that block, of which none runs twice at a time: whoever asks meanwhile joins it.

    So there are never more threads than keys, however long a call hangs. `name` is the threads'.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._running: dict[Hashable, asyncio.Future[_T]] = {}

    async def over(self, key: Hashable) -> None:
        """Wait until no call with this key runs any more, whatever comes of it."""
        running = self._running.get(key)
        if running:
            await asyncio.wait({running})

    async def result(self, key: Hashable, function: Callable[[], _T]) -> _T:
        """What the function gives, or the call with this key that is running. Raises what it does.

        A caller that gives up leaves the call to those who still wait.
        """
        future = self._running.get(key)
        if future is None:
            future = self._running[key] = self._started(key, function)
        try:
            return await asyncio.shield(future)
        finally:
            # An error has this frame in its traceback, and the future the error: with the future
            # in the frame, a cycle would keep what was read in memory.
            del future

    def _started(self, key: Hashable, function: Callable[[], _T]) -> "asyncio.Future[_T]":
        loop = asyncio.get_running_loop()
        future: asyncio.Future[_T] = loop.create_future()
        # Nobody may be left to hear of a failure, which asyncio would then report.
        future.add_done_callback(lambda done: done.cancelled() or done.exception())
        future.add_done_callback(lambda _: self._running.pop(key))

        def run() -> None:
            try:
                finish = _result(future, function())
            except StopIteration:
                # No future can carry it: whoever waits would wait for ever.
                finish = _failure(future, RuntimeError("a StopIteration that nobody handles"))
            except BaseException as error:
                finish = _failure(future, error)
            # The loop may have ended in the meantime, and with it everyone who waited.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(finish)

        # A daemon, so that a call that hangs does not hold up the end of the process.
        threading.Thread(target=run, name=self._name, daemon=True).start()
        return future


def _result(future: "asyncio.Future[_T]", value: _T) -> Callable[[], None]:
    return lambda: None if future.done() else future.set_result(value)


def _failure(future: "asyncio.Future[_T]", error: BaseException) -> Callable[[], None]:
    # Without its traceback, whose frames would keep what was read in memory.
    error.__traceback__ = None
    return lambda: None if future.done() else future.set_exception(error)
