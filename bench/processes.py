"""The processes that are measured, and one scrape of them."""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

_PATIENCE = 120.0
_NO_BYTE_CODE = "PYTHONDONTWRITEBYTECODE"

# What Prometheus 2.42 sends.
_HEADERS = {
    "Accept": "application/openmetrics-text;version=1.0.0,"
    "application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
    "Accept-Encoding": "gzip",
    "X-Prometheus-Scrape-Timeout-Seconds": str(_PATIENCE),
}


@dataclass(frozen=True, slots=True)
class Scrape:
    """Seconds of wall and of processor time, and how many sample lines came."""

    wall: float
    processor: float
    samples: int


class Server:
    """A running process that serves metrics on a port of loopback."""

    def __init__(self, process: psutil.Popen, port: int, config: Path | None = None) -> None:
        self.port = port
        self.process = process
        self._config = config
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def processor_time(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system

    def peak_memory(self) -> int:
        """The greatest resident size so far, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024

    def memory(self) -> int:
        """The resident size, in bytes."""
        size: int = self.process.memory_info().rss
        return size

    def configure(self, targets: list[dict[str, object]]) -> None:
        """Write the configuration file anew."""
        assert self._config
        _write(self._config, targets)

    def post(self, path: str) -> bytes:
        """The answer to a POST. Raises OSError for one that is not good."""
        return self.get(path, "POST")

    def get(self, path: str, method: str = "GET") -> bytes:
        """The body of a page, as it came. Raises OSError where it is not there."""
        self._connection.request(method, path, headers=_HEADERS)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise OSError(f"{path} answered {response.status}")
        return body

    def wait_for(self, path: str) -> None:
        """Wait until the page is there. Raises TimeoutError."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError, http.client.HTTPException):
                self.get(path)
                return
            self._connection.close()
            time.sleep(0.005)
        raise TimeoutError(f"{path} did not come")

    def scrape(self, *paths: str) -> Scrape:
        """Fetch the pages one after another and measure them together."""
        processor = self.processor_time()
        begin = time.perf_counter()
        bodies = [self.get(path) for path in paths]
        wall = time.perf_counter() - begin
        processor = self.processor_time() - processor
        samples = sum(
            line[:1] not in (b"#", b"") for body in bodies for line in _text(body).splitlines()
        )
        return Scrape(wall, processor, samples)


def _text(body: bytes) -> bytes:
    return zlib.decompress(body, wbits=31) if body[:2] == b"\x1f\x8b" else body


@contextmanager
def fixture_server() -> Iterator[str]:
    """The address of a running fixture server."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.fixture_server"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        _end(process)


@contextmanager
def exporter(
    targets: list[dict[str, object]],
    programs: Mapping[str, object] | None = None,
    flags: Sequence[str] = (),
) -> Iterator[Server]:
    """license_exporter with these targets, which may run these programs."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        _write(config, targets, programs)
        command = [sys.executable, "-m", "license_exporter", f"--config.file={config}"]
        with _server([*command, "--log.level=error", *flags], "/-/healthy", config) as server:
            yield server


def _write(
    config: Path, targets: list[dict[str, object]], programs: Mapping[str, object] | None = None
) -> None:
    said = {"programs": programs} if programs else {}
    config.write_text(json.dumps({**said, "targets": targets}), encoding="utf-8")


@contextmanager
def json_exporter(binary: str) -> Iterator[Server]:
    """json_exporter with the modules beside this file."""
    config = Path(__file__).with_name("json_exporter.yml")
    with _server([binary, f"--config.file={config}", "--log.level=error"], "/metrics") as server:
        yield server


@contextmanager
def flexlm_exporter(binary: str, tool: Path) -> Iterator[Server]:
    """flexlm_exporter with one server, which it asks with this program."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "licenses.yml"
        license = {"name": "cad", "license_server": "27000@lic1.example.com"}
        license |= {"monitor_users": False, "monitor_reservations": True}
        config.write_text(json.dumps({"licenses": [license]}), encoding="utf-8")
        command = [binary, f"--path.lmutil={tool}", f"--path.config={config}"]
        with _server(command, "/metrics") as server:
            yield server


@contextmanager
def _server(command: list[str], ready: str, config: Path | None = None) -> Iterator[Server]:
    port = free_port()
    # Byte code is kept, as an installation has it: the first process writes it.
    environ = {name: os.environ[name] for name in os.environ if name != _NO_BYTE_CODE}
    process = psutil.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"], env=environ)
    try:
        server = Server(process, port, config)
        server.wait_for(ready)
        yield server
    finally:
        _end(process)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _end(process: subprocess.Popen[str] | psutil.Popen) -> None:
    process.terminate()
    process.wait(timeout=30)
