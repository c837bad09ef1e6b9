"""Writes the dashboards: `python -m grafana.generate` in the project's folder.

dashboards/ is what provisioning loads, importable/ the same for grafana.com and for import by hand.

The JSON is Grafana's classic model, which Grafana 10 and later load and provisioning takes.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.boards import expiry, exporter, locations, managers, overview, planning, target
from grafana.importable import importable

FOLDER = Path(__file__).parent / "dashboards"
IMPORTABLE = Path(__file__).parent / "importable"
SCHEMA_VERSION = 39  # of Grafana 11; later ones migrate on load


def dashboards() -> dict[str, Dashboard]:
    """The dashboards by the names of their files."""
    return {
        "overview.json": overview.build(),
        "target.json": target.build(),
        "expiry.json": expiry.build(),
        "planning.json": planning.build(),
        "locations.json": locations.build(),
        "managers.json": managers.build(),
        "exporter.json": exporter.build(),
    }


def rendered(dashboard: Dashboard) -> str:
    """The dashboard as JSON, with what the builders get wrong put right."""
    content = json.loads(JSONEncoder(sort_keys=True).encode(dashboard.build()))
    content["schemaVersion"] = SCHEMA_VERSION
    for number, panel in enumerate(_panels(content), start=1):
        panel["id"] = number
    _without_placement(content)
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def _panels(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in content["panels"]:
        yield panel
        yield from panel.get("panels", [])


def _without_placement(node: Any) -> None:
    # The builders move every link and annotation into a menu that Grafana does not draw.
    if isinstance(node, dict):
        if node.get("placement") == "inControlsMenu":
            del node["placement"]
        for child in node.values():
            _without_placement(child)
    elif isinstance(node, list):
        for child in node:
            _without_placement(child)


def main() -> None:
    for folder in (FOLDER, IMPORTABLE):
        folder.mkdir(exist_ok=True)
    for name, dashboard in dashboards().items():
        text = rendered(dashboard)
        (FOLDER / name).write_text(text)
        (IMPORTABLE / name).write_text(importable(text))


if __name__ == "__main__":
    main()
