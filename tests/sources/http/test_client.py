import asyncio
import gzip
import json
import socket
import ssl
import struct
import threading
from contextlib import AsyncExitStack

import pytest
import trustme
from aiohttp import web

from license_exporter import __version__
from license_exporter.config.http_config import Header, ProxyConfig, TLSConfig
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.resolver import Resolver, look_up
from tests.garbage import fails, no_frame_is_left
from tests.servers import answering, client_of, serving, shaking_hands, talking

SECRET = "s3cr3t-of-the-server"


async def failure(client, url, method="GET", **options):
    with pytest.raises(FetchError) as caught:
        await client.send(method, url, **options)
    assert SECRET not in caught.value.message
    return caught.value


def headers(**named):
    return {name.replace("_", "-"): Header.model_validate(said) for name, said in named.items()}


# What is sent


async def test_a_request_says_who_asks_and_which_answers_it_reads():
    async def handler(request):
        return web.json_response({**request.headers, "query": dict(request.query)})

    async with serving(handler) as url, client_of(url) as client:
        response = await client.send("GET", f"{url}/x", params={"size": "1"}, headers={"X-A": "b"})
    said = json.loads(response.body)
    assert response.status == 200
    assert said["User-Agent"] == f"license_exporter/{__version__}"
    assert said["Accept"] == "application/json"
    assert said["Accept-Encoding"] == "gzip, deflate"
    assert said["X-A"] == "b"
    assert said["query"] == {"size": "1"}


async def test_json_and_forms_are_posted():
    async def handler(request):
        return web.json_response([request.content_type, await request.text()])

    async with serving(handler) as url, client_of(url) as client:
        response = await client.send("POST", url, json={"a": 1})
        assert json.loads(response.body) == ["application/json", '{"a": 1}']
        response = await client.send("POST", url, form={"a": "b c", "d": "é&"})
        assert json.loads(response.body) == [
            "application/x-www-form-urlencoded",
            "a=b+c&d=%C3%A9%26",
        ]


async def test_the_targets_own_headers_are_sent_files_read_anew_each_time(tmp_path):
    async def handler(request):
        return web.json_response([*request.headers.getall("X-Key"), request.headers["Accept"]])

    file = tmp_path / "key"
    file.write_text(" one\n")
    own = headers(
        X_Key={"values": ["a"], "secrets": ["b"], "files": [str(file)]},
        Accept={"values": ["text/x"]},
    )
    async with serving(handler) as url, client_of(url, headers=own) as client:
        first = await client.send("GET", url)
        file.write_text("two")
        second = await client.send("GET", url)
        file.unlink()
        error = await failure(client, url)
    assert json.loads(first.body) == ["a", "b", "one", "text/x"]
    assert json.loads(second.body) == ["a", "b", "two", "text/x"]
    assert error.reason is Reason.CONFIG
    assert str(file) in error.message


async def test_the_targets_own_headers_go_to_no_other_server():
    async def handler(request):
        return web.Response(text=request.headers.get("X-Key", "nothing"))

    own = headers(X_Key={"secrets": ["a"]})
    async with (
        serving(handler) as url,
        serving(handler) as other,
        client_of(url, headers=own) as client,
    ):
        assert (await client.send("GET", url)).body == b"a"
        assert (await client.send("GET", other)).body == b"nothing"


@pytest.mark.parametrize("value", ["a\r\nX-Evil: b", "a\nb", "a\0b", "a\x7f"])
async def test_a_header_with_a_line_break_is_not_sent(value):
    async with client_of("http://127.0.0.1:9") as client:
        error = await failure(client, "http://127.0.0.1:9", headers={"Authorization": value})
    assert error.reason is Reason.CONFIG
    assert "Authorization" in error.message
    assert "Evil" not in error.message


async def test_no_cookie_is_kept():
    async def handler(request):
        response = web.Response(text=request.headers.get("Cookie", "none"))
        response.set_cookie("session", "a")
        return response

    async with serving(handler) as url, client_of(url) as client:
        assert (await client.send("GET", url)).body == b"none"
        assert (await client.send("GET", url)).body == b"none"


async def test_netrc_is_never_read(tmp_path, monkeypatch):
    async def handler(request):
        return web.Response(text=request.headers.get("Authorization", "none"))

    netrc = tmp_path / ".netrc"
    netrc.write_text("default login a password b\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    async with serving(handler) as url, client_of(url) as client:
        assert (await client.send("GET", url)).body == b"none"


async def test_connections_are_used_again():
    peers = set()

    async def handler(request):
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response(status=500 if request.path == "/bad" else 200, text="x")

    async with serving(handler) as url, client_of(url) as client:
        for path in ("/", "/bad", "/"):
            await client.send("GET", url + path)
    assert len(peers) == 1


# What comes back


@pytest.mark.parametrize("status", [204, 304, 400, 401, 403, 404, 418, 429, 500, 503, 599])
async def test_any_status_but_a_redirect_is_an_answer(status):
    async def handler(request):
        return web.Response(status=status, headers={"X-A": "b"})

    steps = []
    async with serving(handler) as url, client_of(url, steps=steps) as client:
        response = await client.send("GET", f"{url}/a/b?secret=1")
    assert (response.status, response.headers["X-A"]) == (status, "b")
    assert [(step.method, step.path, step.status, step.reason) for step in steps] == [
        ("GET", "/a/b", status, None)
    ]


async def test_of_a_failed_requests_answer_64_kib_are_read():
    async def handler(request):
        return web.Response(status=500, body=b"x" * int(request.query["size"]))

    async with serving(handler) as url, client_of(url) as client:
        assert len((await client.send("GET", f"{url}?size=65536")).body) == 65536
        response = await client.send("GET", f"{url}?size=65537")
        assert (response.status, response.body) == (500, b"")


async def test_a_failed_requests_answer_may_be_damaged():
    bad = b"HTTP/1.1 503 No\r\nContent-Encoding: gzip\r\nContent-Length: 500\r\n\r\nnot gzip"
    async with talking(answering(bad)) as port:
        url = f"http://127.0.0.1:{port}"
        async with client_of(url) as client:
            response = await client.send("GET", url)
    assert (response.status, response.body) == (503, b"")


async def test_each_exchange_is_told_with_its_size_and_time():
    async def handler(request):
        await asyncio.sleep(0.05)
        return web.Response(body=gzip.compress(b"x" * 1000), headers={"Content-Encoding": "gzip"})

    steps = []
    async with (
        serving(handler) as url,
        serving(handler) as other,
        client_of(f"{url}/api", steps=steps) as client,
    ):
        await client.send("GET", f"{url}/api/v1/license", params={"key": SECRET})
        await client.send("POST", f"{other}/token?key={SECRET}")
    assert [step.path for step in steps] == ["/api/v1/license", f"{other}/token"]
    assert [step.size for step in steps] == [1000, 1000]
    assert all(0.04 < step.seconds < 5 for step in steps)


async def test_an_exchange_that_is_given_up_is_told_as_a_timeout():
    async def talk(reader, writer):
        await asyncio.sleep(60)

    steps = []
    async with talking(talk) as port, client_of(f"http://127.0.0.1:{port}", steps=steps) as client:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await client.send("GET", client.base)
    assert [(step.status, step.reason) for step in steps] == [(None, Reason.TIMEOUT)]


# Redirects


async def test_a_redirect_within_the_server_is_followed_with_its_credentials():
    async def handler(request):
        if request.path == "/old":
            raise web.HTTPFound("/new?a=b#c")
        return web.Response(text=f"{request.path_qs} {request.headers['Authorization']}")

    steps = []
    async with serving(handler) as url, client_of(url, steps=steps) as client:
        response = await client.send("GET", f"{url}/old", headers={"Authorization": "x"})
    assert response.body == b"/new?a=b x"
    assert [(step.path, step.status) for step in steps] == [("/old", 302), ("/old", 200)]


async def test_a_redirect_may_write_the_same_server_in_another_way():
    async def handler(request):
        if request.path == "/old":
            raise web.HTTPFound(f"http://localhost:{request.url.port}/new")
        return web.Response(text="new")

    async with serving(handler) as url:
        port = url.rpartition(":")[2]
        async with client_of(f"http://LocalHost:{port}") as client:
            assert (await client.send("GET", f"{client.base}/old")).body == b"new"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_elsewhere_is_refused_and_gets_no_credentials(status):
    asked = []

    async def elsewhere(request):
        asked.append(request.headers)
        return web.Response()

    async def handler(request):
        return web.Response(status=status, headers={"Location": locations[0]})

    steps = []
    async with (
        serving(elsewhere) as other,
        serving(handler) as url,
        client_of(url, steps=steps) as client,
    ):
        locations = [
            f"{other}/{SECRET}",
            url.replace("http:", "https:"),
            url.replace("127.0.0.1", "localhost"),
            f"//{other.removeprefix('http://')}",
            f"http://user:{SECRET}@localhost/",
            "ftp://127.0.0.1/",
            "http://[",
        ]
        while locations:
            error = await failure(client, url, headers={"Authorization": "x"})
            assert error.reason is Reason.HTTP
            assert "redirect" in error.message
            locations.pop(0)
    assert not asked
    assert {step.reason for step in steps} == {Reason.HTTP}


async def test_a_redirect_cannot_bring_a_user_name_into_the_request():
    async def handler(request):
        if request.path == "/old":
            raise web.HTTPFound(f"{url.replace('//', '//u:p@')}/new")
        return web.Response(text=request.headers["Authorization"])

    async with serving(handler) as url, client_of(url) as client:
        response = await client.send("GET", f"{url}/old", headers={"Authorization": "x"})
    assert response.body == b"x"


@pytest.mark.parametrize("next_path", [lambda path: path, lambda path: f"{path}x"])
async def test_a_circle_of_redirects_ends(next_path):
    async def handler(request):
        raise web.HTTPFound(next_path(request.path))

    steps = []
    async with serving(handler) as url, client_of(url, steps=steps) as client:
        error = await failure(client, f"{url}/a")
    assert error.reason is Reason.HTTP
    assert len(steps) <= 11


async def test_a_post_is_not_redirected():
    async def handler(request):
        raise web.HTTPTemporaryRedirect("/new")

    async with serving(handler) as url, client_of(url) as client:
        error = await failure(client, url, "POST", json={})
    assert error.reason is Reason.HTTP


async def test_redirects_can_be_switched_off():
    async def handler(request):
        raise web.HTTPFound("/new")

    async with serving(handler) as url, client_of(url, follow_redirects=False) as client:
        assert (await failure(client, url)).reason is Reason.HTTP


# What goes wrong


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", Reason.CONNECT),
        (b"HTTP/1.1 200 OK\r\nContent-Le", Reason.CONNECT),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", Reason.CONNECT),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" + b"12345", Reason.CONNECT),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123", Reason.CONNECT),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n123", Reason.HTTP),
        (b"SSH-2.0-OpenSSH_9.2 " + SECRET.encode() + b"\r\n", Reason.HTTP),
        (b"HTTP/1.1 banana\r\n\r\n", Reason.HTTP),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", Reason.HTTP),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", Reason.HTTP),
        (b"\x15\x03\x01\x00\x02\x02\x50", Reason.HTTP),
    ],
)
async def test_an_answer_that_breaks_off_or_is_not_http_has_its_reason(answer, reason):
    steps = []
    async with (
        talking(answering(answer)) as port,
        client_of(f"http://127.0.0.1:{port}", steps=steps) as client,
    ):
        error = await failure(client, f"{client.base}/x?key={SECRET}")
    assert error.reason is reason
    assert f"127.0.0.1:{port}" in error.message
    assert [step.reason for step in steps] == [reason]


async def test_a_reset_connection_has_its_reason():
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        writer.transport.abort()

    async with talking(talk) as port, client_of(f"http://127.0.0.1:{port}") as client:
        error = await failure(client, client.base)
    assert error.reason is Reason.CONNECT
    assert "reset" in error.message


async def test_a_closed_port_has_its_reason():
    async with talking(answering(b"")) as port:
        pass
    async with client_of(f"http://127.0.0.1:{port}") as client:
        error = await failure(client, client.base)
    assert error.reason is Reason.CONNECT
    assert error.message == f"127.0.0.1:{port}: no connection: Connection refused"


async def test_a_name_that_does_not_resolve_has_its_reason():
    def lookup(host, family):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    async with client_of("http://gone.example.com", resolver=Resolver(lookup)) as client:
        error = await failure(client, client.base)
    assert error.reason is Reason.DNS
    assert "gone.example.com:80" in error.message


async def test_fifty_names_that_never_resolve_hold_up_no_other_target():
    released = threading.Event()

    def lookup(host, family):
        if host.startswith("dead"):
            released.wait(30)
        return look_up("localhost", family)

    resolver = Resolver(lookup)
    async with AsyncExitStack() as stack:
        stack.callback(released.set)
        waiting = []
        for number in range(50):
            options = client_of(f"http://dead{number}.example.com:9", resolver=resolver)
            client = await stack.enter_async_context(options)
            waiting.append(asyncio.create_task(client.send("GET", client.base)))
        url = await stack.enter_async_context(serving(hello))
        healthy = url.replace("127.0.0.1", "healthy.example.com")
        client = await stack.enter_async_context(client_of(healthy, resolver=resolver))
        async with asyncio.timeout(2):
            assert (await client.send("GET", healthy)).body == b"hello"
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting)


@pytest.mark.parametrize("url", ["http://", "http://a..b.example.com", "http://[::1", "http:///x"])
async def test_an_address_that_cannot_be_used_has_its_reason(url):
    async with client_of("http://api.example.com") as client:
        error = await failure(client, url)
    assert error.reason in (Reason.CONFIG, Reason.DNS)


@pytest.mark.parametrize("limit", [1000, 1024 * 1024])
async def test_a_failed_request_leaves_nothing_for_the_garbage_collector(limit):
    async def breaking_off(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n" + b"x" * 80000)
        await asyncio.sleep(0.05)

    async with (
        talking(breaking_off) as port,
        client_of(f"http://127.0.0.1:{port}", body_limit=limit) as client,
    ):
        with no_frame_is_left():
            assert await fails(client.send("GET", client.base))
            await asyncio.sleep(0.05)  # for the connection to be closed


# TLS


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(scope="module")
def authority_file(authority, tmp_path_factory):
    file = str(tmp_path_factory.mktemp("tls") / "ca.pem")
    authority.cert_pem.write_to_path(file)
    return file


def server_context(certificate, **attributes):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    for name, value in attributes.items():
        setattr(context, name, value)
    return context


async def hello(request):
    return web.Response(text="hello")


async def secured(context, tls, url=lambda url: url):
    """The answer of a server with `context` to a client with `tls`, or its error."""
    async with (
        serving(hello, context) as base,
        client_of(url(base), tls=TLSConfig.model_validate(tls)) as client,
    ):
        try:
            return (await client.send("GET", client.base)).body
        except FetchError as error:
            assert error.message.startswith(url(base).removeprefix("https://"))
            return error.reason, error.message


async def test_a_server_of_a_private_authority_is_trusted_with_its_certificate(
    authority, authority_file
):
    context = server_context(authority.issue_cert("127.0.0.1"))
    assert await secured(context, {"ca_file": authority_file}) == b"hello"
    inline = {"ca": authority.cert_pem.bytes().decode()}
    assert await secured(context, inline) == b"hello"


async def test_a_server_of_an_unknown_authority_is_refused(authority):
    context = server_context(authority.issue_cert("127.0.0.1"))
    reason, message = await secured(context, {})
    assert reason is Reason.TLS
    assert "ca_file" in message
    other = {"ca": trustme.CA().cert_pem.bytes().decode()}
    assert (await secured(context, other))[0] is Reason.TLS


async def test_a_server_of_any_authority_is_trusted_where_the_operator_says_so(authority):
    context = server_context(authority.issue_cert("other.example.com"))
    assert await secured(context, {"insecure_skip_verify": True}) == b"hello"


async def test_the_certificate_of_a_server_may_be_named_as_its_own_authority(authority):
    certificate = authority.issue_cert("127.0.0.1")
    named = {"ca": certificate.cert_chain_pems[0].bytes().decode()}
    assert await secured(server_context(certificate), named) == b"hello"


async def test_a_certificate_for_another_name_is_refused(authority, authority_file):
    context = server_context(authority.issue_cert("er-master.example.com"))
    reason, message = await secured(context, {"ca_file": authority_file})
    assert reason is Reason.TLS
    assert "server_name" in message
    reason, _ = await secured(
        context, {"ca_file": authority_file}, lambda url: url.replace("127.0.0.1", "localhost")
    )
    assert reason is Reason.TLS


async def test_the_name_that_a_certificate_must_have_can_be_given(authority, authority_file):
    context = server_context(authority.issue_cert("er-master.example.com"))
    tls = {"ca_file": authority_file, "server_name": "er-master.example.com"}
    assert await secured(context, tls) == b"hello"


async def test_an_expired_certificate_is_refused(authority, authority_file):
    from datetime import UTC, datetime, timedelta

    certificate = authority.issue_cert("127.0.0.1", not_after=datetime.now(UTC) - timedelta(days=1))
    reason, message = await secured(server_context(certificate), {"ca_file": authority_file})
    assert reason is Reason.TLS
    assert "expired" in message


async def test_a_client_certificate_is_sent_from_files_or_from_the_configuration(
    authority, authority_file, tmp_path
):
    mine = authority.issue_cert("client@example.com")
    context = server_context(authority.issue_cert("127.0.0.1"), verify_mode=ssl.CERT_REQUIRED)
    authority.configure_trust(context)
    (tmp_path / "cert.pem").write_bytes(mine.cert_chain_pems[0].bytes())
    (tmp_path / "key.pem").write_bytes(mine.private_key_pem.bytes())
    trust = {"ca_file": authority_file}
    files = {"cert_file": str(tmp_path / "cert.pem"), "key_file": str(tmp_path / "key.pem")}
    assert await secured(context, trust | files) == b"hello"
    inline = {
        "cert": mine.cert_chain_pems[0].bytes().decode(),
        "key": mine.private_key_pem.bytes().decode(),
    }
    assert await secured(context, trust | inline) == b"hello"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_missing_client_certificate_is_a_failure_of_tls(authority, authority_file, version):
    context = server_context(
        authority.issue_cert("127.0.0.1"), verify_mode=ssl.CERT_REQUIRED, maximum_version=version
    )
    authority.configure_trust(context)
    tls = TLSConfig(ca_file=authority_file)
    with shaking_hands(context) as port:
        async with client_of(f"https://127.0.0.1:{port}", tls=tls) as client:
            error = await failure(client, client.base)
    assert error.reason is Reason.TLS
    assert "client certificate" in error.message


async def test_versions_of_tls_are_as_configured(authority, authority_file):
    trust = {"ca_file": authority_file}
    old = server_context(authority.issue_cert("127.0.0.1"), maximum_version=ssl.TLSVersion.TLSv1_2)
    assert await secured(old, trust) == b"hello"
    reason, _ = await secured(old, trust | {"min_version": "TLS13"})
    assert reason is Reason.TLS
    new = server_context(authority.issue_cert("127.0.0.1"), minimum_version=ssl.TLSVersion.TLSv1_3)
    assert await secured(new, trust) == b"hello"
    reason, _ = await secured(new, trust | {"max_version": "TLS12"})
    assert reason is Reason.TLS


async def test_a_server_without_a_version_in_common_is_a_failure_of_tls(authority, authority_file):
    context = server_context(
        authority.issue_cert("127.0.0.1"), maximum_version=ssl.TLSVersion.TLSv1_2
    )
    tls = TLSConfig(ca_file=authority_file, min_version="TLS13")
    with shaking_hands(context) as port:
        async with client_of(f"https://127.0.0.1:{port}", tls=tls) as client:
            error = await failure(client, client.base)
    assert error.reason is Reason.TLS
    assert "min_version" in error.message


async def test_an_http_server_behind_an_https_url_is_a_failure_of_tls():
    async with serving(hello) as url, client_of(url.replace("http", "https")) as client:
        error = await failure(client, client.base)
    assert error.reason is Reason.TLS
    assert "http://" in error.message


@pytest.mark.parametrize("reset", [True, False])
async def test_a_connection_that_breaks_off_in_the_handshake_is_a_failure_of_tls(reset):
    async def talk(reader, writer):
        await reader.read(10)
        if reset:
            writer.get_extra_info("socket").setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            writer.transport.abort()

    async with talking(talk) as port, client_of(f"https://127.0.0.1:{port}") as client:
        error = await failure(client, client.base)
    assert error.reason is Reason.TLS


async def test_a_ca_file_that_changes_is_read_again(authority, tmp_path):
    file = tmp_path / "ca.pem"
    file.write_bytes(trustme.CA().cert_pem.bytes())
    context = server_context(authority.issue_cert("127.0.0.1"))
    async with (
        serving(hello, context) as url,
        client_of(url, tls=TLSConfig(ca_file=str(file))) as client,
    ):
        assert (await failure(client, url)).reason is Reason.TLS
        file.write_bytes(authority.cert_pem.bytes())
        assert (await client.send("GET", url)).body == b"hello"
        file.unlink()
        error = await failure(client, url)
    assert error.reason is Reason.CONFIG
    assert str(file) in error.message


# Proxies


class Proxy:
    """An HTTP proxy that asks for credentials, if any are given, and notes what it was told."""

    def __init__(self, credentials=None):
        self.credentials = credentials
        self.heads = []

    async def __call__(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.heads.append(head)
        if self.credentials and f"Proxy-Authorization: {self.credentials}" not in head:
            writer.write(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n")
            return
        method, address, _ = head.split(" ", 2)
        if method != "CONNECT":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nproxied")
            await writer.drain()
            return
        host, port = address.rsplit(":", 1)
        there, back = await asyncio.open_connection(host, int(port))
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")

        async def pump(source, sink):
            while data := await source.read(65536):
                sink.write(data)
            sink.close()

        await asyncio.gather(pump(reader, back), pump(there, writer))


async def test_an_https_server_is_reached_through_a_proxy(authority, authority_file):
    async def handler(request):
        return web.json_response(dict(request.headers))

    proxy = Proxy("Basic dTpw")
    context = server_context(authority.issue_cert("127.0.0.1"))
    async with talking(proxy) as port, serving(handler, context) as url:
        options = ProxyConfig(
            proxy_url=f"http://u:p@127.0.0.1:{port}", proxy_connect_header={"X-Team": ["a"]}
        )
        tls = TLSConfig(ca_file=authority_file)
        async with client_of(url, tls=tls, proxy=options) as client:
            response = await client.send("GET", url, headers={"Authorization": SECRET})
    assert "X-Team: a" in proxy.heads[0]
    assert SECRET not in proxy.heads[0]
    said = json.loads(response.body)
    assert said["Authorization"] == SECRET
    assert "Proxy-Authorization" not in said
    assert "X-Team" not in said


async def test_an_http_server_is_reached_through_a_proxy():
    proxy = Proxy("Basic dTpw")
    async with talking(proxy) as port:
        options = ProxyConfig(proxy_url=f"http://u:p@127.0.0.1:{port}")
        async with client_of("http://api.example.com", proxy=options) as client:
            assert (await client.send("GET", "http://api.example.com/x")).body == b"proxied"
    assert proxy.heads[0].startswith("GET http://api.example.com/x HTTP/1.1")


async def test_a_proxy_can_itself_speak_tls(authority, authority_file):
    proxy = Proxy()
    context = server_context(authority.issue_cert("127.0.0.1"))
    async with talking(proxy, context) as port, serving(hello, context) as url:
        options = ProxyConfig(proxy_url=f"https://127.0.0.1:{port}")
        tls = TLSConfig(ca_file=authority_file)
        async with client_of(url, tls=tls, proxy=options) as client:
            assert (await client.send("GET", url)).body == b"hello"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_proxy_that_refuses_is_a_failed_connection(scheme):
    async with talking(Proxy("Basic other")) as port:
        options = ProxyConfig(proxy_url=f"http://u:{SECRET}@127.0.0.1:{port}")
        async with client_of(f"{scheme}://api.example.com", proxy=options) as client:
            error = await failure(client, client.base)
    assert error.reason is Reason.CONNECT
    assert "proxy" in error.message


async def test_a_proxy_that_is_not_there_is_a_failed_connection():
    async with talking(Proxy()) as port:
        pass
    options = ProxyConfig(proxy_url=f"http://u:{SECRET}@127.0.0.1:{port}")
    async with client_of("https://api.example.com", proxy=options) as client:
        error = await failure(client, client.base)
    assert error.reason is Reason.CONNECT
    assert f"127.0.0.1:{port}" in error.message


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("from_environment", [False, True])
async def test_a_proxy_whose_name_cannot_be_resolved_is_named_as_the_proxy(
    scheme, from_environment
):
    def look_up(host, family):
        assert host == "gone.example.com"
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    address = f"http://u:{SECRET}@gone.example.com:3128"
    options = (
        ProxyConfig(proxy_from_environment=True)
        if from_environment
        else ProxyConfig(proxy_url=address)
    )
    environ = {f"{scheme.upper()}_PROXY": address}
    async with client_of(
        f"{scheme}://api.example.com", proxy=options, resolver=Resolver(look_up), environ=environ
    ) as client:
        error = await failure(client, client.base)
    assert (error.reason, error.message) == (
        Reason.DNS,
        "proxy gone.example.com:3128: the name cannot be resolved; check its spelling",
    )


async def test_the_environment_is_not_asked_for_a_proxy_unless_the_target_says_so(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with serving(hello) as url, client_of(url) as client:
        assert (await client.send("GET", url)).body == b"hello"


# Siblings


async def test_a_sibling_has_connections_of_its_own_and_none_of_the_targets_headers():
    async def handler(request):
        return web.Response(text=request.headers.get("X-Key", "nothing"))

    own = headers(X_Key={"secrets": ["a"]})
    async with serving(handler) as url, client_of(url, headers=own) as client:
        sibling = client.sibling(tls=TLSConfig(), proxy=ProxyConfig())
        assert (await sibling.send("GET", url)).body == b"nothing"
