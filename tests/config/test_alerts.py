import math

import pytest
import yaml
from pydantic import ValidationError

from license_exporter.config.alerts import Alerts
from license_exporter.config.load import load_config
from license_exporter.config.masking import masked
from license_exporter.errors import ConfigError
from tests.config.vendors import VENDORS
from tests.fakes import target


def test_shares_are_read_as_ratios_and_never_as_what_no_use_reaches():
    alerts = Alerts.model_validate({"near_limit": "98.5 %", "underused": "never"})
    assert (alerts.near_limit, alerts.underused) == (0.985, 0)
    assert Alerts.model_validate({"near_limit": "Never"}).near_limit == math.inf


@pytest.mark.parametrize("written", [0.98, 98, "98", "0%", "-5%", "1000%", "nan%", True, None, []])
def test_what_is_no_share_is_refused_with_what_to_write(written):
    with pytest.raises(ValidationError, match="must be a share of the limit such as 90%"):
        Alerts.model_validate({"near_limit": [written] if written is None else written})


def test_no_more_than_the_whole_limit_is_little_used():
    with pytest.raises(ValidationError, match="at most 100%"):
        Alerts.model_validate({"underused": "101%"})


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("90d", (90 * 86400.0, None, None)),
        ("never", (0.0, 0.0, 0.0)),
        ({"warning": "30d", "critical": "never"}, (None, 30 * 86400.0, 0.0)),
    ],
)
def test_one_span_is_that_of_infos_and_never_that_of_all(written, spans):
    expiring = Alerts.model_validate({"expiring": written}).expiring
    assert (expiring.info, expiring.warning, expiring.critical) == spans


@pytest.mark.parametrize("written", ["90", "0d", {"page": "1d"}, {"info": 90}, [], True])
def test_what_is_no_span_is_refused(written):
    with pytest.raises(ValidationError):
        Alerts.model_validate({"expiring": written})


@pytest.mark.parametrize(
    ("expiring", "problem"),
    [
        ({"info": "90d", "warning": "30d", "critical": "7d"}, ""),
        ({"warning": "30d", "critical": "30d"}, ""),
        ({"info": "7d", "critical": "never"}, ""),
        ({"info": "30d", "critical": "60d"}, "critical begins before info"),
        ({"info": "90d", "warning": "7d", "critical": "30d"}, "critical begins before warning"),
        ({"info": "7d", "warning": "30d", "critical": "90d"}, "warning begins before info"),
    ],
)
def test_a_graver_severity_that_begins_before_a_milder_one_is_refused(tmp_path, expiring, problem):
    entry = {
        "name": "a",
        "vendor": "enterprise_recon",
        "url": "https://recon.example.com",
        "basic_auth": {"username": "u", "password": "p"},
        "alerts": {"expiring": expiring},
    }
    file = tmp_path / "config.yaml"
    file.write_text(yaml.safe_dump({"targets": [entry]}))
    if not problem:
        assert load_config(file, {}, VENDORS).targets
        return
    with pytest.raises(ConfigError) as refused:
        load_config(file, {}, VENDORS)
    assert refused.value.problems == [
        f"targets[0].alerts.expiring: {problem}; give the graver severity the shorter time"
    ]


def test_a_targets_thresholds_go_before_those_of_the_defaults(tmp_path):
    file = tmp_path / "config.yaml"
    said = {
        "name": "a",
        "vendor": "enterprise_recon",
        "url": "https://recon.example.com",
        "basic_auth": {"username": "u", "password": "p"},
        "alerts": {"near_limit": "never"},
    }
    defaults = {"alerts": {"near_limit": "95%", "underused": "30%"}}
    file.write_text(yaml.safe_dump({"defaults": defaults, "targets": [said]}))
    alerts = load_config(file, {}, VENDORS).targets[0].alerts
    assert (alerts.near_limit, alerts.underused) == (math.inf, 0.3)


def test_a_pool_that_is_named_twice_is_refused():
    pools = {"server": {"near_limit": "80%"}, "server/licenses": {"near_limit": "90%"}}
    with pytest.raises(ConfigError, match=r"targets\[0\]\.alerts\.pools: names a pool twice"):
        target(alerts={"pools": pools})


def test_thresholds_are_shown_as_they_are_written(tmp_path):
    said = {
        "near_limit": "98%",
        "expiring": {"info": "90d", "critical": "never"},
        "pools": {"server/licenses": {"near_limit": "never"}},
    }
    file = tmp_path / "config.yaml"
    entry = {
        "name": "a",
        "vendor": "enterprise_recon",
        "url": "https://recon.example.com",
        "basic_auth": {"username": "u", "password": "p"},
        "alerts": said,
    }
    file.write_text(yaml.safe_dump({"targets": [entry]}))
    shown = yaml.safe_load(masked(load_config(file, {}, VENDORS)))["targets"][0]["alerts"]
    assert (shown["near_limit"], shown["pools"]) == (said["near_limit"], said["pools"])
    assert Alerts.model_validate(shown) == Alerts.model_validate(said)


def test_the_narrowest_threshold_of_a_pool_holds():
    alerts = Alerts.model_validate(
        {
            "near_limit": "95%",
            "pools": {"a/users": {"near_limit": "80%"}, "b/users": {"underused": "1%"}},
        }
    )
    found = [alerts.near_limit_of((name, "users")) for name in "abc"]
    assert found == [0.8, 0.95, 0.95]
