"""Real servers on loopback, and clients of them."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from aiohttp import web

from license_exporter.config.http_config import ProxyConfig, TLSConfig
from license_exporter.sources.http.client import Client, Network
from license_exporter.sources.http.resolver import Resolver
from license_exporter.sources.source import Step

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving_app(
    app: web.Application, tls: ssl.SSLContext | None = None, **options: float
) -> AsyncIterator[str]:
    """Serve an application; gives its url. `options` are those of the library's runner."""
    runner = web.AppRunner(app, access_log=None, **{"shutdown_timeout": 0.1, **options})
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serving(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve HTTP with one handler for everything; gives the base url."""

    async def answer(request: web.Request) -> web.StreamResponse:
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    async with serving_app(app, tls) as url:
        yield url


@asynccontextmanager
async def talking(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve what is not quite HTTP: `talk` has each connection; gives the port."""
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def answering(answer: bytes) -> Talk:
    """Read a request's head, answer with these bytes and close."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()

    return talk


@contextmanager
def shaking_hands(tls: ssl.SSLContext) -> Iterator[int]:
    """Shake hands and close; say why if that fails, as asyncio's servers do not. Gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    secured = tls.wrap_socket(
                        connection, server_side=True, do_handshake_on_connect=False
                    )
                    with secured:
                        with suppress(ssl.SSLError):
                            secured.do_handshake()
                        # Closed with data unread, the connection would be reset.
                        secured.shutdown(socket.SHUT_WR)
                        while secured.recv(4096):
                            pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@asynccontextmanager
async def client_of(
    base: str, *, steps: list[Step] | None = None, environ: dict[str, str] | None = None, **options
) -> AsyncIterator[Client]:
    """A client with the usual options, but for those given."""
    network = Network(options.pop("resolver", None) or Resolver(), environ or {})
    options = {"tls": TLSConfig(), "proxy": ProxyConfig(), "body_limit": 1024 * 1024} | options
    client = Client(base, network, (steps if steps is not None else []).append, **options)
    try:
        yield client
    finally:
        await client.close()
