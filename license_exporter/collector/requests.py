"""The requests of one fetch of a target by HTTP: credentials, further pages, known versions."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

from yarl import URL

from license_exporter.auth.ways import Authenticator
from license_exporter.collector.credentials import Credentials
from license_exporter.collector.filling import dated, filled
from license_exporter.collector.paging import Page, first_page, is_past_the_end, next_page
from license_exporter.collector.several import Several
from license_exporter.config.addresses import origin
from license_exporter.config.echoes import Echoes, Sought
from license_exporter.errors import FetchError, Reason
from license_exporter.formats.decoding import Decode, decoder, work
from license_exporter.model.vendor import Document, Format
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client
from license_exporter.sources.http.exchange import (
    Response,
    is_rate_limited,
    status_error,
    status_text,
)
from license_exporter.sources.source import LARGE, Fetched, OnLarge, Tag, aside, digest, weighed

# Servers refuse a request whose headers are as long as some answers' are, in characters.
_LONGEST_ETAG = 1024

# Of what takes so many times its size of memory, each megabyte counts as so many.
_EXPANDED = 6

# What is asked for where the vendor knows that it is not JSON.
_ACCEPTED: Mapping[Format | None, Mapping[str, str]] = {
    "xml": {"Accept": "application/xml, text/xml;q=0.9"},
    "csv": {"Accept": "text/csv"},
    "text": {"Accept": "text/plain, */*;q=0.5"},
}


class Requests:
    """The requests of one fetch, which share their credentials.

    `denied` has the names of optional documents that stay refused with fresh credentials. It is
    kept from fetch to fetch, so that such a document does not cost a new token each time. `echoes`
    has the secrets that are struck out of answers when these are decoded. `lists` has the names of
    documents that others need for their ids.
    """

    def __init__(
        self,
        client: Client,
        authenticator: Authenticator,
        clock: Clock,
        on_large: OnLarge,
        denied: set[str],
        echoes: Echoes,
        lists: frozenset[str],
    ) -> None:
        self._client = client
        self._clock = clock
        self._on_large = on_large
        self._credentials = Credentials(authenticator)
        self._denied = denied
        self._echoes = echoes
        self._several = Several(lists, clock, client.body_limit, on_large)

    async def bring(self, document: Document, known: Tag | None, _: float) -> Fetched:
        """Bring a document, of whichever requests it takes, as `Bring` says. Raises FetchError."""
        if document.latest:
            return await self._several.latest(document, self.document)
        if document.each:
            return await self._several.each(document, self.document)
        if self._several.is_listed(document):
            return await self._several.listed(document, self.document)
        return await self.document(document, known)

    async def document(self, document: Document, known: Tag | None) -> Fetched:
        """Ask for a document; `known` is the version that was read last. Raises FetchError."""
        if document.dated:
            document = dated(document, self._clock.time())
        if document.paging:
            return await self._paged(document)
        response, sought = await self._response(document, Page(), known.etag if known else "")
        if known and response.status == 304:
            return Fetched(document.name, known, not_modified=True)
        if response.status in (404, 400) and document.fallback:
            return await self.document(replace(document.fallback, name=document.name), known)
        if _is_absent(document, response):
            return Fetched.absent(document)
        if _is_empty(document, response):
            return _nothing(document)
        self._demand(document, response)
        # Where other secrets are sought, an answer is another one: it is looked through anew.
        tag = Tag(await aside(digest, response.body) + sought.mark, _etag(response))
        decode = _decoder(document, response, sought)
        size = len(response.body)
        to_read = work(document, response.media_type, size)
        return Fetched(
            document.name,
            tag,
            response.body,
            decode,
            size=size,
            work=to_read,
            struck_out=sought.struck_out,
        )

    async def _paged(self, document: Document) -> Fetched:
        pages: list[object] = []
        try:
            return await self._all_pages(document, pages)
        except FetchError:
            while pages:
                # All at once, that would hold the event loop.
                pages.pop()
                await asyncio.sleep(0)
            raise

    async def _all_pages(self, document: Document, pages: list[object]) -> Fetched:
        assert document.paging
        digests: list[bytes] = []
        size = memory = 0
        page: Page | None = first_page(document.paging)
        while page:
            response, sought = await self._response(document, page)
            if not pages and _is_absent(document, response):
                return Fetched.absent(document)
            if not pages and _is_empty(document, response):
                return _nothing(document)
            if is_past_the_end(document.paging, pages, response.status):
                break
            self._demand(document, response)
            size += len(response.body)
            if size > self._client.body_limit:
                problem = f"all pages together are over {self._client.body_limit} bytes"
                raise FetchError(
                    Reason.TOO_LARGE, f"{problem}; raise body_size_limit if they may be"
                )
            taken = await weighed(response.body, self._client.body_limit, memory)
            memory += taken
            if max(size, memory // _EXPANDED) > LARGE:
                # Many small pages are one large answer.
                await self._on_large(taken)
            digests.append(await aside(digest, response.body) + sought.mark)
            decode = _decoder(document, response, sought)
            to_read = work(document, response.media_type, len(response.body))
            pages.append(await aside(decode, response.body, to_read))
            page = next_page(document.paging, pages, response.headers.getall("Link", []))
        tag = Tag(b"".join(digests))
        struck_out = sought.struck_out
        return Fetched(
            document.name, tag, pages=pages, size=size, memory=memory, struck_out=struck_out
        )

    def _shown(self, document: Document) -> str:
        """The path for the steps, of a request whose address may hold a secret."""
        base = URL(self._client.base).raw_path.rstrip("/")
        return f"{base}/{document.shown_path or document.path}".partition("?")[0]

    def _demand(self, document: Document, response: Response) -> None:
        if _says(response, document.forbidden_texts):
            answered = status_text(response.status)
            problem = (
                f"answered {answered}, saying that it is not permitted; check the account's rights"
            )
            raise FetchError(Reason.FORBIDDEN, problem, status=response.status)
        if response.status == 204:
            raise FetchError(Reason.SCHEMA, "answered 204 No Content: there is nothing to read")
        if not (200 <= response.status < 300 or response.status in document.good_statuses):
            raise status_error(response, self._clock.time())

    async def _response(
        self, document: Document, page: Page, etag: str = ""
    ) -> tuple[Response, Sought]:
        """Send one request, and once more with fresh credentials if these are refused.

        Gives the answer as it came, and what has to be struck out of it.
        """
        credentials = await self._credentials.current()
        names = dict(self._credentials.told())
        if page.number is not None:
            names["page"] = str(page.number)
        if names:
            document = filled(document, names)
        base = self._client.base
        first = f"{base}/{document.path.removeprefix('/')}" if document.path else base
        url = _url(first, page, path_only=bool(document.paging and document.paging.path_only))
        headers = {**_ACCEPTED.get(document.format, {}), **document.headers}
        if etag:
            headers["If-None-Match"] = etag
        params: Mapping[str, str | int] = {**document.params, **page.params}
        body = document.body
        if isinstance(body, dict) and page.params.keys() & body.keys():
            params, body = document.params, {**body, **page.params}
        key = self._credentials.params()
        while True:
            try:
                response = await self._client.send(
                    document.method,
                    url,
                    params={**params, **key} if not page.address else key,
                    shown=self._shown(document) if page.address or document.shown_path else None,
                    headers={**headers, **credentials},
                    json=body,
                    on_large=self._on_large,
                    good=document.good_statuses,
                )
            except FetchError as error:
                # A session that has ended is often told by a way to the page that signs in. Of what
                # cannot be sent or read, a redirect alone has a status.
                led_away = "Cookie" in credentials and error.status
                renewed = await self._credentials.renewed(credentials) if led_away else None
                if renewed is None:
                    raise
                credentials = renewed
                continue
            answered = response, self._echoes.sought({**credentials, **key})
            if not _is_refused(document, response, credentials):
                self._denied.discard(document.name)
                return answered
            if document.name in self._denied:
                return answered
            renewed = await self._credentials.renewed(credentials)
            if renewed is None:
                if not document.required:
                    self._denied.add(document.name)
                return answered
            credentials = renewed


def _decoder(document: Document, response: Response, sought: Sought) -> Decode:
    """What decodes the body of an answer, without the secrets that the server sends back."""

    def decode(body: bytes) -> object:
        read = decoder(document, response.media_type, response.charset)
        return read(sought.struck_out(body))

    return decode


def _etag(response: Response) -> str:
    """The server's name of the version; "" where there is none that can be sent back."""
    etag = response.headers.get("ETag", "")
    return etag if etag.isprintable() and len(etag) <= _LONGEST_ETAG else ""


def _is_refused(document: Document, response: Response, credentials: Mapping[str, str]) -> bool:
    """Whether the server may take other credentials: 401, 403, or to a cookie a page for people."""
    if "Cookie" in credentials and response.media_type == "text/html":
        return document.format != "text"
    return (
        response.status in (401, 403)
        and response.status not in document.good_statuses
        and not is_rate_limited(response)
    )


def _url(url: str, page: Page, *, path_only: bool) -> str:
    """The address of a page of the document at `url`."""
    if not page.address:
        return url
    try:
        address = URL(url).join(URL(page.address))
        if path_only:
            address = URL(url).origin().join(address.relative())
    except ValueError:
        raise FetchError(Reason.SCHEMA, "the next page is at no address") from None
    if origin(address) != origin(URL(url)):
        # The credentials are for the target's own server.
        raise FetchError(
            Reason.HTTP,
            "the next page is at another server; it is not followed; if only the host or http in "
            "its address is wrong, say path_only: true",
        )
    return str(address.with_user(None).with_fragment(None))


def _is_absent(document: Document, response: Response) -> bool:
    if response.status in document.absent_statuses:
        return True
    return _says(response, document.absent_texts)


def _is_empty(document: Document, response: Response) -> bool:
    """Whether an optional document is there, and there is nothing in it."""
    return response.status == 204 and not document.required


def _nothing(document: Document) -> Fetched:
    """A document in which there is nothing: null."""
    return Fetched(document.name, Tag(b""), b"", lambda _: None)


def _says(response: Response, texts: tuple[str, ...]) -> bool:
    """Whether an error's body contains one of the texts."""
    return response.status >= 400 and any(text.encode() in response.body for text in texts)
