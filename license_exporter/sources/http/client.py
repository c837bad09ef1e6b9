"""The HTTP side of one target: requests that are sent with its TLS, proxy and headers.

Targets share nothing here: each has its own connections; no cookie is kept, and neither .netrc
nor a variable of the environment is read unless the target asks for its proxy there.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from license_exporter.config.addresses import Origin, origin
from license_exporter.config.http_config import Header, ProxyConfig, TLSConfig
from license_exporter.config.target import Target
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.body import read_body
from license_exporter.sources.http.connector import Reuse, Sessions, is_given_up
from license_exporter.sources.http.cookies import cookie_header, updated_cookies, with_cookies
from license_exporter.sources.http.errors import explain, server_name
from license_exporter.sources.http.exchange import Response
from license_exporter.sources.http.headers import request_headers
from license_exporter.sources.http.proxy import Route, check_proxy, route
from license_exporter.sources.http.redirects import check_circle, location
from license_exporter.sources.http.tls import TLSContext, system_context
from license_exporter.sources.source import OnLarge, OnStep, Step

# Of the answer to a failed request only a word or two matter.
_ERROR_BODY_LIMIT = 64 * 1024
# So many addresses of a target are kept as they were read: those of its documents.
_ADDRESSES = 16


@dataclass(frozen=True, slots=True)
class Network:
    """What the clients of all targets have in common; nothing of a target is kept in it.

    `environ` is the environment, in which a target may look for its proxy; `system_context` gives
    the TLS context of targets without a `tls_config`.
    """

    resolver: AbstractResolver
    environ: Mapping[str, str]
    system_context: Callable[[], ssl.SSLContext] = field(default_factory=system_context)


@dataclass(frozen=True, slots=True, repr=False)
class _Request:
    """What stays the same through redirects; the fields are the arguments of `Client.send`."""

    method: str
    headers: Mapping[str, str]
    json: Any
    form: Mapping[str, str] | None
    shown: str
    limit: int
    on_large: OnLarge | None
    good: frozenset[int]


class Client:
    """Sends requests for one target.

    `base` is the address of the API, without a trailing slash; `body_limit` is in bytes. The
    target's own headers go to the server of `base` alone. `on_step` is told of each exchange.
    """

    def __init__(
        self,
        base: str,
        network: Network,
        on_step: OnStep,
        *,
        tls: TLSConfig,
        proxy: ProxyConfig,
        body_limit: int,
        headers: Mapping[str, Header] | None = None,
        follow_redirects: bool = True,
    ) -> None:
        self.base = base
        self._origin = origin(URL(base))
        self._network = network
        self._on_step = on_step
        self._tls = TLSContext(tls, network.system_context)
        self._server_name = tls.server_name
        self._proxy = proxy
        self.body_limit = body_limit
        self._headers = headers or {}
        self._follow_redirects = follow_redirects
        self._addresses: dict[str, URL] = {}
        self._routes: dict[Origin, Route] = {}
        self._sessions = Sessions(network.resolver)
        self._siblings: list[Client] = []

    @classmethod
    def of(cls, target: Target, url: str, network: Network, on_step: OnStep) -> "Client":
        """The client of a target, whose `url` can stand in a key file instead of the target."""
        return cls(
            target.driver.base(url),
            network,
            on_step,
            tls=target.tls_config,
            proxy=target,
            body_limit=target.body_size_limit,
            headers=target.http_headers,
            follow_redirects=target.follow_redirects,
        )

    def sibling(self, *, tls: TLSConfig, proxy: ProxyConfig) -> "Client":
        """A client with another TLS and proxy, for a token endpoint; it closes with this one."""
        sibling = Client(
            self.base,
            self._network,
            self._on_step,
            tls=tls,
            proxy=proxy,
            body_limit=self.body_limit,
        )
        self._siblings.append(sibling)
        return sibling

    async def close(self) -> None:
        """Close all connections; the client is not used again."""
        for sibling in self._siblings:
            await sibling.close()
        await self._sessions.close()

    async def send(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        shown: str | None = None,
        limit: int | None = None,
        on_large: OnLarge | None = None,
        good: frozenset[int] = frozenset(),
    ) -> Response:
        """Send a request and read the answer, whatever its status but for a redirect.

        A redirect is followed for GET alone, and only to the same scheme, host and port, with the
        cookies that it sets. An answer with one of the statuses `good` is read whole. `shown`
        is the path for the steps, if it is not to be that of `url`: an address that came in an
        answer could hold anything. `limit` is the greatest size of the answer in bytes, where that
        is less than `body_limit`; `on_large` is awaited before more than `LARGE` of it is
        kept. There is no timeout but the caller's.

        Raises FetchError: `dns`, `connect`, `tls`, `too_large`, `decode`, `http` for a redirect
        that is not followed and for what is not HTTP, `config` for a file that cannot be read
        and a header that cannot be sent.
        """
        address = self._read_before(url)
        if params:
            address = address.update_query(params)
        jar: dict[str, str] = {}
        seen = {(address, "")}
        limit = self.body_limit if limit is None else min(limit, self.body_limit)
        shown = self._shown(address) if shown is None else shown
        request = _Request(method, headers or {}, json, form, shown, limit, on_large, good)
        while True:
            exchange = self._posted if method == "POST" else self._exchange
            response, leads_to = await exchange(request, address)
            if leads_to is None:
                return response
            jar = updated_cookies(jar, response.headers)
            check_circle(leads_to, cookie_header(jar), seen)
            seen.add((leads_to, cookie_header(jar)))
            if jar:
                request = replace(
                    request, headers={**request.headers, **with_cookies(headers, jar)}
                )
            address = leads_to

    async def _posted(self, request: _Request, address: URL) -> tuple[Response, URL | None]:
        """Send a POST, and again on a new connection if a kept one had been given up.

        Each only reads or signs in, and of others the library sees to this itself.
        """
        while True:
            reuse = Reuse()
            try:
                return await self._exchange(request, address, reuse)
            except FetchError as error:
                # Each failure takes one kept connection away, so that this ends.
                if not reuse.given_up:
                    raise
                error.__traceback__ = None

    async def _exchange(
        self, request: _Request, address: URL, reuse: Reuse | None = None
    ) -> tuple[Response, URL | None]:
        """Send `request` to an address; gives the answer, and where a redirect leads."""
        started = time.perf_counter()
        status: int | None = None
        reason: Reason | None = None
        size = 0
        way: Route | None = None
        try:
            way = self._route(address)
            async with self._sessions.get(traced=reuse is not None).request(
                request.method,
                address,
                headers=request_headers(self._own_headers(address), way.headers, request.headers),
                json=request.json,
                data=request.form,
                allow_redirects=False,
                ssl=await self._tls.ready() if address.scheme == "https" else True,
                server_hostname=self._server_name,
                proxy=way.proxy,
                proxy_headers=way.connect_headers,
                trace_request_ctx=reuse,
            ) as answer:
                status = answer.status
                check_proxy(answer.status, way)
                follow = self._follow_redirects and request.method == "GET"
                leads_to = location(answer, address, follow=follow)
                body = await _body(answer, request)
                size = len(body)
                return Response(status, answer.headers, body), leads_to
        except asyncio.CancelledError:
            reason = Reason.TIMEOUT
            raise
        except (FetchError, aiohttp.ClientError, OSError) as error:
            proxy = server_name(way.proxy) if way and way.proxy else ""
            https = address.scheme == "https"
            failure = explain(error, server_name(address), https=https, proxy=proxy)
            reason = failure.reason
            if reuse:
                reuse.given_up = reuse.kept and status is None and is_given_up(error)
            # aiohttp keeps the error with the stream, and its traceback would keep the stream.
            error.__traceback__ = None
            try:
                raise failure from None
            finally:
                # Its traceback has this frame, which would keep it, and the answer, in memory.
                del failure
        finally:
            seconds = time.perf_counter() - started
            self._on_step(Step(request.method, request.shown, status, reason, size, seconds))

    def _read_before(self, url: str) -> URL:
        """The address; one that was read before is kept, which makes a request 3 µs faster."""
        address = self._addresses.get(url)
        if address is None:
            if len(self._addresses) >= _ADDRESSES:
                self._addresses.clear()
            address = self._addresses[url] = _address(url)
        return address

    def _route(self, address: URL) -> Route:
        server = origin(address)
        way = self._routes.get(server)
        if way is None:
            way = self._routes[server] = route(self._proxy, self._network.environ, address)
        return way

    def _own_headers(self, address: URL) -> Mapping[str, Header]:
        """The target's own headers, which go to its own server alone."""
        return self._headers if self._headers and origin(address) == self._origin else {}

    def _shown(self, address: URL) -> str:
        if origin(address) == self._origin:
            return address.raw_path
        return str(address.with_query(None).with_fragment(None))


def _address(url: str) -> URL:
    """Read an address. Raises FetchError `config`."""
    try:
        address = URL(url)
        address.origin()
    except ValueError:
        raise FetchError(Reason.CONFIG, "the url cannot be used; check it") from None
    return address


async def _body(answer: aiohttp.ClientResponse, request: _Request) -> bytes:
    if answer.status < 300 or answer.status in request.good:
        return await read_body(answer, request.limit, request.on_large)
    try:
        return await read_body(answer, _ERROR_BODY_LIMIT)
    except (FetchError, aiohttp.ClientError, OSError):
        # The status says more than what is wrong with its explanation.
        return b""
