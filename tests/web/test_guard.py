import asyncio
import base64
import logging
import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp
import bcrypt
import pytest
import trustme

from license_exporter.errors import ConfigError
from license_exporter.process.clock import SystemClock
from license_exporter.web import guard
from license_exporter.web.config import WebConfig
from license_exporter.web.guard import WebGuard
from tests.guarded import TLS, Authority, basic, get, refused, serving, write


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


async def test_a_pipe_in_the_place_of_the_file_stops_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, f"basic_auth_users: {{alice: {hashed('a')}}}")
    async with serving(file) as url:
        file.unlink()
        os.mkfifo(file)
        assert (await get(url, auth=basic("alice", "a")))[0] == 200
        assert (await get(url))[0] == 401
    with pytest.raises(ConfigError, match="no regular file"):
        WebGuard(file, SystemClock())


async def test_without_sections_everyone_is_served_over_http(tmp_path: Path) -> None:
    async with serving(write(tmp_path, "")) as url:
        assert await get(url) == (200, "hello")


async def test_a_bad_file_fails_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="other: is not known"):
        WebGuard(write(tmp_path, "other: 1"), SystemClock())


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
    authority: Authority, tmp_path: Path, name: str, written: str
) -> None:
    right = authority.ca.issue_cert(name, "also.example.com")
    wrong = authority.ca.issue_cert("prometheus.example.com.evil.example", common_name=name)
    section = (
        f"{TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem,"
        f' client_allowed_sans: [other.example.com, "{written}"]}}'
    )
    async with serving(write(tmp_path, section)) as url:
        assert await get(url, authority.client(right)) == (200, "hello")
        assert await refused(get(url, authority.client(wrong)))
        assert await refused(get(f"{url}/none", authority.client(wrong)))


async def test_passwords_guard_every_path(tmp_path: Path) -> None:
    alice = basic("alice", "right")
    async with serving(write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}")) as url:
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


async def test_a_refusal_names_the_scheme(tmp_path: Path) -> None:
    path = write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}")
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
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = f"{HEADERS}\nbasic_auth_users: {{alice: {hashed('right')}}}"
    async with serving(write(tmp_path, text)) as url, aiohttp.ClientSession() as session:
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


async def test_more_requests_than_the_limit_are_refused(tmp_path: Path) -> None:
    async with serving(write(tmp_path, "rate_limit: {interval: 1h, burst: 2}")) as url:
        assert [(await get(url))[0] for _ in range(4)] == [200, 200, 429, 429]
    async with serving(write(tmp_path, "rate_limit: {interval: 1s, burst: 0}")) as url:
        assert (await get(url))[0] == 429
    async with serving(write(tmp_path, "rate_limit: {interval: 0, burst: 0}")) as url:
        assert [(await get(url))[0] for _ in range(10)] == [200] * 10


async def test_a_renewed_certificate_serves_the_next_connection(
    authority: Authority, tmp_path: Path
) -> None:
    async with serving(write(tmp_path, f"{TLS}}}")) as url:
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


async def test_every_tls_setting_follows_the_file(authority: Authority, tmp_path: Path) -> None:
    mine = authority.client(authority.ca.issue_cert("prometheus.example.com"))
    async with serving(write(tmp_path, f"{TLS}}}")) as url:
        assert await get(url, authority.client()) == (200, "hello")
        write(
            tmp_path,
            f"{TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem,"
            " min_version: TLS13}",
        )
        assert await refused(get(url, authority.client()))
        assert await get(url, mine) == (200, "hello")
        mine.maximum_version = ssl.TLSVersion.TLSv1_2
        assert await refused(get(url, mine))


async def test_users_limits_and_headers_follow_the_file(tmp_path: Path) -> None:
    async with serving(write(tmp_path, "")) as url, aiohttp.ClientSession() as session:
        write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}")
        async with session.get(url) as response:
            assert response.status == 401
        bob = basic("bob", "other")
        users = f"basic_auth_users: {{bob: {hashed('other')}}}\n"
        write(tmp_path, users + "rate_limit: {interval: 1h, burst: 1}\n" + HEADERS)
        async with session.get(url, headers=bob) as response:
            assert response.status == 200
            assert response.headers["X-Frame-Options"] == "deny"
        async with session.get(url, headers=bob) as response:
            assert response.status == 429


@pytest.fixture
def errors(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    caplog.set_level(logging.ERROR, "license_exporter")
    yield lambda: [record.problem for record in caplog.records if "problem" in vars(record)]


async def test_a_bad_change_keeps_the_old_file_and_is_logged_once(
    tmp_path: Path, errors: Callable[[], list[str]]
) -> None:
    alice = basic("alice", "right")
    async with serving(write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}")) as url:
        write(tmp_path, "basic_auth_users: {alice: right}\nother: 1")
        for _ in range(3):
            assert await get(url, auth=alice) == (200, "hello")
            assert (await get(url))[0] == 401
        assert [problem.split(":")[0] for problem in errors()] == [
            "basic_auth_users.alice",
            "other",
        ]


async def test_a_file_without_users_takes_no_password_away(
    tmp_path: Path, errors: Callable[[], list[str]]
) -> None:
    users = f"basic_auth_users: {{alice: {hashed('right')}}}\n"
    async with serving(write(tmp_path, users)) as url:
        for text in ("", "# being written\n", "rate_limit: {}\n", "basic_auth_users: {}\n"):
            write(tmp_path, text)
            assert (await get(url))[0] == 401
            assert await get(url, auth=basic("alice", "right")) == (200, "hello")
        assert errors() == ["basic_auth_users: no user is left; less protection needs a restart"]


async def test_users_that_came_later_stay_too(tmp_path: Path) -> None:
    async with serving(write(tmp_path, "")) as url:
        assert await get(url) == (200, "hello")
        write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}\n")
        assert (await get(url))[0] == 401
        write(tmp_path, "")
        assert (await get(url))[0] == 401


async def test_a_change_of_the_same_size_and_time_is_seen(tmp_path: Path) -> None:
    path = write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}\n")
    async with serving(path) as url:
        assert await get(url, auth=basic("alice", "right")) == (200, "hello")
        status = path.stat()
        await asyncio.sleep(0.02)  # the file system's clock ticks
        write(tmp_path, f"basic_auth_users: {{alice: {hashed('other')}}}\n")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert path.stat().st_size == status.st_size
        assert (await get(url, auth=basic("alice", "right")))[0] == 401


class Patience:
    """A clock of which a test moves the hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


async def test_what_could_not_be_read_is_tried_again_without_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, errors: Callable[[], list[str]]
) -> None:
    path = write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}\n")
    clock = Patience()
    async with serving(path, clock) as url:
        real = guard.load_web_config

        def unreadable(path: Path) -> WebConfig:
            raise ConfigError([f"{path}: cannot be read: Permission denied"])

        monkeypatch.setattr(guard, "load_web_config", unreadable)
        write(tmp_path, f"basic_auth_users: {{bob: {hashed('other')}}}\n")
        for _ in range(3):
            assert await get(url, auth=basic("alice", "right")) == (200, "hello")
            clock.now += 1.0
        assert errors() == [f"{path}: cannot be read: Permission denied"]
        monkeypatch.setattr(guard, "load_web_config", real)
        assert await get(url, auth=basic("bob", "other")) == (200, "hello")
        assert (await get(url, auth=basic("alice", "right")))[0] == 401


async def test_two_changes_within_a_tick_of_the_clock_are_both_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}\n")
    clock = Patience()
    async with serving(path, clock) as url:
        monkeypatch.setattr(guard, "stamp", lambda file: (0, 0, 0, 0))
        assert await get(url, auth=basic("alice", "right")) == (200, "hello")
        write(tmp_path, f"basic_auth_users: {{bob: {hashed('other')}}}\n")
        assert await get(url, auth=basic("alice", "right")) == (200, "hello")
        clock.now += 1.0
        assert await get(url, auth=basic("bob", "other")) == (200, "hello")


async def test_a_removed_file_opens_nothing(
    tmp_path: Path, errors: Callable[[], list[str]]
) -> None:
    path = write(tmp_path, f"basic_auth_users: {{alice: {hashed('right')}}}")
    async with serving(path) as url:
        path.unlink()
        assert [(await get(url))[0] for _ in range(3)] == [401] * 3
        assert errors() == [f"{path}: cannot be read: No such file or directory"]


async def test_a_certificate_that_comes_before_its_key_waits_for_it(
    authority: Authority, tmp_path: Path, errors: Callable[[], list[str]]
) -> None:
    new = authority.ca.issue_cert("localhost", key_type=trustme.KeyType.RSA)
    async with serving(write(tmp_path, f"{TLS}}}")) as url:
        before = await served_certificate(url)
        new.cert_chain_pems[0].write_to_path(authority.folder / "server.crt")
        assert await served_certificate(url) == before
        assert errors() == ["tls_server_config: the key does not belong to the certificate"]
        new.private_key_pem.write_to_path(authority.folder / "server.key")
        assert await served_certificate(url) != before


async def test_tls_is_not_switched_off_by_a_change(
    authority: Authority, tmp_path: Path, errors: Callable[[], list[str]]
) -> None:
    async with serving(write(tmp_path, f"{TLS}}}")) as url:
        write(tmp_path, "")
        assert await get(url, authority.client()) == (200, "hello")
        assert errors() == ["tls_server_config: TLS is off; less protection needs a restart"]


async def test_client_certificates_are_asked_for_until_a_restart(
    authority: Authority, tmp_path: Path
) -> None:
    mine = authority.client(authority.ca.issue_cert("prometheus.example.com"))
    required = f"{TLS}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}}"
    async with serving(write(tmp_path, required)) as url:
        for text in (f"{TLS}}}", "", "tls_server_config: {cert_file: server.crt"):
            write(tmp_path, text)
            assert await refused(get(url, authority.client()))
            assert await get(url, mine) == (200, "hello")


async def test_tls_is_not_switched_on_by_a_change(
    authority: Authority, tmp_path: Path, errors: Callable[[], list[str]]
) -> None:
    async with serving(write(tmp_path, "")) as url:
        write(tmp_path, f"{TLS}}}")
        assert await get(url) == (200, "hello")
        assert errors() == ["tls_server_config: switching TLS on needs a restart"]
