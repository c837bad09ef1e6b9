"""How many large answers are in memory at a time, over all targets."""

import asyncio

# How long a large answer that arrives keeps its place, in seconds, until another `LARGE` of it is
# there: a source that stalls must not hold up other targets.
_COMING = 1.0


class Room:
    """The place of one fetch among those that hold large answers, of which `gate` lets a few in.

    It is taken while a large answer arrives, and given back if that stalls; it is taken again to
    read the answers, and given back in the end. Of the largest, only those are read that `one` lets
    in.
    """

    def __init__(self, gate: asyncio.Semaphore, one: asyncio.Semaphore | None = None) -> None:
        self._gate = gate
        self._one = one or asyncio.Semaphore()
        self._is_alone = False
        self._held = False
        self._lock = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    async def arriving(self) -> None:
        """Wait for the place, and keep it for a moment in which more of the answer should come."""
        await self._enter()
        self._end = asyncio.get_running_loop().call_later(_COMING, self.leave)

    async def reading(self) -> None:
        """Wait for the place, and keep it until it is left."""
        await self._enter()

    async def alone(self) -> None:
        """Wait until no other of the largest answers is read."""
        await self._one.acquire()
        self._is_alone = True

    def leave(self) -> None:
        """Give the place back, if it is held."""
        self._keep()
        if self._is_alone:
            self._one.release()
            self._is_alone = False
        if self._held:
            self._gate.release()
            self._held = False

    async def _enter(self) -> None:
        async with self._lock:
            self._keep()
            if not self._held:
                await self._gate.acquire()
                self._held = True

    def _keep(self) -> None:
        if self._end:
            self._end.cancel()
            self._end = None
