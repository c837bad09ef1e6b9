"""Tokens for assertions and certificates, at a real token endpoint that checks the signatures."""

import ssl

import jwt
import pytest
import trustme
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509 import load_pem_x509_certificate

from license_exporter.auth.ways import authenticator
from license_exporter.config.auth_config import JWT_BEARER, OAuth2
from license_exporter.errors import FetchError, Reason
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Vendor
from tests.config.option_errors import errors
from tests.fakes import FakeClock, target_of
from tests.servers import client_of, serving

DRIVER = Vendor("v", "V", (), lambda _: LicenseReport())
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


async def asked(tls=None, **oauth2):
    """The form that was sent, its headers and those that authenticate the target."""
    seen = []

    async def handler(request):
        seen.append((dict(await request.post()), dict(request.headers)))
        return web.json_response({"access_token": "t1", "expires_in": 300})

    async with serving(handler, tls) as url, client_of(url) as client:
        said = {"client_id": "me", "token_url": f"{url}/token"} | oauth2
        signer = authenticator(target_of(DRIVER, url=url, oauth2=said), client, FakeClock())
        headers = await signer.headers()
    assert headers == {"Authorization": "Bearer t1"}
    ((form, sent),) = seen
    return form, sent, f"{url}/token"


def verified(assertion, key, algorithm="RS256", **options):
    """The claims of an assertion whose signature is right; the fake clock is not that of jwt."""
    claims = jwt.decode(
        assertion,
        key.public_key(),
        algorithms=[algorithm],
        options={"verify_exp": False, "verify_aud": False, "verify_iat": False},
    )
    assert claims["exp"] - claims["iat"] == 300
    return claims


async def test_a_signed_assertion_is_exchanged_in_prometheus_words():
    form, sent, _ = await asked(
        grant_type=JWT_BEARER,
        client_certificate_key=pem(KEY),
        client_certificate_key_id="k1",
        signature_algorithm="RS512",
        iss="robot@example.com",
        audience="https://login.example.com",
        scopes=["a", "b"],
        claims={"sub": "admin@example.com", "org": 7},
        endpoint_params={"extra": "x"},
    )
    assertion = form.pop("assertion")
    assert form == {"grant_type": JWT_BEARER, "extra": "x"}
    assert "Authorization" not in sent
    assert jwt.get_unverified_header(assertion)["kid"] == "k1"
    claims = verified(assertion, KEY, "RS512")
    wanted = {
        "iss": "robot@example.com",
        "sub": "admin@example.com",
        "aud": "https://login.example.com",
        "scope": "a b",
        "org": 7,
    }
    assert wanted.items() <= claims.items()


async def test_an_assertion_is_by_default_of_the_client_and_for_the_endpoint(tmp_path):
    file = tmp_path / "key.pem"
    file.write_text(pem(KEY).replace("\n", "\\n"))  # as environment variables often have it
    form, _, endpoint = await asked(grant_type=JWT_BEARER, client_certificate_key_file=str(file))
    claims = verified(form["assertion"], KEY)
    assert (claims["iss"], claims["sub"], claims["aud"]) == ("me", "me", endpoint)
    assert "scope" not in claims


async def test_a_certificate_authenticates_the_client_by_an_assertion(tmp_path):
    authority = trustme.CA()
    issued = authority.issue_cert("me.example.com", key_type=trustme.KeyType.RSA)
    certificate = issued.cert_chain_pems[0].bytes()
    file = tmp_path / "cert.pem"
    file.write_bytes(certificate)
    form, _, endpoint = await asked(
        client_certificate_key=issued.private_key_pem.bytes().decode(),
        client_certificate_file=str(file),
        scopes=["s"],
    )
    assertion = form.pop("client_assertion")
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "me",
        "client_assertion_type": ASSERTION,
        "scope": "s",
    }
    header = jwt.get_unverified_header(assertion)
    assert len(header["x5t"]) == 27
    assert len(header["x5t#S256"]) == 43
    claims = verified(assertion, load_pem_x509_certificate(certificate))
    assert claims["aud"] == endpoint


async def test_keys_of_elliptic_curves_sign_too():
    form, _, _ = await asked(
        grant_type=JWT_BEARER, client_certificate_key=pem(EC_KEY), signature_algorithm="ES256"
    )
    assert verified(form["assertion"], EC_KEY, "ES256")


async def test_a_federated_token_authenticates_the_client(tmp_path):
    file = tmp_path / "federated"
    file.write_text("ey.workload.token\n")
    form, sent, _ = await asked(client_assertion_file=str(file), scopes=["s"])
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "me",
        "client_assertion_type": ASSERTION,
        "client_assertion": "ey.workload.token",
        "scope": "s",
    }
    assert "Authorization" not in sent


async def test_a_client_certificate_alone_authenticates_at_the_token_endpoint():
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(server)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    mine = authority.issue_cert("me.example.com")
    form, sent, _ = await asked(
        server,
        client_certificate_only=True,
        tls_config={
            "ca": authority.cert_pem.bytes().decode(),
            "cert": mine.cert_chain_pems[0].bytes().decode(),
            "key": mine.private_key_pem.bytes().decode(),
        },
    )
    assert form == {"grant_type": "client_credentials", "client_id": "me"}
    assert "Authorization" not in sent


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"client_certificate_key": "no key"}, "is not a private key in PEM"),
        (
            {"client_certificate_key": pem(KEY), "signature_algorithm": "ES256"},
            "is no key for ES256",
        ),
        (
            {"client_certificate_key": pem(KEY), "client_certificate_file": "/nowhere"},
            "/nowhere cannot be read",
        ),
    ],
)
async def test_a_key_that_cannot_sign_is_told_without_it(said, told):
    with pytest.raises(FetchError, match=told) as caught:
        await asked(grant_type=JWT_BEARER, **said)
    assert caught.value.reason is Reason.CONFIG
    assert "PRIVATE KEY" not in caught.value.message


@pytest.mark.parametrize(
    ("said", "place", "told"),
    [
        ({}, "client_secret_file", "is missing"),
        ({"grant_type": JWT_BEARER, "client_secret": "s"}, "client_secret_file", "not enough"),
        (
            {"client_secret": "s", "client_certificate_key": "k"},
            "client_secret_file",
            "keep one of",
        ),
        (
            {"client_assertion_file": "f", "client_certificate_key": "k"},
            "client_secret_file",
            "keep one of",
        ),
        ({"client_secret": "s", "client_secret_file": "f"}, "client_secret_file", "stands beside"),
        ({"client_certificate_only": True}, "tls_config", "needs cert_file"),
    ],
)
def test_one_credential_is_needed_and_no_more(said, place, told):
    written = {"client_id": "me", "token_url": "https://a.example.com/token"} | said
    found = errors(OAuth2, written)
    assert told in found[place]
