"""Calls that block, each in a thread of its own.

The event loop's pool has few threads, which a few dead name servers or file servers fill; everyone
else would wait behind them, and so would the end of the process.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

_T = TypeVar("_T")


def started(function: Callable[[], _T], name: str) -> "asyncio.Future[_T]":
    """The result of a function that may raise OSError or ValueError, once it is there.

    It runs in a daemon thread, which does not hold up the end of the process.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[_T] = loop.create_future()
    # Nobody may be left to hear of a failure, which asyncio would then report.
    future.add_done_callback(lambda done: done.cancelled() or done.exception())

    def run() -> None:
        try:
            finish = _result(future, function())
        except Exception as error:
            finish = _failure(future, error)
        # The loop may have ended in the meantime, and with it everyone who waited.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(finish)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


def _result(future: "asyncio.Future[_T]", value: _T) -> Callable[[], None]:
    return lambda: None if future.done() else future.set_result(value)


def _failure(future: "asyncio.Future[_T]", error: Exception) -> Callable[[], None]:
    # Without its traceback, whose frames would keep what was read in memory.
    error.__traceback__ = None
    return lambda: None if future.done() else future.set_exception(error)
