"""The servers of all faults, in a process of their own: what they waste is not the exporter's."""

import asyncio
import multiprocessing
import ssl
import warnings
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import trustme

from tests.faults.answers import MB, document, padded, saying, whole
from tests.faults.table import FAULTS, Certificate
from tests.servers import Talk, talking

# What a server answers once it is mended: the document, and a token.
GOOD = saying(whole(document(access_token="x"), Set_Cookie=None))

HEALTHY = "healthy"
HEALTHY_LARGE = "healthy-large"


class Servers:
    """The running servers: `ports` by the names of their faults."""

    def __init__(self, ports: Mapping[str, int], pipe: Connection) -> None:
        self.ports = ports
        self._pipe = pipe

    def mend(self) -> None:
        """From now on, let each server answer well, if it can be reached at all."""
        self._pipe.send("mend")
        self._pipe.recv()


@contextmanager
def serving(folder: Path) -> Iterator[Servers]:
    """Serve all faults and the healthy; leaves the authority's certificate in ca.pem."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs, folder), daemon=True)
    process.start()
    try:
        yield Servers(pipe.recv(), pipe)
    finally:
        pipe.send("end")
        process.join(10)
        process.kill()
        process.join()


def _run(pipe: Connection, folder: Path) -> None:
    asyncio.run(_serve(pipe, folder))


async def _serve(pipe: Connection, folder: Path) -> None:
    certificates = Certificates(folder)
    mended = asyncio.Event()
    async with AsyncExitStack() as stack:
        ports = {}
        for fault in FAULTS:
            if fault.talk:
                talk = _until(mended, fault.talk) if fault.mendable else fault.talk
                context = certificates.context(fault.certificate)
                ports[fault.name] = await stack.enter_async_context(talking(talk, context))
        for name, body in ((HEALTHY, document()), (HEALTHY_LARGE, padded(3 * MB))):
            ports[name] = await stack.enter_async_context(talking(saying(whole(body))))
        pipe.send(ports)
        while await asyncio.to_thread(pipe.recv) == "mend":
            mended.set()
            pipe.send("mended")


def _until(mended: asyncio.Event, talk: Talk) -> Talk:
    async def either(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (GOOD if mended.is_set() else talk)(reader, writer)

    return either


class Certificates:
    """An authority, and certificates of it that are good or bad."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self._ca.cert_pem.write_to_path(str(folder / "ca.pem"))

    def context(self, kind: Certificate) -> ssl.SSLContext | None:
        """The context of a server with such a certificate; None for one without TLS."""
        if kind == "none":
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca = trustme.CA() if kind == "self-signed" else self._ca
        host = "other.example.com" if kind == "other host" else "127.0.0.1"
        ended = datetime.now(UTC) - timedelta(days=1) if kind == "expired" else None
        ca.issue_cert(host, not_after=ended).configure_cert(context)
        if kind == "old version":
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = ssl.TLSVersion.TLSv1_1
                context.maximum_version = ssl.TLSVersion.TLSv1_1
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if kind == "asks":
            # With TLS 1.3 the handshake would be over before the server refuses.
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            context.verify_mode = ssl.CERT_REQUIRED
            self._ca.configure_trust(context)
        return context
