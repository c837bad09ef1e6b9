"""The dashboards as files: that they are generated, that Grafana reads them whole, their style.

Many of the rules are those of dashboard-linter. Left out of these is `instance` in the selectors of
license metrics: a pod or a shard says nothing of a license, so queries drop the label instead.
"""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser as promql
import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.generate import FOLDER, dashboards, rendered
from tests.promql import exported, labels, made, nodes, recorded, selectors

FILES = sorted(path.name for path in FOLDER.glob("*.json"))
CONTENT = {name: json.loads((FOLDER / name).read_text()) for name in FILES}

TYPES = {"barchart", "bargauge", "stat", "state-timeline", "table", "timeseries"}
UNITS = {
    "bytes",
    "dateTimeAsIso",
    "decbytes",
    "locale",
    "none",
    "percentunit",
    "reqps",
    "s",
    "sishort",
    "time:YYYY-MM-DD",
}
# What stands for all values: of the owner, targets of nobody too; None: all that are listed.
ALL_VALUES = {"owner": ".*", ("target.json", "pool"): None, ("managers.json", "vendor"): None}
BUILT_IN = {"__all", "__data", "__field", "__range", "__rate_interval", "__url_time_range"}


def panels(name: str) -> list[dict[str, Any]]:
    return [panel for panel in CONTENT[name]["panels"] if panel["type"] != "row"]


def expressions(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each query of the dashboard with what asks it, in PromQL proper."""
    for panel in content["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], plain(target["expr"])
    for annotation in content["annotations"].get("list", []):
        yield annotation["name"], plain(annotation["expr"])
    for variable in queried(content):
        yield variable["name"], plain(asked(variable))


def asked(variable: dict[str, Any]) -> str:
    """The PromQL of a variable's query."""
    found = re.fullmatch(r"label_values\((.*), \w+\)|query_result\((.*)\)", variable["query"])
    return found[1] or found[2]


def plain(expression: str) -> str:
    return expression.replace("$__rate_interval", "5m").replace("$__range", "30d")


def queried(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [v for v in content["templating"]["list"] if v["type"] == "query"]


QUERIES_OF_VARIABLES = {variable["query"] for name in FILES for variable in queried(CONTENT[name])}
EVERY_PANEL = [
    pytest.param(panel, id=f"{name}-{panel['title']}") for name in FILES for panel in panels(name)
]
EVERY_QUERY = [
    pytest.param(name, expression, id=f"{name}-{title}-{number}")
    for name in FILES
    for number, (title, expression) in enumerate(expressions(CONTENT[name]))
]


def test_generating_again_changes_nothing():
    generated = {name: rendered(dashboard) for name, dashboard in dashboards().items()}
    assert generated.keys() == set(FILES)
    for name, text in generated.items():
        assert (FOLDER / name).read_text() == text, f"{name}: run python -m grafana.generate"


@pytest.mark.parametrize("name", FILES)
def test_grafanas_own_model_knows_every_key(name: str):
    register_default_plugins()
    understood = json.loads(JSONEncoder().encode(Dashboard.from_json(CONTENT[name])))
    assert list(lost(CONTENT[name], understood)) == []


def lost(ours: Any, theirs: Any, path: str = "") -> Iterator[str]:
    """Paths of keys that did not survive being read and written."""
    if isinstance(ours, dict):
        for key, value in ours.items():
            if not isinstance(theirs, dict) or key not in theirs:
                yield f"{path}.{key}"
            else:
                yield from lost(value, theirs[key], f"{path}.{key}")
    elif isinstance(ours, list):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from lost(one, other, f"{path}[{number}]")


def test_addresses_and_titles_are_unique_and_short():
    for key in ("uid", "title"):
        values = [content[key] for content in CONTENT.values()]
        assert len(set(values)) == len(values)
    assert all(len(content["uid"]) <= 40 for content in CONTENT.values())


@pytest.mark.parametrize("name", FILES)
def test_a_dashboard_is_read_only_and_links_to_the_others_with_its_variables(name: str):
    content = CONTENT[name]
    assert content["editable"] is False
    assert content["schemaVersion"] == 39
    assert content["tags"] == ["license-exporter"]
    (link,) = content["links"]
    assert link["type"] == "dashboards"
    assert link["tags"] == content["tags"]
    assert link["includeVars"]
    assert link["keepTime"]
    assert "inControlsMenu" not in json.dumps(content)


@pytest.mark.parametrize("name", FILES)
def test_variables_begin_with_the_data_source_and_narrow_each_other(name: str):
    source, *others = CONTENT[name]["templating"]["list"]
    assert (source["type"], source["name"], source["label"]) == (
        "datasource",
        "datasource",
        "Data source",
    )
    names = [variable["name"] for variable in others]
    expected = {
        "exporter.json": ["job", "instance", "owner"],
    }.get(name, ["job", "vendor", "owner", "target"])
    assert names[: len(expected)] == expected
    for variable in others:
        assert variable["label"] == variable["name"].capitalize() or variable["name"] == "pool"
        assert variable["datasource"]["uid"] == "${datasource}"
        assert variable["refresh"] == 2
        if (name, variable["name"]) in {("target.json", "target"), ("managers.json", "pool")}:
            assert not variable.get("includeAll")
        else:
            assert variable["multi"]
            assert variable["includeAll"]
            of_all = ALL_VALUES.get(variable["name"], ".+")
            assert variable.get("allValue") == ALL_VALUES.get((name, variable["name"]), of_all)


@pytest.mark.parametrize("name", FILES)
def test_every_variable_is_defined_and_used(name: str):
    text = json.dumps(CONTENT[name])
    used = set(re.findall(r"\$\{?([A-Za-z_]\w*)", text)) - BUILT_IN
    repeated = {panel.get("repeat") for panel in panels(name)} - {None}
    defined = {variable["name"] for variable in CONTENT[name]["templating"]["list"]}
    assert used | repeated == defined


@pytest.mark.parametrize("panel", EVERY_PANEL)
def test_a_panel_says_what_it_shows_and_what_to_do(panel: dict[str, Any]):
    assert panel["type"] in TYPES
    assert panel["title"]
    assert len(panel["description"]) > 20
    assert panel["description"].endswith(".")
    assert panel["datasource"]["uid"] == "${datasource}"
    assert panel["targets"]
    assert panel["fieldConfig"]["defaults"]["noValue"]
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
    for override in panel["fieldConfig"]["overrides"]:
        assert {p["value"] for p in override["properties"] if p["id"] == "unit"} <= UNITS


@pytest.mark.parametrize("name", FILES)
def test_panels_have_places_and_numbers_of_their_own(name: str):
    everything = CONTENT[name]["panels"]
    numbers = [panel["id"] for panel in everything]
    assert len(set(numbers)) == len(numbers)
    for panel in everything:
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    for one, other in itertools.combinations((panel["gridPos"] for panel in everything), 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below


@pytest.mark.parametrize("name", FILES)
def test_a_link_leads_to_a_dashboard_of_the_project_and_to_its_variables(name: str):
    by_uid = {content["uid"]: content for content in CONTENT.values()}
    for uid, query in re.findall(r'"/d/([\w-]+)\?([^"]*)"', json.dumps(CONTENT[name])):
        variables = {variable["name"] for variable in by_uid[uid]["templating"]["list"]}
        named = set(re.findall(r"var-(\w+)=", query)) | set(re.findall(r"\{(\w+):query", query))
        assert named <= variables
        assert "${__url_time_range}" in query


@pytest.mark.parametrize(("name", "expression"), EVERY_QUERY)
def test_a_query_asks_only_for_metrics_and_labels_that_exist(name: str, expression: str):
    known = exported()
    found = selectors(expression)
    assert {selector.name for selector in found} <= known.keys() | recorded() | {""}
    for selector in found:
        if selector.name in known:
            assert selector.matchers.keys() <= known[selector.name]
    told = {label for n in known for label in known[n]} | {"__name__"}
    assert labels(expression) <= told | made(expression)


@pytest.mark.parametrize(("name", "expression"), EVERY_QUERY)
def test_a_query_follows_the_variables(name: str, expression: str):
    scope = {"job", "vendor", "target"}
    if f"query_result({expression})" in QUERIES_OF_VARIABLES:
        scope = {"job"}  # a variable's own query names what stands before it only
    for selector in selectors(expression):
        if selector.name.endswith(":threshold") or "__name__" in selector.matchers:
            continue
        defined = {v["name"] for v in CONTENT[name]["templating"]["list"]}
        narrowed = {label for label, value in selector.matchers.items() if value == f'=~"${label}"'}
        if expression.startswith(selector.name) and "(" not in expression:
            continue
        if selector.name == "ALERTS":
            # The overview shows the alert too that no exporter is there, which has no job.
            assert "job" in narrowed or selector.matchers["job"] == '=~"$job|"'
        elif "target" in defined:
            assert scope <= narrowed
        else:
            assert "job" in narrowed


@pytest.mark.parametrize(("name", "expression"), EVERY_QUERY)
def test_a_counter_is_only_read_as_a_rate_over_a_range_that_follows_the_graph(
    name: str, expression: str
):
    if any(selector.name.endswith(("_total", "_bucket")) for selector in selectors(expression)):
        functions = {node.func.name for node in nodes(expression) if isinstance(node, promql.Call)}
        assert functions & {"rate", "increase"}
    original = json.dumps(CONTENT[name])
    for span in re.findall(r"\b(?:rate|irate|increase)\([^\[\]]*\[([^\]]*)\]", original):
        assert span in {"$__rate_interval", "$__range"}


@pytest.mark.parametrize("name", FILES)
def test_the_owner_in_a_table_is_a_label_and_no_number(name: str):
    for panel in panels(name):
        for step in panel.get("transformations", []):
            renamed = step["options"].get("renameByName", {})
            owners = {field for field, title in renamed.items() if title == "Owner"}
            assert owners <= {"owner"}, panel["title"]


@pytest.mark.parametrize("name", FILES)
def test_last_days_are_shown_as_days_and_without_an_hour(name: str):
    days = {"Good until", "Last day", "Notice until", "Decide by"}
    for panel in panels(name):
        for override in panel["fieldConfig"]["overrides"]:
            if override["matcher"]["options"] in days:
                units = [each["value"] for each in override["properties"] if each["id"] == "unit"]
                assert units == ["time:YYYY-MM-DD"], panel["title"]
