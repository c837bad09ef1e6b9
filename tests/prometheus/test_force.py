"""Pages and alert rules agree on which licenses are missed, over many that are drawn by lot."""

import math
import random
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from license_exporter.model.report import License, LicenseReport, State
from license_exporter.web.status.force import licenses_by_force
from tests.e2e.programs import needed
from tests.promql import RULES

DAY = 86400
NOW = 2 * 3600
TARGETS = 50
FLEETS = 4
STEP = 240

_EXPIRIES = (None, NOW - 3600, NOW - 1800, 10 * DAY, 20 * DAY, 30 * DAY, math.inf, math.inf)
_STARTS = (None, None, None, 0, 5 * DAY)
_IDS = ("1", "2", "3", "cad@1970-01-01", "cad@permanent", "cam@1971-01-01")
_STATES = (
    *[{State.ACTIVE}] * 8,
    {State.PENDING},
    {State.EXPIRED},
    {State.SUSPENDED},
    {State.INVALID},
    {State.EXPIRED, State.INVALID},
)


def drawn(lot: random.Random) -> tuple[License, ...]:
    """Licenses of a target: a vendor tells a state of each, or of none."""
    told = lot.random() < 0.7
    if told and lot.random() < 0.05:
        return (License(states=frozenset({State.ABSENT})),)
    return tuple(_license(lot, id, told) for id in lot.sample(_IDS, lot.randint(1, 3)))


def _license(lot: random.Random, id: str, told: bool) -> License:
    states = frozenset(lot.choice(_STATES)) if told else None
    # What has expired, by its state, has no date to come.
    expiry = lot.choice(_EXPIRIES[:3] if State.EXPIRED in (states or ()) else _EXPIRIES)
    start = lot.choice(_STARTS) if expiry is None or expiry > 5 * DAY else None
    return License(
        id, edition=lot.choice(("", "", "pro")), expiry=expiry, start=start, states=states
    )


def series(target: str, licenses: tuple[License, ...]) -> Iterator[tuple[str, float]]:
    """What a scrape of them brings."""
    of = f'job="j", instance="i", target="{target}", vendor="v"'
    yield f"license_up{{{of}}}", 1
    for each in licenses:
        one = f'{of}, license="{each.id}"'
        yield f'license_info{{{one}, product="P", edition="{each.edition}"}}', 1
        dates = {"expiry": each.expiry, "start": each.start}
        for name, date in dates.items():
            if date is not None:
                yield f"license_{name}_timestamp_seconds{{{one}}}", date
        for state in State if each.states is not None else ():
            yield f'license_state{{{one}, state="{state}"}}', float(state in (each.states or ()))


def written(value: float) -> str:
    """A series that stays as it is to the end, as promtool has it."""
    steps = NOW // STEP + 1
    return f"Inf+0x{steps}" if math.isinf(value) else f"{value:g}+0x{steps}"


def played(fleet: dict[str, tuple[License, ...]]) -> dict[str, Any]:
    """A test of promtool: the targets of which a license is missed have a critical alert."""
    found = [('up{job="j", instance="i"}', 1.0)]
    found += [each for target, licenses in fleet.items() for each in series(target, licenses)]
    missed = [
        target
        for target, licenses in fleet.items()
        if licenses_by_force(LicenseReport(licenses=licenses), NOW)[1]
    ]
    assert len(fleet) / 4 < len(missed) < len(fleet) * 3 / 4
    critical = (
        "count by (target) (ALERTS{alertstate='firing', severity='critical', "
        "alertname=~'LicenseExpired|LicenseInvalid|LicenseSuspended'}) ^ 0"
    )
    samples = [{"labels": f'{{target="{target}"}}', "value": 1} for target in missed]
    return {
        "interval": f"{STEP}s",
        "input_series": [{"series": name, "values": written(value)} for name, value in found],
        "promql_expr_test": [{"expr": critical, "eval_time": f"{NOW}s", "exp_samples": samples}],
    }


@pytest.mark.promtool
def test_pages_and_alerts_miss_the_same_licenses(tmp_path: Path):
    lot = random.Random(16)
    # promtool reads 10,000 samples at a time, and no more.
    fleets = [{f"t{number}": drawn(lot) for number in range(TARGETS)} for _ in range(FLEETS)]
    groups = ["thresholds", "rules", "alerts.expiry", "alerts.state"]
    said = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{STEP}s",
        "group_eval_order": [f"license_exporter.{group}" for group in groups],
        "tests": [played(fleet) for fleet in fleets],
    }
    shutil.copy(RULES, tmp_path)
    (tmp_path / "force_test.yml").write_text(yaml.safe_dump(said))
    command = [needed("promtool"), "test", "rules", "force_test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
