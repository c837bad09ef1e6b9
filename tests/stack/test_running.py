"""The stack as its users start it: with what make gives, on ports of its own."""

import asyncio
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from aiohttp import web

from deploy.stack.__main__ import pages_of
from tests.e2e.programs import PROJECT, Program, free_port, get, needed, running, wait_until
from tests.servers import serving

pytestmark = pytest.mark.e2e

PORTS = ("exporter", "prometheus", "alertmanager", "receiver")


@pytest.fixture(scope="module")
def ports() -> dict[str, int]:
    return {name: free_port() for name in PORTS}


def command(folder: Path, ports: dict[str, int]) -> list[str]:
    flags = [f"--{name}={port}" for name, port in ports.items()]
    return [sys.executable, "-m", "deploy.stack", f"--folder={folder}", *flags]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, ports: dict[str, int]) -> Iterator[Program]:
    for program in ("prometheus", "prometheus-alertmanager", "amtool"):
        needed(program)
    folder = tmp_path_factory.mktemp("stack")
    with running(
        command(folder / "s", ports),
        f"http://127.0.0.1:{ports['prometheus']}",
        folder / "log",
        lambda program: "Open" in program.log,
    ) as program:
        yield program


def test_all_that_it_says_to_open_is_there(stack: Program) -> None:
    shown = stack.log.partition("or run\n")[2].partition("Logs are in")[0]
    lines = [line.strip().partition("  ")[0] for line in shown.splitlines()]
    assert len(lines) == 4
    for line in lines:
        if line.startswith("http"):
            assert "<html" in get(line).lower()
        else:
            subprocess.run(line.split(), check=True, timeout=20, capture_output=True)


@pytest.mark.parametrize(
    ("there", "pages"),
    [("/alerts", ""), ("/classic/alerts", "/classic"), ("/-/ready", None)],
    ids=["its own", "of Debian's 2.42", "none, as of Debian's 3"],
)
async def test_prometheus_pages_are_where_they_are_found(there: str, pages: str | None) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=200 if request.path == there else 404)

    async with serving(handler) as url:
        found = await asyncio.to_thread(pages_of, url)
        assert found == (None if pages is None else url + pages)


def test_prometheus_scrapes_the_demo_and_tells_alertmanager(
    stack: Program, ports: dict[str, int]
) -> None:
    for path, list_name, port in (
        ("/api/v1/targets", "activeTargets", ports["exporter"]),
        ("/api/v1/alertmanagers", "activeAlertmanagers", ports["alertmanager"]),
    ):
        wait_until(
            lambda path=path, name=list_name, port=port: (
                f"127.0.0.1:{port}" in json.dumps(json.loads(stack.get(path))["data"][name])
            ),
            what=path,
        )
    groups = json.loads(stack.get("/api/v1/rules"))["data"]["groups"]
    assert len(groups) == 11
    config = json.loads(stack.get("/api/v1/status/config"))["data"]["yaml"]
    assert f"exporter_url: http://127.0.0.1:{ports['exporter']}" in config


def test_what_alertmanager_sends_is_printed(stack: Program, ports: dict[str, int]) -> None:
    labels = [{"labels": {"alertname": "LicenseTest", "severity": "critical", "target": "probed"}}]
    url = f"http://127.0.0.1:{ports['alertmanager']}/api/v2/alerts"
    post = ["curl", "--silent", "--fail", "--json", json.dumps(labels), url]
    subprocess.run(post, check=True, timeout=20)
    wait_until(lambda: "firing for on-call: LicenseTest probed" in stack.log, what="the line")


def test_each_panel_of_the_dashboards_is_shown_by_prometheus(
    stack: Program, ports: dict[str, int]
) -> None:
    page = get(f"http://127.0.0.1:{ports['receiver']}/")
    links = [unescape(link) for link in re.findall('<a href="([^"]*)"', page)]
    assert len(links) > 80
    for link in links[:3]:
        assert get(link).lower().startswith(("<!doctype html", '{"status":"success"'))


def test_a_port_that_is_taken_is_told_before_anything_is_started(
    tmp_path: Path, ports: dict[str, int]
) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        asked = {**{name: free_port() for name in PORTS}, "receiver": taken}
        ran = subprocess.run(
            command(tmp_path / "s", asked), check=False, timeout=20, capture_output=True, text=True
        )
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"stack: port {taken}, for the receiver of notifications, is ")
    assert "make stack RECEIVER_PORT=" in ran.stderr
    assert not (tmp_path / "s").exists()


def test_make_hands_each_variable_on() -> None:
    variables = {"PORT": 1, "PROMETHEUS_PORT": 2, "ALERTMANAGER_PORT": 3, "RECEIVER_PORT": 4}
    ran = subprocess.run(
        ["make", "--dry-run", "stack", *(f"{name}={port}" for name, port in variables.items())],
        cwd=PROJECT,
        check=True,
        timeout=20,
        capture_output=True,
        text=True,
    )
    last = " ".join(ran.stdout.replace("\\\n", " ").split())
    assert "deploy.stack --exporter 1 --prometheus 2 --alertmanager 3 --receiver 4" in last


def test_it_ends_cleanly_when_it_is_told_to(stack: Program) -> None:
    assert stack.end() == 0
    assert "Traceback" not in stack.log
