"""The addresses to listen on, and listening there."""

import errno
import logging
import os
import re
import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

DEFAULT_PORT = 10058
DEFAULT = f":{DEFAULT_PORT}"

_log = logging.getLogger(__name__)

_ADDRESS = re.compile(r"(?P<host>[^\[\]:/\s]*|\[[0-9A-Fa-f:.%\w]+\]):(?P<port>\d{1,5})")

# Scrapes that run when the program is told to end may take this long, in seconds.
_LAST_SCRAPES = 60.0

# A connection without a request, or without the end of one, is closed after this time, in seconds.
# Prometheus closes its own after 300 s.
_IDLE = 600.0


# The host, None for all of the machine's addresses, and the port.
Address = tuple[str | None, int]


def parse(address: str) -> Address:
    """Read [HOST]:PORT. Raises ValueError."""
    match = _ADDRESS.fullmatch(address)
    if not match or int(match["port"]) > 65535 or not _is_name(match["host"]):
        raise ValueError(f"{address!r} is not [HOST]:PORT, such as :10058 or [::1]:10058")
    return match["host"].strip("[]") or None, int(match["port"])


def _is_name(host: str) -> bool:
    """Whether a host can be looked up at all."""
    try:
        return not host or bool(host.encode("idna"))
    except UnicodeError:
        return False


@asynccontextmanager
async def listening(
    app: web.Application, addresses: Sequence[Address], context: ssl.SSLContext | None
) -> AsyncIterator[list[str]]:
    """Serve `app` at the addresses; gives their URLs. Raises OSError for one that is taken.

    At the end, the running scrapes are answered first.
    """
    runner = web.AppRunner(
        app,
        handle_signals=False,
        access_log=None,
        shutdown_timeout=_LAST_SCRAPES,
        keepalive_timeout=_IDLE,
        # No endpoint needs a body, and inflating one would hold the event loop.
        auto_decompress=False,
    )
    await runner.setup()
    try:
        sites = [await _started(runner, address, context) for address in addresses]
        yield [site.name for site in sites]
    finally:
        await runner.cleanup()


async def _started(
    runner: web.AppRunner, address: Address, context: ssl.SSLContext | None
) -> web.TCPSite:
    host, port = address
    site = web.TCPSite(runner, host, port, ssl_context=context)
    try:
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
