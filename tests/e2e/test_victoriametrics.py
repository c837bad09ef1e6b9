"""The demo under VictoriaMetrics: the alerts and the planning that Prometheus gives.

The rules do not wait here: `for` and intervals are shortened, nothing else.
"""

import json
import re
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.e2e.programs import (
    PROJECT,
    Program,
    exporter,
    free_port,
    needed,
    running,
    wait_until,
)
from tests.e2e.test_stack import filled_in
from tests.grafana.test_dashboards import panels
from tests.grafana.test_queries import LATER

pytestmark = pytest.mark.e2e

# CI unpacks them; before, there is nothing to run.
PROGRAMS = [LATER] if (LATER / "vmalert").exists() else []
EXPECTED = {
    ("LicenseExpired", "immuta-sandbox"),
    ("LicenseExpiringSoon", "seerbox-api"),
    ("LicenseNearLimit", "rsa-emea"),
    ("LicenseOverLimit", "recon-legacy"),
    ("LicenseSuspended", "seerbox-lab"),
    ("LicenseTargetDown", "seerbox-dmz"),
}


class Victoria:
    """VictoriaMetrics, asked as Grafana asks it."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def query(self, expression: str) -> list[dict]:
        parameters = urllib.parse.urlencode({"query": expression})
        return json.loads(self.program.get(f"/api/v1/query?{parameters}"))["data"]["result"]

    def firing(self) -> set[tuple[str, str]]:
        rows = self.query('ALERTS{alertstate="firing"}')
        return {(row["metric"]["alertname"], row["metric"].get("target", "")) for row in rows}


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda folder: folder.name)
def victoria(request, tmp_path_factory) -> Iterator[Victoria]:
    """VictoriaMetrics that scrapes the demo, and vmalert on it, both with the shipped files."""
    folder = tmp_path_factory.mktemp("victoria")
    with (
        exporter(folder, "demo") as demo,
        storage(request.param, folder, demo) as program,
        alerting(request.param, folder, program),
    ):
        yield Victoria(program)


def storage(programs: Path, folder: Path, demo: Program):
    config = yaml.safe_load((PROJECT / "prometheus" / "prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    job |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    job["static_configs"] = [{"targets": [demo.url.removeprefix("http://")]}]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump({"scrape_configs": [job]}))
    port = free_port()
    command = [
        needed(str(programs / "victoria-metrics")),
        f"-storageDataPath={folder / 'data'}",
        f"-promscrape.config={file}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-search.latencyOffset=0s",
        "-retentionPeriod=400d",
    ]
    return running(command, f"http://127.0.0.1:{port}", folder / "storage.log", "/health")


def alerting(programs: Path, folder: Path, storage: Program):
    rules = (PROJECT / "prometheus" / "rules.yml").read_text()
    rules = re.sub(r"\n +for: \w+\n", "\n", rules)
    rules = re.sub(r"\n    interval: \w+\n", "\n    interval: 1s\n", rules)
    (folder / "rules.yml").write_text(rules)
    port = free_port()
    command = [
        needed(str(programs / "vmalert")),
        f"-rule={folder / 'rules.yml'}",
        f"-datasource.url={storage.url}",
        f"-remoteWrite.url={storage.url}",
        f"-remoteRead.url={storage.url}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-remoteWrite.flushInterval=200ms",
        "-rule.evalDelay=0s",
        "-notifier.blackhole",
        "-external.label=exporter_url=http://exporter.example.com",
    ]
    return running(command, f"http://127.0.0.1:{port}", folder / "alerting.log", "/health")


def test_the_alerts_of_expiries_use_and_state_come(victoria: Victoria):
    wait_until(lambda: victoria.firing() >= EXPECTED, seconds=60, what=f"{EXPECTED}")
    # A pool at its limit, and the demo always has one.
    wait_until(
        lambda: "LicenseSaturated" in {alert for alert, _ in victoria.firing()},
        seconds=30,
        what="LicenseSaturated",
    )


def test_the_tables_of_the_planning_dashboard_have_rows(victoria: Victoria):
    plan = next(p for p in panels("planning.json") if p["title"].startswith("Plan,"))
    queries = {target["refId"]: filled_in(target["expr"]) for target in plan["targets"]}
    for name in ("info", "limit", "peak", "share"):
        wait_until(lambda n=name: len(victoria.query(queries[n])) > 10, seconds=30, what=name)
