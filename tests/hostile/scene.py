"""A real exporter with one good target, watched while others attack it."""

import http.client
import json
import signal
import socket
import ssl
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

from tests.e2e.programs import Program, exporter

GOOD = "good"
TIMEOUT = "X-Prometheus-Scrape-Timeout-Seconds"

_GOOD_ANSWER = b'{"rows": [{"n": "seats", "u": 3, "l": 9}]}'
# As long as a client waits that watches.
_PATIENCE = 60.0
_PAUSE = 0.05


def target(name: str, url: str, **options: Any) -> dict[str, Any]:
    """A target of the configuration whose answers are lists of `rows` with n, u and l."""
    mapping = {
        "requests": {"d": {"path": "d"}},
        "pools": [{"rows": "rows", "name": "n", "used": "u", "limit": "l"}],
    }
    return {
        "name": name,
        "vendor": "json",
        "as": "acme",
        "url": url,
        "min_interval": "0s",
        "mapping": mapping,
        **options,
    }


class Vendor:
    """A vendor's server, in threads of its own: `/slow/S/...` answers after S seconds."""

    def __init__(self) -> None:
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                if self.path.startswith("/slow/"):
                    time.sleep(float(self.path.split("/")[2]))
                body = vendor.answer(self.path)
                head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                with suppress(OSError):
                    self.wfile.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 1024

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path: str) -> bytes:
        """`/rows/N/d` answers N rows, which are others each time; every other path one row."""
        parts = path.split("/")
        if parts[1] != "rows":
            return _GOOD_ANSWER
        moment = time.monotonic_ns() % 10**6
        rows = [{"n": f"pool {n:06}", "u": n + moment, "l": 2 * n} for n in range(int(parts[2]))]
        return json.dumps({"rows": rows}).encode()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Scene:
    """The running exporter, its clients and the good vendor; a folder for files."""

    def __init__(self, folder: Path, vendor: Vendor, *, short: bool) -> None:
        self.folder = folder
        self.vendor = vendor
        self.short = short
        self.program: Program
        self.headers: Mapping[str, str] = {}
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self.tls.check_hostname = False
        self._is_tls = False
        self._kept: list[socket.socket] = []

    @property
    def port(self) -> int:
        return int(self.program.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        return self.program.process.pid

    def much(self, full: int, short: int) -> int:
        """How much of something: less in the short form."""
        return short if self.short else full

    def connect(self, source: str = "127.0.0.1") -> socket.socket:
        """A connection from an address of loopback, kept open until the exporter has ended."""
        connection = socket.socket()
        connection.settimeout(10)
        connection.bind((source, 0))
        connection.connect(("127.0.0.1", self.port))
        self.keep(connection)
        return connection

    def keep(self, connection: socket.socket) -> None:
        """Close a connection once the exporter has ended."""
        self._kept.append(connection)

    def certified(self) -> str:
        """What a web config file says of TLS, with a certificate that is made for it."""
        authority = trustme.CA()
        made = authority.issue_cert("127.0.0.1")
        made.private_key_and_cert_chain_pem.write_to_path(str(self.folder / "server.pem"))
        authority.configure_trust(self.tls)
        self._is_tls = True
        return "tls_server_config: {cert_file: server.pem, key_file: server.pem}\n"

    def get(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        source: str = "127.0.0.1",
        timeout: float = _PATIENCE,
    ) -> tuple[int, bytes]:
        """The status and the body of one answer."""
        made = http.client.HTTPConnection
        if self._is_tls:
            made = partial(http.client.HTTPSConnection, context=self.tls)
        connection = made("127.0.0.1", self.port, timeout=timeout, source_address=(source, 0))
        try:
            connection.request(method, path, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def seconds(self, path: str, headers: Mapping[str, str] | None = None) -> float:
        """How long a good answer takes; infinite where none comes."""
        begin = time.monotonic()
        try:
            good = self.get(path, headers=headers)[0] == 200
        except (OSError, http.client.HTTPException):
            good = False
        return time.monotonic() - begin if good else float("inf")

    def scrape_seconds(self) -> float:
        """How long a right scrape of the good target takes, which must be up."""
        headers = {**self.headers, TIMEOUT: "10", "Accept-Encoding": "identity"}
        begin = time.monotonic()
        try:
            status, body = self.get(f"/metrics?target={GOOD}", headers=headers)
        except (OSError, http.client.HTTPException):
            return float("inf")
        up = b'license_up{target="good",vendor="acme"} 1' in body
        return time.monotonic() - begin if status == 200 and up else float("inf")

    def memory_mb(self, what: str = "VmRSS") -> float:
        """Resident memory now; `VmHWM` is the most so far."""
        with suppress(OSError, StopIteration):
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
            line = next(line for line in lines if line.startswith(what))
            return int(line.split()[1]) / 1024
        return float("nan")

    def end_seconds(self) -> float:
        """How long the exporter goes on after SIGTERM; it is killed after a minute."""
        process = self.program.process
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return float("inf")
        return time.monotonic() - begin

    def close(self) -> None:
        for connection in self._kept:
            connection.close()


class Watch:
    """Asks for `/-/healthy` and scrapes the good target, again and again, until it is stopped."""

    def __init__(self, scene: Scene) -> None:
        self.healthy = 0.0
        self.scrape = 0.0
        self._scene = scene
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=watch, daemon=True) for watch in (self._ask, self._scrape)
        ]

    def _ask(self) -> None:
        while not self._stop.is_set():
            seconds = self._scene.seconds("/-/healthy", self._scene.headers)
            self.healthy = max(self.healthy, seconds)
            self._stop.wait(_PAUSE)

    def _scrape(self) -> None:
        while not self._stop.is_set():
            self.scrape = max(self.scrape, self._scene.scrape_seconds())
            self._stop.wait(_PAUSE)

    def __enter__(self) -> "Watch":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * _PATIENCE)


@contextmanager
def started(
    scene: Scene,
    config: Mapping[str, Any],
    flags: Sequence[str],
    web: str,
    *,
    is_tls: bool = False,
) -> Iterator[None]:
    """Run the exporter on the good target and what `config` says."""
    every = [target(GOOD, f"{scene.vendor.url}/{GOOD}"), *config["targets"]]
    file = scene.folder / "config.yaml"
    file.write_text(json.dumps({**config, "targets": every}))
    arguments = [f"--config.file={file}", *flags]
    if is_tls:
        web += scene.certified()
    if web:
        (scene.folder / "web.yml").write_text(web)
        arguments.append(f"--web.config.file={scene.folder / 'web.yml'}")
    scheme = "https" if is_tls else "http"
    with exporter(scene.folder, *arguments, scheme=scheme) as scene.program:
        try:
            yield
        finally:
            scene.close()


def alone(scene: Scene) -> float:
    """How long a scrape of the good target takes while nobody attacks, in seconds."""
    return statistics.median(scene.scrape_seconds() for _ in range(5))
