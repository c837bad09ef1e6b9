import asyncio

import aiohttp

from license_exporter.exposition.compression import Chunk
from license_exporter.web.parts import Parts
from tests.servers import serving


async def test_the_parts_are_sent_in_order_with_their_length():
    async def handler(request):
        return Parts(request, [Chunk(b"one "), Chunk(b""), Chunk(b"two")], {"X-A": "b"})

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

    class Counted(Chunk):
        @property
        def text(self):
            nonlocal asked
            asked += 1
            return super().text

    async def handler(request):
        return Parts(request, [Counted(bytes(1_000_000))] * 100, {})

    async with serving(handler) as url:
        port = int(url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1000)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(0.5)
        assert 0 < asked < 50
        writer.close()
