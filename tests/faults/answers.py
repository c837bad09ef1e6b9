"""How a vendor's server behaves on a connection, from the proper answer to none at all."""

import asyncio
import json
import socket
import struct
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from tests.servers import Talk

MB = 1024 * 1024

# Stands in every body, header and secret here, and must stand in nothing that the exporter says.
CANARY = "canary-7f3a"

_LINGER_NOT = struct.pack("ii", 1, 0)

# An answer of Enterprise Recon, with a field that is not read.
DOCUMENT: Mapping[str, Any] = {
    "state": "licensed",
    "expires": "1938048757",
    "edition": "PRO",
    "company": "Example Company Inc",
    "summary": [{"type": "server", "comment": "Server", "total": "5", "usage": "1"}],
    "key": CANARY,
}

HEADERS = {
    "Content-Type": "application/json",
    "Connection": "close",
    "X-Secret": CANARY,
    "Set-Cookie": f"session={CANARY}; Path=/",
}


def document(**changed: Any) -> bytes:
    """The document of a vendor, with other values at some of its keys."""
    return json.dumps({**DOCUMENT, **changed}).encode()


def padded(size: int) -> bytes:
    """The document of a vendor with so many bytes more in a field that is not read."""
    return document(padding="x" * size)


def head(status: str | int = "200 OK", **headers: str | None) -> bytes:
    """The head of an answer; a header that is None is left out."""
    all_headers = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in all_headers.items() if value is not None]
    status = f"{status} {CANARY}" if isinstance(status, int) else status
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode()


def whole(body: bytes, status: str | int = "200 OK", **headers: str | None) -> bytes:
    """A whole answer, as HTTP has it."""
    return head(status, **{"Content-Length": str(len(body)), **headers}) + body


def saying(*parts: bytes, pause: float = 0.0) -> Talk:
    """Read the request, send these bytes one after another, and close."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return talk


def dripping(answer: bytes) -> Talk:
    """Send one byte a second, from the first on."""
    return saying(*(bytes([byte]) for byte in answer), pause=1.0)


def stalling(*parts: bytes) -> Talk:
    """Send these bytes, and nothing more until the client has had enough."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(*parts)(reader, writer)
        await reader.read()

    return talk


def flooding(begin: bytes, part: bytes, times: int, end: bytes = b"") -> Talk:
    """Send `part` so many times between a beginning and an end, as fast as it is taken."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _request(reader)
        writer.write(begin)
        for _ in range(times):
            writer.write(part)
            await writer.drain()
        writer.write(end)
        await writer.drain()

    return talk


def chunked(parts: Iterable[bytes], end: bytes = b"0\r\n\r\n", **headers: str | None) -> bytes:
    """An answer in chunks."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return head(Transfer_Encoding="chunked", **headers) + chunks + end


def resetting(*parts: bytes) -> Talk:
    """Send these bytes and break the connection off."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await saying(*parts)(reader, writer)
        await asyncio.sleep(0.05)
        _reset(writer)

    return talk


async def hanging_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close the connection without a word."""


def saying_at_once(answer: bytes) -> Talk:
    """Send these bytes whatever comes, and close."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        await writer.drain()

    return talk


async def resetting_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break off the connection before anything is said, also what TLS says first."""
    await reader.read(1)
    _reset(writer)


async def staying_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take whatever comes, and never say a word."""
    while await reader.read(65536):
        pass


async def bombing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send 100 MB in 100 KB."""
    await saying(whole(_bomb(), Content_Encoding="gzip"))(reader, writer)


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    begin, part, end = b'{"key": "', b" " * MB, b'"}'
    parts = [packer.compress(data) for data in (begin, *[part] * 100, end)]
    return b"".join(parts) + packer.flush()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    writer.transport.abort()


async def _request(reader: asyncio.StreamReader) -> None:
    """Read the head of a request and its body; hang up on one that brings a cookie back.

    All vendors are on one host, and all set the same cookie.
    """
    text = await reader.readuntil(b"\r\n\r\n")
    for line in text.lower().splitlines():
        if line.startswith(b"cookie:"):
            raise ConnectionError
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
