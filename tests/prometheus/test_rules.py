"""The rules as a text, beyond promtool's checks; what they do is in prometheus/rules_test.yml."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import promql_parser as promql
import pytest
import yaml

from license_exporter.errors import Reason
from license_exporter.model.vendor import DATA_AGE
from license_exporter.vendors.registry import find_vendors
from tests.e2e.programs import needed
from tests.promql import (
    OWNERS,
    RULES,
    RUNBOOKS,
    exported,
    labels,
    nodes,
    recorded,
    rule_groups,
    rules,
    selectors,
)

ALERTS = {
    "LicenseBorrowed": {"info"},
    "LicenseDaemonDown": {"critical"},
    "LicenseDataStale": {"warning"},
    "LicenseDeadlineSoon": {"warning", "critical"},
    "LicenseDenials": {"warning"},
    "LicenseEntitlementExpired": {"warning"},
    "LicenseEntitlementExpiring": {"warning", "critical"},
    "LicenseExpired": {"info", "critical"},
    "LicenseExpiringSoon": {"info", "warning", "critical"},
    "LicenseExporterConfigReloadFailed": {"warning"},
    "LicenseExporterDown": {"critical"},
    "LicenseExporterUnstable": {"warning"},
    "LicenseForecastExhaustion": {"warning"},
    "LicenseGraceEnded": {"critical"},
    "LicenseInvalid": {"info", "critical"},
    "LicenseLimitReached": {"critical"},
    "LicenseLocationsFolded": {"info"},
    "LicenseMostTargetsDown": {"critical"},
    "LicenseNearLimit": {"warning"},
    "LicenseOverLimit": {"warning"},
    "LicensePartialData": {"warning"},
    "LicensePendingScans": {"info"},
    "LicensePoolGone": {"info"},
    "LicenseQueued": {"warning"},
    "LicenseReplicaBlind": {"info"},
    "LicenseSaturated": {"warning"},
    "LicenseScrapedTooSeldom": {"warning"},
    "LicenseServerDown": {"warning"},
    "LicenseSkippedValues": {"warning"},
    "LicenseStateExceeded": {"warning"},
    "LicenseSuspended": {"critical"},
    "LicenseTargetDown": {"warning"},
    "LicenseTargetUnstable": {"warning"},
    "LicenseTargetsGone": {"warning"},
    "LicenseUnderused": {"info"},
}
EXPORTER_URL = "{{ $externalLabels.exporter_url }}"
JOINED_OWNERS = "* on (job, target, vendor) group_left (team, owner) target:license_owner:info"
JOINED_DECIDERS = (
    "* on (job, target, vendor, contract) group_left (team, owner)"
    " target:license_contract_owner:info"
)
# Alerts that are about more than one target.
OF_NO_TARGET = {
    "LicenseExporterConfigReloadFailed",
    "LicenseExporterDown",
    "LicenseExporterUnstable",
    "LicenseMostTargetsDown",
    "LicenseScrapedTooSeldom",
    "LicenseTargetsGone",
}
# Tests of the rules as they are; two others are run elsewhere, with rules of their own.
TESTS = [
    RULES.with_name("rules_test.yml"),
    *(
        file
        for file in sorted(Path(__file__).parent.glob("*_test.yml"))
        if file.stem not in ("flexlm_exporter_test", "underused_test")
    ),
]
DURATION = re.compile(r"(\d+)([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def in_file(content: yaml.MappingNode) -> yaml.SequenceNode:
    """The tests in a file, as they are written: promtool reads numbers otherwise than YAML 1.1."""
    return next(value for key, value in content.value if key.value == "tests")


# One by one, so that processors share them.
EVERY_TEST = [
    pytest.param(file, number, id=f"{file.stem}-{number}")
    for file in TESTS
    for number in range(len(in_file(yaml.compose(file.read_text())).value))
]
EVERY_RULE = [
    pytest.param(rule, id=f"{rule.get('record') or rule['alert']}-{number}")
    for number, rule in enumerate(rules())
]
EVERY_ALERT = [
    pytest.param(rule, id=f"{rule['alert']}-{rule['labels']['severity']}")
    for rule in rules()
    if "alert" in rule
]


def duration(text: str) -> timedelta:
    return sum(
        (timedelta(**{UNITS[unit]: int(number)}) for number, unit in DURATION.findall(text)),
        timedelta(),
    )


def of_a_target(rule: dict[str, Any]) -> bool:
    return rule["alert"] not in OF_NO_TARGET


def test_every_promised_alert_is_there_with_its_severities():
    shipped: dict[str, set[str]] = {}
    for rule in rules():
        if "alert" in rule:
            shipped.setdefault(rule["alert"], set()).add(rule["labels"]["severity"])
    assert shipped == ALERTS


@pytest.mark.parametrize("rule", EVERY_ALERT)
def test_an_alert_has_a_plain_summary_a_templated_description_and_a_runbook(rule):
    summary = rule["annotations"]["summary"]
    assert re.fullmatch(r"[A-Z][^{}]+\.", summary)
    assert "{{" in rule["annotations"]["description"]
    assert rule["annotations"]["description"].endswith((".", "{{ end }}"))
    page, _, heading = rule["annotations"]["runbook_url"].partition("#")
    assert page == f"{EXPORTER_URL}/runbooks"
    assert heading == rule["alert"].lower()
    page = rule["annotations"].get("target_url", "")
    assert page == (
        f"{EXPORTER_URL}/target?name={{{{ $labels.target }}}}" if of_a_target(rule) else ""
    )
    assert f"\n## {rule['alert']}\n" in RUNBOOKS.read_text()


def test_every_section_of_the_runbooks_says_what_it_means_how_to_check_and_what_to_do():
    sections = RUNBOOKS.read_text().split("\n## ")[1:]
    alerts = {title: text for title, _, text in (section.partition("\n") for section in sections)}
    assert alerts.pop("Thresholds")
    assert set(alerts) == set(ALERTS)
    for text in alerts.values():
        assert all(word in text for word in ("**Means:**", "**Check:**", "**Do:**"))


def test_the_runbooks_say_what_to_do_for_each_reason_of_a_failure():
    section = RUNBOOKS.read_text().split("\n## LicenseTargetDown\n")[1].split("\n## ")[0]
    assert all(f"`{reason}`" in section for reason in Reason)


def test_every_threshold_is_in_the_first_group_documented_and_used():
    first, *others = rule_groups()
    thresholds = {rule["record"] for rule in first["rules"]}
    expressions = "".join(rule["expr"] for group in others for rule in group["rules"])
    for threshold in thresholds:
        assert re.fullmatch(r"license:\w+:threshold", threshold)
        assert threshold in RUNBOOKS.read_text()
        assert threshold in expressions


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rule_reads_only_what_the_exporter_prometheus_or_another_rule_writes(rule):
    known = exported()
    names = {selector.name for selector in selectors(rule["expr"])}
    assert names <= known.keys() | recorded()
    allowed = {label for name in known for label in known[name]}
    assert labels(rule["expr"]) <= allowed | {"severity", "week", *OWNERS}
    for selector in selectors(rule["expr"]):
        if selector.name in known:
            assert selector.matchers.keys() <= known[selector.name]


def is_scalar(node: Any) -> bool:
    return isinstance(node, promql.Call) and node.func.name == "scalar"


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_join_of_two_metrics_names_its_labels(rule):
    for node in nodes(rule["expr"]):
        if isinstance(node, promql.BinaryExpr) and str(node.op) not in ("and", "or", "unless"):
            left, right = (
                {selector.name for selector in selectors(side.prettify())}
                for side in (node.lhs, node.rhs)
            )
            scalars = [side for side in (node.lhs, node.rhs) if is_scalar(side)]
            if left and right and left != right and not scalars:
                assert str(node.modifier).startswith(("on", "bool on")), node.prettify()


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_license_metric_is_read_over_a_missed_scrape_and_without_its_instance(rule):
    if rule.get("alert") in {"LicenseExporterDown", "LicenseExporterConfigReloadFailed"}:
        return
    if rule.get("record", "").startswith("instance:") or rule.get("alert") == "LicenseReplicaBlind":
        return  # about an instance
    families = exported().keys() - recorded() - {"up"}  # Prometheus' own, which no scrape misses
    within_range = {
        node.vector_selector.name
        for node in nodes(rule["expr"])
        if isinstance(node, promql.MatrixSelector)
    }
    raw = {selector.name for selector in selectors(rule["expr"])} & families
    assert raw <= within_range
    if raw:
        groupings = re.findall(r"\b(by|without) \(([^)]*)\)", rule["expr"])
        assert any(
            {"instance", "pod"} <= names if word == "without" else not {"instance", "pod"} & names
            for word, names in ((word, set(text.split(", "))) for word, text in groupings)
        )


@pytest.mark.parametrize("group", rule_groups(), ids=lambda group: group["name"])
def test_a_group_is_evaluated_often_enough_to_leave_no_gap(group):
    interval = duration(group["interval"])
    for rule in group["rules"]:
        assert duration(rule.get("for", "0s")) % interval == timedelta()
        if interval > timedelta(minutes=5):
            ranges = {
                node.range
                for reader in rules()
                for node in nodes(reader["expr"])
                if isinstance(node, promql.MatrixSelector)
                and node.vector_selector.name == rule["record"]
            }
            selected = sum(
                selector.name == rule["record"]
                for reader in rules()
                for selector in selectors(reader["expr"])
            )
            assert selected and min(ranges) >= 2 * interval


@pytest.mark.parametrize("rule", EVERY_ALERT)
def test_an_alert_of_a_target_carries_the_labels_by_which_it_is_routed(rule):
    joined = rule["expr"].rstrip().endswith((JOINED_OWNERS, JOINED_DECIDERS))
    assert joined == of_a_target(rule)


@pytest.mark.parametrize("rule", EVERY_ALERT)
def test_an_alert_has_a_condition_and_no_value_among_its_labels(rule):
    kinds = {type(node).__name__ for node in nodes(rule["expr"])}
    absent = "absent" in rule["expr"]
    assert "BinaryExpr" in kinds or absent
    assert not re.search(r"\b(topk|bottomk|limitk)\b", rule["expr"])
    assert not any("{{" in value for value in rule["labels"].values())


def test_recorded_names_are_level_metric_and_operation():
    for name in recorded():
        assert re.fullmatch(r"(instance|job|license|pool|target):[a-z0-9_]+:[a-z0-9_]+", name)


def test_data_are_old_at_the_age_at_which_the_status_page_says_so():
    vendors = find_vendors()
    late = {name: vendors[name].data_age for name in vendors if vendors[name].data_age != DATA_AGE}
    ages = {
        rule.get("labels", {}).get("vendor"): seconds(rule["expr"])
        for rule in rules()
        if rule.get("record") == "license:data_age_seconds:threshold"
    }
    assert ages == {None: DATA_AGE, **late}


def seconds(expression: str) -> float:
    """The product in a vector of one."""
    days, day = re.fullmatch(r"vector\((\d+) \* (\d+)\)", expression).groups()
    return float(days) * float(day)


@pytest.mark.promtool
def test_promtool_finds_nothing_to_complain_of():
    command = [needed("promtool"), "check", "rules", "--lint=all", "--lint-fatal", str(RULES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.promtool
@pytest.mark.parametrize(("file", "number"), EVERY_TEST)
def test_the_rules_do_what_their_tests_say(tmp_path: Path, file: Path, number: int):
    content = yaml.compose(file.read_text())
    tests = in_file(content)
    tests.value = [tests.value[number]]
    (tmp_path / file.name).write_text(yaml.serialize(content))
    shutil.copy(RULES, tmp_path)
    command = [needed("promtool"), "test", "rules", file.name]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.promtool
def test_under_use_is_told_once_it_is_switched_on(tmp_path: Path):
    text = RULES.read_text()
    switched = re.sub(
        r"(license:underused_ratio:threshold\n +expr:) vector\(0\)", r"\1 vector(0.5)", text
    )
    assert switched != text
    (tmp_path / "rules.yml").write_text(switched)
    shutil.copy(Path(__file__).with_name("underused_test.yml"), tmp_path)
    command = [needed("promtool"), "test", "rules", "underused_test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
