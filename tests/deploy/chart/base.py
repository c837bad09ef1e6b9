"""The kustomize base, from what the chart renders: `python -m tests.deploy.chart.base`."""

from typing import Any

import yaml

from tests.deploy.tools import CHART, HELM_4, ROOT, helm

BASE = ROOT / "deploy/kustomize/base"
KINDS = ("Deployment", "Service", "ServiceAccount")


def documents() -> dict[str, dict[str, Any]]:
    """What the chart renders by default, by kind, without what is Helm's own."""
    answer = helm(HELM_4, "template", "license-exporter", CHART)
    assert answer.returncode == 0, answer.stderr
    found = {document["kind"]: document for document in yaml.safe_load_all(answer.stdout)}
    pod = found["Deployment"]["spec"]["template"]["metadata"]
    for metadata in (*(document["metadata"] for document in found.values()), pod):
        metadata.pop("namespace", None)
        for label in ("app.kubernetes.io/managed-by", "helm.sh/chart"):
            metadata["labels"].pop(label)
    # Kustomize tells a changed configuration by the ConfigMap's name.
    del pod["annotations"]["checksum/config"]
    return found


def text_of(document: dict[str, Any]) -> str:
    return "# Written from the chart by `make charts`.\n" + yaml.safe_dump(
        document, sort_keys=False
    )


if __name__ == "__main__":
    for kind, document in documents().items():
        if kind in KINDS:
            (BASE / f"{kind.lower()}.yaml").write_text(text_of(document))
