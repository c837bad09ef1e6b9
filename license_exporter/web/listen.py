"""Listening, and how it ends."""

import asyncio
import errno
import logging
import os
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from license_exporter.web.address import Address
from license_exporter.web.refusals import Runner

_log = logging.getLogger(__name__)

# Connections that come at the same time and wait to be accepted.
_BACKLOG = 1024

# Once a request is answered, no more is read of a body that nobody needs, in seconds: one in chunks
# of a byte, which never ends, would hold the event loop.
_LINGERING = 0.0

# Closing what is left takes no longer than this, in seconds.
_CLOSING = 1.0

# A client has so many seconds to say that it has heard of the end of a connection, as TLS wants it.
_FAREWELL = 3.0

# How often the end is looked for, in seconds.
_TICK = 0.02

# A connection without a request, or without the end of one, is closed after this time, in seconds.
# Prometheus closes its own after 300 s.
_IDLE = 600.0


class _Requests:
    """How many requests are being answered."""

    def __init__(self) -> None:
        self._running = 0
        self.none = asyncio.Event()
        self.none.set()

    def counted(self) -> Middleware:
        """What counts them, to stand before all else."""

        @web.middleware
        async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._running += 1
            self.none.clear()
            try:
                return await handler(request)
            finally:
                self._running -= 1
                if not self._running:
                    self.none.set()

        return count


class Listener:
    """What is served at one or more addresses, which stand in `urls`."""

    def __init__(self, runner: web.AppRunner, urls: Sequence[str], requests: _Requests) -> None:
        self.urls = urls
        self._runner = runner
        self._requests = requests

    async def drained(self) -> None:
        """Accept no more, and wait until each running request is answered and its answer taken."""
        for site in list(self._runner.sites):
            await site.stop()
        server = self._runner.server
        assert server
        # What has been accepted begins first.
        await asyncio.sleep(_TICK)
        server.pre_shutdown()
        await asyncio.sleep(_TICK)
        await self._requests.none.wait()
        for connection in server.connections:
            if connection.transport:
                connection.transport.close()
        loop = asyncio.get_running_loop()
        end = loop.time() + _FAREWELL
        while server.connections:
            await asyncio.sleep(_TICK)
            if loop.time() >= end:
                _cut_off_silent(server)

    async def cut_off(self) -> None:
        """Close all connections at once, answered or not."""
        server = self._runner.server
        for connection in server.connections if server else ():
            if connection.transport:
                connection.transport.abort()
        # The event loop tells the handlers, which are ended with their connections.
        await asyncio.sleep(0)


def _cut_off_silent(server: web.Server) -> None:
    """Close the connections at once that have nothing left to send."""
    for connection in server.connections:
        if connection.transport and not connection.transport.get_write_buffer_size():
            connection.transport.abort()


@asynccontextmanager
async def listening(
    app: web.Application, addresses: Sequence[Address], context: ssl.SSLContext | None
) -> AsyncIterator[Listener]:
    """Serve `app` at the addresses. Raises OSError for one that is taken.

    What is not answered at the end of the context is not answered at all.
    """
    requests = _Requests()
    app.middlewares.insert(0, requests.counted())
    runner = Runner(
        app,
        handle_signals=False,
        access_log=None,
        shutdown_timeout=_CLOSING,
        keepalive_timeout=_IDLE,
        # A scrape whose client has gone is of no use to anybody.
        handler_cancellation=True,
        # No endpoint needs a body, and inflating one would hold the event loop.
        auto_decompress=False,
        lingering_time=_LINGERING,
    )
    await runner.setup()
    try:
        sites = [await _started(runner, address, context) for address in addresses]
        listener = Listener(runner, [site.name for site in sites], requests)
        try:
            yield listener
        finally:
            await listener.cut_off()
    finally:
        await runner.cleanup()


def _of_both(port: int) -> socket.socket:
    """A socket for all addresses of IPv6 and IPv4, of IPv4 alone where there is no IPv6."""
    if socket.has_dualstack_ipv6():
        with suppress(OSError):
            return socket.create_server(
                ("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=_BACKLOG
            )
    return socket.create_server(("0.0.0.0", port), backlog=_BACKLOG)  # noqa: S104 - as asked for


async def _started(
    runner: web.AppRunner, address: Address, context: ssl.SSLContext | None
) -> web.BaseSite:
    host, port = address
    site: web.BaseSite
    try:
        if host == "::":
            # As in Go, where it takes IPv4 too; asyncio would take IPv6 alone.
            site = web.SockSite(runner, _of_both(port), ssl_context=context, backlog=_BACKLOG)
        else:
            site = web.TCPSite(runner, host, port, ssl_context=context, backlog=_BACKLOG)
        await site.start()
    except OSError as error:
        # A failed look-up of the host has a number of its own kind, which strerror() does not know.
        # From Python 3.13 on, there is no number where the address is none of this machine's.
        looked_up = isinstance(error, socket.gaierror)
        why = error.strerror if looked_up else os.strerror(error.errno or errno.EADDRNOTAVAIL)
        shown = f"[{host}]" if host and ":" in host else host or ""
        raise OSError(f"cannot listen on {shown}:{port}: {why}") from None
    _log.info("Listening", extra={"address": site.name, "tls": context is not None})
    return site
