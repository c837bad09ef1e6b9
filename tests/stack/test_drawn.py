import json
from urllib.parse import parse_qsl

import promql_parser
import pytest

from deploy.stack.drawn import asked, page
from deploy.stack.members import PROJECT

FOLDER = PROJECT / "grafana" / "importable"
DASHBOARDS = {file.stem: json.loads(file.read_text()) for file in FOLDER.glob("*.json")}


@pytest.mark.parametrize("name", sorted(DASHBOARDS))
def test_what_each_panel_asks_is_a_query_without_variables(name: str) -> None:
    for panel in DASHBOARDS[name]["panels"]:
        parameters = dict(parse_qsl(asked({"targets": [], **panel})))
        queries = [value for key, value in parameters.items() if key.endswith(".expr")]
        assert len(queries) == len(panel.get("targets", ()))
        for query in queries:
            promql_parser.parse(query)


def test_what_is_asked_over_time_is_a_graph_and_what_is_asked_at_once_a_table() -> None:
    targets = [{"expr": 'up{job=~"$job"}'}, {"expr": "sum(${pool:raw})", "instant": True}]
    parameters = dict(parse_qsl(asked({"targets": targets})))
    assert (parameters["g0.expr"], parameters["g0.tab"]) == ('up{job=~".*"}', "0")
    assert (parameters["g1.expr"], parameters["g1.tab"]) == ("sum(.*)", "1")


@pytest.mark.parametrize(
    ("pages", "begins"),
    [
        ("http://127.0.0.1:1/classic", "http://127.0.0.1:1/classic/graph?g0.expr="),
        (None, "http://127.0.0.1:1/api/v1/query?query="),
    ],
)
def test_the_page_leads_to_every_panel_and_says_how_to_import_the_dashboards(
    pages: str | None, begins: str
) -> None:
    text = page(FOLDER, "http://127.0.0.1:1", pages)
    assert str(FOLDER) in text
    panels = [panel for content in DASHBOARDS.values() for panel in content["panels"]]
    assert text.count(f'<a href="{begins}') == sum(bool(panel.get("targets")) for panel in panels)
