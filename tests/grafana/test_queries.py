"""Every query of every dashboard, asked of real servers on the invented history.

Prometheus of this machine is always asked, twice; what `.ci/later-programs .later` has unpacked, a
later one and VictoriaMetrics, must give the same rows.
"""

import json
import math
import re
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grafana.history.exposition import exposition
from grafana.history.series import DAY
from tests.e2e.programs import free_port, needed, running
from tests.grafana.test_dashboards import CONTENT, FILES, expressions
from tests.promql import ROOT

pytestmark = pytest.mark.e2e

END = time.time() // 270 * 270
CHOSEN = dict.fromkeys(("job", "vendor", "target", "unit", "pool", "instance"), ".+")
CHOSEN["owner"] = ".*"
# What the rules record, here each from the series of which it is made.
RECORDED = {
    "license_used": ("used:max", "used:max1d", "used:max30d"),
    "license_limit": ("limit:max",),
}
LATER = ROOT / ".later" / "usr" / "bin"
OTHERS = [Path("prometheus"), *sorted(LATER.glob("prometheus")), *LATER.glob("victoria-metrics")]


def recorded(lines: list[str]) -> Iterator[str]:
    for raw, names in RECORDED.items():
        for name in names:
            for line in lines:
                if line.startswith(raw + "{"):
                    yield f"pool:license_{name}" + line[len(raw) :]
    for raw, name in (
        ("license_expiry_timestamp_seconds", "license:license_expiry_timestamp_seconds:held"),
        ("license_up", "target:license_up:max"),
    ):
        for line in lines:
            if line.startswith(raw + "{"):
                yield name + line[len(raw) :]


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    *lines, last = exposition(END - 4 * DAY, END, 270)
    file = tmp_path_factory.mktemp("history") / "history.om"
    without_instance = re.compile(r'instance="[^"]*",?')
    made = [without_instance.sub("", line) for line in recorded(lines)]
    file.write_text("".join([*lines, *made, last]))
    return file


@contextmanager
def prometheus(program: str, history: Path, folder: Path) -> Iterator[str]:
    command = [needed("promtool"), "tsdb", "create-blocks-from", "openmetrics"]
    command += ["--max-block-duration=744h", "-q", str(history), str(folder / "data")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (folder / "prometheus.yml").write_text("global: {}\n")
    url = f"http://127.0.0.1:{free_port()}"
    command = [program, f"--config.file={folder / 'prometheus.yml'}"]
    command += [f"--storage.tsdb.path={folder / 'data'}"]
    command += [f"--web.listen-address={url.removeprefix('http://')}"]
    with running(command, url, folder / "log", "/-/ready"):
        yield url


@contextmanager
def victoria(program: str, history: Path, folder: Path) -> Iterator[str]:
    url = f"http://127.0.0.1:{free_port()}"
    command = [program, f"-storageDataPath={folder / 'data'}", "-search.latencyOffset=0s"]
    command += [f"-httpListenAddr={url.removeprefix('http://')}"]
    with running(command, url, folder / "log", "/health"):
        address = f"{url}/api/v1/import/prometheus"
        request = urllib.request.Request(address, history.read_bytes(), method="POST")
        urllib.request.urlopen(request, timeout=60).close()
        urllib.request.urlopen(f"{url}/internal/force_flush", timeout=60).close()
        yield url


def filled_in(name: str, expression: str) -> str:
    if name == "target.json":
        expression = expression.replace(
            'target=~"$target"', 'target=~"recon-hq|rsa-prod|seerbox-shop|wiki"'
        )
    # One feature is chosen by its name.
    expression = expression.replace('pool="$pool"', 'pool="solver"')
    for name, value in CHOSEN.items():
        expression = re.sub(rf"\${name}\b", value, expression)
    return expression


def rows(url: str, expression: str) -> dict[str, float]:
    parameters = {"query": expression, "time": END}
    address = f"{url}/api/v1/query?{urllib.parse.urlencode(parameters)}"
    with urllib.request.urlopen(address, timeout=30) as answer:
        found = json.load(answer)["data"]["result"]
    return {
        json.dumps({k: v for k, v in row["metric"].items() if k != "__name__"}, sort_keys=True): (
            float(row["value"][1])
        )
        for row in found
    }


@pytest.fixture(scope="module")
def reference(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("reference")
    with prometheus(needed("prometheus"), history, folder) as url:
        yield url


@pytest.mark.parametrize("name", FILES)
def test_every_panel_has_rows_of_finite_numbers(reference: str, name: str):
    found: dict[str, int] = {}
    for title, expression in expressions(CONTENT[name]):
        answer = rows(reference, filled_in(name, expression))
        found[title] = found.get(title, 0) + len(answer)
        broken = {row for row, value in answer.items() if not math.isfinite(value)}
        assert not broken, (title, expression)
    assert {title for title, number in found.items() if not number} <= {
        "Firing alerts",
        "License alerts",
        "Alerts",
        "Grown in 30 days",
        "Fastest growing in 30 days",
        "Who holds $pool",  # nobody at night
        "Waiting and refused",
    }


@pytest.mark.parametrize("program", OTHERS, ids=lambda path: "/".join(path.parts[-4:]))
def test_another_server_gives_the_same_rows(
    reference: str, history: Path, tmp_path: Path, program: Path
):
    server = victoria if program.name == "victoria-metrics" else prometheus
    with server(needed(str(program)), history, tmp_path) as url:
        for name in FILES:
            for title, expression in expressions(CONTENT[name]):
                asked = filled_in(name, expression)
                if "rate(" in asked or "increase(" in asked:
                    continue  # VictoriaMetrics does not extrapolate, and so gives other numbers
                mine, theirs = rows(reference, asked), rows(url, asked)
                assert theirs == pytest.approx(mine, rel=1e-6), (name, title, asked)
