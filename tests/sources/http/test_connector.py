"""Kept connections that were given up, and answers that are almost HTTP."""

import asyncio

import pytest

from license_exporter.errors import FetchError, Reason
from tests.servers import answering, client_of, talking

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class OneRequest:
    """Answers the first request of each connection, and drops it when a second one comes."""

    def __init__(self, *, drop_first=False):
        self.connections = 0
        self.requests = 0
        self._drop_first = drop_first

    async def __call__(self, reader, writer):
        self.connections += 1
        await self._read(reader)
        if self._drop_first:
            return
        writer.write(HEAD + b"Content-Length: 2\r\n\r\n{}")
        await writer.drain()
        await self._read(reader)

    async def _read(self, reader):
        head = await reader.readuntil(b"\r\n\r\n")
        if b"Content-Length" in head:
            await reader.readexactly(2)
        self.requests += 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_request_on_a_connection_that_was_given_up_is_sent_once_more(method):
    server = OneRequest()
    async with talking(server) as port, client_of(f"http://127.0.0.1:{port}") as client:
        for _ in range(3):
            body = {} if method == "POST" else None
            response = await client.send(method, client.base, json=body)
            assert response.body == b"{}"
    assert (server.connections, server.requests) == (3, 5)


async def test_a_post_that_fails_on_a_new_connection_is_not_sent_again():
    server = OneRequest(drop_first=True)
    async with talking(server) as port, client_of(f"http://127.0.0.1:{port}") as client:
        with pytest.raises(FetchError) as caught:
            await client.send("POST", client.base, json={})
    assert caught.value.reason is Reason.CONNECT
    assert server.requests == 1


async def sent(answer):
    async with talking(answering(answer)) as port, client_of(f"http://127.0.0.1:{port}") as client:
        return await client.send("GET", client.base)


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 2\r\nContent-Length: 2\r\n",
        b"content-length:2\r\nX-A: 1\r\nContent-Length:  2 \r\n",
        b"Content-Length: 2\r\nContent-Length: 2\r\nContent-Length: 2\r\n",
        b"Content-Length: 2, 2\r\n",
        b"Content-Length: 2,2\r\nX-A: 1\r\nContent-Length: 2\r\n",
    ],
)
async def test_equal_lengths_are_one(lengths):
    assert (await sent(HEAD + lengths + b"\r\n{}")).body == b"{}"


@pytest.mark.parametrize("lengths", [b"2\r\nContent-Length: 3", b"2, 3"])
async def test_different_lengths_are_refused_and_named(lengths):
    with pytest.raises(FetchError, match=r"(?i)content-length") as caught:
        await sent(HEAD + b"Content-Length: " + lengths + b"\r\n\r\n{}")
    assert caught.value.reason is Reason.HTTP


async def test_what_is_refused_is_named_without_a_part_of_the_answer():
    with pytest.raises(FetchError, match="is not valid HTTP") as caught:
        await sent(b"HTTP/1.1 200 OK\r\ns3cr3t header\r\n\r\n")
    assert "s3cr3t" not in caught.value.message


@pytest.mark.parametrize("coding", ["utf-8", "none", "identity", "identity, identity", "UTF-8"])
async def test_a_coding_that_nobody_registered_is_none(coding):
    head = HEAD + b"Content-Encoding: %s\r\nContent-Length: 2\r\n\r\n" % coding.encode()
    assert (await sent(head + b"{}")).body == b"{}"


@pytest.mark.parametrize("coding", ["br", "zstd", "compress"])
async def test_a_coding_that_was_not_asked_for_is_named(coding):
    head = HEAD + b"Content-Encoding: %s\r\nContent-Length: 2\r\n\r\n" % coding.encode()
    with pytest.raises(FetchError, match=f"compressed by {coding}"):
        await sent(head + b"{}")


async def test_two_compressions_are_refused():
    head = HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: 2\r\n\r\n"
    with pytest.raises(FetchError, match="twice"):
        await sent(head + b"{}")


async def test_many_posts_at_once_share_no_failure():
    server = OneRequest()
    async with talking(server) as port, client_of(f"http://127.0.0.1:{port}") as client:
        await asyncio.gather(*(client.send("POST", client.base, json={}) for _ in range(4)))
        answers = await asyncio.gather(
            *(client.send("POST", client.base, json={}) for _ in range(2))
        )
    assert [answer.body for answer in answers] == [b"{}"] * 2


async def test_what_comes_is_parsed_in_small_pieces():
    """Of very small chunks, or of interim answers, a piece takes as long as megabytes of others."""
    chunks = b"1\r\n[\r\n" * 200_000

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        head = HEAD.replace(b"\r\n", b"\r\nTransfer-Encoding: chunked\r\n", 1)
        writer.write(head + b"\r\n" + chunks + b"0\r\n\r\n")
        await writer.drain()

    turns = 0

    async def others():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with talking(answer) as port, client_of(f"http://127.0.0.1:{port}") as client:
        beside = asyncio.create_task(others())
        body = (await client.send("GET", client.base)).body
        beside.cancel()
    assert len(body) == 200_000
    assert turns > len(chunks) / (32 * 1024)
