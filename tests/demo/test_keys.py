import json
import ssl

import aiohttp
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from license_exporter.demo.keys import jwk, new_ec_key, new_rsa_key, pem, self_signed_certificate


@pytest.fixture
async def tls_url(serve, tmp_path):
    """A server with a self-signed certificate, which stands in `certificate.pem`."""
    certificate = self_signed_certificate()
    (tmp_path / "certificate.pem").write_text(certificate.certificate)
    (tmp_path / "server.pem").write_text(certificate.key + certificate.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")

    async def hello(_request):
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/", hello)
    return await serve(app, context)


async def test_a_client_that_names_the_certificate_as_its_ca_trusts_it(tls_url, http, tmp_path):
    context = ssl.create_default_context(cafile=tmp_path / "certificate.pem")
    # Python 3.13 and later are strict by default.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    async with http.get(tls_url, ssl=context) as answer:
        assert await answer.text() == "hello"


async def test_a_client_that_does_not_know_the_certificate_refuses_it(tls_url, http):
    with pytest.raises(aiohttp.ClientConnectorCertificateError, match="self-signed"):
        await http.get(tls_url)


def test_an_rsa_key_is_written_as_pkcs1():
    key = new_rsa_key()
    assert pem(key).startswith("-----BEGIN RSA PRIVATE KEY-----\n")
    assert load_pem_private_key(pem(key).encode(), None).private_numbers() == key.private_numbers()


@pytest.mark.parametrize(
    ("new_key", "members"),
    [
        (new_rsa_key, {"kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"}),
        (new_ec_key, {"kty", "crv", "x", "y", "d"}),
    ],
    ids=["RSA", "EC"],
)
def test_a_json_web_key_holds_the_private_key_and_its_id(new_key, members):
    web_key = json.loads(jwk(new_key(), "key-1"))
    assert members | {"kid"} <= web_key.keys()
    assert web_key["kid"] == "key-1"
