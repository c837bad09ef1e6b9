"""What the chart renders, and the golden files: `python -m tests.deploy.chart.render`."""

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
    arguments = ("template", "licenses", CHART, "--namespace=monitoring", f"--values={values}")
    answer = helm(package, *arguments)
    assert answer.returncode == 0, answer.stderr
    documents = [document for document in yaml.safe_load_all(answer.stdout) if document]
    return sorted(documents, key=lambda document: (document["kind"], document["metadata"]["name"]))


def golden(values: Path) -> str:
    """The documents for a reader's eye, without the contents of rules and dashboards."""
    documents = rendered(values)
    for document in documents:
        if document["kind"] == "PrometheusRule":
            document["spec"]["groups"] = ["..."]
        for name, text in document.get("data", {}).items():
            document["data"][name] = "..." if name.endswith(".json") else _Text(text)
    return (HERE / "values" / values.name).read_text().splitlines()[0] + "\n" + written(documents)


def written(documents: list[dict[str, Any]]) -> str:
    """The documents as YAML."""
    return yaml.safe_dump_all(documents, sort_keys=False, width=100, explicit_start=True)


def golden_file(values: Path) -> Path:
    return HERE / "golden" / values.name


if __name__ == "__main__":
    for values in VALUES:
        golden_file(values).write_text(golden(values))
