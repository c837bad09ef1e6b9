"""Dashboards as grafana.com and Grafana's own import take them.

These ask for the data source once, on import, in place of a variable on each dashboard.
"""

import json
from collections.abc import Iterator
from typing import Any

GRAFANA = "11.0.0"  # the oldest that reads the files of dashboards/ without migrating them
_INPUT = "DS_PROMETHEUS"
_PANELS = {
    "barchart": "Bar chart",
    "bargauge": "Bar gauge",
    "stat": "Stat",
    "state-timeline": "State timeline",
    "table": "Table",
    "timeseries": "Time series",
}


def importable(rendered: str) -> str:
    """A dashboard of dashboards/, as JSON, in the form that is imported."""
    linked = rendered.replace("${datasource:queryparam}&", "")
    content = json.loads(linked.replace("${datasource}", f"${{{_INPUT}}}"))
    variables = content["templating"]["list"]
    content["templating"]["list"] = [v for v in variables if v["type"] != "datasource"]
    content["id"] = None
    content["__inputs"] = [
        {
            "name": _INPUT,
            "label": "Prometheus",
            "description": "That which scrapes license_exporter.",
            "type": "datasource",
            "pluginId": "prometheus",
            "pluginName": "Prometheus",
        }
    ]
    content["__elements"] = {}
    content["__requires"] = list(_requires(content))
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _requires(content: dict[str, Any]) -> Iterator[dict[str, str]]:
    yield {"type": "grafana", "id": "grafana", "name": "Grafana", "version": GRAFANA}
    yield {"type": "datasource", "id": "prometheus", "name": "Prometheus", "version": "1.0.0"}
    for panel in sorted({panel["type"] for panel in content["panels"]} - {"row"}):
        yield {"type": "panel", "id": panel, "name": _PANELS[panel], "version": ""}
