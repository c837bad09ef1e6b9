"""The planning dashboard tells of the contracts of five companies what the pages tell."""

import asyncio
import math
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.e2e.programs import needed
from tests.grafana.test_dashboards import CONTENT
from tests.grafana.test_queries import filled_in
from tests.promql import RULES
from tests.web.status.test_contracts import COMPANIES, Company, answered

STEP = 240
_TITLE = "Contracts, the next end first"


def queries() -> dict[str, str]:
    """The queries of the panel, by their columns."""
    (panel,) = (panel for panel in CONTENT["planning.json"]["panels"] if panel["title"] == _TITLE)
    return {each["refId"]: filled_in("planning.json", each["expr"]) for each in panel["targets"]}


def series(metrics: str) -> Iterator[dict[str, str]]:
    """What is scraped, for an hour."""
    steps = 3600 // STEP
    for metric in parse_text(metrics):
        for sample in metric.samples:
            labels = {"job": "j", "instance": "i", **sample.labels}
            told = ", ".join(f'{name}="{text}"' for name, text in labels.items() if text)
            value = "Inf" if math.isinf(sample.value) else repr(sample.value)
            yield {"series": f"{sample.name}{{{told}}}", "values": f"{value}+0x{steps}"}


def rows(company: Company) -> dict[str, list[dict[str, Any]]]:
    """The samples of each column, by what the table of renewals has."""
    said = yaml.safe_load(company.contract)
    names = {
        str(each["expiry"]): each.get("name", "")
        for each in (said if isinstance(said, list) else [said])
    }
    found: dict[str, list[dict[str, Any]]] = {"date": [], "use": [], "limit": []}
    for line in company.table:
        day, kind, _, use, limit, currency = line.split(",")
        if kind == "contract":
            contract = f', contract="{names[day]}"' if names[day] else ""
            labels = f'target="acme", vendor="suite"{contract}'
            end = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC).timestamp()
            found["date"].append({"labels": f"{{{labels}}}", "value": end * 1000})
            for column, price in (("use", use), ("limit", limit)):
                if price:
                    priced = f'{{{labels}, currency="{currency}"}}'
                    found[column].append({"labels": priced, "value": float(price)})
    return found


@pytest.mark.e2e
def test_the_dashboard_tells_last_days_and_prices_of_contracts_as_the_pages_do(
    tmp_path: Path,
):
    asked = queries()
    tests = []
    for company in COMPANIES.values():
        _, metrics, _ = asyncio.run(answered(company, tmp_path))
        scraped = [{"series": 'up{job="j", instance="i"}', "values": f"1+0x{3600 // STEP}"}]
        told = [
            {"expr": asked[column], "eval_time": "1h", "exp_samples": samples}
            for column, samples in rows(company).items()
        ]
        assert told[0]["exp_samples"]
        tests.append(
            {
                "interval": f"{STEP}s",
                "input_series": [*scraped, *series(metrics)],
                "promql_expr_test": told,
            }
        )
    said = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{STEP}s",
        "group_eval_order": ["license_exporter.thresholds", "license_exporter.rules"],
        "tests": tests,
    }
    shutil.copy(RULES, tmp_path)
    (tmp_path / "contracts_test.yml").write_text(yaml.safe_dump(said))
    command = [needed("promtool"), "test", "rules", "contracts_test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
