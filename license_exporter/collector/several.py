"""Documents that take several requests: one for each id of a list, one for each of some days."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from license_exporter.collector.filling import days_ago, filled
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document, Each
from license_exporter.process.clock import Clock
from license_exporter.sources.source import Fetched, Tag, aside, digest

# Requests for ids that run at the same time.
_AT_ONCE = 4

_Ask = Callable[[Document, Tag | None], Awaitable[Fetched]]


class Several:
    """Asks for such documents in one fetch; `ask` makes a single request (or all of its pages).

    Each of the `lists` is asked for once, also where it is a document of its own.
    """

    def __init__(self, ask: _Ask, lists: frozenset[str], clock: Clock, body_limit: int) -> None:
        self._ask = ask
        self._clock = clock
        self._body_limit = body_limit
        self._lists: dict[str, Fetched] = {}
        self._locks = {name: asyncio.Lock() for name in lists}

    def is_listed(self, document: Document) -> bool:
        """Whether another document of this fetch lists the ids that are in this one."""
        return document.name in self._locks

    async def listed(self, document: Document) -> Fetched:
        """The document, asked for once in this fetch. Raises FetchError."""
        async with self._locks.setdefault(document.name, asyncio.Lock()):
            if document.name not in self._lists:
                self._lists[document.name] = await self._ask(document, None)
            return self._lists[document.name]

    async def each(self, document: Document) -> Fetched:
        """The array of what is answered for each id.

        Raises FetchError: that of a request that fails, `too_large` for too many ids or bytes,
        `schema` where the list holds no ids.
        """
        assert document.each
        listed = await self.listed(document.each.list)
        if listed.pages is None and listed.body is None:
            return Fetched(document.name, Tag(b""))
        ids = _ids(document.each, await _value(listed))
        slots = asyncio.Semaphore(_AT_ONCE)

        async def one(id: str) -> Fetched:
            async with slots:
                # What has gone since it was listed is no failure.
                single = replace(
                    filled(document, {"id": id}),
                    absent_statuses=document.absent_statuses | {404},
                )
                return await self._ask(single, None)

        tasks = [asyncio.create_task(one(id)) for id in ids]
        try:
            answers = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            del tasks
        size = sum(answer.size for answer in answers)
        if size > self._body_limit:
            problem = f"all answers together are over {self._body_limit} bytes"
            raise FetchError(Reason.TOO_LARGE, f"{problem}; raise body_size_limit if they may be")
        rows: list[object] = [
            {"id": id, "document": await _value(answer)}
            for id, answer in zip(ids, answers, strict=True)
        ]
        told = "".join(
            f"{id}\0{answer.tag.digest.hex()}\0" for id, answer in zip(ids, answers, strict=True)
        )
        return Fetched(document.name, Tag(digest(told.encode())), pages=rows, size=size or 1)

    async def latest(self, document: Document) -> Fetched:
        """The document of the latest day that has data; the last answer if none has.

        Raises FetchError.
        """
        assert document.latest
        days = range(document.latest.first, document.latest.last + 1)
        failure: FetchError | None = None
        for day in days:
            try:
                fetched = await self._ask(
                    filled(document, {"date": days_ago(self._clock.time(), day)}), None
                )
            except FetchError as error:
                if error.status not in (400, 404):
                    raise
                failure = error.again()
                continue
            if _has(await _value(fetched), document.latest.rows):
                return fetched
        if failure:
            raise failure
        return Fetched(document.name, Tag(b""))


async def _value(fetched: Fetched) -> object:
    if fetched.pages is not None:
        return fetched.pages
    return None if fetched.body is None else await aside(fetched.decode, fetched.body)


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


def _has(document: object, rows: tuple[str, ...]) -> bool:
    for key in rows:
        document = document.get(key) if isinstance(document, dict) else None
    return bool(document)
