"""Connections of a client: kept for the next request, told whether they were, and lenient."""

import asyncio
import re
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler

# Longer than a usual scrape interval, so that a connection lives from one scrape to the next;
# shorter than the time after which firewalls forget a silent connection.
_KEEPALIVE = 75.0

# The library's limit of 8 KiB is less than what some security headers take.
_MAX_HEADER = 64 * 1024

# So much is received at a time, in bytes.
_RECEIVED = 32 * 1024

# There is none but the caller's.
_NO_TIMEOUT = aiohttp.ClientTimeout()

_LENGTH = re.compile(
    rb"\r\ncontent-length:[ \t]*(\d+(?:[ \t]*,[ \t]*\d+)*)[ \t]*(?=\r\n)", re.IGNORECASE
)


class Sessions:
    """The connections of one target, opened when they are needed; none of them keeps cookies.

    All requests are sent alike, but that some are traced, which costs time.
    """

    def __init__(self, resolver: AbstractResolver) -> None:
        self._resolver = resolver
        self._connector: aiohttp.TCPConnector | None = None
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    def get(self, *, traced: bool) -> aiohttp.ClientSession:
        """The session to send a request with; `traced` if its context is a `Reuse`."""
        session = self._sessions.get(traced)
        if session is None:
            self._connector = self._connector or _connector(self._resolver)
            session = self._sessions[traced] = aiohttp.ClientSession(
                connector=self._connector,
                connector_owner=False,
                trace_configs=[_trace_reuse()] if traced else None,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                timeout=_NO_TIMEOUT,
                trust_env=False,
                max_field_size=_MAX_HEADER,
                read_bufsize=_RECEIVED // 2,
            )
        return session

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()
        if self._connector:
            await self._connector.close()


def _connector(resolver: AbstractResolver) -> aiohttp.TCPConnector:
    made = aiohttp.TCPConnector(resolver=resolver, keepalive_timeout=_KEEPALIVE)
    made._factory = partial(_Handler, loop=made._loop)  # type: ignore[assignment] # a subclass
    return made


def _trace_reuse() -> aiohttp.TraceConfig:
    """Tells each request, whose context is a `Reuse`, whether it is sent on a kept connection."""
    trace = aiohttp.TraceConfig()

    async def reused(_: Any, context: SimpleNamespace, __: Any) -> None:
        context.trace_request_ctx()

    trace.on_connection_reuseconn.append(reused)
    return trace


def is_given_up(error: Exception) -> bool:
    """Whether a request failed as it does on a connection that the server has closed."""
    return isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError)


class Reuse:
    """Whether a request was sent on a connection that had been kept, and failed for that."""

    def __init__(self) -> None:
        self.kept = False
        self.given_up = False

    def __call__(self) -> None:
        self.kept = True


class _Handler(ResponseHandler):
    """Takes several equal Content-Lengths as one (RFC 9110, section 8.6), as Go does.

    Little is received at a time: what is made of very small parts takes long to read.
    """

    _head_awaited = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if hasattr(transport, "max_size"):
            transport.max_size = _RECEIVED

    def set_response_params(self, **params: Any) -> None:
        self._head_awaited = True
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if self._head_awaited and data:
            self._head_awaited = False
            data = _with_one_length(data)
        super().data_received(data)
        if self._payload is not None and self._payload.is_eof():
            # Each answer has a parser of its own, which keeps headers and body for as long as the
            # connection waits for the next request.
            self._parser = self._payload = None


def _with_one_length(data: bytes) -> bytes:
    head, end, body = data.partition(b"\r\n\r\n")
    told = _LENGTH.findall(head + b"\r\n") if end else []
    lengths = [length.strip() for value in told for length in value.split(b",")]
    if len(lengths) < 2 or len(set(lengths)) > 1:
        return data
    first = _once(b"\r\nContent-Length: " + lengths[0])
    return _LENGTH.sub(first, head + b"\r\n") + b"\r\n" + body


def _once(line: bytes) -> Callable[[re.Match[bytes]], bytes]:
    """A replacement that puts `line` for the first match, and nothing for the others."""
    lines = iter([line])
    return lambda _: next(lines, b"")
