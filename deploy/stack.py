"""The demo with the Prometheus and Alertmanager of this machine, until Ctrl-C.

    python deploy/stack.py [--port 10058]

Data, configurations and logs are in .stack/, which is made anew at each start.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parent.parent
PATIENCE = 30.0  # seconds until a program must answer


class StackError(Exception):
    """Something that the user must mend first."""


@dataclass(frozen=True)
class Member:
    """A program of the stack: `ready` is an address that answers once it works."""

    name: str
    command: Sequence[str]
    ready: str


def program(*names: str) -> str:
    """The path of the first of these programs that is installed."""
    for name in names:
        if found := shutil.which(name):
            return found
    raise StackError(
        f"{names[0]} is not installed: apt-get install prometheus prometheus-alertmanager"
    )


def prometheus_config(ports: argparse.Namespace) -> str:
    """The shipped configuration with this stack's ports, scraping often, so that the demo lives."""
    folder = PROJECT / "prometheus"
    return (
        (folder / "prometheus.yml")
        .read_text()
        .replace("127.0.0.1:10058", f"127.0.0.1:{ports.port}")
        .replace("127.0.0.1:9093", f"127.0.0.1:{ports.alertmanager_port}")
        .replace("rules.yml", f"{folder / 'rules.yml'}")
        .replace("scrape_interval: 1m", "scrape_interval: 15s")
        .replace("scrape_timeout: 30s", "scrape_timeout: 10s")
    )


def members(folder: Path, ports: argparse.Namespace) -> list[Member]:
    """The programs in the order of their start, their configurations written."""
    config = folder / "prometheus.yml"
    config.write_text(prometheus_config(ports))
    exporter, prometheus, alertmanager = (
        f"127.0.0.1:{port}" for port in (ports.port, ports.prometheus_port, ports.alertmanager_port)
    )
    return [
        Member(
            "license-exporter",
            [sys.executable, "-m", "license_exporter", "demo", f"--port={ports.port}"],
            f"http://{exporter}/-/ready",
        ),
        Member(
            "alertmanager",
            [
                program("prometheus-alertmanager", "alertmanager"),
                f"--config.file={PROJECT / 'prometheus' / 'alertmanager.yml'}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address={alertmanager}",
                "--cluster.listen-address=",
            ],
            f"http://{alertmanager}/-/ready",
        ),
        Member(
            "prometheus",
            [
                program("prometheus"),
                f"--config.file={config}",
                f"--storage.tsdb.path={folder / 'prometheus'}",
                "--storage.tsdb.retention.time=400d",
                f"--web.listen-address={prometheus}",
            ],
            f"http://{prometheus}/-/ready",
        ),
    ]


@contextmanager
def running(member: Member, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program, from when it answers; it is ended with the context."""
    log = folder / f"{member.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(member.command, stdout=output, stderr=output)
    try:
        end = time.monotonic() + PATIENCE
        while not answers(member.ready):
            if process.poll() is not None or time.monotonic() > end:
                raise StackError(f"{member.name} does not start; its log is {log}")
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


def stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def run(folder: Path, ports: argparse.Namespace) -> None:
    """Start everything, say where it is, and wait until it is ended or one of the programs ends."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with ExitStack() as stack:
        processes = {
            member.name: stack.enter_context(running(member, folder))
            for member in members(folder, ports)
        }
        print(
            "The stack is running. Open\n"
            f"  http://127.0.0.1:{ports.prometheus_port}/alerts  the alerts, in Prometheus\n"
            f"  http://127.0.0.1:{ports.alertmanager_port}/  what Alertmanager would send\n"
            f"  http://127.0.0.1:{ports.port}/  the exporter\n"
            f"Logs are in {folder}. End it with Ctrl-C.",
            flush=True,
        )
        while True:
            time.sleep(1)
            for name, process in processes.items():
                if process.poll() is not None:
                    raise StackError(f"{name} has ended; its log is {folder / name}.log")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=10058, help="of the exporter")
    parser.add_argument("--prometheus-port", type=int, default=9090)
    parser.add_argument("--alertmanager-port", type=int, default=9093)
    parser.add_argument("--folder", type=Path, default=PROJECT / ".stack")
    signal.signal(signal.SIGTERM, stop)
    flags = parser.parse_args()
    try:
        run(flags.folder, flags)
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
