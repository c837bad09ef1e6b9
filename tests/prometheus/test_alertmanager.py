"""The example configuration of Alertmanager: who is told, and what is muted by what."""

import re
import subprocess

import pytest
import yaml

from tests.e2e.programs import needed
from tests.promql import ROOT, rules

CONFIG = ROOT / "prometheus" / "alertmanager.yml"

EVERY_ALERT = sorted({(r["alert"], r["labels"]["severity"]) for r in rules() if "alert" in r})
RECEIVERS = {"critical": "on-call", "warning": "ticket", "info": "mail"}


def test_no_rule_of_inhibition_touches_the_alerts_of_other_systems():
    for rule in yaml.safe_load(CONFIG.read_text())["inhibit_rules"]:
        for side in ("source_matchers", "target_matchers"):
            named = [m for m in rule[side] if re.match(r'alertname(=|=~")"?License', m)]
            assert named, f"{side} of {rule} name no alert"


@pytest.mark.promtool
def test_amtool_accepts_the_configuration():
    done = subprocess.run(
        [needed("amtool"), "check-config", str(CONFIG)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.promtool
@pytest.mark.parametrize(("alert", "severity"), [*EVERY_ALERT, ("Foreign", "critical")])
def test_an_alert_goes_to_the_receiver_of_its_severity(alert: str, severity: str):
    receiver = RECEIVERS[severity] if alert.startswith("License") else "ticket"
    done = subprocess.run(
        [
            needed("amtool"),
            "config",
            "routes",
            "test",
            f"--config.file={CONFIG}",
            f"--verify.receivers={receiver}",
            f"alertname={alert}",
            f"severity={severity}",
            "target=rsa-prod",
        ],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
