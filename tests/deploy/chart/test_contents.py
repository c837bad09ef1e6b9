"""What the chart carries into a cluster: the configuration, rules, dashboards, ways to scrape."""

import json
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme
import yaml

from license_exporter import __version__
from license_exporter.cli.flags import main
from tests.deploy.chart.render import VALUES, rendered
from tests.deploy.tools import CHART, HELM_4, ROOT, helm
from tests.e2e.programs import needed

RULES = yaml.safe_load((ROOT / "prometheus/rules.yml").read_text())["groups"]
BY_NAME = {path.stem: path for path in VALUES}


def of_kind(name: str, kind: str) -> list[dict[str, Any]]:
    return [document for document in rendered(BY_NAME[name]) if document["kind"] == kind]


@pytest.mark.parametrize("name", ["nothing", "targets", "text", "shards"])
def test_the_exporter_accepts_its_configuration(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [config_map] = of_kind(name, "ConfigMap")
    text: str = config_map["data"]["config.yaml"]
    (tmp_path / "recon").mkdir()
    (tmp_path / "recon/password").write_text("secret")
    trustme.CA().cert_pem.write_to_path(tmp_path / "recon/ca.crt")
    monkeypatch.setenv("IMMUTA_KEY", "key")
    config = tmp_path / "config.yaml"
    config.write_text(text.replace("/run/secrets", str(tmp_path)))
    assert main(["--config.check", f"--config.file={config}"]) == 0


def test_the_chart_is_of_the_exporters_version() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == chart["version"] == __version__


def alerts(groups: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return (rule for group in groups for rule in group["rules"] if "alert" in rule)


def records(groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [rule for group in groups for rule in group["rules"] if "record" in rule]


def test_the_rules_are_those_of_the_file_with_the_changes_asked_for() -> None:
    [rules] = of_kind("operator", "PrometheusRule")
    changed = rules["spec"]["groups"]
    assert records(changed) == records(RULES)
    expected = []
    for alert in alerts(RULES):
        if alert["alert"] == "LicenseUnderused":
            continue
        labels = alert.get("labels", {}) | {"team": "it-assets"}
        if alert["alert"] == "LicenseTargetDown":
            alert = alert | {"for": "1h"}
            labels = labels | {"severity": "critical"}
        expected.append(alert | {"labels": labels})
    assert list(alerts(changed)) == expected


def test_promtool_accepts_the_rules(tmp_path: Path) -> None:
    [rules] = of_kind("operator", "PrometheusRule")
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rules["spec"]))
    promtool("check", "rules", str(tmp_path / "rules.yml"))


def test_every_dashboard_is_there_as_it_is_in_the_repository() -> None:
    boards = {
        name: text
        for config_map in of_kind("operator", "ConfigMap")
        for name, text in config_map["data"].items()
        if config_map["metadata"]["labels"].get("grafana_dashboard") == "1"
    }
    files = {path.stem: path.read_text() for path in (ROOT / "grafana/dashboards").glob("*.json")}
    assert files
    assert {name: json.loads(text) for name, text in boards.items()} == {
        f"license-exporter-{stem}.json": json.loads(text) for stem, text in files.items()
    }


@pytest.mark.parametrize("name", ["operator-sd", "shards-sd"])
def test_prometheus_accepts_the_scrapes(name: str, tmp_path: Path) -> None:
    [scrape] = of_kind(name, "ScrapeConfig")
    (tmp_path / "prometheus.yml").write_text(
        yaml.safe_dump({"scrape_configs": [as_prometheus_writes_it(scrape["spec"])]})
    )
    promtool("check", "config", "--syntax-only", str(tmp_path / "prometheus.yml"))


def as_prometheus_writes_it(spec: dict[str, Any]) -> dict[str, Any]:
    """The scrape that the operator makes of a ScrapeConfig, but for what it reads from Secrets."""
    return {
        "job_name": spec["jobName"],
        "scrape_interval": spec["scrapeInterval"],
        "scrape_timeout": spec["scrapeTimeout"],
        "scheme": spec["scheme"].lower(),
        "http_sd_configs": [
            {"url": discovery["url"], "refresh_interval": discovery["refreshInterval"]}
            for discovery in spec["httpSDConfigs"]
        ],
        "relabel_configs": [
            {"source_labels": step["sourceLabels"], "target_label": step["targetLabel"]}
            for step in spec.get("relabelings", [])
        ],
    }


def test_each_shard_is_asked_for_its_own_targets() -> None:
    [stateful_set] = of_kind("shards-sd", "StatefulSet")
    [scrape] = of_kind("shards-sd", "ScrapeConfig")
    name, service = stateful_set["metadata"]["name"], stateful_set["spec"]["serviceName"]
    assert [discovery["url"] for discovery in scrape["spec"]["httpSDConfigs"]] == [
        f"http://{name}-{ordinal}.{service}.monitoring.svc:10058/sd"
        for ordinal in range(stateful_set["spec"]["replicas"])
    ]
    headless = [doc for doc in of_kind("shards-sd", "Service") if "clusterIP" in doc["spec"]]
    assert [doc["metadata"]["name"] for doc in headless] == [service]


def test_the_packaged_chart_is_complete(tmp_path: Path) -> None:
    answer = helm(HELM_4, "package", CHART, f"--destination={tmp_path}")
    assert answer.returncode == 0, answer.stderr
    with tarfile.open(tmp_path / f"license-exporter-{__version__}.tgz") as packaged:
        assert all(member.isfile() for member in packaged.getmembers())
        files = {member.name for member in packaged.getmembers()}
    boards = {f"files/dashboards/{path.name}" for path in (CHART / "files/dashboards").iterdir()}
    assert {f"license-exporter/{name}" for name in {*boards, "files/rules.yml"}} <= files
    assert "license-exporter/values.schema.json" in files


def promtool(*arguments: str) -> None:
    answer = subprocess.run([needed("promtool"), *arguments], capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
