import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from license_exporter.web import slots
from license_exporter.web.sending import Parts
from license_exporter.web.slots import Slots
from tests.servers import serving_app


class Server:
    """Two slots; `/slow` answers once it is let, `/large` much, and `/` at once."""

    def __init__(self, limit=2):
        self.slots = Slots(limit, "no slot\n")
        self.go = asyncio.Event()
        self.port = 0

    async def answer(self, request):
        if request.path == "/slow":
            await self.go.wait()
        if request.path == "/large":
            return Parts.of(bytes(50_000_000), {})
        return web.Response(text="hello")

    async def get(self, path="/", source="127.0.0.1"):
        connector = aiohttp.TCPConnector(local_addr=(source, 0))
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get(f"http://127.0.0.1:{self.port}{path}") as answer,
        ):
            return answer.status, await answer.text()

    async def ask(self, path, source="127.0.0.1", body=b"\r\n"):
        _, writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: a\r\n".encode() + body)
        await asyncio.sleep(0.05)
        return writer


@asynccontextmanager
async def serving(limit=2, **options):
    server = Server(limit)
    app = web.Application()
    app.router.add_get("/{tail:.*}", server.slots.bounded(server.answer))
    async with serving_app(app, **options) as url:
        server.port = int(url.rpartition(":")[2])
        yield server
        server.go.set()


async def test_beyond_the_slots_requests_are_refused_with_a_reason():
    async with serving() as server:
        waiting = [asyncio.create_task(server.get("/slow")) for _ in range(2)]
        await asyncio.sleep(0.1)
        assert await server.get() == (503, "no slot\n")
        server.go.set()
        assert await asyncio.gather(*waiting) == [(200, "hello")] * 2
        assert await server.get() == (200, "hello")


async def test_without_a_limit_none_is_refused():
    async with serving(0) as server:
        waiting = [asyncio.create_task(server.get("/slow")) for _ in range(20)]
        await asyncio.sleep(0.1)
        server.go.set()
        assert await asyncio.gather(*waiting) == [(200, "hello")] * 20


async def test_a_slot_that_becomes_free_goes_to_the_one_that_waits_the_longest():
    async with serving() as server:
        taken = [asyncio.create_task(server.get("/slow")) for _ in range(2)]
        await asyncio.sleep(0.1)
        waiting = [asyncio.create_task(server.get()) for _ in range(20)]
        gone = asyncio.create_task(server.get())
        await asyncio.sleep(0.1)
        gone.cancel()
        server.go.set()
        assert await asyncio.gather(*taken, *waiting) == [(200, "hello")] * 22
        assert server.slots._handed == 0
        assert not server.slots._waiting
        assert not server.slots._holders


async def test_a_slot_that_is_on_its_way_to_one_that_waits_is_nobody_elses():
    async with serving(1) as server:
        taken = asyncio.create_task(server.get("/slow"))
        await asyncio.sleep(0.1)
        waiting = [asyncio.create_task(server.get()) for _ in range(10)]
        await asyncio.sleep(0.1)
        server.go.set()
        later = [asyncio.create_task(server.get()) for _ in range(10)]
        assert await asyncio.gather(taken, *waiting, *later) == [(200, "hello")] * 21


async def test_a_slot_is_handed_on_while_nobody_holds_one():
    slots = Slots(1, "no slot\n")
    slots._handed = 1
    assert not slots._make_room("127.0.0.1")


async def test_a_slot_is_free_when_its_client_has_gone():
    async with serving(handler_cancellation=True) as server:
        for _ in range(2):
            (await server.ask("/slow")).close()
        await asyncio.sleep(0.1)
        assert await server.get() == (200, "hello")


async def test_a_client_that_has_gone_behind_a_body_that_nobody_reads_is_seen():
    body = b"Content-Length: 9999999\r\n\r\n" + bytes(1_000_000)
    async with serving() as server:
        for _ in range(2):
            writer = await server.ask("/slow", body=body)
            writer.transport.abort()
        await asyncio.sleep(0.1)
        assert await server.get() == (200, "hello")


async def test_a_slot_is_taken_until_the_answer_is(monkeypatch):
    monkeypatch.setattr(slots, "_HASTE", 0.5)
    async with serving() as server:
        writers = [await server.ask("/large") for _ in range(2)]
        waiting = asyncio.create_task(server.get())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        assert await waiting == (200, "hello")
        for writer in writers:
            writer.close()


async def test_who_does_not_take_an_answer_gives_way_after_a_moment(monkeypatch):
    monkeypatch.setattr(slots, "_HASTE", 0.1)
    async with serving() as server:
        writers = [await server.ask("/large") for _ in range(2)]
        assert await server.get() == (200, "hello")
        for writer in writers:
            writer.close()


async def test_an_address_that_has_all_slots_gives_one_to_another():
    async with serving(3) as server:
        greedy = [asyncio.create_task(server.get("/slow", "127.0.0.2")) for _ in range(3)]
        await asyncio.sleep(0.1)
        assert await server.get("/", "127.0.0.1") == (200, "hello")
        done, _ = await asyncio.wait(greedy, timeout=1, return_when=asyncio.FIRST_COMPLETED)
        assert [task.result() for task in done] == [(503, "no slot\n")]
        other = asyncio.create_task(server.get("/slow", "127.0.0.1"))
        await asyncio.sleep(0.1)
        assert (await server.get("/", "127.0.0.1"))[0] == 503
        server.go.set()
        assert await other == (200, "hello")
        assert [status for status, _ in await asyncio.gather(*greedy)].count(200) == 2


async def test_an_error_of_the_handler_frees_its_slot():
    async def broken(request):
        raise RuntimeError

    bounded = Slots(1, "no slot\n")
    app = web.Application()
    app.router.add_get("/", bounded.bounded(broken))
    async with serving_app(app) as url, aiohttp.ClientSession() as session:
        for _ in range(3):
            async with session.get(url) as answer:
                assert answer.status == 500


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::1", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_clients_are_told_apart_by_address_or_network(address, client):
    from license_exporter.web.clients import _network

    assert _network(address) == client
