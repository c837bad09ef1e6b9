import asyncio
import base64
import json

import pytest
from aiohttp import web

from license_exporter.auth.ways import api_url, authenticator
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import HeaderKey, SignIn, Vendor
from license_exporter.sources.http.client import Client, Network
from license_exporter.sources.http.resolver import Resolver
from license_exporter.vendors import immuta, rsa, seerbox
from tests import fakes
from tests.fakes import FakeClock
from tests.rsa_keys import API, PRIVATE, claims_of, jwk, key_file, pem
from tests.servers import serving

OTHER = Vendor(
    name="other",
    product="Other",
    documents=(),
    parse=lambda answer: None,
    api_key=HeaderKey("X-Key", "Key "),
)


def target_of(driver=OTHER, **said):
    return fakes.target_of(driver, **said)


class Asked:
    """The authenticator of a target and the steps of its client, while in the block."""

    def __init__(self, target, clock=None):
        self.steps = []
        network = Network(Resolver(), {})
        self.client = Client.of(target, target.url or API, network, self.steps.append)
        self._authenticator = authenticator(target, self.client, clock or FakeClock())
        self.refused = self._authenticator.refused
        self.headers = self._authenticator.headers

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.client.close()


class TokenEndpoint:
    """Gives tokens to requests that pass `check`, and notes the others."""

    def __init__(self, check=lambda request, body: True, answer=lambda n: {"token": f"t{n}"}):
        self.check = check
        self.answer = answer
        self.requests = 0
        self.given = 0

    async def __call__(self, request):
        self.requests += 1
        assert request.method == "POST"
        form = request.content_type == "application/x-www-form-urlencoded"
        body = dict(await request.post()) if form else await request.json()
        if not self.check(request, body):
            return web.json_response({"message": "secret"}, status=401)
        self.given += 1
        return web.json_response(self.answer(self.given))


# Credentials that are sent as they are


async def headers_of(target):
    async with Asked(target) as asked:
        assert not asked.refused()
        return dict(await asked.headers())


URL = "https://api.example.com"


async def test_without_a_way_to_authenticate_nothing_is_sent():
    assert await headers_of(target_of(url=URL)) == {}


async def test_basic_auth_is_sent():
    headers = await headers_of(
        target_of(url=URL, basic_auth={"username": "usér", "password": "p:ä"})
    )
    kind, _, value = headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(value).decode()) == ("Basic", "usér:p:ä")


async def test_authorization_is_sent():
    said = {"url": URL, "authorization": {"credentials": "abc"}}
    assert await headers_of(target_of(**said)) == {"Authorization": "Bearer abc"}
    said["authorization"] |= {"type": "Token"}
    assert await headers_of(target_of(**said)) == {"Authorization": "Token abc"}


async def test_an_api_key_is_sent_in_the_products_own_header():
    target = target_of(url=URL, api_key={"key": "abc"})
    assert await headers_of(target) == {"X-Key": "Key abc"}


async def test_credentials_in_files_are_read_anew_each_time(tmp_path):
    file = tmp_path / "token"
    file.write_text("one\n")
    target = target_of(url=URL, authorization={"credentials_file": str(file)})
    async with Asked(target) as asked:
        assert await asked.headers() == {"Authorization": "Bearer one"}
        file.write_text("two\n")
        assert await asked.headers() == {"Authorization": "Bearer two"}
        file.unlink()
        with pytest.raises(FetchError) as caught:
            await asked.headers()
    assert caught.value.reason is Reason.CONFIG


# Signing in


async def test_seer_box_is_signed_in_to_once():
    def check(request, body):
        return request.path == "/api/v1/signin" and body == {"username": "u", "password": "{key}"}

    endpoint = TokenEndpoint(check, lambda n: {"status": "ok", "data": {"token": f"t{n}"}})
    async with serving(endpoint) as url:
        target = target_of(seerbox.VENDOR, url=url, login={"username": "u", "password": "{key}"})
        async with Asked(target) as asked:
            for _ in range(3):
                assert await asked.headers() == {"Authorization": "Bearer t1"}
            assert asked.refused()
            assert await asked.headers() == {"Authorization": "Bearer t2"}
    assert [step.path for step in asked.steps] == ["/api/v1/signin"] * 2


async def test_the_base_path_is_not_doubled_where_the_url_has_it():
    endpoint = TokenEndpoint(answer=lambda n: {"data": {"token": "a"}})
    async with serving(endpoint) as url:
        target = target_of(
            seerbox.VENDOR, url=f"{url}/api/v1", login={"username": "u", "password": "p"}
        )
        async with Asked(target) as asked:
            await asked.headers()
    assert [step.path for step in asked.steps] == ["/api/v1/signin"]


async def test_a_sign_in_that_is_refused_is_asked_once_for_all_callers():
    endpoint = TokenEndpoint(lambda request, body: False)
    async with serving(endpoint) as url:
        target = target_of(seerbox.VENDOR, url=url, login={"username": "u", "password": "p"})
        async with Asked(target) as asked:
            failures = await asyncio.gather(
                *(asked.headers() for _ in range(3)), return_exceptions=True
            )
    assert {failure.reason for failure in failures} == {Reason.AUTH}
    assert endpoint.requests == 1
    assert failures[0].message.startswith(f"sign-in at {url.removeprefix('http://')}: answered 401")


@pytest.mark.parametrize(
    ("ends", "advance", "renewed"),
    [
        ("2023-11-14T23:13:20.000Z", 3500, False),
        ("2023-11-14T23:13:20.000Z", 3541, True),
        ("2023-11-15T00:13:20+01:00", 3541, True),
        ("tomorrow", 10**6, False),
        (None, 10**6, False),
    ],
)
async def test_immutas_key_is_exchanged_for_a_token_until_its_end(ends, advance, renewed):
    def check(request, body):
        return request.path == "/bim/apikey/authenticate" and body == {"apikey": "k"}

    endpoint = TokenEndpoint(check, lambda n: {"token": f"t{n}", "tokenExpiration": ends})
    clock = FakeClock()
    async with serving(endpoint) as url:
        target = target_of(immuta.VENDOR, url=url, api_key={"key": "k"})
        async with Asked(target, clock) as asked:
            assert await asked.headers() == {"Authorization": "Bearer t1"}
            clock.advance(advance)
            await asked.headers()
    assert endpoint.given == 1 + renewed


async def test_a_sign_in_carries_the_targets_own_headers():
    endpoint = TokenEndpoint(lambda request, body: request.headers.get("X-Tenant") == "a")
    driver = Vendor("x", "X", (), lambda answer: None, login=SignIn("in", {}, ("token",)))
    async with serving(endpoint) as url:
        target = target_of(
            driver,
            url=url,
            login={"username": "u", "password": "p"},
            http_headers={"X-Tenant": "a"},
        )
        async with Asked(target) as asked:
            assert await asked.headers() == {"Authorization": "Bearer t1"}


# OAuth 2.0 client credentials


def oauth2(url, **said):
    options = {"client_id": "id/1", "client_secret": "s cret", "token_url": f"{url}/token"}
    return target_of(url=URL, oauth2=options | said)


def access_token(number):
    return {"access_token": f"t{number}", "expires_in": "300"}


async def test_a_client_authenticates_in_the_header():
    def check(request, body):
        expected = base64.b64encode(b"id%2F1:s+cret").decode()
        return request.headers.get("Authorization") == f"Basic {expected}" and body == {
            "grant_type": "client_credentials",
            "scope": "a b",
            "audience": "x",
        }

    endpoint = TokenEndpoint(check, access_token)
    clock = FakeClock()
    async with serving(endpoint) as url:
        target = oauth2(url, scopes=["a", "b"], endpoint_params={"audience": "x"})
        async with Asked(target, clock) as asked:
            assert await asked.headers() == {"Authorization": "Bearer t1"}
            clock.advance(269)
            assert await asked.headers() == {"Authorization": "Bearer t1"}
            clock.advance(2)
            assert await asked.headers() == {"Authorization": "Bearer t2"}
    assert endpoint.requests == 2
    assert [step.path for step in asked.steps] == [f"{url}/token"] * 2


async def test_a_client_that_is_refused_in_the_header_authenticates_in_the_form():
    def check(request, body):
        return body == {
            "grant_type": "client_credentials",
            "client_id": "id/1",
            "client_secret": "s cret",
        }

    endpoint = TokenEndpoint(check, access_token)
    async with serving(endpoint) as url, Asked(oauth2(url)) as asked:
        assert await asked.headers() == {"Authorization": "Bearer t1"}
        asked.refused()
        assert await asked.headers() == {"Authorization": "Bearer t2"}
    assert endpoint.requests == 3


async def test_a_client_that_is_refused_both_ways_has_its_reason():
    endpoint = TokenEndpoint(lambda request, body: False)
    async with serving(endpoint) as url, Asked(oauth2(url)) as asked:
        with pytest.raises(FetchError) as caught:
            await asked.headers()
    assert caught.value.reason is Reason.AUTH
    assert endpoint.requests == 2


async def test_a_client_that_stays_refused_is_tried_in_one_way_at_a_time():
    def in_form(request, body):
        return good and "Authorization" not in request.headers

    endpoint = TokenEndpoint(in_form, access_token)
    good = False
    async with serving(endpoint) as url, Asked(oauth2(url)) as asked:
        for requests in (2, 3, 4, 5):
            with pytest.raises(FetchError):
                await asked.headers()
            assert endpoint.requests == requests
        good = True
        with pytest.raises(FetchError):
            await asked.headers()
        assert await asked.headers() == {"Authorization": "Bearer t1"}


async def test_a_token_endpoint_that_fails_is_asked_once():
    requests = []

    async def handler(request):
        requests.append(request)
        return web.Response(status=503, headers={"Retry-After": "7"})

    async with serving(handler) as url, Asked(oauth2(url)) as asked:
        with pytest.raises(FetchError) as caught:
            await asked.headers()
    assert (caught.value.reason, caught.value.retry_after) == (Reason.SERVER, 7)
    assert len(requests) == 1


async def test_the_targets_own_headers_and_tls_are_not_for_the_token_endpoint():
    endpoint = TokenEndpoint(lambda request, body: "X-Secret" not in request.headers, access_token)
    async with serving(endpoint) as url:
        target = target_of(
            url=url,
            http_headers={"X-Secret": "a"},
            tls_config={"ca_file": "/nowhere/ca.pem"},
            oauth2={"client_id": "a", "client_secret": "b", "token_url": f"{url}/token"},
        )
        async with Asked(target) as asked:
            assert await asked.headers() == {"Authorization": "Bearer t1"}


# RSA


async def test_an_rsa_key_signs_the_targets_tokens():
    clock = FakeClock()
    async with Asked(target_of(rsa.VENDOR, rsa_admin_key={"key": key_file(pem())}), clock) as asked:
        first = await asked.headers()
        clock.advance(3239)
        assert await asked.headers() == first
        clock.advance(2)
        second = await asked.headers()
    claims, _ = claims_of(second["Authorization"].removeprefix("Bearer "))
    assert claims["iat"] == int(clock.time())
    assert not asked.steps


async def test_an_rsa_oauth_clients_token_is_fetched_for_the_target():
    endpoint = TokenEndpoint(
        lambda request, body: request.path == "/oauth/token" and body["client_id"] == "c",
        access_token,
    )
    async with serving(endpoint) as issuer:
        target = target_of(
            rsa.VENDOR,
            url=API,
            rsa_oauth={"issuer": f"{issuer}/oauth", "client_id": "c", "jwk": jwk(PRIVATE)},
        )
        async with Asked(target) as asked:
            assert await asked.headers() == {"Authorization": "Bearer t1"}


def test_the_api_is_at_the_url_or_where_the_key_file_says():
    key = {"key": key_file(pem())}
    assert api_url(target_of(rsa.VENDOR, url=URL, rsa_admin_key=key)) == URL
    assert api_url(target_of(rsa.VENDOR, rsa_admin_key=key)) == API


def test_no_header_of_a_token_shows_in_a_repr():
    target = target_of(url=URL, authorization={"credentials": "s3cr3t"})
    assert "s3cr3t" not in repr(Asked(target)._authenticator)
    assert "s3cr3t" not in json.dumps(repr(target.authorization))


async def test_a_token_in_a_file_that_begins_with_its_type_is_told(tmp_path):
    file = tmp_path / "token"
    file.write_text("Bearer s3cr3t")
    with pytest.raises(FetchError, match="token begins with Bearer") as caught:
        await headers_of(target_of(url=API, authorization={"credentials_file": str(file)}))
    assert caught.value.reason is Reason.CONFIG
    assert "s3cr3t" not in caught.value.message
