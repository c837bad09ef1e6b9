import asyncio
import gzip
import tracemalloc
import zlib

import pytest
from aiohttp import web

from license_exporter.errors import FetchError, Reason
from license_exporter.sources.source import LARGE
from tests.servers import client_of, serving

TEXT = b'{"a": "' + b"b" * 1000 + b'"}'


def raw_deflate(data):
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


async def read(body, encoding=None, *, limit=1024 * 1024, pieces=1, on_large=None):
    """What a client reads of a body that comes in so many pieces, or its FetchError."""

    async def handler(request):
        response = web.StreamResponse()
        if encoding is not None:
            response.headers["Content-Encoding"] = encoding
        await response.prepare(request)
        size = -(-len(body) // pieces)
        for start in range(0, len(body), max(size, 1)):
            await response.write(body[start : start + size])
            await asyncio.sleep(0)
        return response

    async with serving(handler) as url, client_of(url, body_limit=limit) as client:
        try:
            return (await client.send("GET", url, on_large=on_large)).body
        except FetchError as error:
            return error.reason


# By name: what is compressed holds the time, and would not name a test the same twice.
WHOLE = {
    "no encoding": (None, TEXT),
    "an empty encoding": ("", TEXT),
    "identity": ("identity", TEXT),
    "gzip": ("gzip", gzip.compress(TEXT)),
    "GZip": ("GZip", gzip.compress(TEXT)),
    "x-gzip": ("x-gzip", gzip.compress(TEXT)),
    "gzip of three members": (
        "gzip",
        gzip.compress(TEXT[:500]) + gzip.compress(b"") + gzip.compress(TEXT[500:]),
    ),
    "padded gzip": ("gzip", gzip.compress(TEXT) + bytes(512)),
    "deflate": ("deflate", zlib.compress(TEXT)),
    "deflate of a small window": ("deflate", zlib.compress(TEXT, wbits=9)),
    "deflate without a header": ("deflate", raw_deflate(TEXT)),
}
DAMAGED = {
    "brotli": ("br", TEXT),
    "zstd": ("zstd", TEXT),
    "gzip of gzip": ("gzip, gzip", gzip.compress(gzip.compress(TEXT))),
    "gzip that is none": ("gzip", TEXT),
    "gzip without its last byte": ("gzip", gzip.compress(TEXT)[:-1]),
    "gzip cut in its header": ("gzip", gzip.compress(TEXT)[:5]),
    "gzip with a wrong checksum": ("gzip", gzip.compress(TEXT)[:-8] + bytes(8)),
    "gzip and more": ("gzip", gzip.compress(TEXT) + b"more"),
    "gzip that is deflate": ("gzip", zlib.compress(TEXT)),
    "deflate that is cut": ("deflate", zlib.compress(TEXT)[:-3]),
    "deflate and more": ("deflate", zlib.compress(TEXT) + b"more"),
    "deflate without a header that is cut": ("deflate", raw_deflate(TEXT)[:-2]),
    "deflate that is none": ("deflate", TEXT),
}


@pytest.mark.parametrize("form", WHOLE)
@pytest.mark.parametrize("pieces", [1, 3, 200])
async def test_a_body_is_read_in_whichever_form_and_pieces_it_comes(form, pieces):
    encoding, body = WHOLE[form]
    assert await read(body, encoding, pieces=pieces) == TEXT


@pytest.mark.parametrize("encoding", [None, "gzip", "deflate"])
async def test_a_body_may_be_empty(encoding):
    assert await read(b"", encoding) == b""


@pytest.mark.parametrize("form", DAMAGED)
@pytest.mark.parametrize("pieces", [1, 50])
async def test_a_body_that_cannot_be_decompressed_has_its_reason(form, pieces):
    encoding, body = DAMAGED[form]
    assert await read(body, encoding, pieces=pieces) is Reason.DECODE


@pytest.mark.parametrize("encoding", [None, "gzip", "deflate"])
async def test_the_limit_is_for_the_decompressed_body(encoding):
    pack = {None: bytes, "gzip": gzip.compress, "deflate": zlib.compress}[encoding]
    assert await read(pack(TEXT), encoding, limit=len(TEXT)) == TEXT
    assert await read(pack(TEXT), encoding, limit=len(TEXT) - 1) is Reason.TOO_LARGE


async def test_what_is_compressed_may_not_be_over_the_limit_either():
    members = gzip.compress(b"") * 100
    assert await read(members, "gzip", limit=len(members)) == b""
    assert await read(members, "gzip", limit=len(members) - 1) is Reason.TOO_LARGE


async def test_a_declared_length_over_the_limit_is_refused_before_the_body_comes():
    async def handler(request):
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        await response.prepare(request)
        await asyncio.sleep(60)
        return response

    async with serving(handler) as url, client_of(url, body_limit=999_999) as client:
        with pytest.raises(FetchError) as caught:
            await asyncio.wait_for(client.send("GET", url), 5)
    assert caught.value.reason is Reason.TOO_LARGE


async def test_a_bomb_of_1_to_1000_is_not_inflated_beyond_the_limit():
    bomb = gzip.compress(bytes(200 * 1024 * 1024), 9)
    assert len(bomb) < 205 * 1024
    tracemalloc.start()
    try:
        assert await read(bomb, "gzip", limit=8 * 1024 * 1024) is Reason.TOO_LARGE
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 24 * 1024 * 1024


@pytest.mark.parametrize("size", [LARGE, LARGE + 1, 3 * LARGE])
@pytest.mark.parametrize("encoding", [None, "gzip", "declared"])
async def test_a_large_body_is_announced_before_it_is_kept_and_as_it_goes_on(size, encoding):
    told = []

    async def on_large(more):
        told.append(more)

    async def handler(request):
        body = bytes(size)
        if encoding == "gzip":
            body = gzip.compress(body)
        response = web.StreamResponse()
        if encoding == "gzip":
            response.headers["Content-Encoding"] = "gzip"
        if encoding == "declared":
            response.content_length = size
        await response.prepare(request)
        await response.write(body)
        return response

    async with serving(handler) as url, client_of(url, body_limit=4 * LARGE) as client:
        assert len((await client.send("GET", url, on_large=on_large)).body) == size
    announced = {LARGE: {0}, LARGE + 1: {1}, 3 * LARGE: {2, 3}}
    assert len(told) in announced[size]
    assert size - LARGE <= sum(told) <= size
