import asyncio
import contextlib
import gzip
import logging
import socket
import ssl

import aiohttp
import pytest
import trustme
from aiohttp import web

from license_exporter.web import listen
from tests.garbage import nothing_large_is_left


def application(delay=0.0):
    async def hello(request):
        await asyncio.sleep(delay)
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    return app


async def get(url):
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return await response.text()


async def test_every_address_is_listened_on_in_their_order():
    addresses = [("127.0.0.1", 0), ("::1", 0)]
    async with listen.listening(application(), addresses, None) as listener:
        urls = listener.urls
        assert [url.rpartition(":")[0] for url in urls] == ["http://127.0.0.1", "http://[::1]"]
        assert [await get(url) for url in urls] == ["hello", "hello"]


async def test_without_a_host_both_versions_of_the_internet_protocol_are_listened_on():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with listen.listening(application(), [(None, port)], None):
        assert await get(f"http://127.0.0.1:{port}") == "hello"
        assert await get(f"http://[::1]:{port}") == "hello"


async def test_each_address_is_logged_with_whether_it_speaks_tls(caplog):
    caplog.set_level("INFO", "license_exporter")
    async with listen.listening(application(), [("127.0.0.1", 0)], None):
        pass
    (record,) = [record for record in caplog.records if record.getMessage() == "Listening"]
    assert record.address.startswith("http://127.0.0.1:")
    assert record.tls is False


async def test_a_request_that_runs_at_the_end_is_answered():
    async with listen.listening(application(0.2), [("127.0.0.1", 0)], None) as listener:
        running = asyncio.create_task(get(listener.urls[0]))
        await asyncio.sleep(0.1)
        await listener.drained()
    assert await running == "hello"


async def test_what_is_not_answered_at_the_end_is_cut_off_at_once():
    async with listen.listening(application(60), [("127.0.0.1", 0)], None) as listener:
        running = asyncio.create_task(get(listener.urls[0]))
        await asyncio.sleep(0.1)
    with pytest.raises(aiohttp.ClientError):
        await running


async def test_a_handler_ends_with_its_client():
    ended = asyncio.Event()

    async def slow(request):
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    app = web.Application()
    app.router.add_get("/", slow)
    async with listen.listening(app, [("127.0.0.1", 0)], None) as listener:
        port = int(listener.urls[0].rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(0.1)
        writer.close()
        async with asyncio.timeout(5):
            await ended.wait()


async def test_a_compressed_body_is_not_inflated():
    read = []

    async def body(request):
        read.append(await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post("/", body)
    packed = gzip.compress(bytes(1000))
    headers = {"Content-Encoding": "gzip"}
    async with (
        listen.listening(app, [("127.0.0.1", 0)], None) as listener,
        aiohttp.ClientSession() as session,
        session.post(listener.urls[0], data=packed, headers=headers) as response,
    ):
        assert response.status == 200
    assert read == [packed]


@pytest.mark.parametrize(
    "begin", [b"", b"GET / HTTP/1.1\r\n", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"]
)
async def test_a_connection_without_a_further_request_is_closed_in_time(monkeypatch, begin):
    monkeypatch.setattr(listen, "_IDLE", 0.2)
    async with listen.listening(application(), [("127.0.0.1", 0)], None) as listener:
        port = int(listener.urls[0].rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(begin)
        async with asyncio.timeout(5):
            assert (await reader.read()).endswith(b"hello" if begin.endswith(b"\r\n\r\n") else b"")
        writer.close()


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("127.0.0.1", r"127.0.0.1:\d+: Address already in use"),
        ("192.0.2.1", r"192.0.2.1:\d+: Cannot assign requested address"),
        ("2001:db8::1", r"\[2001:db8::1\]:\d+: Cannot assign requested address"),
        # Longer than a name may be: it is not looked up anywhere.
        (".".join(["a" * 60] * 5), r"a+(\.a+){4}:\d+: [A-Z].*"),
    ],
)
async def test_an_address_that_cannot_be_had_is_told_in_one_line(host, why):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"^cannot listen on {why}$"):
            async with listen.listening(application(), [(host, port)], None):
                pass


async def test_all_addresses_of_ipv6_are_those_of_ipv4_too_as_in_go():
    async with listen.listening(application(), [("::", 0)], None) as listener:
        (url,) = listener.urls
        port = url.rpartition(":")[2].rstrip("/")
        assert await get(f"http://127.0.0.1:{port}/") == "hello"
        assert await get(f"http://[::1]:{port}/") == "hello"


async def test_all_addresses_of_a_machine_without_ipv6_are_those_of_ipv4(monkeypatch):
    monkeypatch.setattr(socket, "has_dualstack_ipv6", lambda: False)
    async with listen.listening(application(), [("::", 0)], None) as listener:
        port = listener.urls[0].rpartition(":")[2].rstrip("/")
        assert await get(f"http://127.0.0.1:{port}/") == "hello"


async def test_a_port_that_is_taken_for_all_addresses_is_told():
    async with listen.listening(application(), [("::", 0)], None) as listener:
        port = int(listener.urls[0].rpartition(":")[2].rstrip("/"))
        with pytest.raises(OSError, match=f"cannot listen on .*{port}"):
            async with listen.listening(application(), [("::", port)], None):
                pass


@pytest.mark.parametrize(
    "request_", [b"no HTTP\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"]
)
async def test_the_answer_to_what_is_no_http_is_neither_stored_nor_taken_for_something_else(
    request_,
):
    async with listen.listening(application(), [("127.0.0.1", 0)], None) as listener:
        port = int(listener.urls[0].rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request_)
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
    assert head.split(b" ")[1] == b"400"
    assert b"X-Content-Type-Options: nosniff\r\n" in head
    assert b"Cache-Control: no-store\r\n" in head


async def test_nothing_of_what_is_no_http_is_kept(caplog):
    caplog.set_level(logging.CRITICAL, logger="aiohttp.server")  # it would keep the errors
    async with listen.listening(application(), [("127.0.0.1", 0)], None) as listener:
        port = int(listener.urls[0].rpartition(":")[2])
        with nothing_large_is_left(50_000):
            for _ in range(3):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n")
                assert b"400 Bad Request" in await reader.readline()
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()


async def test_a_client_that_does_not_hear_of_the_end_holds_it_up_for_a_moment(monkeypatch):
    monkeypatch.setattr(listen, "_FAREWELL", 0.1)
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    async with listen.listening(application(), [("127.0.0.1", 0)], context) as listener:
        port = int(listener.urls[0].rpartition(":")[2])
        trusting = ssl.create_default_context()
        authority.configure_trust(trusting)

        def idle():
            plain = socket.create_connection(("127.0.0.1", port))
            return trusting.wrap_socket(plain, server_hostname="localhost")

        # It reads nothing, so that it does not answer when TLS is to end.
        with await asyncio.to_thread(idle):
            async with asyncio.timeout(2):
                await listener.drained()
