"""How many requests are answered at a time, and whose."""

import asyncio
import select
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler

from license_exporter.web.clients import client_of
from license_exporter.web.sending import cut_off, send

# A client that leaves its answer untaken for so many seconds gives way to one that has no slot.
_HASTE = 1.0
# A slot is waited for so many seconds: less than a scrape takes that waits for a vendor, more than
# one takes that does not.
_MOMENT = 0.2
# How many may wait for a slot.
_WAITING = 1000

# That the other side has closed its end, also where there is more to be read. Linux alone tells.
_GONE = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


@dataclass(slots=True, eq=False)
class _Holder:
    """A request that has a slot; `sending` is since when it is being sent its answer."""

    request: web.Request
    task: asyncio.Task[object]
    client: str
    sending: float | None = None
    gives_way: bool = False


class Slots:
    """So many requests are answered at a time; 0 is no limit.

    A slot is taken until the answer is sent, and free when the client has gone. If all are taken,
    a request gets that of a client that has gone or that does not take its answer, and else of the
    client that has the most, if it has less than that one; or the first that becomes free within a
    moment. `refusal` tells the others why.
    """

    def __init__(self, limit: int, refusal: str) -> None:
        self._limit = limit
        self._refusal = refusal
        self._holders: dict[_Holder, None] = {}
        self._waiting: dict[asyncio.Future[bool], None] = {}
        # Slots that one that waits has been given and has not yet taken.
        self._handed = 0

    def bounded(self, handler: Handler) -> Handler:
        """The handler, for as many requests at a time as there are slots."""

        async def answered(request: web.Request) -> web.StreamResponse:
            client = client_of(request)
            if not await self._slot(client):
                return self._refused()
            task = asyncio.current_task()
            assert task
            holder = _Holder(request, task, client)
            self._holders[holder] = None
            try:
                response = await handler(request)
                holder.sending = asyncio.get_running_loop().time()
                await send(request, response)
            except asyncio.CancelledError:
                if not holder.gives_way:
                    raise
                task.uncancel()
                return self._refused()
            else:
                return response
            finally:
                if holder in self._holders:
                    del self._holders[holder]
                    self._hand_on()

        return answered

    def _refused(self) -> web.Response:
        return web.Response(status=503, text=self._refusal)

    async def _slot(self, client: str) -> bool:
        """Wait a moment for a slot; False if there is none."""
        if not 0 < self._limit <= len(self._holders) + self._handed or self._make_room(client):
            return True
        if len(self._waiting) >= _WAITING:
            return False
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[bool] = loop.create_future()
        self._waiting[turn] = None
        timer = loop.call_later(self._patience(loop.time()), _give_up, turn)
        try:
            if await turn:
                self._handed -= 1
                return True
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self._handed -= 1
                self._hand_on()
            raise
        finally:
            timer.cancel()
            self._waiting.pop(turn, None)
        # Whoever was being sent an answer when this began has had its time.
        return self._make_room(client)

    def _patience(self, now: float) -> float:
        """How long to wait for a slot: until one has to give way, or else for a moment."""
        sending = [holder.sending for holder in self._holders if holder.sending is not None]
        return max(_MOMENT, min(sending) + _HASTE - now) if sending else _MOMENT

    def _hand_on(self) -> None:
        """Give a slot that has become free to the first that waits."""
        for turn in self._waiting:
            if not turn.done():
                self._handed += 1
                turn.set_result(True)
                return

    def _make_room(self, client: str) -> bool:
        """Take the slot of one that has lost it; whether there was one."""
        gone = _gone(self._holders)
        for holder in gone:
            self._take_from(holder)
        for _ in gone[1:]:
            self._hand_on()
        if gone or not self._holders:
            return bool(gone)
        sending = [holder for holder in self._holders if holder.sending is not None]
        slowest = min(sending, key=lambda holder: holder.sending or 0.0, default=None)
        now = asyncio.get_running_loop().time()
        if slowest and slowest.sending is not None and slowest.sending <= now - _HASTE:
            self._take_from(slowest)
            return True
        counts = Counter(holder.client for holder in self._holders)
        ((greediest, most),) = counts.most_common(1)
        if most < counts[client] + 2:
            return False
        self._take_from(next(holder for holder in self._holders if holder.client == greediest))
        return True

    def _take_from(self, holder: _Holder) -> None:
        del self._holders[holder]
        if holder.sending is None:
            holder.gives_way = True
            holder.task.cancel()
        else:
            cut_off(holder.request)


def _give_up(turn: asyncio.Future[bool]) -> None:
    if not turn.done():
        turn.set_result(False)


def _gone(holders: dict[_Holder, None]) -> list[_Holder]:
    """Those whose clients have closed their end.

    The event loop learns of it when it has read all before it, which it does not while much waits
    to be read.
    """
    poll = select.poll()
    by_number: dict[int, _Holder] = {}
    gone = []
    for holder in holders:
        transport = holder.request.transport
        number = transport.get_extra_info("socket").fileno() if transport else -1
        if number < 0:
            gone.append(holder)
        else:
            by_number[number] = holder
            poll.register(number, _GONE)
    with suppress(OSError):
        gone += [by_number[number] for number, _ in poll.poll(0)]
    return gone
