"""The files for grafana.com: what they ask for on import, and that they are the same dashboards."""

import json
import re

import pytest

from grafana.generate import IMPORTABLE, dashboards, rendered
from grafana.importable import importable
from tests.grafana.test_dashboards import CONTENT, FILES


def content(name: str) -> dict:
    return json.loads((IMPORTABLE / name).read_text())


def test_there_is_one_of_each_dashboard_and_generating_again_changes_nothing():
    assert sorted(path.name for path in IMPORTABLE.glob("*.json")) == FILES
    for name, dashboard in dashboards().items():
        text = (IMPORTABLE / name).read_text()
        assert text == importable(rendered(dashboard)), f"{name}: run python -m grafana.generate"


@pytest.mark.parametrize("name", FILES)
def test_the_data_source_is_asked_for_once_and_nothing_else_is_open(name: str):
    (asked,) = content(name)["__inputs"]
    assert (asked["type"], asked["pluginId"]) == ("datasource", "prometheus")
    text = (IMPORTABLE / name).read_text()
    variables = {variable["name"] for variable in content(name)["templating"]["list"]}
    built_in = {"__all", "__data", "__field", "__range", "__rate_interval", "__url_time_range"}
    used = set(re.findall(r"\$\{?([A-Za-z_]\w*)", text))
    assert used <= variables | built_in | {asked["name"]}
    assert asked["name"] in used
    assert "datasource" not in variables


@pytest.mark.parametrize("name", FILES)
def test_the_panels_and_queries_are_those_of_the_dashboard(name: str):
    def queries(of: dict) -> list:
        return [[target["expr"] for target in panel.get("targets", [])] for panel in of["panels"]]

    assert queries(content(name)) == queries(CONTENT[name])
    assert content(name)["uid"] == CONTENT[name]["uid"]


@pytest.mark.parametrize("name", FILES)
def test_each_kind_of_panel_is_told_as_required(name: str):
    required = {(one["type"], one["id"]) for one in content(name)["__requires"]}
    panels = {("panel", panel["type"]) for panel in content(name)["panels"]} - {("panel", "row")}
    assert required == panels | {("grafana", "grafana"), ("datasource", "prometheus")}
