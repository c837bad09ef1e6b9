"""What the chart renders, and the golden files: `python -m tests.deploy.chart.render`."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.tools import CHART, HELM_4, helm

HERE = Path(__file__).parent
VALUES = sorted((HERE / "values").glob("*.yaml"))
BAD = sorted((HERE / "bad").glob("*.yaml"))


class _Text(str):
    """A text of several lines, to be written as such."""


yaml.SafeDumper.add_representer(
    _Text, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
)


def rendered(values: Path, package: str = HELM_4) -> list[dict[str, Any]]:
    """The documents that the chart renders from a file of values."""
    return copy.deepcopy(_rendered(values, package))


@cache
def _rendered(values: Path, package: str) -> list[dict[str, Any]]:
    arguments = ("template", "licenses", CHART, "--namespace=monitoring", f"--values={values}")
    answer = helm(package, *arguments)
    assert answer.returncode == 0, answer.stderr
    documents = [
        document for document in yaml.load_all(answer.stdout, yaml.CSafeLoader) if document
    ]
    return sorted(documents, key=lambda document: (document["kind"], document["metadata"]["name"]))


def golden(values: Path) -> str:
    """The documents for a reader's eye: one of the dashboards; no content of rules and boards."""
    documents = [document for document in rendered(values) if not _is_further_board(document)]
    for document in documents:
        if document["kind"] == "PrometheusRule":
            document["spec"]["groups"] = ["..."]
        for name, text in document.get("data", {}).items():
            document["data"][name] = "..." if name.endswith(".json") else _Text(text)
    return (HERE / "values" / values.name).read_text().splitlines()[0] + "\n" + written(documents)


def _is_further_board(document: dict[str, Any]) -> bool:
    [*names] = document.get("data", ())
    return any(name.endswith(".json") and "overview" not in name for name in names)


def written(documents: list[dict[str, Any]]) -> str:
    """The documents as YAML."""
    return yaml.safe_dump_all(documents, sort_keys=False, width=100, explicit_start=True)


def golden_file(values: Path) -> Path:
    return HERE / "golden" / values.name


if __name__ == "__main__":
    for values in VALUES:
        golden_file(values).write_text(golden(values))
