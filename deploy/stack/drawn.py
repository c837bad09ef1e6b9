"""The dashboards without Grafana: each panel as a page of Prometheus' own graphs and tables."""

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

_PAGE = """\
<!doctype html><html lang="en"><meta charset="utf-8"><title>Dashboards</title>
<h1>Dashboards</h1>
<p>Each link shows what a panel asks, for all targets, {how}.</p>
<p>To see them as they are meant, import the files of <code>{folder}</code> into a Grafana whose
data source is <code>{prometheus}</code>.</p>
{dashboards}</html>
"""


def page(folder: Path, prometheus: str, pages: str | None) -> str:
    """A page with a link for each panel of the dashboards in `folder`.

    `prometheus` is its address, `pages` where its pages begin; None where it has none.
    """
    dashboards = map(json.loads, map(Path.read_text, sorted(folder.glob("*.json"))))
    return _PAGE.format(
        folder=html.escape(str(folder)),
        prometheus=html.escape(prometheus),
        how="in Prometheus" if pages else "as JSON, since this Prometheus has no pages",
        dashboards="".join(_links(dashboard, prometheus, pages) for dashboard in dashboards),
    )


def _links(dashboard: Mapping[str, Any], prometheus: str, pages: str | None) -> str:
    links = "\n".join(
        f'<li><a href="{html.escape(_address(panel, prometheus, pages))}">'
        f"{html.escape(panel['title'])}</a>"
        for panel in dashboard["panels"]
        if panel.get("targets")
    )
    return f"<h2>{html.escape(dashboard['title'])}</h2>\n<ul>{links}</ul>\n"


def _address(panel: Mapping[str, Any], prometheus: str, pages: str | None) -> str:
    if pages:
        return f"{pages}/graph?{asked(panel)}"
    query = urlencode({"query": for_all(panel["targets"][0]["expr"])}, quote_via=quote)
    return f"{prometheus}/api/v1/query?{query}"


def asked(panel: Mapping[str, Any]) -> str:
    """The parameters with which Prometheus' page of graphs shows what a panel asks."""
    parameters: dict[str, str | int] = {}
    for number, target in enumerate(panel["targets"]):
        at_once = target.get("instant", False)
        parameters |= {
            f"g{number}.expr": for_all(target["expr"]),
            f"g{number}.tab": 1 if at_once else 0,
            f"g{number}.range_input": "15m",
        }
    return urlencode(parameters, quote_via=quote)


def for_all(query: str) -> str:
    """A query of a dashboard with the variables set to what they are when it is opened."""
    query = query.replace("$__rate_interval", "1m").replace("$__range", "1h")
    return re.sub(r"\$\{?[a-z_]+(:\w+)?\}?", ".*", query)
