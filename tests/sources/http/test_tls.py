import os
import ssl

import pytest
import trustme
from aiohttp import web

from license_exporter.config.http_config import TLSConfig
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.tls import TLSContext, make_context, system_context
from tests.servers import client_of, serving


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def mine(authority):
    certificate = authority.issue_cert("client@example.com")
    return {
        "cert": certificate.cert_chain_pems[0].bytes().decode(),
        "key": certificate.private_key_pem.bytes().decode(),
    }


def test_targets_without_a_tls_config_share_one_context():
    shared = system_context()
    contexts = {
        TLSContext(TLSConfig(), shared).get(),
        TLSContext(TLSConfig(), shared).get(),
        TLSContext(TLSConfig(server_name="a.example.com"), shared).get(),
    }
    assert contexts == {shared()}


def test_the_usual_context_verifies_and_takes_tls_1_2_and_newer():
    context = system_context()()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.cert_store_stats()["x509_ca"] > 0


def test_an_authority_given_stands_instead_of_the_systems(authority):
    context = make_context(TLSConfig(ca="Žluťoučký kůň\n" + authority.cert_pem.bytes().decode()))
    assert context.cert_store_stats()["x509"] == 1


def test_a_file_of_authorities_may_have_words_between_them_in_any_encoding(authority, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_bytes("Főtanúsítvány\n".encode("iso8859-2") + authority.cert_pem.bytes())
    context = make_context(TLSConfig(ca_file=str(file)))
    assert context.cert_store_stats()["x509"] == 1


def test_a_file_without_authorities_is_named(tmp_path):
    file = tmp_path / "ca.pem"
    for content in (b"", b"no certificate", bytes(100)):
        file.write_bytes(content)
        with pytest.raises(FetchError) as caught:
            make_context(TLSConfig(ca_file=str(file)))
        assert caught.value.message == f"{file} holds no certificate in PEM"
    with pytest.raises(FetchError) as caught:
        make_context(TLSConfig(ca_file=str(tmp_path)))
    assert caught.value.reason is Reason.CONFIG


def test_without_verification_no_authority_is_read(tmp_path):
    context = make_context(TLSConfig(insecure_skip_verify=True, ca_file=str(tmp_path / "nowhere")))
    assert context.verify_mode is ssl.CERT_NONE
    assert not context.check_hostname
    assert context.cert_store_stats()["x509"] == 0


@pytest.mark.parametrize(
    ("version", "constant"),
    [
        ("TLS10", ssl.TLSVersion.TLSv1),
        ("TLS11", ssl.TLSVersion.TLSv1_1),
        ("TLS12", ssl.TLSVersion.TLSv1_2),
        ("TLS13", ssl.TLSVersion.TLSv1_3),
    ],
)
def test_versions_are_as_configured(version, constant):
    context = make_context(
        TLSConfig(min_version=version, max_version=version, insecure_skip_verify=True)
    )
    assert context.minimum_version is constant
    assert context.maximum_version is constant


def test_keys_are_not_logged_for_an_eavesdropper(monkeypatch, tmp_path):
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert make_context(TLSConfig()).keylog_filename is None


def test_a_context_is_made_again_only_when_a_file_changes(authority, mine, tmp_path):
    files = {name: tmp_path / name for name in ("ca", "cert", "key")}
    files["ca"].write_bytes(authority.cert_pem.bytes())
    files["cert"].write_text(mine["cert"])
    files["key"].write_text(mine["key"])
    config = TLSConfig(**{f"{name}_file": str(file) for name, file in files.items()})
    context = TLSContext(config, system_context())
    first = context.get()
    assert context.get() is first
    os.utime(files["key"], ns=(1, 1))
    second = context.get()
    assert second is not first
    replacement = tmp_path / "new"
    replacement.write_text(mine["cert"])
    replacement.replace(files["cert"])
    assert context.get() is not second
    files["ca"].unlink()
    with pytest.raises(FetchError) as caught:
        context.get()
    assert caught.value.reason is Reason.CONFIG
    assert str(files["ca"]) in caught.value.message


def encrypted(key):
    from cryptography.hazmat.primitives import serialization

    loaded = serialization.load_pem_private_key(key.encode(), None)
    return loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"password"),
    ).decode()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"ca": "no certificate"}, "tls_config.ca holds no certificate"),
        ({"cert": "no certificate"}, "tls_config.cert and tls_config.key are not a certificate"),
        ({"key": "no key"}, "are not a certificate and its private key"),
        ({"key": encrypted}, "not encrypted"),
        (
            {"key": lambda key: trustme.CA().issue_cert("b@c.de").private_key_pem.bytes().decode()},
            "are not a certificate and its private key",
        ),
    ],
)
def test_what_cannot_be_used_is_named_and_not_shown(mine, change, named):
    said = mine | {
        name: value(mine[name]) if callable(value) else value for name, value in change.items()
    }
    with pytest.raises(FetchError) as caught:
        make_context(TLSConfig(**said))
    assert caught.value.reason is Reason.CONFIG
    assert named in caught.value.message
    assert "no key" not in caught.value.message


@pytest.mark.parametrize("missing", ["ca_file", "cert_file", "key_file"])
def test_a_missing_file_is_named(mine, tmp_path, missing):
    said = {"cert_file": str(tmp_path / "cert"), "key_file": str(tmp_path / "key")}
    (tmp_path / "cert").write_text(mine["cert"])
    (tmp_path / "key").write_text(mine["key"])
    said[missing] = str(tmp_path / "nowhere")
    with pytest.raises(FetchError) as caught:
        TLSContext(TLSConfig(**said), system_context()).get()
    assert caught.value.reason is Reason.CONFIG
    assert "nowhere cannot be read: No such file" in caught.value.message


def test_old_versions_get_the_level_of_security_that_has_ciphers_for_them():
    assert make_context(TLSConfig(min_version="TLS10")).security_level == 0
    assert make_context(TLSConfig()).security_level > 0


def test_openssls_own_ciphers_are_offered_to_old_servers_too():
    names = {cipher["name"] for cipher in make_context(TLSConfig()).get_ciphers()}
    # Without forward secrecy; Python's own choice has none of these.
    assert {"AES256-GCM-SHA384", "AES128-SHA"} <= names


def test_ciphers_and_the_old_renegotiation_are_options():
    context = make_context(TLSConfig(ciphers="AES128-SHA:@SECLEVEL=0", legacy_renegotiation=True))
    names = {cipher["name"] for cipher in context.get_ciphers()}
    assert "AES128-SHA" in names
    assert "AES256-GCM-SHA384" not in names
    assert context.options & 0x4
    assert not make_context(TLSConfig()).options & 0x4


def test_ciphers_that_openssl_does_not_have_are_refused():
    with pytest.raises(ValueError, match="names no cipher"):
        TLSConfig(ciphers="ROT13")


async def test_a_server_of_tls_1_2_that_knows_old_ciphers_alone_is_reached(authority):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.maximum_version = ssl.TLSVersion.TLSv1_2
    server.set_ciphers("AES128-SHA")
    authority.issue_cert("127.0.0.1", key_type=trustme.KeyType.RSA).configure_cert(server)

    async def handler(_):
        return web.json_response({"used": 3})

    tls = TLSConfig(ca=authority.cert_pem.bytes().decode())
    async with serving(handler, server) as url, client_of(url, tls=tls) as client:
        assert (await client.send("GET", url)).status == 200
    newer = TLSConfig(ca=authority.cert_pem.bytes().decode(), ciphers="ECDHE-RSA-AES128-GCM-SHA256")
    async with serving(handler, server) as url, client_of(url, tls=newer) as client:
        with pytest.raises(FetchError, match="ciphers"):
            await client.send("GET", url)
