"""Sign-ins that a mapping describes, at a real server that counts its sessions."""

import asyncio
import base64

import pytest
from aiohttp import web

from license_exporter.auth.ways import authenticator
from license_exporter.collector.requests import Requests
from license_exporter.collector.room import Places, Room
from license_exporter.config.echoes import Echoes
from license_exporter.errors import FetchError, Reason
from tests.fakes import FakeClock, target_of
from tests.mapping.mappings import vendor
from tests.servers import client_of, serving

MAPPING = """
pools: [{name: {value: seats}, used: used}]
login: """


class Server:
    """A product that signs in at /session and out at /bye."""

    def __init__(self, answer):
        self.answer = answer
        self.said = []
        self.sessions = 0
        self.ended = []

    async def __call__(self, request):
        if request.path == "/bye":
            self.ended.append(dict(request.headers))
            return web.Response()
        self.sessions += 1
        json = request.content_type == "application/json"
        said = await (request.json() if json else request.post())
        self.said.append((dict(request.headers), said if json else dict(said)))
        return self.answer(self.sessions)


def requests_of(client, signer):
    """The requests of one fetch."""
    places = Places(asyncio.Semaphore(2))
    return Requests(
        client, signer, FakeClock(), Room(places).arriving, set(), Echoes(), lists=frozenset()
    )


async def signed_in(server, login, way="login", times=1, between=None, **variables):
    driver = vendor(MAPPING + login, **variables)
    said = {"username": "u", "password": "p"} if way == "login" else {"key": "s3cr3t"}
    async with serving(server) as url, client_of(url) as client:
        clock = FakeClock()
        signer = authenticator(target_of(driver, **{way: said}), client, clock)
        for number in range(times):
            if number and between:
                between(signer, clock)
            headers = await signer.headers()
        await signer.close()
        await signer.close()
    return headers


def token(number):
    return web.json_response({"data": {"token": f"t{number}", "ends": "2030-01-01T00:00:00Z"}})


async def test_a_token_is_sent_in_the_header_that_the_mapping_names():
    server = Server(token)
    login = """

      path: session
      body: {credentials: {name: "{username}", password: "{password}", site: "{site}"}, n: 1}
      headers: {X-Site: "{site}"}
      token: data.token
      header: X-Auth
      sign_out: bye
    """
    headers = await signed_in(server, login, site="main", times=3)
    assert headers == {"X-Auth": "t1"}
    (said,) = server.said
    assert said[0]["X-Site"] == "main"
    assert said[1] == {"credentials": {"name": "u", "password": "p", "site": "main"}, "n": 1}
    assert [each["X-Auth"] for each in server.ended] == ["t1"]


async def test_a_token_of_the_usual_header_is_a_bearer_token():
    login = "{path: session, body: {k: '{key}'}, token: data.token}"
    server = Server(token)
    assert await signed_in(server, login, way="api_key") == {"Authorization": "Bearer t1"}
    assert server.said[0][1] == {"k": "s3cr3t"}
    assert server.ended == []


async def test_a_form_brings_a_cookie_and_a_token_that_is_in_one():
    def answer(number):
        response = web.Response(text="1document.location")
        response.headers.add("Set-Cookie", f'ccsrftoken="c{number}"; Path=/')
        response.headers.add("Set-Cookie", f"session=s{number}; HttpOnly")
        return response

    login = """

      path: session
      form: {username: "{username}", secretkey: "{password}"}
      token_cookie: ccsrftoken
      header: X-CSRFTOKEN
      cookies: true
      sign_out: bye
    """
    server = Server(answer)
    headers = await signed_in(server, login)
    assert headers == {"X-CSRFTOKEN": "c1", "Cookie": 'ccsrftoken="c1"; session=s1'}
    assert server.said[0][1] == {"username": "u", "secretkey": "p"}
    assert [each["Cookie"] for each in server.ended] == [headers["Cookie"]]


async def test_basic_credentials_bring_a_token_in_a_header():
    def answer(number):
        return web.Response(status=201, headers={"X-Subject-Token": f"h{number}"})

    login = "{path: session, basic: true, token_header: X-Subject-Token, header: X-Auth-Token}"
    server = Server(answer)
    assert await signed_in(server, login) == {"X-Auth-Token": "h1"}
    sent = server.said[0][0]["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent) == b"u:p"


@pytest.mark.parametrize(
    "between",
    [
        lambda signer, clock: signer.refused(),
        lambda signer, clock: clock.advance(601),
    ],
)
async def test_a_session_that_is_refused_or_old_is_renewed(between):
    login = "{path: session, body: '{password}', token: data.token, lifetime: 10m, sign_out: bye}"
    server = Server(token)
    assert await signed_in(server, login, times=2, between=between) == {
        "Authorization": "Bearer t2"
    }
    # Also one that is refused: it may only lack a right.
    assert [each["Authorization"] for each in server.ended] == ["Bearer t1", "Bearer t2"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (lambda _: web.Response(status=401), Reason.AUTH),
        (lambda _: web.Response(text="0"), Reason.AUTH),  # FortiGate's answer to a wrong password
        (lambda _: web.Response(status=500), Reason.SERVER),
    ],
)
async def test_a_sign_in_that_brings_nothing_has_its_reason(answer, reason):
    login = "{path: session, form: {p: '{password}'}, cookies: true}"
    with pytest.raises(FetchError) as caught:
        await signed_in(Server(answer), login)
    assert caught.value.reason is reason
    assert "sign-in" in caught.value.message


async def test_a_server_that_is_gone_keeps_nobody_from_ending():
    driver = vendor(MAPPING + "{path: s, body: '{password}', token: data.token, sign_out: bye}")
    async with serving(Server(token)) as url, client_of(url) as client:
        login = {"username": "u", "password": "p"}
        signer = authenticator(target_of(driver, login=login), client, FakeClock())
        await signer.headers()
        client.base = "http://127.0.0.1:9"
        await signer.close()


@pytest.mark.parametrize(
    ("login", "problem"),
    [
        ("{path: s, body: x, token: t}", "sends no credentials"),
        ("{path: s, body: '{password}'}", "brings nothing"),
        ("{path: s, body: '{password}', token: t, token_cookie: c}", "give one of"),
        ("{path: s, body: '{password}', form: {a: b}, token: t}", "keep one"),
    ],
)
def test_a_sign_in_that_cannot_work_is_refused(login, problem):
    with pytest.raises(AssertionError, match=problem):
        vendor(MAPPING + login)


@pytest.mark.parametrize(
    "ended",
    [
        lambda: web.Response(status=401),
        lambda: web.Response(status=302, headers={"Location": "/login"}),
        lambda: web.Response(status=302, headers={"Location": "https://sso.example.com/login"}),
        lambda: web.Response(text="<html>Please sign in", content_type="text/html"),
    ],
)
async def test_a_session_that_has_ended_is_renewed_however_the_product_tells(ended):
    sessions = []

    async def product(request):
        if request.path == "/session":
            sessions.append(f"s{len(sessions) + 1}")
            return web.Response(headers={"Set-Cookie": f"sid={sessions[-1]}; Path=/"})
        if request.path == "/login":
            return web.Response(text="<html>Please sign in", content_type="text/html")
        if request.cookies.get("sid") != "s2":
            return ended()
        return web.json_response({"used": 7})

    driver = vendor(MAPPING + "{path: session, form: {p: '{password}'}, cookies: true}")
    async with serving(product) as url, client_of(url) as client:
        login = {"username": "u", "password": "p"}
        signer = authenticator(target_of(driver, login=login), client, FakeClock())
        for _ in range(2):  # the second fetch goes on with the session of the first
            requests = requests_of(client, signer)
            fetched = await requests.bring(driver.documents[0], None, 0.0)
            assert fetched.decode(fetched.body) == {"used": 7}
    assert sessions == ["s1", "s2"]


TELLING = """

  path: session
  body: {name: "{username}", secret: "{password}", site: "{site}"}
  token: data.token
  tells: {site_id: data.id}
variables: {site: Its name.}
requests: {doc: {path: "sites/{site_id}"}}
"""


async def asked_after_signing_in(told):
    said, asked = [], []

    async def product(request):
        if request.path == "/session":
            said.append(await request.json())
            return web.json_response({"data": {"token": "t", "id": told}})
        asked.append(request.raw_path)
        return web.json_response({"used": 7})

    driver = vendor(MAPPING + TELLING)
    async with serving(product) as url, client_of(url) as client:
        login = {"username": "u", "password": "p"}
        signer = authenticator(target_of(driver, login=login), client, FakeClock())
        requests = requests_of(client, signer)
        await requests.bring(driver.documents[0], None, 0.0)
    return said, asked


@pytest.mark.parametrize(("told", "path"), [("a/b", "/sites/a%2Fb"), (7, "/sites/7")])
async def test_what_a_sign_in_tells_stands_in_paths_and_a_variable_not_given_is_empty(told, path):
    assert await asked_after_signing_in(told) == (
        [{"name": "u", "secret": "p", "site": ""}],
        [path],
    )


@pytest.mark.parametrize("told", [None, "", "..", True, {}])
async def test_a_sign_in_that_does_not_tell_what_paths_need_is_of_another_shape(told):
    with pytest.raises(FetchError, match=r"no text or number at data\.id") as caught:
        await asked_after_signing_in(told)
    assert caught.value.reason is Reason.SCHEMA
