"""How the process treats its memory."""

import asyncio
import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

# <malloc.h> of the GNU C library.
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8

# What is larger, in bytes, comes from the system and goes back to it at once. So much stays at the
# end of the heap: the next answer of some ten MB finds it there, which makes it a quarter faster.
_LARGE = 32 * 1024**2

# After answers that are larger, in bytes, all goes back that is free; after each of a few MB it
# would take a tenth of its time.
_VAST = 16 * 1024**2

# Among so many new objects, a search for cycles takes some 50 ms.
_MANY = 100_000

# To look for all cycles among so many blocks of memory takes some 20 ms. That is too long after
# each of many answers in a row, unless they are larger than this, in bytes.
_SOON = 1_000_000
_MUCH = 4 * 1024**2

# An event loop lets go of cancelled timers where they are over a hundred, and most of all.
_TIMERS = 200

# What has no more elements is freed at once, and is entered only so deep.
_FEW, _DEEP = 1000, 6
_CONTAINERS = (list, dict)
# So many are taken out at a time, since each of them may hold `_FEW`.
_SLICE = 100


def settle() -> None:
    """Suit the memory's management to a server that reads a few large answers; call it at start.

    What has been made stays until the end, and no search for cycles looks at it.

    A scrape of many targets makes many objects that live until its end, 180 for each, and there are
    few cycles: by default, a third of the processor time of a scrape is spent on looking for them.

    The GNU C library keeps a heap for each thread, and hardly gives back what a large answer took
    in the heap of a worker thread. The interpreter lets one thread run at a time: one heap does.
    """
    gc.freeze()
    gc.set_threshold(200_000, 20, 20)
    mallopt = _c_function("mallopt")
    mallopt(_M_ARENA_MAX, 1)
    mallopt(_M_MMAP_THRESHOLD, _LARGE)
    mallopt(_M_TRIM_THRESHOLD, _LARGE)
    # What reading the configuration took, of which a shard keeps a part.
    _c_function("malloc_trim")(0)


@cache
def _c_function(name: str) -> Callable[..., object]:
    """A function of the C library, or one that does nothing where that is another than GNU's.

    It is looked up once: each time leaves a text in the interpreter's cache of attributes.
    """
    import ctypes

    with suppress(OSError, AttributeError):
        function: Callable[..., object] = getattr(ctypes.CDLL(None), name)
        return function
    return lambda *_: None


@contextmanager
def uncollected() -> Iterator[None]:
    """Make many objects without a search for cycles among them, of which there are none.

    Each search looks at all of them, and holds every thread meanwhile: for seconds, where there are
    millions. Of two that overlap, the end of the first is the end of both: it only costs time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def let_go(document: object) -> None:
    """Free a large document piece by piece: all at once would hold the other threads meanwhile.

    It is empty then, and so is much of what was in it.
    """
    containers = [(document, 0)] if isinstance(document, _CONTAINERS) else []
    while containers:
        container, depth = containers.pop()
        within = len(container) <= _FEW and depth < _DEEP
        while container:
            containers += [
                (item, depth + 1)
                for item in _taken_out(container)
                if isinstance(item, _CONTAINERS) and (within or len(item) > _FEW)
            ]


def _taken_out(container: list[Any] | dict[str, Any]) -> list[Any]:
    """Some of the items of a container, which are not in it any longer."""
    if isinstance(container, list):
        items = container[-_SLICE:]
        del container[-_SLICE:]
        return items
    return [container.popitem()[1] for _ in range(min(_SLICE, len(container)))]


class Uncollected:
    """The same for threads that read large answers at the same time: it ends with the last of them.

    What they took goes back to the system then.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running = 0
        self._largest = 0

    @contextmanager
    def reading(self, size: int) -> Iterator[None]:
        """Read an answer of so many bytes."""
        with self._lock:
            self._running += 1
            self._largest = max(self._largest, size)
            gc.disable()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1
                largest = self._largest
                is_last = not self._running
                if is_last:
                    self._largest = 0
                    gc.enable()
            if is_last:
                _give_back(largest)


def _give_back(size: int) -> None:
    """Let go of what answers of up to so many bytes have left behind.

    The interpreter keeps freed objects for reuse, 2,000 tuples of each size and others: few, but
    where millions of objects have been freed around them, each keeps a MB from the system. It lets
    go of them where it has looked for cycles everywhere, which is soon done in a process that is
    not large.
    """
    if size > _MUCH and sys.getallocatedblocks() < _SOON:
        gc.collect()
    if size > _VAST:
        _c_function("malloc_trim")(0)


def forget_timers(loop: asyncio.AbstractEventLoop) -> None:
    """Let an event loop forget the timers that have been cancelled.

    It keeps them until they would have been due, for minutes. Each that was made while a large
    answer was in memory keeps a MB around it from the system.
    """
    for _ in range(_TIMERS):
        loop.call_later(1, int).cancel()


@contextmanager
def lasting() -> Iterator[None]:
    """Make objects that stay: many of them count as old ones at once, and are seldom looked at.

    The search that is due after so many new objects would hold every thread, to find them all used.
    """
    with uncollected():
        yield
        if gc.get_count()[0] > _MANY:
            gc.freeze()
            gc.unfreeze()  # into the oldest generation
