import asyncio

import pytest
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from license_exporter.auth.tokens import Token, TokenSource, ask, lifetime, token_answer, token_at
from license_exporter.config.credentials import Secret
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.exchange import Response
from tests.fakes import FakeClock
from tests.servers import client_of, serving


class Endpoint:
    """Counts what it is asked, and answers with `token` or `error` when it may."""

    def __init__(self, **ends):
        self.ends = ends
        self.asked = []
        self.error = None
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def fetch(self, secrets):
        self.asked.append(list(secrets))
        await self.may_answer.wait()
        if self.error:
            raise self.error
        return Token(f"token{len(self.asked)}", **self.ends)


def bearer(number):
    return {"Authorization": f"Bearer token{number}"}


async def test_a_token_without_an_end_is_kept():
    clock, endpoint = FakeClock(), Endpoint()
    source = TokenSource([Secret("a")], endpoint.fetch, clock)
    assert await source.headers() == bearer(1)
    clock.advance(10**9)
    assert await source.headers() == bearer(1)
    assert endpoint.asked == [["a"]]


@pytest.mark.parametrize(("seconds", "kept"), [(3600, 3540), (300, 270), (60, 54), (1, 0.9)])
async def test_a_token_is_renewed_shortly_before_it_ends(seconds, kept):
    clock = FakeClock()
    for endpoint in (Endpoint(lifetime=seconds), Endpoint(ends=clock.time() + seconds)):
        source = TokenSource([], endpoint.fetch, clock)
        assert await source.headers() == bearer(1)
        clock.advance(kept * 0.999)
        assert await source.headers() == bearer(1)
        clock.advance(kept * 0.002)
        assert await source.headers() == bearer(2)
        clock = FakeClock()


async def test_a_lifetime_is_measured_by_the_clock_that_never_jumps():
    clock, endpoint = FakeClock(), Endpoint(lifetime=3600)
    source = TokenSource([], endpoint.fetch, clock)
    await source.headers()
    clock.now += 10**6
    assert await source.headers() == bearer(1)


async def test_a_token_that_has_ended_when_it_comes_is_used_once():
    clock = FakeClock()
    endpoint = Endpoint(ends=clock.time() - 5)
    source = TokenSource([], endpoint.fetch, clock)
    assert await source.headers() == bearer(1)
    assert await source.headers() == bearer(2)


async def test_a_refused_token_is_dropped():
    endpoint = Endpoint()
    source = TokenSource([], endpoint.fetch, FakeClock())
    await source.headers()
    assert source.refused()
    assert await source.headers() == bearer(2)


async def test_a_changed_secret_makes_a_new_token(tmp_path):
    file = tmp_path / "password"
    file.write_text("one\n")
    endpoint = Endpoint()
    source = TokenSource([Secret("user"), Secret(file=file)], endpoint.fetch, FakeClock())
    await source.headers()
    await source.headers()
    file.write_text("two")
    assert await source.headers() == bearer(2)
    assert endpoint.asked == [["user", "one"], ["user", "two"]]


async def test_callers_at_the_same_time_share_one_request():
    endpoint = Endpoint()
    source = TokenSource([], endpoint.fetch, FakeClock())
    assert await asyncio.gather(*(source.headers() for _ in range(5))) == [bearer(1)] * 5


async def test_callers_at_the_same_time_share_a_failure_but_later_ones_ask_again():
    endpoint = Endpoint()
    endpoint.error = FetchError(Reason.AUTH, "refused")
    endpoint.may_answer.clear()
    source = TokenSource([], endpoint.fetch, FakeClock())
    callers = [asyncio.create_task(source.headers()) for _ in range(5)]
    await asyncio.sleep(0)
    endpoint.may_answer.set()
    failures = await asyncio.gather(*callers, return_exceptions=True)
    assert [failure.reason for failure in failures] == [Reason.AUTH] * 5
    assert len(endpoint.asked) == 1
    endpoint.error = None
    assert await source.headers() == bearer(2)


async def test_a_caller_that_gives_up_leaves_the_others_to_ask():
    endpoint = Endpoint()
    endpoint.may_answer.clear()
    source = TokenSource([], endpoint.fetch, FakeClock())
    first, second = (asyncio.create_task(source.headers()) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    endpoint.may_answer.set()
    assert await second == bearer(2)


def answered(status, body=b"", **headers):
    return Response(status, CIMultiDictProxy(CIMultiDict(headers)), body)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (302, Reason.HTTP),
        (400, Reason.AUTH),
        (401, Reason.AUTH),
        (403, Reason.RATE_LIMITED),
        (404, Reason.NOT_FOUND),
        (405, Reason.AUTH),
        (422, Reason.AUTH),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER),
        (503, Reason.SERVER),
    ],
)
def test_a_refusal_of_the_token_has_its_reason(status, reason):
    with pytest.raises(FetchError) as caught:
        token_answer(answered(status, b"secret", **{"Retry-After": "9"}), "host:443", 0)
    assert caught.value.reason is reason
    assert caught.value.message.startswith(f"host:443: answered {status}")
    assert caught.value.retry_after == (9 if status in (403, 429, 503) else None)
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.DECODE),
        (b"<html>", Reason.DECODE),
        (b"access_token=a", Reason.DECODE),
        (b"[]", Reason.SCHEMA),
        (b"null", Reason.SCHEMA),
        (b'"token"', Reason.SCHEMA),
    ],
)
def test_an_answer_that_holds_no_object_has_its_reason(body, reason):
    with pytest.raises(FetchError) as caught:
        token_answer(answered(200, body), "host:443", 0)
    assert caught.value.reason is reason
    assert "host:443" in caught.value.message


def test_a_token_is_found_where_the_vendor_puts_it():
    answer = token_answer(answered(201, b'{"data": {"token": "a.b-c_d=="}}'), "host:443", 0)
    assert token_at(answer, ("data", "token"), "host:443") == "a.b-c_d=="


async def test_an_answer_too_large_for_a_token_is_not_read():
    async def handler(request):
        return web.json_response({"access_token": "x" * 2_000_000})

    async with serving(handler) as url, client_of(url, body_limit=10_000_000) as client:
        with pytest.raises(FetchError, match="host:443: the answer is too large") as caught:
            await ask(client, url, "host:443", FakeClock(), form={})
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": None},
        {"data": []},
        {"data": "token"},
        {"data": {}},
        {"data": {"token": None}},
        {"data": {"token": ""}},
        {"data": {"token": 5}},
        {"data": {"token": "a\r\nX-Evil: b"}},
        {"data": {"token": "é"}},
    ],
)
def test_an_answer_without_a_token_that_can_be_sent_is_of_the_wrong_shape(answer):
    with pytest.raises(FetchError) as caught:
        token_at(answer, ("data", "token"), "host:443")
    assert caught.value.reason is Reason.SCHEMA
    assert caught.value.message == "host:443: the answer holds no token at data.token"


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        (300, 300),
        ("300", 300),
        (12.5, 12.5),
        (0, 3600),
        (-1, 3600),
        ("soon", 3600),
        (True, 3600),
        (None, 3600),
        ([], 3600),
        (float("inf"), 3600),
    ],
)
def test_a_lifetime_is_a_number_also_as_a_string(expires_in, seconds):
    assert lifetime({"expires_in": expires_in}, 3600) == seconds
    assert lifetime({}, 3600) == 3600


def test_no_token_shows_in_a_repr():
    assert "s3cr3t" not in repr(Token("s3cr3t"))
