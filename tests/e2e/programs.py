"""Real programs, started on free ports of loopback and ended with the test."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]


def needed(program: str) -> str:
    """The path of a program; a test that needs a missing one is skipped, which CI refuses."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return found


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def get(url: str, timeout: float = 15.0, **headers: str) -> str:
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        text: str = answer.read().decode()
        return text


def wait_until(holds: Callable[[], object], seconds: float = 30.0, what: str = "") -> None:
    """Wait until a condition holds; an unreachable server is one that does not hold yet."""
    end = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds:g} s: {what or holds}")
        time.sleep(0.05)


class Program:
    """A running program: its address and what it logged."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
        self.process = process
        self.url = url
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def get(self, path: str, **headers: str) -> str:
        return get(self.url + path, **headers)

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


@contextmanager
def running(
    command: list[str],
    url: str,
    log: Path,
    ready: str | Callable[[Program], object],
    environ: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """A program, from when it is ready to the end of the context.

    It is where its address `url` + `ready` answers, or `ready` says so. `environ` is added to
    the environment.
    """
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **(environ or {})},
        )
    program = Program(process, url, log)
    try:

        def answers() -> object:
            assert process.poll() is None, program.log
            return ready(program) if callable(ready) else bool(get(url + ready)) or True

        wait_until(answers, what=f"{command[0]} answers")
        yield program
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def exporter(
    folder: Path,
    *arguments: str,
    name: str = "exporter",
    module: str = "license_exporter",
    scheme: str = "http",
    environ: Mapping[str, str] | None = None,
) -> Iterator[Program]:
    """The exporter as its users run it; `arguments` are flags and commands.

    `module` is another one that runs it, `environ` what is added to the environment.
    """
    port = free_port()
    command = [sys.executable, "-m", module, *arguments]
    command.append(f"--web.listen-address=127.0.0.1:{port}")
    url = f"{scheme}://127.0.0.1:{port}"

    def listens(program: Program) -> bool:
        return "Listening" in program.log

    with running(command, url, folder / f"{name}.log", listens, environ) as program:
        yield program


@contextmanager
def prometheus(folder: Path, config: Path, name: str = "prometheus") -> Iterator["Prometheus"]:
    """A real Prometheus on a configuration file."""
    port = free_port()
    command = [
        needed("prometheus"),
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / name}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--web.enable-lifecycle",
    ]
    url = f"http://127.0.0.1:{port}"
    with running(command, url, folder / f"{name}.log", "/-/ready") as program:
        yield Prometheus(program)


class Prometheus:
    """A Prometheus that is asked through its HTTP API."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The result of an instant query."""
        parameters = urllib.parse.urlencode({"query": expression})
        answer = json.loads(self.program.get(f"/api/v1/query?{parameters}"))
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def value(self, expression: str) -> float | None:
        """The only value of an instant query; None if there is no result."""
        result = self.query(expression)
        assert len(result) <= 1, result
        return float(result[0]["value"][1]) if result else None

    def values(self, expression: str, label: str) -> dict[str, float]:
        """The values of an instant query by one of their labels."""
        result = self.query(expression)
        return {row["metric"].get(label, ""): float(row["value"][1]) for row in result}
