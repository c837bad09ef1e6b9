"""Documents by HTTP: requests with credentials, further pages, known versions.

Of the sources, this one stands here and not in `sources`: credentials stand above the client.
"""

from collections.abc import Mapping
from dataclasses import replace

from yarl import URL

from license_exporter.auth.ways import Authenticator, api_url, authenticator
from license_exporter.collector.credentials import Credentials
from license_exporter.collector.paging import Page, first_page, next_page
from license_exporter.config.addresses import origin
from license_exporter.config.credentials import struck_out
from license_exporter.config.target import Target
from license_exporter.errors import FetchError, Reason
from license_exporter.formats.decoding import decoder
from license_exporter.model.vendor import Document, Format
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client, Network
from license_exporter.sources.http.exchange import Response, status_error, status_text
from license_exporter.sources.source import Bring, Fetched, OnLarge, OnStep, Tag, aside, digest

# Servers refuse a request whose headers are as long as some answers' are, in characters.
_LONGEST_ETAG = 1024


# What is asked for where the vendor knows that it is not JSON.
_ACCEPTED: Mapping[Format | None, Mapping[str, str]] = {
    "xml": {"Accept": "application/xml, text/xml;q=0.9"},
    "csv": {"Accept": "text/csv"},
    "text": {"Accept": "text/plain, */*;q=0.5"},
}


class HTTPSource:
    """A target's documents by HTTP; `on_step` is told of each exchange.

    The client and its credentials are kept for as long as the url is the same.
    """

    def __init__(self, target: Target, network: Network, clock: Clock, on_step: OnStep) -> None:
        self._target = target
        self._network = network
        self._clock = clock
        self._on_step = on_step
        self._url = ""
        self._client: Client | None = None
        self._authenticator: Authenticator | None = None
        self._denied: set[str] = set()

    async def begin(self, on_large: OnLarge) -> Bring:
        """Begin a fetch. Raises FetchError `config` for a key file that cannot be used."""
        client, authenticator = await self._connected()
        requests = Requests(client, authenticator, self._clock, on_large, self._denied)

        async def bring(document: Document, known: Tag | None, _: float) -> Fetched:
            return await requests.document(document, known)

        return bring

    async def close(self) -> None:
        """Close all connections."""
        if self._client:
            await self._client.close()

    async def _connected(self) -> tuple[Client, Authenticator]:
        """The client, of which the url can come from a key file that changes."""
        url = api_url(self._target)
        if self._client is None or self._authenticator is None or self._url != url:
            await self.close()
            self._url = url
            self._client = Client.of(self._target, url, self._network, self._on_step)
            self._authenticator = authenticator(self._target, self._client, self._clock)
        return self._client, self._authenticator


class Requests:
    """The requests of one fetch, which share their credentials.

    `denied` has the names of optional documents that stay refused with fresh credentials. It is
    kept from fetch to fetch, so that such a document does not cost a new token each time.
    """

    def __init__(
        self,
        client: Client,
        authenticator: Authenticator,
        clock: Clock,
        on_large: OnLarge,
        denied: set[str],
    ) -> None:
        self._client = client
        self._clock = clock
        self._on_large = on_large
        self._credentials = Credentials(authenticator)
        self._denied = denied

    async def document(self, document: Document, known: Tag | None) -> Fetched:
        """Ask for a document; `known` is the version that was read last. Raises FetchError."""
        if document.paging:
            return await self._paged(document)
        response = await self._response(document, Page(), known.etag if known else "")
        if known and response.status == 304:
            return Fetched(document.name, known, not_modified=True)
        if response.status in (404, 400) and document.fallback:
            return await self.document(replace(document.fallback, name=document.name), known)
        if _is_absent(document, response):
            return Fetched(document.name, Tag(b""))
        self._demand(document, response)
        tag = Tag(await aside(digest, response.body), _etag(response))
        decode = decoder(document, response.media_type, response.charset)
        return Fetched(document.name, tag, response.body, decode, size=len(response.body))

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
            self._demand(document, response)
            size += len(response.body)
            if size > self._client.body_limit:
                problem = f"all pages together are over {self._client.body_limit} bytes"
                raise FetchError(
                    Reason.TOO_LARGE, f"{problem}; raise body_size_limit if they may be"
                )
            digests.append(await aside(digest, response.body))
            decode = decoder(document, response.media_type, response.charset)
            pages.append(await aside(decode, response.body))
            page = next_page(document.paging, pages, response.headers.getall("Link", []))
        return Fetched(document.name, Tag(b"".join(digests)), pages=pages, size=size)

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
        if response.status != 200:
            raise status_error(response, self._clock.time())

    async def _response(self, document: Document, page: Page, etag: str = "") -> Response:
        """Send one request, and once more with fresh credentials if these are refused."""
        first = f"{self._client.base}/{document.path}"
        url = _url(first, page)
        headers = {**_ACCEPTED.get(document.format, {}), **document.headers}
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
                on_large=self._on_large,
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
    return response.status in document.absent_statuses or _says(response, document.absent_texts)


def _says(response: Response, texts: tuple[str, ...]) -> bool:
    """Whether an error's body contains one of the texts."""
    return response.status >= 400 and any(text.encode() in response.body for text in texts)
