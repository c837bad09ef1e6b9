import json
import re
import threading

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    PrivateFormat,
)

from license_exporter.auth.rsa import AdminKeySigner, OAuthClient, admin_api_url
from license_exporter.config.auth_config import RsaAdminKey, RsaOAuth
from license_exporter.errors import FetchError, Reason
from tests.fakes import FakeClock
from tests.rsa_keys import API, PRIVATE, claims_of, jwk, key_file, pem
from tests.servers import client_of, serving

NOW = FakeClock().time()


def signer(content, clock=None):
    return AdminKeySigner(RsaAdminKey(key=content), clock or FakeClock())


async def sign(content):
    source = signer(content)
    return await source.fetch([secret.read() for secret in source.secrets])


# The administrator's API key


async def test_a_token_is_signed_as_rsa_wants_it():
    token = await sign(key_file(pem()))
    claims, header = claims_of(token.value)
    assert header == {"alg": "RS256", "typ": "JWT"}
    assert claims == {"sub": "3a1c5bd4", "aud": API, "iat": int(NOW), "exp": int(NOW) + 3300}
    assert type(claims["iat"]) is int
    assert type(claims["exp"]) is int
    assert token.ends == claims["exp"]


@pytest.mark.parametrize("private_format", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
@pytest.mark.parametrize(
    "pasted",
    [
        str,
        lambda text: text.replace("\n", "\\n"),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace("\n", "\\r\\n"),
        lambda text: text.replace("\n", " "),
        lambda text: text.replace("\n", ""),
        lambda text: f"  {text}\n\n",
        lambda text: re.sub("-----.*?-----", "", text),
    ],
)
async def test_a_key_is_read_however_it_was_pasted(private_format, pasted):
    token = await sign(key_file(pasted(pem(private_format))))
    claims_of(token.value)


async def test_a_key_file_may_have_bare_line_breaks_in_its_key():
    token = await sign(key_file("KEY").replace("KEY", pem()))
    claims_of(token.value)


async def test_the_audience_is_the_address_as_the_key_file_writes_it():
    content = key_file(pem(), adminRestApiUrl=f"{API}/")
    token = await sign(content)
    claims_of(token.value, audience=f"{API}/")
    assert admin_api_url(RsaAdminKey(key=content)) == API


async def test_a_key_is_parsed_once_as_long_as_its_file_stays(tmp_path, monkeypatch):
    from cryptography.hazmat.primitives import serialization

    parsed = []
    parse = serialization.load_der_private_key

    def counting(der, password):
        parsed.append(threading.current_thread())
        return parse(der, password)

    monkeypatch.setattr(serialization, "load_der_private_key", counting)
    clock = FakeClock()
    source = signer(key_file(pem()), clock)
    first = await source.fetch([key_file(pem())])
    clock.advance(3240)
    second = await source.fetch([key_file(pem())])
    assert first.value != second.value
    assert len(parsed) == 1
    assert parsed[0] is not threading.main_thread()
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    third = await source.fetch([key_file(pem(key=other))])
    claims_of(third.value, key=other)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "is not a JSON object"),
        ("{", "is not a JSON object"),
        ("[]", "is not a JSON object"),
        ("[" * 100_000, "is not a JSON object"),
        (pem(), "is not a JSON object"),
        (key_file(None), "has no accessKey"),
        (key_file(pem(), accessID=""), "has no accessID"),
        (key_file(pem(), accessID=5), "has no accessID"),
        (key_file(pem(), adminRestApiUrl=None), "has no adminRestApiUrl"),
        (key_file("not a key"), "not an RSA private key"),
        (key_file(pem()[:500]), "not an RSA private key"),
        (
            key_file(pem(PrivateFormat.PKCS8, encryption=BestAvailableEncryption(b"x"))),
            "not encrypted",
        ),
        (key_file(pem(encryption=BestAvailableEncryption(b"x"))), "not encrypted"),
        (
            key_file(pem(PrivateFormat.PKCS8, key=ec.generate_private_key(ec.SECP256R1()))),
            "not an RSA private key",
        ),
    ],
)
async def test_an_unusable_key_file_is_named_and_not_shown(tmp_path, content, problem):
    file = tmp_path / "acme.key"
    file.write_text(content or "x")
    source = AdminKeySigner(RsaAdminKey(key_file=str(file)), FakeClock())
    with pytest.raises(FetchError) as caught:
        await source.fetch([secret.read() for secret in source.secrets])
    assert caught.value.reason is Reason.CONFIG
    assert caught.value.message.startswith(str(file))
    assert problem in caught.value.message
    assert "MII" not in caught.value.message


@pytest.mark.parametrize("address", ["acme", "ftp://acme", "https://u:p@acme.example.com"])
def test_a_key_file_must_name_an_address(address):
    with pytest.raises(FetchError) as caught:
        admin_api_url(RsaAdminKey(key=key_file(pem(), adminRestApiUrl=address)))
    assert caught.value.reason is Reason.CONFIG
    assert caught.value.message.startswith("rsa_admin_key.key: adminRestApiUrl ")
    assert "u:p" not in caught.value.message


# The OAuth client


class Issuer:
    """A token endpoint that notes what it is asked and gives a token."""

    def __init__(self, answer=None, status=200):
        self.answer = {"access_token": "abc", "token_type": "Bearer"} | (answer or {})
        self.status = status
        self.forms = []

    async def __call__(self, request):
        assert (request.method, request.path) == ("POST", "/oauth/token")
        self.forms.append(dict(await request.post()))
        return web.json_response(self.answer, status=self.status)


async def ask(issuer, content):
    """The token that the OAuth client gets from the issuer, and its endpoint."""
    async with serving(issuer) as url, client_of("https://acme.access.securid.com") as client:
        config = RsaOAuth(issuer=f"{url}/oauth", client_id="acme-client", jwk=content)
        source = OAuthClient(config, client, FakeClock())
        return await source.fetch(
            [secret.read() for secret in source.secrets]
        ), f"{url}/oauth/token"


@pytest.mark.parametrize(
    ("key", "algorithm"),
    [
        (PRIVATE, "RS256"),
        (ec.generate_private_key(ec.SECP256R1()), "ES256"),
        (ec.generate_private_key(ec.SECP384R1()), "ES384"),
        (ec.generate_private_key(ec.SECP521R1()), "ES512"),
    ],
)
async def test_the_client_authenticates_by_an_assertion(key, algorithm):
    issuer = Issuer()
    token, endpoint = await ask(issuer, jwk(key))
    form = issuer.forms[0]
    claims, header = claims_of(form.pop("client_assertion"), endpoint, [algorithm], key)
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "acme-client",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": "rsa.report.license.usage",
    }
    assert header == {"alg": algorithm, "kid": "k1", "typ": "JWT"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", claims.pop("jti"))
    assert claims == {
        "iss": "acme-client",
        "sub": "acme-client",
        "aud": endpoint,
        "iat": int(NOW),
        "exp": int(NOW) + 300,
    }
    assert (token.value, token.lifetime) == ("abc", 3600)


async def test_each_assertion_is_another():
    issuer = Issuer()
    await ask(issuer, jwk(PRIVATE))
    await ask(issuer, jwk(PRIVATE))
    ids = {
        jwt.decode(form["client_assertion"], options={"verify_signature": False})["jti"]
        for form in issuer.forms
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    "content",
    [
        jwk(PRIVATE, kid=None),
        jwk(PRIVATE, p=None, q=None, dp=None, dq=None, qi=None),
        jwk(PRIVATE, alg="RSA-OAEP"),
        jwk(PRIVATE, kid=5),
    ],
)
async def test_a_jwk_is_read_in_each_of_its_forms(content):
    token, _ = await ask(Issuer(), content)
    assert token.value == "abc"


@pytest.mark.parametrize("expires_in", [120, "120"])
async def test_the_tokens_lifetime_is_the_issuers(expires_in):
    token, _ = await ask(Issuer({"expires_in": expires_in}), jwk(PRIVATE))
    assert token.lifetime == 120


async def test_a_client_that_the_issuer_refuses_has_its_reason():
    with pytest.raises(FetchError) as caught:
        await ask(Issuer({"error": "invalid_client"}, status=400), jwk(PRIVATE))
    assert caught.value.reason is Reason.AUTH
    assert "invalid_client" not in caught.value.message


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("x", "is not a JSON object"),
        ("{}", "must be a JWK of type RSA"),
        (json.dumps({"kty": "oct", "k": "c2VjcmV0"}), "must be a JWK of type RSA"),
        (json.dumps({"kty": ["RSA"]}), "must be a JWK of type RSA"),
        (jwk(ec.generate_private_key(ec.SECP256R1()), crv="P-999"), "must be a JWK of type RSA"),
        (jwk(PRIVATE, d=None), "only the public part"),
        (jwk(PRIVATE, n=None), "damaged"),
        (jwk(PRIVATE, d="AQAB"), "damaged"),
        (jwk(PRIVATE, d=5), "damaged"),
        (jwk(PRIVATE, p=None), "damaged"),
        (jwk(ec.generate_private_key(ec.SECP256R1()), x="AQAB"), "damaged"),
    ],
)
async def test_an_unusable_jwk_is_named_and_not_shown(content, problem):
    issuer = Issuer()
    with pytest.raises(FetchError) as caught:
        await ask(issuer, content)
    assert caught.value.reason is Reason.CONFIG
    assert caught.value.message.startswith("rsa_oauth.jwk")
    assert problem in caught.value.message
    assert "AQAB" not in caught.value.message
    assert not issuer.forms
