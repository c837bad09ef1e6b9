"""Who gets into the real program, and how little those can do who mean no good."""

import asyncio
import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager

import aiohttp
import bcrypt
import pytest
import trustme
import yaml

from tests.e2e.programs import exporter
from tests.faults.servers import HEALTHY, serving
from tests.guarded import Authority, basic

pytestmark = pytest.mark.e2e

GET = b"GET /-/healthy HTTP/1.1\r\nHost: exporter.example.com\r\n"
POST = b"POST /-/reload HTTP/1.1\r\nHost: exporter.example.com\r\n"
SMUGGLED = b"GET /-/ready HTTP/1.1\r\nHost: exporter.example.com\r\n\r\n"

# What a proxy in front could read in another way than the exporter.
AMBIGUOUS = {
    "a length and chunks": POST
    + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n12345",
    "a length twice": POST + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\n1234",
    "a list of lengths": POST + b"Content-Length: 4, 4\r\n\r\n1234",
    "a length with a sign": POST + b"Content-Length: +4\r\n\r\n1234",
    "a length below 0": POST + b"Content-Length: -4\r\n\r\n",
    "a length in another base": POST + b"Content-Length: 0x4\r\n\r\n1234",
    "another coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\n\r\n",
    "chunked twice": POST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked and then gzip": POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "a coding with a control character": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "chunks of no size": POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "chunks without carriage returns": POST + b"Transfer-Encoding: chunked\r\n\r\n0\n\n",
    "a line break in a chunk's extension": POST
    + b"Transfer-Encoding: chunked\r\n\r\n0;a=b\nX\r\n\r\n",
    "a folded header": GET + b"X-A: b\r\n c\r\n\r\n",
    "a folded length": GET + b"Content-Length:\r\n 4\r\n\r\n1234",
    "a space before the colon": GET + b"Content-Length : 4\r\n\r\n1234",
    "a header without a colon": GET + b"X-A b\r\n\r\n",
    "no carriage returns": b"GET /-/healthy HTTP/1.1\nHost: a\n\n",
    "carriage returns alone": GET + b"X-A: b\rX-B: c\r\n\r\n",
    "a zero byte": GET + b"X-A: b\0c\r\n\r\n",
    "two hosts": GET + b"Host: b\r\n\r\n",
    "no host": b"GET /-/healthy HTTP/1.1\r\n\r\n",
    "another version": b"GET /-/healthy HTTP/3.7\r\nHost: a\r\n\r\n",
    "the beginning of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS where there is none": b"\x16\x03\x01\x02\x00\x01\x00",
}
OVERSIZED = {
    "a path": b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a header": GET + b"X-A: " + b"a" * 20_000 + b"\r\n\r\n",
    "a header's name": GET + b"a" * 20_000 + b": b\r\n\r\n",
    "many headers": GET + b"".join(b"X-%d: a\r\n" % n for n in range(1000)) + b"\r\n",
    "a header without an end": GET + b"X-A: " + b"a" * 1_000_000,
}
ENDPOINTS = {
    "/": "GET",
    "/target?name=healthy": "GET",
    "/runbooks": "GET",
    "/metrics": "GET",
    "/probe?target=healthy": "GET",
    "/-/metrics": "GET",
    "/-/healthy": "GET",
    "/-/ready": "GET",
    "/sd": "GET",
    "/config": "GET",
    "/-/reload": "POST PUT",
}
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND")


@pytest.fixture(scope="module")
def vendors(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("vendors")) as servers:
        yield servers.ports


@pytest.fixture(scope="module")
def start(tmp_path_factory, vendors):
    """A function that runs an exporter of vendors, by the names of their servers."""
    with ExitStack() as stack:

        def started(*arguments, vendor=(HEALTHY,), web="", folder=None, scheme="http"):
            folder = folder or tmp_path_factory.mktemp("exporter")
            targets = [
                {
                    "name": name.replace(" ", "-"),
                    "vendor": "enterprise_recon",
                    "url": f"http://127.0.0.1:{vendors[name]}",
                    "basic_auth": {"username": "u", "password": "p"},
                    "min_interval": "0s",
                }
                for name in vendor
            ]
            file = folder / "config.yaml"
            file.write_text(yaml.safe_dump({"targets": targets}))
            flags = [f"--config.file={file}", *arguments]
            if web:
                (folder / "web.yaml").write_text(web)
                flags.append(f"--web.config.file={folder / 'web.yaml'}")
            return stack.enter_context(exporter(folder, *flags, scheme=scheme))

        yield started


@pytest.fixture(scope="module")
def program(start):
    return start("--web.enable-lifecycle", "--log.level=debug")


@contextmanager
def connected(program):
    port = int(program.url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        yield connection


def answered(program, request):
    """All that comes back for these bytes until the exporter closes the connection."""
    answer = b""
    with connected(program) as connection:
        try:
            connection.sendall(request)
            while part := connection.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
    return answer


def status(program, path, method="GET", **headers):
    """The status, the headers and the body of an answer."""
    request = urllib.request.Request(program.url + path, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=15) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


# HTTP


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_a_request_that_others_could_read_in_another_way_is_refused_and_ends_it(program, name):
    answer = answered(program, AMBIGUOUS[name] + SMUGGLED)
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"is ready" not in answer


@pytest.mark.parametrize("name", OVERSIZED)
def test_a_request_with_too_large_a_head_is_refused(program, name):
    assert answered(program, OVERSIZED[name])[:13] in (b"HTTP/1.0 400 ", b"HTTP/1.0 431 ")


def test_bad_requests_leave_nothing_in_the_log(program):
    answered(program, AMBIGUOUS["two lengths"])
    assert all(line.startswith("time=") for line in program.log.splitlines())
    assert "ERROR" not in program.log


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_endpoint_answers_its_own_methods_alone(program, path):
    for method in METHODS:
        request = f"{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode()
        answer = answered(program, request)
        expected = b"200" if method in ENDPOINTS[path] else b"405"
        assert answer.startswith(b"HTTP/1.1 " + expected), method


@pytest.mark.parametrize("path", [path for path, method in ENDPOINTS.items() if method == "GET"])
def test_head_gives_the_headers_of_get_and_nothing_else(program, path):
    code, headers, body = status(program, path, "HEAD")
    assert (code, body) == (200, b"")
    assert headers["Content-Type"] == status(program, path)[1]["Content-Type"]
    assert int(headers["Content-Length"]) > 1


def test_a_host_header_changes_nothing_but_the_address_of_discovery(program):
    for path, methods in ENDPOINTS.items():
        method = methods.partition(" ")[0]
        code, headers, body = status(program, path, method, Host="evil.example.com")
        assert code == 200
        if path == "/sd":
            assert json.loads(body)[0]["targets"] == ["evil.example.com:80"]
        else:
            assert "evil" not in f"{headers} {body}"
    for host in ("evil.example.com/x", "a b", "a,b", "u@h", "<x>", "[::1", "h:0", "h:99999", "é"):
        answer = answered(
            program, f"GET /sd HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
        )
        assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 ")), host


def test_there_is_no_way_from_a_request_to_another_server_or_file(program, vendors):
    address = f"http://127.0.0.1:{vendors[HEALTHY]}"
    assert status(program, f"/probe?target={address}")[0] == 400
    assert status(program, f"/probe?target={HEALTHY}&url={address}")[0] == 200
    assert status(program, "/target?name=../../etc/passwd")[0] == 404
    assert status(program, "/..%2f..%2fetc/passwd")[0] == 404
    assert answered(program, b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")[
        9:12
    ] in (b"404", b"405")


# Many, and slow ones


def test_scrapes_go_on_beside_idle_and_slow_clients(program):
    with ExitStack() as stack:
        idle = [stack.enter_context(connected(program)) for _ in range(500)]
        for number, connection in enumerate(idle):
            # A third says nothing, a third begins a request, and a third asks and goes quiet.
            connection.sendall((b"", GET, GET + b"\r\n")[number % 3])
        slow = stack.enter_context(connected(program))
        stop = threading.Event()

        def drip():
            for byte in GET:
                slow.sendall(bytes([byte]))
                if stop.wait(1):
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            for _ in range(3):
                begin = time.monotonic()
                assert 'license_up{target="healthy",' in program.get("/metrics")
                assert time.monotonic() - begin < 2
        finally:
            stop.set()
            dripping.join()


def test_scrapes_go_on_beside_clients_that_do_not_take_their_answer(program):
    with ExitStack() as stack:
        for _ in range(30):
            connection = stack.enter_context(connected(program))
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 50)
        begin = time.monotonic()
        assert 'license_up{target="healthy",' in program.get("/metrics")
        assert time.monotonic() - begin < 5


def test_more_scrapes_at_a_time_than_are_allowed_are_refused(start):
    program = start("--web.max-requests=2", vendor=(HEALTHY, "never answers"))
    timeout = {"X-Prometheus-Scrape-Timeout-Seconds": "3"}

    async def scraped():
        async with aiohttp.ClientSession(program.url) as session:

            async def scrape():
                async with session.get("/metrics", headers=timeout) as answer:
                    return answer.status, await answer.text()

            scrapes = [asyncio.create_task(scrape()) for _ in range(5)]
            await asyncio.sleep(0.5)
            # What costs nothing is answered all the same.
            async with session.get("/-/healthy") as answer:
                assert answer.status == 200
            return await asyncio.gather(*scrapes)

    answers = asyncio.run(scraped())
    assert sorted(code for code, _ in answers) == [200, 200, 503, 503, 503]
    assert "--web.max-requests" in next(text for code, text in answers if code == 503)
    assert status(program, "/metrics?target=healthy")[0] == 200


# TLS and passwords

PASSWORD = "correct horse battery staple"
USERS = yaml.safe_dump(
    {"basic_auth_users": {"alice": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(8)).decode()}}
)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def handshake(program, context):
    """The version of TLS that is agreed upon; None if the exporter refuses the client."""
    with connected(program) as connection:
        try:
            with context.wrap_socket(connection, server_hostname="localhost") as secured:
                secured.sendall(GET + b"Connection: close\r\n\r\n")
                # With TLS 1.3, a client learns with the answer that it is refused.
                return secured.version() if secured.recv(100).startswith(b"HTTP/1.1 200") else None
        except (ssl.SSLError, ConnectionError):
            return None


def test_versions_of_tls_are_those_that_the_file_allows(start, authority):
    web = "tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS13}"
    program = start(web=web, folder=authority.folder, scheme="https")
    assert handshake(program, authority.client()) == "TLSv1.3"
    assert handshake(program, authority.client(highest="TLSv1_2")) is None
    assert answered(program, GET + b"\r\n") == b""


def test_without_an_allowed_client_certificate_nobody_gets_in(start, authority):
    web = (
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.pem,"
        " client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [scraper.example.com]}"
    )
    program = start(web=web, folder=authority.folder, scheme="https")
    named = authority.ca.issue_cert("scraper.example.com")
    assert handshake(program, authority.client(named))
    assert handshake(program, authority.client(authority.ca.issue_cert("x.example.com"))) is None
    assert (
        handshake(program, authority.client(trustme.CA().issue_cert("scraper.example.com"))) is None
    )
    assert handshake(program, authority.client()) is None


def test_without_a_password_every_path_is_closed(start):
    program = start("--web.enable-lifecycle", web=USERS)
    for path, methods in ENDPOINTS.items():
        method = methods.partition(" ")[0]
        for headers in (
            {},
            basic("alice", "wrong"),
            basic("bob", PASSWORD),
            {"Authorization": "x"},
        ):
            code, answer_headers, body = status(program, path, method, **headers)
            assert code == 401
            assert "Basic" in answer_headers["WWW-Authenticate"]
            assert b"license" not in body
        assert status(program, path, method, **basic("alice", PASSWORD))[0] == 200


def test_who_guesses_passwords_stops_no_scrape(start):
    program = start(web=USERS)

    async def guessed():
        async with aiohttp.ClientSession(program.url) as session:

            async def guess(number):
                headers = basic("alice", f"guess {number}")
                async with session.get("/-/healthy", headers=headers) as answer:
                    return answer.status

            guesses = asyncio.gather(*(guess(number) for number in range(100)))
            await asyncio.sleep(0.2)
            code = 429
            begin = time.monotonic()
            while code == 429:
                async with session.get("/metrics", headers=basic("alice", PASSWORD)) as answer:
                    code = answer.status
            return code, time.monotonic() - begin, await guesses

    code, seconds, guesses = asyncio.run(guessed())
    assert (code, seconds < 2) == (200, True)
    assert set(guesses) == {401, 429}
