import asyncio

import aiohttp
import pytest
from aiohttp import web

from license_exporter.web import sending
from license_exporter.web.sending import Parts, send
from tests.servers import serving


async def test_the_parts_are_sent_in_order_with_their_length():
    async def handler(request):
        return Parts([b"one ", b"", b"two"], 7, {"X-A": "b"})

    async with serving(handler) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as answer:
            assert await answer.read() == b"one two"
            assert answer.headers["Content-Length"] == "7"
            assert answer.headers["X-A"] == "b"
        async with session.head(url) as answer:
            assert await answer.read() == b""
            assert answer.headers["Content-Length"] == "7"


async def test_to_a_client_that_takes_nothing_no_more_is_sent_than_the_system_holds():
    asked = 0

    def parts():
        nonlocal asked
        for _ in range(100):
            asked += 1
            yield bytes(1_000_000)

    async def handler(request):
        return Parts(parts(), 100_000_000, {})

    async with serving(handler) as url:
        port = int(url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(0.5)
        assert 0 < asked < 50
        writer.close()


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [b"a" * 10, b"b" * 20],
        [b"a" * 200_000, b"b", b"c" * 65_536, b"d" * 65_535, b"e" * 65_535, b"f"],
    ],
)
def test_pieces_are_neither_large_nor_many(parts):
    pieces = [bytes(piece) for piece in sending._pieces(parts)]
    assert b"".join(pieces) == b"".join(parts)
    assert all(0 < len(piece) < 3 * 65_536 for piece in pieces)
    assert len(pieces) <= len(parts) + 3


@pytest.mark.parametrize("body", [bytes(10_000_000), None])
async def test_a_client_that_does_not_take_its_answer_is_cut_off(monkeypatch, body):
    monkeypatch.setattr(sending, "_PATIENCE", 0.2)
    ended = asyncio.Event()

    async def handler(request):
        response = Parts.of(body, {}) if body else web.Response(body=bytes(10_000_000))
        try:
            await send(request, response)
        except ConnectionResetError:
            ended.set()
            raise
        return response

    async with serving(handler) as url:
        port = int(url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        async with asyncio.timeout(5):
            await ended.wait()
        with pytest.raises(ConnectionError):
            while await reader.read(100_000):
                pass
        writer.close()


async def test_a_client_that_is_slow_gets_all_of_it(monkeypatch):
    monkeypatch.setattr(sending, "_PATIENCE", 0.25)

    async def handler(request):
        return Parts.of(bytes(12_000_000), {})

    async with (
        serving(handler) as url,
        aiohttp.ClientSession() as session,
        session.get(url) as answer,
    ):
        size = 0
        for _ in range(6):
            await asyncio.sleep(0.06)
            size += len(await answer.content.readexactly(2_000_000))
    assert size == 12_000_000
