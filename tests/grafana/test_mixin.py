"""The mixin, rendered: untouched it is what the project ships; each setting does its part."""

import json
from typing import Any

import _gojsonnet as jsonnet
import pytest
import yaml

from tests.grafana.test_dashboards import CONTENT, asked, expressions, queried
from tests.promql import ROOT, RULES, selectors


def rendered(config: str = "{}") -> Any:
    snippet = f"""
        local mixin = (import 'mixin/mixin.libsonnet') {{ _config+:: {config} }};
        {{
          dashboards: mixin.grafanaDashboards,
          rules: mixin.prometheusRules.groups,
          alerts: mixin.prometheusAlerts.groups,
        }}"""
    return json.loads(jsonnet.evaluate_snippet(str(ROOT / "snippet"), snippet))


def rules(content: Any) -> list[dict[str, Any]]:
    return [rule for group in content["rules"] + content["alerts"] for rule in group["rules"]]


def test_untouched_it_renders_to_the_files_of_the_project():
    content = rendered()
    assert content["dashboards"] == CONTENT
    groups = {group["name"]: group for group in content["rules"] + content["alerts"]}
    shipped = yaml.safe_load(RULES.read_text())["groups"]
    assert groups == {group["name"]: group for group in shipped}
    assert all("record" in rule for group in content["rules"] for rule in group["rules"])
    assert all("alert" in rule for group in content["alerts"] for rule in group["rules"])


def named(selector: Any) -> bool:
    return selector.name.startswith("license_") or "__name__" in selector.matchers


def test_the_selector_is_in_each_selector_of_the_exporters_metrics_and_in_no_other():
    content = rendered("""{ selector: 'cluster="one"' }""")
    queries = [rule["expr"] for rule in rules(content) if "license_" in rule["expr"]]
    for dashboard in content["dashboards"].values():
        panels = {panel["title"] for panel in dashboard["panels"]}
        queries += [query for asker, query in expressions(dashboard) if asker in panels]
        queries += [asked(variable) for variable in queried(dashboard)]
    assert len(queries) > 200
    for expression in queries:
        for selector in selectors(expression):
            has = selector.matchers.get("cluster") == '="one"'
            assert has == named(selector), expression


def test_a_threshold_is_replaced_for_all_severities_or_for_one():
    content = rendered("{ thresholds: { near_limit_ratio: 0.95, expiring_seconds: { info: 60 } } }")
    values = {
        (rule["record"], rule.get("labels", {}).get("severity")): rule["expr"]
        for rule in rules(content)
        if rule.get("record", "").endswith(":threshold")
    }
    assert values["license:near_limit_ratio:threshold", None] == "vector(0.95)"
    assert values["license:expiring_seconds:threshold", "info"] == "vector(60)"
    assert values["license:expiring_seconds:threshold", "critical"] == "vector(7 * 86400)"


def test_a_threshold_that_is_none_is_an_error_that_names_those_there_are():
    with pytest.raises(RuntimeError, match=r"no threshold \[\"near\"\].*near_limit_ratio"):
        rendered("{ thresholds: { near: 1 } }")


def test_an_alert_is_left_out_and_dashboards_link_by_their_new_tags():
    content = rendered("{ without: ['LicenseUnderused'], tags: ['a', 'b'] }")
    alerts = {rule.get("alert") for rule in rules(content)}
    assert "LicenseUnderused" not in alerts
    assert "LicenseExpired" in alerts
    for dashboard in content["dashboards"].values():
        assert dashboard["tags"] == ["a", "b"]
        assert [link["tags"] for link in dashboard["links"]] == [["a", "b"]]
