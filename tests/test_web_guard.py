import asyncio
import base64
import logging
import ssl
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import bcrypt
import pytest
import trustme
from aiohttp import web

from license_exporter.clock import SystemClock
from license_exporter.errors import ConfigError
from license_exporter.web_guard import WebGuard

TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key"


class Authority:
    """A certificate authority with certificates in a folder, and contexts of its clients."""

    def __init__(self, folder: Path) -> None:
        self.ca = trustme.CA(key_type=trustme.KeyType.RSA)
        self.folder = folder
        self.ca.cert_pem.write_to_path(folder / "ca.pem")
        self.renew()

    def renew(self) -> None:
        server = self.ca.issue_cert("localhost", key_type=trustme.KeyType.RSA)
        server.cert_chain_pems[0].write_to_path(self.folder / "server.crt")
        server.private_key_pem.write_to_path(self.folder / "server.key")

    def client(
        self, certificate: trustme.LeafCert | None = None, highest: str = "TLSv1_3"
    ) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.folder / "ca.pem")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion[highest]
        if certificate:
            certificate.configure_cert(context)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "web.yml"
        path.write_text(text)
        return path

    return write


@asynccontextmanager
async def serving(path: Path) -> AsyncIterator[str]:
    """A server that is protected as the file says; yields its address."""

    async def hello(request: web.Request) -> web.Response:
        return web.Response(text="hello")

    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError

    app = web.Application()
    app.router.add_get("/", hello)
    app.router.add_get("/broken", broken)
    guard = WebGuard(path, SystemClock())
    guard.protect(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=guard.ssl_context)
        await site.start()
        port = runner.addresses[0][1]
        yield f"{'https' if guard.ssl_context else 'http'}://localhost:{port}"
    finally:
        await runner.cleanup()


async def get(
    url: str, tls: ssl.SSLContext | bool = True, auth: dict[str, str] | None = None
) -> tuple[int, str]:
    timeout = aiohttp.ClientTimeout(10)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, ssl=tls, headers=auth) as response,
    ):
        return response.status, await response.text()


def basic(user: str, password: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


async def refused(request: Awaitable[object]) -> bool:
    """Whether the connection is refused or ended without an answer."""
    try:
        await request
    except (aiohttp.ClientConnectionError, ConnectionError):
        return True
    return False


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


async def test_without_sections_everyone_is_served_over_http(write: Write) -> None:
    async with serving(write("")) as url:
        assert await get(url) == (200, "hello")


async def test_a_bad_file_fails_the_start(write: Write) -> None:
    with pytest.raises(ConfigError, match="other: is not known"):
        WebGuard(write("other: 1"), SystemClock())


async def test_https_with_files_and_inline(authority: Authority, write: Write) -> None:
    async with serving(write(f"{TLS}}}")) as url:
        assert await get(url, authority.client()) == (200, "hello")
        assert await refused(get(url.replace("https", "http")))
    pem = {name: (authority.folder / name).read_text() for name in ("server.crt", "server.key")}
    inline = {"cert": pem["server.crt"], "key": pem["server.key"]}
    text = "tls_server_config:\n" + "".join(
        f"  {key}: |\n" + "".join(f"    {line}\n" for line in value.splitlines())
        for key, value in inline.items()
    )
    async with serving(write(text)) as url:
        assert await get(url, authority.client()) == (200, "hello")


async def test_versions_are_those_of_the_file(authority: Authority, write: Write) -> None:
    async with serving(write(f"{TLS}}}")) as url:
        assert await refused(get(url, authority.client(highest="TLSv1_1")))
        assert await get(url, authority.client(highest="TLSv1_2")) == (200, "hello")
    async with serving(write(f"{TLS}, min_version: TLS13}}")) as url:
        assert await refused(get(url, authority.client(highest="TLSv1_2")))
        assert await get(url, authority.client()) == (200, "hello")
    async with serving(write(f"{TLS}, max_version: TLS12}}")) as url:
        assert (await negotiated(url, authority.client()))[0] == "TLSv1.2"


async def test_old_versions_work_where_the_file_asks_for_them(
    authority: Authority, write: Write
) -> None:
    client = authority.client(highest="TLSv1_1")
    client.set_ciphers("ALL:@SECLEVEL=0")
    async with serving(write(f"{TLS}, min_version: TLS11}}")) as url:
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


async def test_cipher_suites_and_who_prefers(authority: Authority, write: Write) -> None:
    client = authority.client(highest="TLSv1_2")
    client.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384")
    suites = f"{TLS}, cipher_suites: [{AES_256}, {AES_128}]"
    async with serving(write(f"{suites}}}")) as url:
        assert (await negotiated(url, client))[1] == "ECDHE-RSA-AES256-GCM-SHA384"
    async with serving(write(f"{suites}, prefer_server_cipher_suites: false}}")) as url:
        assert (await negotiated(url, client))[1] == "ECDHE-RSA-AES128-GCM-SHA256"
        client.set_ciphers("ECDHE-RSA-AES256-SHA")
        assert await refused(get(url, client))


async def test_suites_of_tls_1_3_alone_leave_nothing_older(
    authority: Authority, write: Write
) -> None:
    text = f"{TLS}, cipher_suites: [TLS_AES_128_GCM_SHA256]}}\nhttp_server_config: {{http2: false}}"
    async with serving(write(text)) as url:
        assert await refused(get(url, authority.client(highest="TLSv1_2")))
        assert await get(url, authority.client()) == (200, "hello")


@pytest.mark.parametrize(
    ("go", "openssl"),
    [("CurveP256", "prime256v1"), ("CurveP521", "secp521r1"), ("X25519", "X25519")],
)
async def test_the_curve_is_that_of_the_file(
    authority: Authority, write: Write, go: str, openssl: str
) -> None:
    client = authority.client()
    async with serving(write(f"{TLS}, curve_preferences: [{go}]}}")) as url:
        client.set_ecdh_curve(openssl)
        assert await get(url, client) == (200, "hello")
        client.set_ecdh_curve("secp384r1")
        assert await refused(get(url, client))


async def test_required_client_certificates(authority: Authority, write: Write) -> None:
    mine = authority.ca.issue_cert("prometheus.example.com")
    stranger = trustme.CA().issue_cert("prometheus.example.com")
    required = "client_auth_type: RequireAndVerifyClientCert"
    async with serving(write(f"{TLS}, {required}, client_ca_file: ca.pem}}")) as url:
        assert await get(url, authority.client(mine)) == (200, "hello")
        assert await refused(get(url, authority.client()))
        assert await refused(get(url, authority.client(stranger)))
    async with serving(write(f"{TLS}, {required}}}")) as url:
        assert await refused(get(url, authority.client(mine))), "the system does not know this CA"


async def test_optional_client_certificates(authority: Authority, write: Write) -> None:
    mine = authority.ca.issue_cert("prometheus.example.com")
    stranger = trustme.CA().issue_cert("prometheus.example.com")
    optional = "client_auth_type: VerifyClientCertIfGiven, client_ca_file: ca.pem"
    async with serving(write(f"{TLS}, {optional}}}")) as url:
        assert await get(url, authority.client(mine)) == (200, "hello")
        assert await get(url, authority.client()) == (200, "hello")
        assert await refused(get(url, authority.client(stranger)))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("prometheus.example.com", "prometheus.example.com"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("ops@example.com", "ops@example.com"),
    ],
)
async def test_only_certificates_with_an_allowed_name_are_served(
    authority: Authority, write: Write, name: str, written: str
) -> None:
    right = authority.ca.issue_cert(name, "also.example.com")
    wrong = authority.ca.issue_cert("prometheus.example.com.evil.example", common_name=name)
    section = (
        f"{TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem,"
        f' client_allowed_sans: [other.example.com, "{written}"]}}'
    )
    async with serving(write(section)) as url:
        assert await get(url, authority.client(right)) == (200, "hello")
        assert await refused(get(url, authority.client(wrong)))
        assert await refused(get(f"{url}/none", authority.client(wrong)))


async def test_passwords_guard_every_path(write: Write) -> None:
    alice = basic("alice", "right")
    async with serving(write(f"basic_auth_users: {{alice: {hashed('right')}}}")) as url:
        assert await get(url, auth=alice) == (200, "hello")
        assert (await get(f"{url}/none", auth=alice))[0] == 404
        for path in ("", "/none", "/-/healthy", "/broken"):
            for auth in (
                None,
                basic("alice", "wrong"),
                basic("alice", ""),
                basic("mallory", "right"),
            ):
                assert (await get(f"{url}{path}", auth=auth))[0] == 401


async def test_a_refusal_names_the_scheme(write: Write) -> None:
    path = write(f"basic_auth_users: {{alice: {hashed('right')}}}")
    async with serving(path) as url, aiohttp.ClientSession() as session:
        async with session.get(url) as response:
            assert response.headers["WWW-Authenticate"].startswith("Basic realm=")
        bearer = "Bearer " + base64.b64encode(b"alice:right").decode()
        async with session.get(url, headers={"Authorization": bearer}) as response:
            assert response.status == 401


HEADERS = """
http_server_config:
  headers:
    X-Frame-Options: deny
    X-Content-Type-Options: nosniff
    Strict-Transport-Security: max-age=31536000
    Content-Security-Policy: default-src 'none'
    X-XSS-Protection: 0
"""


async def test_headers_stand_on_every_answer(
    write: Write, caplog: pytest.LogCaptureFixture
) -> None:
    text = f"{HEADERS}\nbasic_auth_users: {{alice: {hashed('right')}}}"
    async with serving(write(text)) as url, aiohttp.ClientSession() as session:
        alice = basic("alice", "right")
        for path, auth, status in (
            ("", alice, 200),
            ("/none", alice, 404),
            ("/broken", alice, 500),
            ("", None, 401),
        ):
            async with session.get(f"{url}{path}", headers=auth) as response:
                assert response.status == status
                assert response.headers["X-Frame-Options"] == "deny"
                assert response.headers["X-XSS-Protection"] == "0"
                assert response.headers["Content-Security-Policy"] == "default-src 'none'"


async def test_more_requests_than_the_limit_are_refused(write: Write) -> None:
    async with serving(write("rate_limit: {interval: 1h, burst: 2}")) as url:
        assert [(await get(url))[0] for _ in range(4)] == [200, 200, 429, 429]
    async with serving(write("rate_limit: {interval: 1s, burst: 0}")) as url:
        assert (await get(url))[0] == 429
    async with serving(write("rate_limit: {interval: 0, burst: 0}")) as url:
        assert [(await get(url))[0] for _ in range(10)] == [200] * 10


async def test_a_renewed_certificate_serves_the_next_connection(
    authority: Authority, write: Write
) -> None:
    async with serving(write(f"{TLS}}}")) as url:
        before = await served_certificate(url)
        authority.renew()
        assert await get(url, authority.client()) == (200, "hello")
        assert await served_certificate(url) != before


async def served_certificate(url: str) -> bytes:
    anyone = ssl.create_default_context()
    anyone.check_hostname = False
    anyone.verify_mode = ssl.CERT_NONE
    port = int(url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("localhost", port, ssl=anyone)
    certificate: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    writer.close()
    return certificate


async def test_every_tls_setting_follows_the_file(authority: Authority, write: Write) -> None:
    mine = authority.client(authority.ca.issue_cert("prometheus.example.com"))
    async with serving(write(f"{TLS}}}")) as url:
        assert await get(url, authority.client()) == (200, "hello")
        write(
            f"{TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem,"
            " min_version: TLS13}"
        )
        assert await refused(get(url, authority.client()))
        assert await get(url, mine) == (200, "hello")
        mine.maximum_version = ssl.TLSVersion.TLSv1_2
        assert await refused(get(url, mine))


async def test_users_limits_and_headers_follow_the_file(write: Write) -> None:
    async with serving(write("")) as url, aiohttp.ClientSession() as session:
        write(f"basic_auth_users: {{alice: {hashed('right')}}}")
        async with session.get(url) as response:
            assert response.status == 401
        write("rate_limit: {interval: 1h, burst: 1}\n" + HEADERS)
        async with session.get(url) as response:
            assert response.status == 200
            assert response.headers["X-Frame-Options"] == "deny"
        async with session.get(url) as response:
            assert response.status == 429


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    caplog.set_level(logging.ERROR, "license_exporter")
    yield lambda: [record.problem for record in caplog.records if "problem" in vars(record)]


async def test_a_bad_change_keeps_the_old_file_and_is_logged_once(
    write: Write, errors: Callable[[], list[str]]
) -> None:
    alice = basic("alice", "right")
    async with serving(write(f"basic_auth_users: {{alice: {hashed('right')}}}")) as url:
        write("basic_auth_users: {alice: right}\nother: 1")
        for _ in range(3):
            assert await get(url, auth=alice) == (200, "hello")
            assert (await get(url))[0] == 401
        assert [problem.split(":")[0] for problem in errors()] == ["basic_auth_users", "other"]
        write("")
        assert await get(url) == (200, "hello")


async def test_a_removed_file_opens_nothing(write: Write, errors: Callable[[], list[str]]) -> None:
    path = write(f"basic_auth_users: {{alice: {hashed('right')}}}")
    async with serving(path) as url:
        path.unlink()
        assert [(await get(url))[0] for _ in range(3)] == [401] * 3
        assert errors() == [f"{path}: cannot be read: No such file or directory"]


async def test_a_certificate_that_comes_before_its_key_waits_for_it(
    authority: Authority, write: Write, errors: Callable[[], list[str]]
) -> None:
    new = authority.ca.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    async with serving(write(f"{TLS}}}")) as url:
        before = await served_certificate(url)
        new.cert_chain_pems[0].write_to_path(authority.folder / "server.crt")
        assert await served_certificate(url) == before
        assert errors() == ["tls_server_config: the key does not belong to the certificate"]
        new.private_key_pem.write_to_path(authority.folder / "server.key")
        assert await served_certificate(url) != before


async def test_tls_is_not_switched_off_by_a_change(
    authority: Authority, write: Write, errors: Callable[[], list[str]]
) -> None:
    async with serving(write(f"{TLS}}}")) as url:
        write("")
        assert await get(url, authority.client()) == (200, "hello")
        assert errors() == ["tls_server_config: switching TLS on or off needs a restart"]


async def test_a_key_that_asks_for_a_password_is_refused_without_asking(
    authority: Authority, write: Write
) -> None:
    from cryptography.hazmat.primitives import serialization

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
        WebGuard(write(f"{TLS}}}"), SystemClock())
