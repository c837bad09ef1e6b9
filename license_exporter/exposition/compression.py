"""Gzip of a text that changes only in parts: what is unchanged is not compressed again.

Each chunk is deflated by itself up to a full flush, after which the next one refers to nothing
before it (RFC 1951; zlib manual, Z_FULL_FLUSH). So the deflated chunks, joined in any order, are
one stream, and with a header and the checksum of the whole text one gzip member (RFC 1952). That
checksum is computed from those of the chunks, as zlib's crc32_combine does.
"""

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

# Texts of samples shrink tenfold even so, at a third of the time that the usual level takes.
_LEVEL = 1

# No name, no time, an unknown system: RFC 1952, section 2.3.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

# An empty last block: no chunk knows that it is the last.
_END = b"\x03\x00"

# The polynomial of CRC-32, the highest power in the lowest bit; and the polynomial 1.
_CRC = 0xEDB88320
_ONE = 1 << 31


@dataclass(frozen=True, slots=True)
class _Deflated:
    """Whole deflate blocks, none of them the last, with the checksum of their text.

    The checksum of all that comes before is multiplied by `shift` before this one is added to it.
    """

    data: bytes
    checksum: int
    shift: int


class Chunk:
    """A part of a text.

    Once it has been deflated, only the deflated form is kept, which is a tenth of the text. If the
    text is asked for after that, it is kept as well.
    """

    __slots__ = ("_deflated", "_size", "_text")

    def __init__(self, text: bytes) -> None:
        self._size = len(text)
        self._text: bytes | None = text
        self._deflated: _Deflated | None = None

    def __len__(self) -> int:
        return self._size

    @property
    def text(self) -> bytes:
        text = self._text
        if text is None:
            assert self._deflated
            text = self._text = zlib.decompressobj(-zlib.MAX_WBITS).decompress(self._deflated.data)
        return text

    def deflated(self) -> _Deflated:
        """The text as deflate blocks."""
        if self._deflated is None:
            text = self.text
            compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
            data = compressor.compress(text) + compressor.flush(zlib.Z_FULL_FLUSH)
            self._deflated = _Deflated(data, zlib.crc32(text), _power(8 * self._size))
            self._text = None
        return self._deflated


def gzip_parts(chunks: Iterable[Chunk]) -> list[bytes]:
    """The parts of one gzip member that holds the texts of all chunks.

    Those of unchanged chunks are the same objects each time, of which nobody needs a copy.
    """
    parts = [_HEADER]
    checksum = 0
    size = 0
    for chunk in chunks:
        deflated = chunk.deflated()
        parts.append(deflated.data)
        checksum = _product(deflated.shift, checksum) ^ deflated.checksum
        size += len(chunk)
    parts.append(_END + struct.pack("<LL", checksum, size & 0xFFFFFFFF))
    return parts


def _product(a: int, b: int) -> int:
    """The product of two polynomials over GF(2), modulo that of CRC-32."""
    product = 0
    while a:
        if a & _ONE:
            product ^= b
        a = a << 1 & 0xFFFFFFFF
        b = b >> 1 ^ (_CRC if b & 1 else 0)
    return product


def _power(exponent: int) -> int:
    """The polynomial x to the power of `exponent`, modulo that of CRC-32."""
    result = _ONE
    square = _ONE >> 1
    while exponent:
        if exponent & 1:
            result = _product(result, square)
        square = _product(square, square)
        exponent >>= 1
    return result
