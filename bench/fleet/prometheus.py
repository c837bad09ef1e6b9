"""A real Prometheus with the rules, on a fleet whose exposition stays as it is."""

import http.server
import json
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import yaml

from bench.processes import free_port

_PATIENCE = 120.0
_OFTEN = 120  # seconds: in the measurement, groups are evaluated at least so often


class Prometheus:
    """A running Prometheus; `folder` is where it keeps its blocks."""

    def __init__(self, address: str, folder: Path, process: int) -> None:
        self.address = address
        self.folder = folder
        self._process = psutil.Process(process)

    def processor_time(self) -> float:
        """Seconds so far."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def get(self, path: str, **parameters: object) -> bytes:
        """The body of an answer. Raises OSError."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.address}{path}?{query}", timeout=_PATIENCE) as got:
                body: bytes = got.read()
                return body
        except urllib.error.HTTPError as error:
            raise OSError(f"{path} {parameters}: {error.read().decode()}") from error

    def series(self, names: list[str]) -> dict[str, dict[str, float]]:
        """The samples that each metric has now, by their names and labels as text."""
        found: dict[str, dict[str, float]] = {}
        for name in names:
            rows = json.loads(
                self.get("/api/v1/query", query=f"last_over_time({{__name__={name!r}}}[5m])")
            )
            samples = found.setdefault(name, {})
            for row in rows["data"]["result"]:
                labels = ",".join(
                    f'{key}="{value}"' for key, value in row["metric"].items() if key != "__name__"
                )
                samples[f"{name}{{{labels}}}"] = float(row["value"][1])
        return found

    def groups(self) -> list[dict[str, Any]]:
        """The groups with their rules, and how long the last evaluation of each took."""
        groups: list[dict[str, Any]] = json.loads(self.get("/api/v1/rules"))["data"]["groups"]
        return groups

    def recorded(self) -> int:
        """How many series the rules record."""
        rows = json.loads(
            self.get("/api/v1/query", query='count(last_over_time({__name__=~".+:.+"}[3m]))')
        )
        return int(rows["data"]["result"][0]["value"][1])


@contextmanager
def serving(body: str) -> Iterator[str]:
    """The address of a server that always gives this exposition."""
    content = body.encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def often(groups: list[dict[str, Any]]) -> str:
    """The rules with every group evaluated every two minutes or more often."""
    hurried = [
        group | {"interval": f"{min(seconds(group['interval']), _OFTEN)}s"} for group in groups
    ]
    return yaml.safe_dump({"groups": hurried}, sort_keys=False)


def seconds(interval: str) -> int:
    """The seconds of an interval such as 3m."""
    return int(interval[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[interval[-1]]


@contextmanager
def prometheus(
    program: str, target: str, groups: list[dict[str, Any]], folder: Path
) -> Iterator[Prometheus]:
    """Prometheus, from when it is ready; it has the rules with the intervals of `often`."""
    (folder / "rules.yml").write_text(often(groups), encoding="utf-8")
    scrape: Mapping[str, Any] = {
        "job_name": "license_exporter",
        "scrape_timeout": "50s",
        "static_configs": [{"targets": [target]}],
    }
    configuration = {
        "global": {"scrape_interval": "1m", "external_labels": {"exporter_url": "http://exporter"}},
        "rule_files": ["rules.yml"],
        "scrape_configs": [scrape],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    address = f"127.0.0.1:{free_port()}"
    command = [program, f"--config.file={folder / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={address}"]
    command += ["--storage.tsdb.retention.time=400d"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    running = Prometheus(f"http://{address}", folder / "data", process.pid)
    try:
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end and process.poll() is None:
            with suppress(OSError, urllib.error.URLError):
                running.get("/-/ready")
                break
            time.sleep(0.1)
        else:
            raise TimeoutError((folder / "log").read_text(errors="replace")[-2000:])
        yield running
    finally:
        process.terminate()
        process.wait(60)
