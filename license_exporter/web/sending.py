"""Answers on their way to a client, which may take them slowly or not at all."""

import asyncio
import struct
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from socket import SO_LINGER, SOL_SOCKET

from aiohttp import hdrs, web
from aiohttp.abc import AbstractStreamWriter

# How long a client may leave a piece of its answer untaken, in seconds. Prometheus gives a whole
# scrape ten by default.
_PATIENCE = 10.0

# No more of an answer is handed to the system at a time, in bytes.
_PIECE = 1 << 16

# Linger for 0 seconds: socket(7).
_RESET = struct.pack("ii", 1, 0)


class Parts(web.StreamResponse):
    """An answer that is sent in pieces, each once the client has taken the one before.

    So a client that reads slowly, or not at all, does not keep a copy of a large answer in memory.
    `parts` are looked at one after another as they are sent; `size` is that of all, in bytes.
    """

    def __init__(
        self,
        parts: Iterable[bytes],
        size: int,
        headers: Mapping[str, str],
        status: int = 200,
    ) -> None:
        super().__init__(status=status, headers=headers)
        self._pieces = _pieces(parts)
        self._has_body = True
        self.content_length = size

    @classmethod
    def of(cls, body: bytes, headers: Mapping[str, str], status: int = 200) -> "Parts":
        """An answer of one part."""
        return cls((body,), len(body), headers, status)

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Begin the answer with its headers, which are all of it for HEAD."""
        self._has_body = request.method != hdrs.METH_HEAD
        return await super().prepare(request)

    async def write_eof(self, data: bytes = b"") -> None:
        """Send the pieces; called once the headers have been prepared."""
        if self._has_body:
            for piece in self._pieces:
                async with asyncio.timeout(_PATIENCE):
                    await self.write(piece)
        await super().write_eof(data)


def _pieces(parts: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """The parts in pieces of much the same size: small ones joined, large ones cut."""
    small: list[bytes] = []
    size = 0
    for part in parts:
        if len(part) < _PIECE:
            small.append(part)
            size += len(part)
        if small and (size >= _PIECE or len(part) >= _PIECE):
            yield b"".join(small)
            small, size = [], 0
        if len(part) >= _PIECE:
            view = memoryview(part)
            yield from (view[start : start + _PIECE] for start in range(0, len(part), _PIECE))
    if small:
        yield b"".join(small)


async def send(request: web.BaseRequest, response: web.StreamResponse) -> None:
    """Send an answer to its end, which the library does not do again.

    A client that does not take it is cut off; raises ConnectionResetError for that.
    """
    await response.prepare(request)
    try:
        async with asyncio.timeout(_PATIENCE) as patience:
            if isinstance(response, Parts):
                # Each piece of it has that time by itself.
                patience.reschedule(None)
            await response.write_eof()
    except TimeoutError:
        cut_off(request)
        raise ConnectionResetError("the answer was not taken") from None


def cut_off(request: web.BaseRequest) -> None:
    """Close the connection at once, whatever is still to be sent."""
    if request.transport:
        # The system forgets what it holds for the client, too.
        socket = request.transport.get_extra_info("socket")
        with suppress(OSError):
            socket.setsockopt(SOL_SOCKET, SO_LINGER, _RESET)
        request.transport.abort()
