"""How many large answers are in memory at a time, over all targets."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from license_exporter.process.memory import Uncollected
from license_exporter.sources.source import LARGE

# How long a large answer that arrives keeps its place, in seconds, until another `LARGE` of it is
# there: a source that stalls must not hold up other targets.
_COMING = 1.0

# To read so much takes the event loop no time worth speaking of, in bytes; after what is more, so
# many times as long is left for others.
_LITTLE = 64 * 1024
_PATIENCE = 3.0

# How much of what is kept arrives for one target alone, and may be of answers that have stalled, in
# bytes.
_MUCH = 32 * 1024**2


class Stalled:
    """Answers that have lost their places, and keep in memory what has come of them.

    Beyond `most` bytes of all, the one that keeps the most is cut off.
    """

    def __init__(self, most: int = _MUCH) -> None:
        self._most = most
        self._kept: dict[Room, int] = {}

    def add(self, room: "Room", kept: int) -> None:
        """An answer has lost its place, and keeps so much."""
        self._kept[room] = kept
        while sum(self._kept.values()) > self._most:
            greatest = max(self._kept, key=self._kept.__getitem__)
            del self._kept[greatest]
            greatest.cut_off()

    def discard(self, room: "Room") -> None:
        """An answer has its place again, or keeps nothing any more."""
        self._kept.pop(room, None)


class Places:
    """The places for large answers, which the fetches of all targets share.

    `gate` lets a few in, and `one` those of them that are the largest. In `uncollected`,
    threads read them.
    """

    def __init__(self, gate: asyncio.Semaphore) -> None:
        self.gate = gate
        self.one = asyncio.Semaphore()
        self.stalled = Stalled()
        self.uncollected = Uncollected()
        self._loop_is_free_at = 0.0

    @contextmanager
    def at_once(self, work: int) -> Iterator[bool]:
        """Whether the event loop itself may read an answer that makes so much work.

        Answers that are not little take turns with all else that it has to do: many that come at
        the same time would hold it together.
        """
        time = asyncio.get_running_loop().time
        begin = time()
        may = work <= _LITTLE or (work <= LARGE and begin >= self._loop_is_free_at)
        try:
            yield may
        finally:
            if may and work > _LITTLE:
                end = time()
                self._loop_is_free_at = end + _PATIENCE * (end - begin)


class Room:
    """The place of one fetch among those that hold large answers, of which `gate` lets a few in.

    It is taken while a large answer arrives, and given back if that stalls; it is taken again to
    read the answers, and given back in the end. The largest arrive and are read one at a time.
    `cut_off` ends the fetch, where too much is kept of answers that have stalled.
    """

    def __init__(self, places: Places, cut_off: Callable[[], None] = lambda: None) -> None:
        self.cut_off = cut_off
        self._gate = places.gate
        self._one = places.one
        self._stalled = places.stalled
        self._kept = 0
        self._held: list[asyncio.Semaphore] = []
        self._lock = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    async def arriving(self, size: int) -> None:
        """Wait for the place, and keep it for a moment in which more of the answer should come.

        `size` is what is kept of it from now on, in bytes of memory.
        """
        async with self._lock:
            await self._enter()
            self._kept += size
            if self._kept > _MUCH:
                await self._hold(self._one)
            self._end = asyncio.get_running_loop().call_later(_COMING, self._stall)

    async def reading(self, *, alone: bool) -> None:
        """Wait for the place, and keep it until it is left; `alone` for one of the largest."""
        async with self._lock:
            await self._enter()
            if alone:
                await self._hold(self._one)

    def leave(self) -> None:
        """Give the place back, if it is held; nothing is kept any more."""
        self._give_back()
        self._stalled.discard(self)

    def _stall(self) -> None:
        self._give_back()
        self._stalled.add(self, self._kept)

    async def _enter(self) -> None:
        self._keep()
        await self._hold(self._gate)
        self._stalled.discard(self)

    async def _hold(self, place: asyncio.Semaphore) -> None:
        if place not in self._held:
            await place.acquire()
            self._held.append(place)

    def _give_back(self) -> None:
        self._keep()
        while self._held:
            self._held.pop().release()

    def _keep(self) -> None:
        if self._end:
            self._end.cancel()
