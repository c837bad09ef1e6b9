import asyncio
import ssl
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from license_exporter.errors import ConfigError
from license_exporter.process.clock import SystemClock
from license_exporter.web.config import TLSServerConfig
from license_exporter.web.guard import WebGuard
from license_exporter.web.tls import allowed, server_context
from tests.guarded import TLS, Authority, get, refused, serving, write


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_https_is_served_with_files_and_with_inline_texts(
    authority: Authority, tmp_path: Path
) -> None:
    async with serving(write(tmp_path, f"{TLS}}}")) as url:
        assert await get(url, authority.client()) == (200, "hello")
        assert await refused(get(url.replace("https", "http")))
    pem = {name: (authority.folder / name).read_text() for name in ("server.crt", "server.key")}
    inline = {"cert": pem["server.crt"], "key": pem["server.key"]}
    text = "tls_server_config:\n" + "".join(
        f"  {key}: |\n" + "".join(f"    {line}\n" for line in value.splitlines())
        for key, value in inline.items()
    )
    async with serving(write(tmp_path, text)) as url:
        assert await get(url, authority.client()) == (200, "hello")


async def test_versions_are_those_of_the_file(authority: Authority, tmp_path: Path) -> None:
    async with serving(write(tmp_path, f"{TLS}}}")) as url:
        assert await refused(get(url, authority.client(highest="TLSv1_1")))
        assert await get(url, authority.client(highest="TLSv1_2")) == (200, "hello")
    async with serving(write(tmp_path, f"{TLS}, min_version: TLS13}}")) as url:
        assert await refused(get(url, authority.client(highest="TLSv1_2")))
        assert await get(url, authority.client()) == (200, "hello")
    async with serving(write(tmp_path, f"{TLS}, max_version: TLS12}}")) as url:
        assert (await negotiated(url, authority.client()))[0] == "TLSv1.2"


async def test_old_versions_work_where_the_file_asks_for_them(
    authority: Authority, tmp_path: Path
) -> None:
    client = authority.client(highest="TLSv1_1")
    client.set_ciphers("ALL:@SECLEVEL=0")
    async with serving(write(tmp_path, f"{TLS}, min_version: TLS11}}")) as url:
        assert await get(url, client) == (200, "hello")


async def negotiated(url: str, client: ssl.SSLContext) -> tuple[str, str]:
    """Version and cipher suite of a connection."""
    port = int(url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("localhost", port, ssl=client)
    name, version, _ = writer.get_extra_info("cipher")
    writer.close()
    return version, name


AES_128 = "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
AES_256 = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"


async def test_the_cipher_suites_and_who_prefers_them_are_those_of_the_file(
    authority: Authority, tmp_path: Path
) -> None:
    client = authority.client(highest="TLSv1_2")
    client.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384")
    suites = f"{TLS}, cipher_suites: [{AES_256}, {AES_128}]"
    async with serving(write(tmp_path, f"{suites}}}")) as url:
        assert (await negotiated(url, client))[1] == "ECDHE-RSA-AES256-GCM-SHA384"
    async with serving(write(tmp_path, f"{suites}, prefer_server_cipher_suites: false}}")) as url:
        assert (await negotiated(url, client))[1] == "ECDHE-RSA-AES128-GCM-SHA256"
        client.set_ciphers("ECDHE-RSA-AES256-SHA")
        assert await refused(get(url, client))


async def test_suites_of_tls_1_3_alone_leave_nothing_older(
    authority: Authority, tmp_path: Path
) -> None:
    text = f"{TLS}, cipher_suites: [TLS_AES_128_GCM_SHA256]}}\nhttp_server_config: {{http2: false}}"
    async with serving(write(tmp_path, text)) as url:
        assert await refused(get(url, authority.client(highest="TLSv1_2")))
        assert await get(url, authority.client()) == (200, "hello")


@pytest.mark.parametrize(
    ("go", "openssl"),
    [("CurveP256", "prime256v1"), ("CurveP521", "secp521r1"), ("X25519", "X25519")],
)
async def test_the_curve_is_that_of_the_file(
    authority: Authority, tmp_path: Path, go: str, openssl: str
) -> None:
    client = authority.client()
    async with serving(write(tmp_path, f"{TLS}, curve_preferences: [{go}]}}")) as url:
        client.set_ecdh_curve(openssl)
        assert await get(url, client) == (200, "hello")
        client.set_ecdh_curve("secp384r1")
        assert await refused(get(url, client))


async def test_a_required_client_certificate_is_verified(
    authority: Authority, tmp_path: Path
) -> None:
    mine = authority.ca.issue_cert("prometheus.example.com")
    stranger = trustme.CA().issue_cert("prometheus.example.com")
    required = "client_auth_type: RequireAndVerifyClientCert"
    async with serving(write(tmp_path, f"{TLS}, {required}, client_ca_file: ca.pem}}")) as url:
        assert await get(url, authority.client(mine)) == (200, "hello")
        assert await refused(get(url, authority.client()))
        assert await refused(get(url, authority.client(stranger)))
    async with serving(write(tmp_path, f"{TLS}, {required}}}")) as url:
        assert await refused(get(url, authority.client(mine))), "the system does not know this CA"


async def test_an_optional_client_certificate_is_verified_if_there_is_one(
    authority: Authority, tmp_path: Path
) -> None:
    mine = authority.ca.issue_cert("prometheus.example.com")
    stranger = trustme.CA().issue_cert("prometheus.example.com")
    optional = "client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem"
    async with serving(write(tmp_path, f"{TLS}, {optional}}}")) as url:
        assert await get(url, authority.client(mine)) == (200, "hello")
        assert await get(url, authority.client()) == (200, "hello")
        assert await refused(get(url, authority.client(stranger)))


async def test_a_key_that_asks_for_a_password_is_refused_without_asking(
    authority: Authority, tmp_path: Path
) -> None:
    path = authority.folder / "server.key"
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"x"),
        )
    )
    with pytest.raises(ConfigError, match="an unencrypted private key"):
        WebGuard(write(tmp_path, f"{TLS}}}"), SystemClock())


@pytest.mark.parametrize(
    ("kind", "name", "listed", "found"),
    [
        ("DNS", "a.example.com", "a.example.com", True),
        ("DNS", "b.example.com", "a.example.com", False),
        ("DNS", "*.example.com", "a.example.com", False),
        ("email", "ops@example.com", "ops@example.com", True),
        ("URI", "spiffe://example.com/p", "spiffe://example.com/p", True),
        ("IP Address", "192.0.2.7", "192.0.2.7", True),
        ("IP Address", "2001:DB8:0:0:0:0:0:7", "2001:db8::7", True),
        ("IP Address", "<invalid>", "<invalid>", False),
        ("DirName", "a.example.com", "a.example.com", False),
    ],
)
def test_a_name_is_allowed_if_it_is_listed_exactly(
    kind: str, name: str, listed: str, found: bool
) -> None:
    certificate = {"subject": (), "subjectAltName": (("DNS", "x"), (kind, name))}
    assert allowed(certificate, [listed, "y"]) is found


@pytest.mark.parametrize("certificate", [None, {}, {"subject": ((("commonName", "a"),),)}])
def test_a_certificate_without_names_is_not_allowed(certificate: dict[str, object] | None) -> None:
    assert not allowed(certificate, ["a"])


async def test_a_trusted_certificate_need_not_be_that_of_an_authority(
    authority: Authority, tmp_path: Path
) -> None:
    mine = trustme.CA().issue_cert("prometheus.example.com")
    mine.cert_chain_pems[0].write_to_path(authority.folder / "mine.pem")
    section = f"{TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: mine.pem}}"
    async with serving(write(tmp_path, section)) as url:
        assert await get(url, authority.client(mine)) == (200, "hello")
        assert await refused(get(url, authority.client()))


def test_every_file_that_cannot_be_read_is_named_with_its_option(tmp_path: Path) -> None:
    config = TLSServerConfig(
        cert_file=str(tmp_path / "gone.crt"), key_file=str(tmp_path / "gone.key")
    )
    with pytest.raises(ConfigError) as caught:
        server_context(config)
    assert caught.value.problems == [
        f"tls_server_config.cert_file: {tmp_path}/gone.crt: No such file or directory",
        f"tls_server_config.key_file: {tmp_path}/gone.key: No such file or directory",
    ]


def test_a_key_of_another_certificate_and_a_ca_that_is_none_are_told_together(
    authority: Authority, tmp_path: Path
) -> None:
    other = authority.ca.issue_cert("other.example.com", key_type=trustme.KeyType.RSA)
    other.private_key_pem.write_to_path(tmp_path / "other.key")
    (tmp_path / "ca.pem").write_text("no certificate")
    files = {name: str(tmp_path / name) for name in ("server.crt", "other.key", "ca.pem")}
    config = TLSServerConfig(
        cert_file=files["server.crt"],
        key_file=files["other.key"],
        client_ca_file=files["ca.pem"],
        client_auth_type="RequireAndVerifyClientCert",
    )
    with pytest.raises(ConfigError) as caught:
        server_context(config)
    assert caught.value.problems == [
        "tls_server_config: the key does not belong to the certificate",
        "tls_server_config.client_ca_file: holds no PEM certificate",
    ]
