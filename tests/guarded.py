"""A web server that is protected as a file says, and its clients."""

import base64
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import aiohttp
import trustme
from aiohttp import web

from license_exporter.process.clock import Clock, SystemClock
from license_exporter.web.guard import WebGuard
from tests.servers import serving_app

TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key"


@cache
def _authority() -> tuple[trustme.CA, trustme.LeafCert]:
    """An authority and a server's certificate, made once: an RSA key takes a while."""
    ca = trustme.CA(key_type=trustme.KeyType.RSA)
    return ca, _issued(ca)


def _issued(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("localhost", key_type=trustme.KeyType.RSA)


class Authority:
    """A certificate authority with certificates in a folder, and contexts of its clients."""

    def __init__(self, folder: Path) -> None:
        self.ca, server = _authority()
        self.folder = folder
        self.ca.cert_pem.write_to_path(folder / "ca.pem")
        self._write(server)

    def renew(self) -> None:
        self._write(_issued(self.ca))

    def _write(self, server: trustme.LeafCert) -> None:
        server.cert_chain_pems[0].write_to_path(self.folder / "server.crt")
        server.private_key_pem.write_to_path(self.folder / "server.key")

    def client(
        self, certificate: trustme.LeafCert | None = None, highest: str = "TLSv1_3"
    ) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion[highest]
        if certificate:
            certificate.configure_cert(context)
        return context


def write(folder: Path, text: str) -> Path:
    """Write the web configuration file anew."""
    path = folder / "web.yml"
    path.write_text(text)
    return path


@asynccontextmanager
async def serving(path: Path, clock: Clock | None = None) -> AsyncIterator[str]:
    """A server that is protected as the file says; yields its address."""

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError

    app = web.Application()
    app.router.add_get("/", hello)
    app.router.add_get("/broken", broken)
    guard = WebGuard(path, clock or SystemClock())
    guard.protect(app)
    async with serving_app(app, guard.ssl_context) as url:
        yield url.replace("127.0.0.1", "localhost")  # the name in the certificate


async def get(
    url: str, tls: ssl.SSLContext | bool = True, auth: dict[str, str] | None = None
) -> tuple[int, str]:
    timeout = aiohttp.ClientTimeout(10)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, ssl=tls, headers=auth) as response,
    ):
        return response.status, await response.text()


def basic(user: str, password: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


async def refused(request: Awaitable[object]) -> bool:
    """Whether the connection is refused or ended without an answer."""
    try:
        await request
    except (aiohttp.ClientConnectionError, ConnectionError):
        return True
    return False
