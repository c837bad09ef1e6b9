"""An exporter that is down, scraped in each of the ways: one alert, and what was known stays."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.programs import needed
from tests.promql import RULES

pytestmark = pytest.mark.promtool

SCRAPES = sorted(path.name for path in RULES.parent.glob("prometheus*.yml"))
TARGETS = ("a", "b", "c")
# Scraped for an hour, down for two, scraped for one.
UP, THERE, OVER = "1x60 0x119 1x60", "1x60 stale _x118 1x60", "12x60 stale _x118 12x60"
LIMIT = "10x60 stale _x118 10x60"


def series(job: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What Prometheus has of a job: its scrapes, and what they bring."""
    name = job["job_name"]
    if job.get("metrics_path") == "/-/metrics":
        yield f'up{{job="{name}", instance="exporter"}}', UP
        yield f'license_exporter_build_info{{job="{name}", instance="exporter"}}', THERE
        return
    discovered = "http_sd_configs" in job  # each target is an instance of its own
    for instance in TARGETS if discovered else ("exporter",):
        yield f'up{{job="{name}", instance="{instance}"}}', UP
    for target in TARGETS:
        instance = target if discovered else "exporter"
        of = f'job="{name}", instance="{instance}", target="{target}", vendor="v"'
        yield f"license_up{{{of}}}", THERE
        yield f'license_used{{{of}, pool="p", unit="users"}}', OVER
        yield f'license_limit{{{of}, pool="p", unit="users"}}', LIMIT


@pytest.mark.parametrize("scrape", SCRAPES)
def test_one_critical_alert_tells_and_what_was_known_stays(tmp_path: Path, scrape: str):
    jobs = yaml.safe_load(RULES.with_name(scrape).read_text())["scrape_configs"]
    given = [{"series": name, "values": of} for job in jobs for name, of in series(job)]
    known = {"labels": '{alertname="LicenseOverLimit", severity="warning"}', "value": 3}
    down = {"labels": '{alertname="LicenseExporterDown", severity="critical"}', "value": 1}
    told = {"expr": 'count by (alertname, severity) (ALERTS{alertstate="firing"})'}
    expected = [
        told | {"eval_time": at, "exp_samples": samples}
        for at, samples in (
            ("50m", [known]),
            ("80m", [known, down]),
            ("178m", [known, down]),
            ("188m", [known]),
        )
    ]
    test = {"interval": "1m", "input_series": given, "promql_expr_test": expected}
    content = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]}
    (tmp_path / "test.yml").write_text(yaml.safe_dump(content))
    shutil.copy(RULES, tmp_path)
    command = [needed("promtool"), "test", "rules", "test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
