"""Documents that take several requests: one for each id of a list, one for each of some days."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from license_exporter.collector.filling import days_ago, filled
from license_exporter.errors import FetchError, Reason
from license_exporter.formats.bounds import bounded
from license_exporter.model.vendor import Document, Each
from license_exporter.process.clock import Clock
from license_exporter.sources.source import LARGE, Fetched, OnLarge, Tag, aside, digest, weighed

# Requests for ids that run at the same time.
_AT_ONCE = 4

_Ask = Callable[[Document, Tag | None], Awaitable[Fetched]]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was answered for an id; not the bytes of it, which are many together."""

    id: str
    value: object
    digest: bytes
    struck_out: Callable[[bytes], bytes] | None


class Several:
    """Asks for such documents in one fetch.

    Each of the `lists` is asked for once, also where it is a document of its own. What asks is
    given with each document: to hold it would be a cycle, which keeps the answers in memory.
    """

    def __init__(
        self, lists: frozenset[str], clock: Clock, body_limit: int, on_large: OnLarge
    ) -> None:
        self._on_large = on_large
        self._clock = clock
        self._body_limit = body_limit
        self._lists: dict[str, Fetched] = {}
        self._locks = {name: asyncio.Lock() for name in lists}

    def is_listed(self, document: Document) -> bool:
        """Whether another document of this fetch lists the ids that are in this one."""
        return document.name in self._locks

    async def listed(self, document: Document, ask: _Ask) -> Fetched:
        """The document, asked for once in this fetch. Raises FetchError."""
        async with self._locks[document.name]:
            if document.name not in self._lists:
                self._lists[document.name] = await ask(document, None)
            return self._lists[document.name]

    async def each(self, document: Document, ask: _Ask) -> Fetched:
        """The array of what is answered for each id.

        Raises FetchError: that of a request that fails, `too_large` for too many ids or bytes,
        `schema` where the list holds no ids.
        """
        assert document.each
        listed = await self.listed(document.each.list, ask)
        found, _ = await self._value(listed)
        if found is None:
            return Fetched.absent(document)
        ids = _ids(document.each, found)
        slots = asyncio.Semaphore(_AT_ONCE)
        size = memory = 0

        async def one(id: str) -> _Answer:
            nonlocal size, memory
            async with slots:
                # What has gone since it was listed is no failure.
                single = replace(
                    filled(document, {"id": id}),
                    absent_statuses=document.absent_statuses | {404},
                )
                answer = await ask(single, None)
                size += answer.size
                if size > self._body_limit:
                    problem = f"all answers together are over {self._body_limit} bytes"
                    raise FetchError(
                        Reason.TOO_LARGE, f"{problem}; raise body_size_limit if they may be"
                    )
                value, taken = await self._value(answer, memory)
                memory += taken
                if size > LARGE:
                    # Many small answers are a large one.
                    await self._on_large(taken)
                return _Answer(id, value, answer.tag.digest, answer.struck_out)

        answers = await _all([asyncio.create_task(one(id)) for id in ids])
        told = repr([(answer.id, answer.digest) for answer in answers])
        return Fetched(
            document.name,
            Tag(digest(told.encode())),
            pages=[{"id": answer.id, "document": answer.value} for answer in answers],
            # An array in which there is nothing is an answer, too.
            size=size or 1,
            memory=memory,
            struck_out=next((each.struck_out for each in answers if each.struck_out), None),
        )

    async def latest(self, document: Document, ask: _Ask) -> Fetched:
        """The document of the latest day that has data, absent if none of the days has.

        Raises FetchError, also where a day of them was refused as one that is not there.
        """
        assert document.latest
        days = range(document.latest.first, document.latest.last + 1)
        failure: FetchError | None = None
        for day in days:
            try:
                fetched = await ask(
                    filled(document, {"date": days_ago(self._clock.time(), day)}), None
                )
            except FetchError as error:
                if error.status not in (400, 404) or error.reason is Reason.FORBIDDEN:
                    raise
                failure = error.again()
                continue
            value, _ = await self._value(fetched)
            pages = [value] if fetched.pages is None else fetched.pages
            if any(map(document.latest.data, pages)):
                return fetched
        if failure:
            raise failure
        return Fetched.absent(document)

    async def _value(self, fetched: Fetched, beside: int = 0) -> tuple[object, int]:
        """What stands in a document, and what it takes of memory, `beside` what others take.

        Raises FetchError.
        """
        if fetched.pages is not None:
            bounded((), self._body_limit, beside + fetched.memory)
            return fetched.pages, fetched.memory
        if fetched.body is None:
            return None, 0
        taken = await weighed(fetched.body, self._body_limit, beside)
        return await aside(fetched.decode, fetched.body, fetched.work), taken


async def _all(tasks: Sequence[asyncio.Task[_Answer]]) -> list[_Answer]:
    """What comes of all tasks; none of them runs on once one has failed."""
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        # An error that leaves here has this frame in its traceback, and the tasks have the error.
        del tasks


def _ids(each: Each, listed: object) -> list[str]:
    """The ids, each once. Raises FetchError."""
    found = each.ids(listed)
    if not isinstance(found, list):
        raise FetchError(Reason.SCHEMA, f"there is no list of ids in {each.list.name}")
    ids = dict.fromkeys(str(id) for id in found if _is_id(id))
    if len(ids) < len(set(map(str, found))):
        raise FetchError(Reason.SCHEMA, f"some ids in {each.list.name} are no texts or numbers")
    if len(ids) > each.most:
        raise FetchError(
            Reason.TOO_LARGE,
            f"more than {each.most} ids in {each.list.name}; raise for_each.max to ask for all",
        )
    return list(ids)


def _is_id(id: object) -> bool:
    """Whether it can be one part of a path: texts of dots alone lead elsewhere."""
    if isinstance(id, str):
        return bool(id.strip(".")) and len(id) <= 512
    return isinstance(id, int) and not isinstance(id, bool)
