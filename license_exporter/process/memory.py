"""How the process treats its memory."""

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# <malloc.h> of the GNU C library.
_M_ARENA_MAX = -8


def settle() -> None:
    """Suit the memory's management to a server that reads a few large answers; call it at start.

    A scrape of many targets makes many objects that live until its end, and there are few cycles:
    by default, a third of the processor time of a scrape is spent on looking for them.

    The GNU C library keeps a heap for each thread, and hardly gives back what a large answer took
    in the heap of a worker thread. The interpreter lets one thread run at a time: one heap does.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_ARENA_MAX, 1)
        # What reading the configuration took, of which a shard keeps a part.
        library.malloc_trim(0)


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
