"""Connections of a client: kept for the next request, told whether they were, and lenient."""

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

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n)", re.IGNORECASE)


def connector(resolver: AbstractResolver) -> aiohttp.TCPConnector:
    """A connector for one target."""
    made = aiohttp.TCPConnector(resolver=resolver, keepalive_timeout=_KEEPALIVE)
    made._factory = partial(_Handler, loop=made._loop)  # type: ignore[assignment] # a subclass
    return made


def trace_reuse() -> aiohttp.TraceConfig:
    """Tells each request whose context is a `Reuse` whether it is sent on a kept connection."""
    trace = aiohttp.TraceConfig()

    async def reused(_: Any, context: SimpleNamespace, __: Any) -> None:
        if context.trace_request_ctx is not None:
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
    """Takes several equal Content-Lengths as one (RFC 9110, section 8.6), as Go does."""

    _head_awaited = False

    def set_response_params(self, **params: Any) -> None:
        self._head_awaited = True
        super().set_response_params(**params)

    def data_received(self, data: bytes) -> None:
        if self._head_awaited and data:
            self._head_awaited = False
            data = _with_one_length(data)
        super().data_received(data)


def _with_one_length(data: bytes) -> bytes:
    head, end, body = data.partition(b"\r\n\r\n")
    lengths = _LENGTH.findall(head + b"\r\n") if end else []
    if len(lengths) < 2 or len(set(lengths)) > 1:
        return data
    first = _once()
    return _LENGTH.sub(first, head + b"\r\n") + b"\r\n" + body


def _once() -> Callable[[re.Match[bytes]], bytes]:
    """A replacement that leaves only the first match."""
    seen: list[bytes] = []

    def replace(match: re.Match[bytes]) -> bytes:
        if seen:
            return b""
        seen.append(match[0])
        return match[0]

    return replace
