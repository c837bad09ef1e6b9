"""Reading the body of an answer: never more than a limit, and decompressed as it comes."""

import asyncio
import zlib
from collections.abc import Iterator

import aiohttp

from license_exporter.errors import FetchError, Reason
from license_exporter.sources.growing import Growing, too_large
from license_exporter.sources.source import OnLarge

# The compressions that are asked for.
ACCEPT_ENCODING = "gzip, deflate"
# The others that are known (IANA, HTTP Content Coding Registry), and layers of several.
_REGISTERED = frozenset(
    {"aes128gcm", "br", "compress", "dcb", "dcz", "exi", "pack200-gzip", "x-compress", "zstd"}
)
_COMPRESSIONS = _REGISTERED | {"gzip", "x-gzip", "deflate"}
# So much is decompressed in one go, and then the event loop gets its turn.
_SLICE = 256 * 1024
# So much compressed data is given to zlib in one go: at the end of each member of a gzip file, it
# copies all that is left.
_PIECE = 16 * 1024


async def read_body(
    answer: aiohttp.ClientResponse, limit: int, on_large: OnLarge | None = None
) -> bytes:
    """Read and decompress the body, as `Growing` keeps it.

    Raises FetchError: `too_large` beyond `limit` bytes, compressed or not, and `decode` for a
    compression that was not asked for or is damaged; and what the client library raises.
    """
    if (answer.content_length or 0) > limit:
        raise too_large(limit)
    encoding = answer.headers.get("Content-Encoding")
    decoder = _decoder(encoding) if encoding else None
    received = 0
    with Growing(limit, on_large) as body:
        while chunk := await answer.content.readany():
            received += len(chunk)
            if received > limit:
                raise too_large(limit)
            for part in decoder.feed(chunk) if decoder else (chunk,):
                await body.add(part)
                if len(part) == _SLICE:
                    await asyncio.sleep(0)
        if decoder and received:
            decoder.finish()
        return body.value()


def _decoder(encoding: str) -> "_Decoder | None":
    names = [name for part in encoding.split(",") if (name := part.strip().lower()) != "identity"]
    name = names[0] if len(names) == 1 else ""
    if len(names) > 1 and not _COMPRESSIONS.isdisjoint(names):
        raise FetchError(Reason.DECODE, "the answer is compressed twice, which was not asked for")
    if name in ("gzip", "x-gzip", "deflate"):
        return _Decoder(gzip=name != "deflate")
    if name in _REGISTERED:
        raise FetchError(
            Reason.DECODE, f"the answer is compressed by {name}, which was not asked for"
        )
    # What nobody registered, such as utf-8, is no compression but a mistake.
    return None


class _Decoder:
    """Decompresses gzip of one or more members, or deflate with or without zlib's header."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._member: zlib._Decompress | None = None
        self._whole = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Decompress what came, in slices. Raises FetchError `decode`."""
        try:
            for start in range(0, len(data), _PIECE):
                yield from self._slices(data[start : start + _PIECE])
        except zlib.error:
            raise _damaged() from None

    def finish(self) -> None:
        """Check that the end has been reached. Raises FetchError `decode`."""
        if not self._whole:
            raise _damaged()

    def _slices(self, data: bytes) -> Iterator[bytes]:
        while data:
            member = self._member
            if member is None:
                if self._whole:
                    # A gzip file may be padded, and go on with a further member.
                    data = data.lstrip(b"\0")
                    if not data:
                        return
                    if not self._gzip:
                        raise _damaged()
                member = self._member = zlib.decompressobj(self._window(data[0]))
                self._whole = False
            part = member.decompress(data, _SLICE)
            yield part
            # All input can be taken before all output has been given.
            while len(part) == _SLICE and not member.unconsumed_tail:
                part = member.decompress(b"", _SLICE)
                yield part
            data = member.unconsumed_tail
            if member.eof:
                data = member.unused_data
                self._member = None
                self._whole = True

    def _window(self, first: int) -> int:
        if self._gzip:
            return 16 + zlib.MAX_WBITS
        # RFC 9110 (section 8.4.1.2) means zlib's format by "deflate", but some servers leave its
        # header away. The lower half of the header's first byte is 8, that of a raw stream is not.
        return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS


def _damaged() -> FetchError:
    return FetchError(Reason.DECODE, "the answer cannot be decompressed: it is damaged or cut")
