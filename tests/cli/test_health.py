import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from license_exporter.cli import health
from license_exporter.cli.arguments import parse
from license_exporter.cli.flags import main
from license_exporter.cli.health import place_of, served_flags
from tests.guarded import TLS, Authority


@pytest.fixture(autouse=True)
def _no_exporter_is_the_first_process(monkeypatch, tmp_path):
    monkeypatch.setattr(health, "_FIRST_PROCESS", tmp_path / "cmdline")


@pytest.fixture
def answering():
    """A function that serves a status on a free port; gives the port."""
    servers = []

    def serve(status, tls=None, path="/-/healthy"):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == path else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return server.server_address[1]

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (401, 0), (429, 0), (404, 1), (500, 1)])
def test_who_answers_is_healthy_were_it_that_it_wants_a_password(answering, status, code, capsys):
    port = answering(status)
    assert main(["health", f"--web.listen-address=127.0.0.1:{port}"]) == code
    word = "healthy" if code == 0 else f"answers {status}"
    assert capsys.readouterr().out == f"http://127.0.0.1:{port}/-/healthy: {word}\n"


def test_nobody_at_the_address_is_exit_1_and_one_line(capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert main(["health", f"--web.listen-address=:{port}"]) == 1
    assert "Connection refused\n" in capsys.readouterr().out


def test_who_accepts_and_says_nothing_is_not_healthy(monkeypatch, capsys):
    monkeypatch.setattr(health, "_TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert main(["health", f"--web.listen-address=127.0.0.1:{port}"]) == 1
    assert "no answer within 0.2 s" in capsys.readouterr().out


def test_tls_is_spoken_where_the_web_config_file_says_so(answering, tmp_path):
    import ssl

    Authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.crt", tmp_path / "server.key")
    web = tmp_path / "web.yml"
    web.write_text(f"{TLS}}}")
    port = answering(200, context, "/licenses/-/healthy")
    arguments = [
        "health",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.config.file={web}",
        "--web.external-url=https://monitoring.example.com/licenses/",
    ]
    assert main(arguments) == 0
    assert main(arguments[:3]) == 1  # without the prefix
    required = "client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem"
    web.write_text(f"{TLS}, {required}}}")
    assert main(arguments) == 0


@pytest.mark.parametrize(
    ("flags", "place"),
    [
        ([], "http://127.0.0.1:10058/-/healthy"),
        (["--web.listen-address=0.0.0.0:1"], "http://127.0.0.1:1/-/healthy"),
        (["--web.listen-address=[::]:1"], "http://[::1]:1/-/healthy"),
        (["--web.listen-address=192.0.2.7:1"], "http://192.0.2.7:1/-/healthy"),
        (["--web.route-prefix=/a"], "http://127.0.0.1:10058/a/-/healthy"),
        (
            ["--web.health-address=:2", "--web.route-prefix=/a", "--web.config.file=gone"],
            "http://127.0.0.1:2/-/healthy",
        ),
        (["demo", "--port=3"], "http://127.0.0.1:3/-/healthy"),
    ],
)
def test_the_place_is_where_the_flags_say(flags, place):
    assert str(place_of(parse(flags, {}))) == place


@pytest.mark.parametrize(
    ("command", "flags"),
    [
        (
            ["/usr/bin/python3", "/opt/bin/license-exporter", "--a=b", "--c", "d", ""],
            ["--a=b", "--c", "d"],
        ),
        (["python", "-m", "license_exporter", "demo"], ["demo"]),
        (["license-exporter"], []),
        (["/sbin/init", "splash"], []),
        ([], []),
    ],
)
def test_the_flags_of_a_command_line_are_those_behind_the_program(command, flags):
    assert served_flags(command) == flags


def test_in_a_container_the_flags_are_those_of_the_first_process(
    answering, monkeypatch, tmp_path: Path
):
    port = answering(200)
    words = ["/opt/bin/license-exporter", "--web.listen-address", f"127.0.0.1:{port}", ""]
    (tmp_path / "cmdline").write_text("\0".join(words))
    assert main(["health"]) == 0
