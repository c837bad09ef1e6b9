"""Asking a target for its documents: requests with credentials, further pages, known versions."""

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from yarl import URL

from license_exporter.auth.ways import Authenticator
from license_exporter.collector.paging import Page, first_page, next_page
from license_exporter.config.addresses import origin
from license_exporter.config.credentials import struck_out
from license_exporter.errors import FetchError, Reason
from license_exporter.formats.json import decode
from license_exporter.model.vendor import Document
from license_exporter.process.clock import Clock
from license_exporter.sources.http.body import LARGE
from license_exporter.sources.http.client import Client
from license_exporter.sources.http.exchange import Response, status_error

_T = TypeVar("_T")

# How long a large answer that arrives keeps its place, in seconds, until another `body.LARGE` of it
# is there: a server that stalls must not hold up other targets.
_COMING = 1.0

# Servers refuse a request whose headers are as long as some answers' are, in characters.
_LONGEST_ETAG = 1024


@dataclass(frozen=True, slots=True)
class Tag:
    """The version of a document: a digest of its bytes, and the server's own name of it (ETag)."""

    digest: bytes
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document that came.

    It is in `body`, or decoded in `pages` if it is paged. Both are None where the vendor says that
    there is no such thing, and where the server says that the known version is still the current
    one (`not_modified`). `size` is that of all that came, in bytes.
    """

    document: str
    tag: Tag
    body: bytes | None = None
    pages: list[object] | None = None
    size: int = 0
    not_modified: bool = False


class Requests:
    """The requests of one fetch, which share their credentials.

    `gate` limits how many large answers are in memory at a time, over all targets. A large answer
    takes a place there while it arrives, and gives it back if it stalls. make_room() takes a place
    to read the answers, close() gives it back. `denied` has the names of optional documents that
    stay refused with fresh credentials. It is kept from fetch to fetch, so that such a document
    does not cost a new token each time.
    """

    def __init__(
        self,
        client: Client,
        authenticator: Authenticator,
        clock: Clock,
        gate: asyncio.Semaphore,
        denied: set[str],
    ) -> None:
        self._client = client
        self._clock = clock
        self._credentials = _Credentials(authenticator)
        self._slot = _Slot(gate)
        self._denied = denied

    async def make_room(self) -> None:
        """Wait for a place among the large answers, to read what came."""
        await self._slot.enter()

    def close(self) -> None:
        """Give back the place among the large answers."""
        self._slot.leave()

    async def document(self, document: Document, known: Tag | None) -> Fetched:
        """Ask for a document; `known` is the version that was read last. Raises FetchError."""
        if document.paging:
            return await self._paged(document)
        response = await self._response(document, Page(), known.etag if known else "")
        if known and response.status == 304:
            return Fetched(document.name, known, not_modified=True)
        if response.status == 404 and document.fallback:
            return await self.document(replace(document.fallback, name=document.name), known)
        if _is_absent(document, response):
            return Fetched(document.name, Tag(b""))
        self._demand(response)
        digest = await _aside(_digest, response.body)
        tag = Tag(digest, _etag(response))
        return Fetched(document.name, tag, response.body, size=len(response.body))

    async def _paged(self, document: Document) -> Fetched:
        assert document.paging
        digests: list[bytes] = []
        size = 0
        pages: list[object] = []
        page: Page | None = first_page(document.paging)
        while page:
            response = await self._response(document, page)
            if not pages and _is_absent(document, response):
                return Fetched(document.name, Tag(b""))
            self._demand(response)
            size += len(response.body)
            if size > self._client.body_limit:
                problem = f"all pages together are over {self._client.body_limit} bytes"
                raise FetchError(
                    Reason.TOO_LARGE, f"{problem}; raise body_size_limit if they may be"
                )
            digests.append(await _aside(_digest, response.body))
            pages.append(await _aside(decode, response.body))
            page = next_page(document.paging, pages, response.headers.getall("Link", []))
        return Fetched(document.name, Tag(b"".join(digests)), pages=pages, size=size)

    def _shown(self, document: Document) -> str:
        """The path for the steps, of a request whose address may hold a secret."""
        base = URL(self._client.base).raw_path.rstrip("/")
        return f"{base}/{document.shown_path or document.path}".partition("?")[0]

    def _demand(self, response: Response) -> None:
        if response.status != 200:
            raise status_error(response, self._clock.time())

    async def _response(self, document: Document, page: Page, etag: str = "") -> Response:
        """Send one request, and once more with fresh credentials if these are refused."""
        first = f"{self._client.base}/{document.path}"
        url = _url(first, page)
        headers = dict(document.headers)
        if etag:
            headers["If-None-Match"] = etag
        params: Mapping[str, str | int] = {**document.params, **page.params}
        body = document.body
        if isinstance(body, dict) and page.params.keys() & body.keys():
            params, body = document.params, {**body, **page.params}
        credentials = await self._credentials.current()
        while True:
            response = await self._client.send(
                document.method,
                url,
                params=params if not page.address else None,
                shown=self._shown(document) if page.address or document.shown_path else None,
                headers={**headers, **credentials},
                json=body,
                on_large=partial(self._slot.enter, _COMING),
            )
            if response.status not in (401, 403):
                self._denied.discard(document.name)
                answer = struck_out(response.body, credentials)
                return response if answer is response.body else replace(response, body=answer)
            if document.name in self._denied:
                return response
            renewed = await self._credentials.renewed(credentials)
            if renewed is None:
                if not document.required:
                    self._denied.add(document.name)
                return response
            credentials = renewed


class _Credentials:
    """The credentials of one fetch, which all its documents share.

    Refused ones are made anew at most once. If they cannot be had at all, that is found out once,
    and not for each document.
    """

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._current: Mapping[str, str] | None = None
        self._failure: FetchError | None = None
        self._renewed = False
        self._lock = asyncio.Lock()

    async def current(self) -> Mapping[str, str]:
        async with self._lock:
            return await self._had()

    async def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str] | None:
        """Headers to try instead of the `refused` ones; None if there are none.

        Raises FetchError.
        """
        async with self._lock:
            if self._current is refused:
                if self._renewed or not self._authenticator.refused():
                    return None
                self._renewed = True
                # So that the next document goes on where this one is cancelled while it waits.
                self._current = None
            return await self._had()

    async def _had(self) -> Mapping[str, str]:
        if self._failure:
            raise self._failure.again()
        if self._current is None:
            try:
                self._current = await self._authenticator.headers()
            except FetchError as error:
                self._failure = error.again()
                raise
        return self._current


class _Slot:
    """The place of one fetch among those that hold large answers."""

    def __init__(self, gate: asyncio.Semaphore) -> None:
        self._gate = gate
        self._held = False
        self._lock = asyncio.Lock()
        self._end: asyncio.TimerHandle | None = None

    async def enter(self, seconds: float | None = None) -> None:
        """Take the place, if it is not held yet, for so many seconds; None is until it is left."""
        async with self._lock:
            self._keep()
            if not self._held:
                await self._gate.acquire()
                self._held = True
            if seconds is not None:
                self._end = asyncio.get_running_loop().call_later(seconds, self.leave)

    def leave(self) -> None:
        self._keep()
        if self._held:
            self._gate.release()
            self._held = False

    def _keep(self) -> None:
        if self._end:
            self._end.cancel()
            self._end = None


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


async def _aside(function: Callable[[bytes], _T], body: bytes) -> _T:
    """The function's result for a body; for a large one, it runs in a thread, since it is slow."""
    return await asyncio.to_thread(function, body) if len(body) > LARGE else function(body)


def _etag(response: Response) -> str:
    """The server's name of the version; "" where there is none that can be sent back."""
    etag = response.headers.get("ETag", "")
    return etag if etag.isprintable() and len(etag) <= _LONGEST_ETAG else ""


def _url(url: str, page: Page) -> str:
    """The address of a page of the document at `url`."""
    if not page.address:
        return url
    try:
        address = URL(url).join(URL(page.address))
    except ValueError:
        raise FetchError(Reason.SCHEMA, "the next page is at no address") from None
    if origin(address) != origin(URL(url)):
        # The credentials are for the target's own server.
        raise FetchError(Reason.HTTP, "the next page is at another server; it is not followed")
    return str(address.with_user(None).with_fragment(None))


def _is_absent(document: Document, response: Response) -> bool:
    if response.status in document.absent_statuses:
        return True
    return response.status >= 400 and any(
        text.encode() in response.body for text in document.absent_texts
    )
