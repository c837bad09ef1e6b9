"""The kustomize base is what the chart renders, but for what each of the two adds of its own."""

import shutil
from pathlib import Path

import kubernetes_validate
import yaml

from tests.deploy.chart.base import BASE, KINDS, documents, text_of
from tests.deploy.tools import kustomize


def test_its_files_are_written_from_the_chart() -> None:
    rendered = documents()
    for kind in KINDS:
        file = BASE / f"{kind.lower()}.yaml"
        assert file.read_text() == text_of(rendered[kind]), "run `make charts`"


def test_it_builds_what_the_chart_renders() -> None:
    built = {document["kind"]: document for document in yaml.safe_load_all(kustomize(BASE))}
    rendered = documents()
    assert built.keys() == rendered.keys()
    hashed = built["ConfigMap"]["metadata"]["name"]
    assert hashed.startswith("license-exporter-")
    [volume] = built["Deployment"]["spec"]["template"]["spec"]["volumes"]
    assert volume["configMap"]["name"] == hashed
    volume["configMap"]["name"] = rendered["ConfigMap"]["metadata"]["name"]
    for kind in KINDS:
        assert built[kind] == rendered[kind]
    configs = (
        yaml.safe_load(maps["ConfigMap"]["data"]["config.yaml"]) for maps in (built, rendered)
    )
    assert next(configs) == next(configs)
    for document in built.values():
        kubernetes_validate.validate(document, "1.37.0", strict=True)


def test_the_overlay_that_its_comment_shows_works(tmp_path: Path) -> None:
    shutil.copytree(BASE, tmp_path / "base")
    lines = (BASE / "kustomization.yaml").read_text().splitlines()
    overlay = "\n".join(line.removeprefix("#   ") for line in lines if line.startswith("#   "))
    (tmp_path / "kustomization.yaml").write_text(overlay)
    (tmp_path / "config.yaml").write_text("targets: [] # mine\n")
    built = {document["kind"]: document for document in yaml.safe_load_all(kustomize(tmp_path))}
    assert built["ConfigMap"]["data"] == {"config.yaml": "targets: [] # mine\n"}
    assert {document["metadata"]["namespace"] for document in built.values()} == {"monitoring"}
    spec = built["Deployment"]["spec"]["template"]["spec"]
    assert spec["volumes"][1] == {"name": "recon", "secret": {"secretName": "recon"}}
    assert spec["containers"][0]["volumeMounts"][1]["mountPath"] == "/run/secrets/recon"
