"""The programs of the stack, with the configurations that they are started on."""

import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from deploy.stack.ports import HOST, Ports, StackError

PROJECT = Path(__file__).parents[2]
PATIENCE = 30.0  # seconds until a program must answer


@dataclass(frozen=True, slots=True)
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


def prometheus_config(ports: Ports) -> str:
    """The shipped configuration with this stack's ports, scraping often, so that the demo lives."""
    folder = PROJECT / "prometheus"
    return (
        (folder / "prometheus.yml")
        .read_text()
        .replace(f"{HOST}:10058", f"{HOST}:{ports.exporter}")
        .replace(f"{HOST}:9093", f"{HOST}:{ports.alertmanager}")
        .replace("rules.yml", f"{folder / 'rules.yml'}")
        .replace("scrape_interval: 1m", "scrape_interval: 15s")
        .replace("scrape_timeout: 30s", "scrape_timeout: 10s")
    )


def alertmanager_config(ports: Ports) -> str:
    """The example with this stack's receiver in the place of all others."""
    config = yaml.safe_load((PROJECT / "prometheus" / "alertmanager.yml").read_text())
    config["receivers"] = [
        {
            "name": receiver["name"],
            "webhook_configs": [{"url": f"http://{HOST}:{ports.receiver}/{receiver['name']}"}],
        }
        for receiver in config["receivers"]
    ]
    config["route"]["group_wait"] = "5s"  # nobody who tries it out waits for further alerts
    return yaml.safe_dump(config, sort_keys=False)


def members(folder: Path, ports: Ports) -> list[Member]:
    """The programs in the order of their start, their configurations written."""
    (folder / "prometheus.yml").write_text(prometheus_config(ports))
    (folder / "alertmanager.yml").write_text(alertmanager_config(ports))
    exporter, prometheus, alertmanager = (
        f"{HOST}:{port}" for port in (ports.exporter, ports.prometheus, ports.alertmanager)
    )
    return [
        Member(
            "license-exporter",
            [sys.executable, "-m", "license_exporter", "demo", f"--port={ports.exporter}"],
            f"http://{exporter}/-/ready",
        ),
        Member(
            "alertmanager",
            [
                program("prometheus-alertmanager", "alertmanager"),
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address={alertmanager}",
                f"--web.external-url=http://{alertmanager}",
                "--cluster.listen-address=",
            ],
            f"http://{alertmanager}/-/ready",
        ),
        Member(
            "prometheus",
            [
                program("prometheus"),
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'prometheus'}",
                "--storage.tsdb.retention.time=400d",
                f"--web.listen-address={prometheus}",
                f"--web.external-url=http://{prometheus}",
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
    """Whether there is such a page."""
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False
