"""The demo, Prometheus with the shipped rules, Alertmanager with its routes: who is told what.

The copies of the rules and routes that are used here do not wait: `for`, intervals and group times
are shortened, nothing else.
"""

import json
import math
import re
import runpy
import statistics
import threading
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.programs import (
    PROJECT,
    exporter,
    free_port,
    needed,
    prometheus,
    running,
    wait_until,
)
from tests.grafana.test_dashboards import CONTENT, FILES, asked, panels
from tests.pages.written import blocks
from tests.promql import OWN_METRICS

pytestmark = pytest.mark.e2e

VARIABLES = ("job", "vendor", "target", "pool", "unit", "instance")  # all of them by default
# Queries of which one minute of the demo has no data, and why.
WITHOUT_DATA = {
    "no simulated tool counts refusals, and users are not shown": {
        ("managers.json", "Refused", "A"),
        *(
            # The simulated queue is there by day alone.
            ("managers.json", "Waiting and refused", ref)
            for ref in ("info", "queued", "refused")
        ),
        ("managers.json", "By owner", "refused"),
        ("managers.json", "Refused requests for $pool", "A"),
        ("managers.json", "Who holds $pool", "A"),
    },
    "against the time 30 days before": {
        ("locations.json", "Grown in 30 days", "A"),
        ("locations.json", "The 20 greatest locations", "growth"),
        ("locations.json", "Fastest growing in 30 days", "A"),
        ("planning.json", "Plan, the fullest first", "change"),
        *(
            ("planning.json", "Weekly peaks, the 20 fullest pools", f"w{weeks}")
            for weeks in range(1, 9)
        ),
    },
    "a failed fetch is tried again only minutes later": {
        ("exporter.json", "Failed fetches by reason", "A"),
    },
    "a minute has no full hour in it": {("managers.json", "Use by hour of the week", "A")},
    "only some days of the month": {
        ("planning.json", "Plan, the fullest first", "date"),
        ("planning.json", "Plan, the fullest first", "days"),
    },
    "no simulated product tells it": {("target.json", "Entitlements", "date")},
}
# Only some days of the month: a counter's pace is judged by the calendar.
# Only some moments: whether somebody waits or is refused while the test looks.
DEPENDS_ON_THE_DAY = {"LicenseForecastExhaustion", "LicenseDenials", "LicenseQueued"}


def promised() -> dict[str, set[str]]:
    """For each target the alerts that docs/demo.md promises, without those that are off."""
    text = (PROJECT / "docs" / "demo.md").read_text()
    rows = re.findall(r"^\| `([\w-]+)` \|.*\| ([^|]+) \|$", text, re.MULTILINE)
    return {
        target: {name for name in re.findall(r"License\w+", alerts) if name != "LicenseUnderused"}
        for target, alerts in rows
    }


class Receiver:
    """A webhook receiver: the alerts that came, by path."""

    def __init__(self) -> None:
        self.alerts: dict[str, list[dict[str, str]]] = defaultdict(list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        alerts = self.alerts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                alerts[self.path] += [alert["labels"] for alert in body["alerts"]]
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def got(self, path: str) -> set[tuple[str, str]]:
        """Names of alerts and targets."""
        return {(labels["alertname"], labels.get("target", "")) for labels in self.alerts[path]}


class Alertmanager:
    def __init__(self, url: str, receiver: Receiver) -> None:
        self.url = url
        self.receiver = receiver

    def alerts(self) -> list[dict]:
        with urllib.request.urlopen(f"{self.url}/api/v2/alerts", timeout=10) as answer:
            return json.load(answer)

    def states(self, *names: str) -> dict[tuple[str, ...], str]:
        """The state of each alert by the given labels."""
        return {
            tuple(alert["labels"].get(name, "") for name in names): alert["status"]["state"]
            for alert in self.alerts()
        }

    def post(self, *alerts: dict[str, str]) -> None:
        end = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
        body = json.dumps([{"labels": labels, "endsAt": end} for labels in alerts]).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", body, headers)
        urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo with all presets, since these tell what the four vendors do not."""
    with exporter(tmp_path_factory.mktemp("demo"), "demo", "--all") as program:
        yield program


@pytest.fixture(scope="module")
def alertmanager(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alertmanager")
    receiver = Receiver()
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with receiver.serving() as webhook:
        config = yaml.safe_load((PROJECT / "prometheus" / "alertmanager.yml").read_text())
        for route in routes(config["route"]):
            route.pop("mute_time_intervals", None)
        config["route"] |= {"group_wait": "1s", "group_interval": "2s"}
        config["receivers"] = [
            {"name": r["name"], "webhook_configs": [{"url": f"{webhook}/{r['name']}"}]}
            for r in config["receivers"]
        ]
        file = folder / "alertmanager.yml"
        file.write_text(yaml.safe_dump(config))
        command = [
            needed("prometheus-alertmanager"),
            f"--config.file={file}",
            f"--storage.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--cluster.listen-address=",
        ]
        with running(command, url, folder / "log", "/-/ready"):
            yield Alertmanager(url, receiver)


def routes(route: dict) -> Iterator[dict]:
    yield route
    for child in route.get("routes", []):
        yield from routes(child)


@pytest.fixture(scope="module")
def monitoring(demo, alertmanager, tmp_path_factory):
    """A Prometheus that has seen the demo and evaluated every rule several times."""
    folder = tmp_path_factory.mktemp("prometheus")
    rules = (PROJECT / "prometheus" / "rules.yml").read_text()
    rules = re.sub(r"\n +for: \w+\n", "\n", rules)
    rules = re.sub(r"\n    interval: \w+\n", "\n    interval: 1s\n", rules)
    (folder / "rules.yml").write_text(rules)
    config = yaml.safe_load((PROJECT / "prometheus" / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config["alerting"]["alertmanagers"] = [
        {"static_configs": [{"targets": [alertmanager.url.removeprefix("http://")]}]}
    ]
    (job,) = config["scrape_configs"]
    job["scrape_timeout"] = "1s"
    job["static_configs"] = [{"targets": [demo.url.removeprefix("http://")]}]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config))
    with prometheus(folder, file) as program:
        wait_until(
            lambda: (program.value("count(count_over_time(license_up[1m]) > 15)") or 0) >= 13,
            seconds=60,
            what="15 scrapes of every target",
        )
        yield program


def test_the_demo_provokes_the_alerts_that_its_page_promises_and_no_others(
    monitoring, alertmanager
):
    expected = {(alert, target) for target, alerts in promised().items() for alert in alerts}
    differing: dict[str, set[tuple[str, str]]] = {}

    def told() -> bool:
        states: dict[tuple[str, str], set[str]] = defaultdict(set)
        for alert in alertmanager.alerts():
            labels = alert["labels"]
            states[labels["alertname"], labels.get("target", "")].add(alert["status"]["state"])
        unexpected = {
            (alert, target)
            for (alert, target), of in states.items()
            if (alert, target) not in expected
            and target in promised()
            and alert not in DEPENDS_ON_THE_DAY
            and of != {"suppressed"}
        }
        differing.update(missing=expected - states.keys(), unexpected=unexpected)
        return not any(differing.values())

    assert len(promised()) == 16
    try:
        wait_until(told, seconds=20, what="the alerts of docs/demo.md")
    except AssertionError as error:
        raise AssertionError(f"{error}: {differing}") from None


@pytest.mark.parametrize(
    ("path", "alert", "target"),
    [
        ("/on-call", "LicenseExpiringSoon", "seerbox-api"),
        ("/on-call", "LicenseExpired", "immuta-sandbox"),
        ("/on-call", "LicenseSuspended", "seerbox-lab"),
        ("/on-call", "LicenseLimitReached", "immuta-onprem"),
        ("/on-call", "LicenseInvalid", "seerbox-new"),
        ("/ticket", "LicenseTargetDown", "seerbox-dmz"),
        ("/ticket", "LicenseNearLimit", "rsa-emea"),
        ("/ticket", "LicenseOverLimit", "recon-legacy"),
        ("/ticket", "LicensePartialData", "immuta-sandbox"),
        ("/mail", "LicenseExpiringSoon", "recon-cloud"),
        ("/mail", "LicensePendingScans", "recon-sitewide"),
    ],
)
def test_an_alert_reaches_its_receiver(monitoring, alertmanager, path, alert, target):
    wait_until(lambda: (alert, target) in alertmanager.receiver.got(path), seconds=20)


def test_the_greater_alert_mutes_the_lesser_one_of_the_same_license_or_pool(
    monitoring, alertmanager
):
    labels = ("alertname", "target", "severity")
    expected = {
        ("LicenseExpiringSoon", "seerbox-api", "critical"): "active",
        ("LicenseExpiringSoon", "seerbox-api", "warning"): "suppressed",
        ("LicenseExpiringSoon", "seerbox-api", "info"): "suppressed",
        ("LicenseExpiringSoon", "recon-legacy", "warning"): "active",
        ("LicenseExpiringSoon", "recon-legacy", "info"): "suppressed",
        ("LicenseExpiringSoon", "recon-cloud", "info"): "active",
        ("LicenseExpired", "immuta-sandbox", "critical"): "active",
        ("LicenseExpired", "immuta-prod", "info"): "active",
        ("LicenseOverLimit", "immuta-onprem", "warning"): "active",
        ("LicenseNearLimit", "immuta-prod", "warning"): "active",
    }
    wait_until(
        lambda: expected.items() <= alertmanager.states(*labels).items(), seconds=20, what=expected
    )


def test_down_mutes_stale_and_a_foreign_alert_mutes_nothing(alertmanager):
    at = {"job": "x", "vendor": "v"}
    alertmanager.post(
        {"alertname": "LicenseTargetDown", "severity": "warning", "target": "one", **at},
        {"alertname": "LicenseDataStale", "severity": "warning", "target": "one", **at},
        {"alertname": "LicenseDataStale", "severity": "warning", "target": "two", **at},
        {"alertname": "DiskFull", "severity": "critical"},
        {"alertname": "LicenseExporterDown", "severity": "warning"},
    )
    expected = {
        ("LicenseTargetDown", "one"): "active",
        ("LicenseDataStale", "one"): "suppressed",
        ("LicenseDataStale", "two"): "active",
        ("LicenseExporterDown", ""): "active",
    }
    wait_until(
        lambda: expected.items() <= alertmanager.states("alertname", "target").items(), seconds=20
    )


def ask(monitoring, expression: str, *, instant: bool) -> list[dict]:
    """The series of a query, each with its values, as Grafana would get them."""
    now = float(
        json.loads(monitoring.program.get("/api/v1/query?query=time()"))["data"]["result"][1]
    )
    if instant:
        parameters = {"query": expression, "time": now}
        path = f"/api/v1/query?{urllib.parse.urlencode(parameters)}"
    else:
        parameters = {"query": expression, "start": now - 10, "end": now, "step": 1}
        path = f"/api/v1/query_range?{urllib.parse.urlencode(parameters)}"
    result = json.loads(monitoring.program.get(path))["data"]["result"]
    return [
        {"labels": row["metric"], "values": row.get("values") or [row["value"]]} for row in result
    ]


def filled_in(expression: str) -> str:
    expression = expression.replace("$__rate_interval", "10s").replace("$__range", "5m")
    expression = expression.replace('pool="$pool"', 'pool="mesh"')  # one feature is chosen by name
    for name in VARIABLES:
        expression = re.sub(rf"\${name}\b", ".+", expression)
    expression = expression.replace("$owner", ".*")
    assert not re.search(r"\$[A-Za-z_{]", expression), expression
    return expression


@pytest.mark.parametrize("name", FILES)
def test_every_panel_has_data_without_a_broken_value(monitoring, name):
    for panel in panels(name):
        for target in panel["targets"]:
            rows = ask(monitoring, filled_in(target["expr"]), instant=target.get("instant", False))
            where = f"{panel['title']} {target['refId']}: {target['expr']}"
            query = (name, panel["title"], target["refId"])
            if panel["type"] == "table" and target["refId"] == "more":
                # One row, where the demo has more than a table shows.
                told = [label for row in rows for label in row["labels"].values()]
                assert re.fullmatch(r"(and \d+ more)?", " ".join(told)), where
                continue
            assert rows or any(query in queries for queries in WITHOUT_DATA.values()), where
            for row in rows:
                assert all(math.isfinite(float(value)) for _, value in row["values"]), where
            for label in re.findall(r"\{\{(\w+)\}\}", target.get("legendFormat", "")):
                assert not rows or any(label in row["labels"] for row in rows), where


@pytest.mark.parametrize("name", FILES)
def test_every_variable_and_annotation_has_values(monitoring, name):
    for variable in CONTENT[name]["templating"]["list"]:
        if variable["type"] == "query":
            rows = ask(monitoring, filled_in(asked(variable)), instant=True)
            assert any(variable["name"] in row["labels"] for row in rows), variable["query"]
    for annotation in CONTENT[name]["annotations"].get("list", []):
        assert ask(monitoring, filled_in(annotation["expr"]), instant=False), annotation["expr"]


def test_every_query_of_the_pages_can_be_asked(monitoring):
    questions = runpy.run_path(str(PROJECT / "docs" / "questions.py"))["QUESTIONS"].values()
    recipes = [block.text for block in blocks() if block.language == "promql"]
    for query in [*recipes, *(question.query for question in questions if question.query)]:
        ask(monitoring, query, instant=True)  # an error of Prometheus' is an HTTPError


def test_the_exporters_own_metrics_are_those_that_queries_count_on(demo):
    found: dict[str, set[str]] = defaultdict(set)
    for family in text_string_to_metric_families(demo.get("/metrics")):
        for sample in family.samples:
            found[sample.name] |= sample.labels.keys()
    for metric, labels in OWN_METRICS.items():
        assert found.get(metric) == labels, metric


def test_no_rule_fails_and_none_is_dear(monitoring):
    answer = json.loads(monitoring.program.get("/api/v1/rules"))
    found = [rule for group in answer["data"]["groups"] for rule in group["rules"]]
    assert [rule["name"] for rule in found if rule["health"] != "ok"] == []
    assert "many-to-many" not in monitoring.program.log
    recording = [rule["evaluationTime"] for rule in found if rule["type"] == "recording"]
    assert statistics.median(recording) < 0.001
