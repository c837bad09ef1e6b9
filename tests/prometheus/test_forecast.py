"""The forecast's model and its rule, on the same pools."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from bench import forecast
from tests.e2e.programs import needed
from tests.promql import RULES, rule_groups, rules

DAYS = 150
# Days on which the model's alert stands as it stands on the day before and after are compared.
STRIDE = 5
POOLS = [
    "floating, noise 2%",
    "floating at 85 %, noise 5%",
    "hiring on the first, 12 a month",
    "named, 1.0 in and 0 out a day, of 400",
    "named, 0.15 in and 0 out a day, of 60",
    "named, 170 of 200, 1 in and out a day",
]


def pool(name: str) -> tuple[list[float], float]:
    """The last days of a pool, up to when it is full."""
    (family,) = (family for family in forecast.families() if family.name == name)
    use = family.make(random.Random(name))
    full = next((step for step, value in enumerate(use) if value >= family.limit), len(use))
    start = max(0, full - DAYS * forecast.DAY)
    start -= start % forecast.WEEK
    return use[start : start + DAYS * forecast.DAY], family.limit


def promtool_test() -> tuple[dict, int]:
    """Every pool as series, and what the model says as expectations; how often it fires in them."""
    series = [
        {"series": 'up{job="x", instance="a"}', "values": f"1x{DAYS * forecast.DAY}"},
        {
            "series": 'license_up{job="x", instance="a", target="t", vendor="v"}',
            "values": f"1x{DAYS * forecast.DAY}",
        },
    ]
    model = {}
    for number, name in enumerate(POOLS):
        use, limit = pool(name)
        labels = f'job="x", instance="a", target="t", vendor="v", pool="{number}", unit="users"'
        values = " ".join(f"{value:g}" for value in use)
        series.append({"series": f"license_used{{{labels}}}", "values": values})
        series.append({"series": f"license_limit{{{labels}}}", "values": f"{limit}x{len(use)}"})
        model[str(number)] = forecast.alarms(use, limit)
    expectations, fired = [], 0
    for day in range(STRIDE, DAYS - 1, STRIDE):
        step = day * forecast.DAY
        around = range(step - forecast.DAY, step + forecast.DAY + 1)
        steady = [n for n, firing in model.items() if len({firing[s] for s in around}) == 1]
        firing = [number for number in steady if model[number][step]]
        fired += len(firing)
        alert = 'ALERTS{alertname="LicenseForecastExhaustion", alertstate="firing"'
        expectations.append(
            {
                "expr": f'count by (pool) ({alert}, pool=~"{"|".join(steady)}"}})',
                "eval_time": f"{day * 24}h",
                "exp_samples": [{"labels": f'{{pool="{n}"}}', "value": 1} for n in firing],
            }
        )
    content = {
        "rule_files": ["rules.yml"],
        "group_eval_order": [group["name"] for group in rule_groups()],
        "evaluation_interval": f"{forecast.STEP}h",
        "tests": [
            {
                "interval": f"{forecast.STEP}h",
                "input_series": series,
                "promql_expr_test": expectations,
            }
        ],
    }
    return content, fired


def test_the_model_waits_and_looks_ahead_as_the_rule_does():
    thresholds = {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}
    alert = next(rule for rule in rules() if rule.get("alert") == "LicenseForecastExhaustion")
    assert thresholds["license:forecast_seconds:threshold"] == f"vector({forecast.HORIZON} * 86400)"
    assert thresholds["license:forecast_min_ratio:threshold"] == f"vector({forecast.MINIMUM})"
    assert alert["for"] == f"{forecast.WAIT * forecast.STEP}h"
    assert alert["keep_firing_for"] == f"{forecast.KEEP // forecast.WEEK}w"


def test_what_stands_still_has_no_growth_and_what_grows_evenly_has_its_pace():
    still = [50.0] * forecast.YEAR
    growing = [step / forecast.DAY for step in range(forecast.YEAR)]
    assert forecast.growth(still, 100 * forecast.DAY) is None
    assert forecast.growth(growing, 100 * forecast.DAY) == pytest.approx(1)
    assert forecast.growth(growing, 27 * forecast.DAY) is None
    assert forecast.growth(growing, 30 * forecast.DAY) == pytest.approx(1)


@pytest.mark.promtool
def test_the_rule_does_what_the_model_says(tmp_path: Path):
    content, fired = promtool_test()
    assert fired > 10
    shutil.copy(RULES, tmp_path)
    (tmp_path / "model_test.yml").write_text(yaml.safe_dump(content))
    command = [needed("promtool"), "test", "rules", "model_test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
