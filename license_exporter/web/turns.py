"""Work that is done one piece at a time, for which clients take turns."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

_Result = TypeVar("_Result")

# What a client had is forgotten once it has asked for nothing for so many seconds.
_MEMORY = 60.0
# Beyond so many clients, those are forgotten that have asked for nothing the longest.
_CLIENTS = 10_000


class BusyError(Exception):
    """More work waits than one client may bring, or than all may."""


@dataclass(slots=True, eq=False)
class _Piece(Generic[_Result]):
    """A piece of work; `number` counts up, `askers` wait for its result."""

    key: Hashable
    client: str
    work: Callable[[], Awaitable[_Result]]
    number: int
    result: asyncio.Future[_Result]
    askers: int = 0
    waits: bool = True


class Turns(Generic[_Result]):
    """Does one piece of work after another.

    The next is that of the client that has had the fewest of late, and of several the newest: a
    client that is new does not wait for those that ask again and again. Work for which all have
    gone is dropped; what has begun is done to its end. `per_client` and `total` are how many
    pieces may wait; beyond `total`, the last in turn is given up for one that comes before it.
    """

    def __init__(self, per_client: int, total: int) -> None:
        self._per_client = per_client
        self._total = total
        self._waiting: dict[Hashable, _Piece[_Result]] = {}
        self._running: _Piece[_Result] | None = None
        self._task: asyncio.Task[None] | None = None
        self._count = 0
        # How many pieces each client had, and when it last asked.
        self._had: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def take(
        self, key: Hashable, client: str, work: Callable[[], Awaitable[_Result]]
    ) -> _Result:
        """The result of `work`; those who ask with the same key at the same time share it.

        Raises BusyError where too much waits, and what `work` raises.
        """
        piece = self._running
        if piece is None or piece.key != key:
            piece = self._waiting.get(key) or self._queued(key, client, work)
        piece.askers += 1
        try:
            # Shielded: one that gives up leaves the result to those who still wait.
            return await asyncio.shield(piece.result)
        finally:
            piece.askers -= 1
            if not piece.askers and piece.waits:
                self._waiting.pop(key, None)

    def forget(self, client: str) -> None:
        """Forget what the client had, so that it is as new."""
        self._had.pop(client, None)

    def close(self) -> None:
        """Drop all that waits and end what is running."""
        self._waiting.clear()
        if self._task:
            self._task.cancel()

    def _queued(
        self, key: Hashable, client: str, work: Callable[[], Awaitable[_Result]]
    ) -> _Piece[_Result]:
        self._remember(client, 0)
        self._count += 1
        result = asyncio.get_running_loop().create_future()
        piece = _Piece(key, client, work, self._count, result)
        of_client = sum(other.client == client for other in self._waiting.values())
        if of_client >= self._per_client:
            raise BusyError
        if len(self._waiting) >= self._total:
            last = max(self._waiting.values(), key=self._rank)
            if self._rank(last) < self._rank(piece):
                raise BusyError
            del self._waiting[last.key]
            last.waits = False
            last.result.set_exception(BusyError())
        self._waiting[key] = piece
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return piece

    async def _work(self) -> None:
        try:
            while self._waiting:
                piece = min(self._waiting.values(), key=self._rank)
                del self._waiting[piece.key]
                piece.waits = False
                self._running = piece
                self._remember(piece.client, 1)
                await self._do(piece)
        finally:
            self._task = self._running = None

    async def _do(self, piece: _Piece[_Result]) -> None:
        try:
            result = await piece.work()
        except asyncio.CancelledError:
            piece.result.cancel()
            raise
        except Exception as error:
            piece.result.set_exception(error)
            # Nobody may be left to be told.
            piece.result.exception()
        else:
            piece.result.set_result(result)

    def _rank(self, piece: _Piece[_Result]) -> tuple[int, int]:
        return self._had.get(piece.client, (0, 0.0))[0], -piece.number

    def _remember(self, client: str, pieces: int) -> None:
        now = asyncio.get_running_loop().time()
        had = self._had.get(client, (0, now))[0]
        self._had[client] = had + pieces, now
        self._had.move_to_end(client)
        while len(self._had) > _CLIENTS or next(iter(self._had.values()))[1] < now - _MEMORY:
            self._had.popitem(last=False)
