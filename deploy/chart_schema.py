"""Write the chart's values.schema.json: `python deploy/chart_schema.py`.

It is helm/values.schema.yaml with the schema of the exporter's configuration as that of `config`.
"""

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from license_exporter.config.schema import schema
from license_exporter.vendors.registry import GROUP, find_vendors

HELM = Path(__file__).parent / "helm"
WRITTEN = HELM / "license-exporter/values.schema.json"


def chart_schema() -> str:
    """The text of values.schema.json."""
    chart = yaml.safe_load((HELM / "values.schema.yaml").read_text())
    own = (point for point in metadata.entry_points(group=GROUP) if point.name == "builtin")
    config = schema(find_vendors(own))
    definitions = config.pop("$defs")
    _close(definitions["Entry"])
    chart["$defs"] |= definitions
    chart["properties"]["config"] = {
        key: value for key, value in config.items() if key not in ("$schema", "title")
    }
    return json.dumps(chart, indent=1) + "\n"


def _close(entry: dict[str, Any]) -> None:
    """Refuse the options of other vendors without unevaluatedProperties.

    Helm 3.17 does not know it, and takes any option. Words of older drafts say the same at length.
    """
    del entry["unevaluatedProperties"]
    branches = [branch["then"]["properties"] for branch in entry["allOf"]]
    of_vendors = set().union(*branches) - set(entry["properties"])
    for branch in branches:
        branch |= dict.fromkeys(sorted(of_vendors - set(branch)), False)
    entry["properties"] |= dict.fromkeys(sorted(of_vendors), True)
    entry["additionalProperties"] = False


if __name__ == "__main__":
    WRITTEN.write_text(chart_schema())
