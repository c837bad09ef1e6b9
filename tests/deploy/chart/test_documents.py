"""Every document that the chart renders, held against what a cluster would make of it."""

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cloudcoil.models.prometheus_operator.v1 as operator_v1
import cloudcoil.models.prometheus_operator.v1alpha1 as operator_v1alpha1
import kubernetes_validate
import pytest
import yaml

from tests.deploy.chart.render import VALUES, golden, golden_file, rendered
from tests.deploy.tools import HELM_3

KUBERNETES = ["1.25.0", "1.28.0", "1.31.0", "1.34.0", "1.37.0"]
OPERATOR = {
    "monitoring.coreos.com/v1": operator_v1,
    "monitoring.coreos.com/v1alpha1": operator_v1alpha1,
}

every_file = pytest.mark.parametrize("values", VALUES, ids=lambda path: path.stem)


@every_file
def test_what_is_rendered_is_what_was_reviewed(values: Path) -> None:
    assert golden(values) == golden_file(values).read_text(), "see it with `make charts`"


def test_no_golden_file_is_left_over() -> None:
    assert {golden_file(values) for values in VALUES} == set(
        golden_file(VALUES[0]).parent.iterdir()
    )


@every_file
def test_helm_3_and_helm_4_render_the_same(values: Path) -> None:
    assert rendered(values, HELM_3) == rendered(values)


@every_file
@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_knows_every_field(values: Path, version: str) -> None:
    for document in rendered(values):
        if document["apiVersion"] not in OPERATOR:
            kubernetes_validate.validate(document, version, strict=True)


def test_an_unknown_field_would_be_found() -> None:
    document = next(document for document in rendered(VALUES[0]) if document["kind"] == "Service")
    document["spec"]["prots"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(document, KUBERNETES[0], strict=True)


@every_file
def test_the_operator_knows_every_field_of_its_kinds(values: Path) -> None:
    for document in rendered(values):
        if module := OPERATOR.get(document["apiVersion"]):
            assert understood(document, module) == document


def understood(document: dict[str, Any], module: Any) -> dict[str, Any]:
    """What the operator's model keeps of a document: a field that it does not know is lost."""
    model = getattr(module, document["kind"]).model_validate(document)
    kept: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return kept


def test_a_field_that_the_operator_does_not_know_would_be_lost() -> None:
    document = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "ServiceMonitor",
        "metadata": {"name": "a"},
        "spec": {"selector": {}, "endpoints": [{"port": "metrics", "scrapTimeout": "30s"}]},
    }
    assert understood(document, operator_v1) != document


@every_file
def test_no_two_documents_have_one_name(values: Path) -> None:
    names = [(document["kind"], document["metadata"]["name"]) for document in rendered(values)]
    assert len(names) == len(set(names))


@every_file
def test_every_selector_finds_its_pods_and_services(values: Path) -> None:
    documents = rendered(values)
    pod = pod_of(documents)["metadata"]["labels"]
    services = [document for document in documents if document["kind"] == "Service"]
    for document in documents:
        match document:
            case {"kind": "Service", "spec": {"selector": selector}}:
                assert selector.items() <= pod.items()
            case {"kind": "Deployment" | "StatefulSet" | "PodDisruptionBudget", "spec": spec}:
                assert spec["selector"]["matchLabels"].items() <= pod.items()
            case {"kind": "NetworkPolicy", "spec": {"podSelector": selector}}:
                assert selector["matchLabels"].items() <= pod.items()
            case {
                "kind": "ServiceMonitor",
                "spec": {"selector": selector, "endpoints": [endpoint]},
            }:
                found = [
                    service
                    for service in services
                    if selector["matchLabels"].items() <= service["metadata"]["labels"].items()
                ]
                assert len(found) == 1, "a pod behind two services is scraped twice"
                assert endpoint["port"] in {port["name"] for port in found[0]["spec"]["ports"]}


@every_file
def test_pods_keep_the_restricted_standard(values: Path) -> None:
    """Pod Security Standards, restricted: each control that concerns a Linux pod."""
    spec = pod_of(rendered(values))["spec"]
    assert not spec.keys() & {"hostNetwork", "hostPID", "hostIPC"}
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in spec["containers"]:
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["readOnlyRootFilesystem"] is True
        assert not any("hostPort" in port for port in container["ports"])
        assert "runAsUser" not in spec["securityContext"] | context, "OpenShift assigns its own"
    allowed = {"configMap", "csi", "downwardAPI", "emptyDir", "persistentVolumeClaim", "projected"}
    for volume in spec["volumes"]:
        assert volume.keys() - {"name"} <= allowed | {"secret", "ephemeral"}


@every_file
def test_no_pod_is_given_a_token(values: Path) -> None:
    documents = rendered(values)
    assert pod_of(documents)["spec"]["automountServiceAccountToken"] is False
    accounts = [document for document in documents if document["kind"] == "ServiceAccount"]
    assert all(account["automountServiceAccountToken"] is False for account in accounts)


@every_file
def test_the_exporter_knows_every_flag(values: Path) -> None:
    [container] = pod_of(rendered(values))["spec"]["containers"]
    flags = {argument.split("=")[0] for argument in container["args"]}
    # Sharding is a flag of a version to come.
    assert flags - {"--shard"} <= set(re.findall(r"--[\w.-]+", help_text()))


def help_text() -> str:
    command = [sys.executable, "-m", "license_exporter", "--help"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@every_file
def test_every_mount_has_its_volume(values: Path) -> None:
    spec = pod_of(rendered(values))["spec"]
    mounts = itertools.chain.from_iterable(
        container.get("volumeMounts", [])
        for container in spec["containers"] + spec.get("initContainers", [])
    )
    assert {mount["name"] for mount in mounts} == {volume["name"] for volume in spec["volumes"]}


def test_one_pod_is_enough_until_there_are_shards() -> None:
    kinds = {path.stem: {document["kind"] for document in rendered(path)} for path in VALUES}
    for stem, found in kinds.items():
        sharded = stem.startswith("shards")
        assert ("StatefulSet" in found) is sharded
        assert ("PodDisruptionBudget" in found) is sharded
        assert ("Deployment" in found) is not sharded
        assert "HorizontalPodAutoscaler" not in found


def test_without_the_operator_none_of_its_kinds_is_rendered() -> None:
    nothing = next(path for path in VALUES if path.stem == "nothing")
    assert not [doc for doc in rendered(nothing) if doc["apiVersion"] in OPERATOR]


def test_a_changed_configuration_starts_new_pods(tmp_path: Path) -> None:
    checksums = set()
    for name, text in {"before": "targets: []", "after": "targets: [] # changed"}.items():
        values = tmp_path / f"{name}.yaml"
        values.write_text(yaml.safe_dump({"configText": text}))
        annotations = pod_of(rendered(values))["metadata"]["annotations"]
        checksums.add(annotations["checksum/config"])
    assert len(checksums) == 2


def pod_of(documents: list[dict[str, Any]]) -> dict[str, Any]:
    """The template of the pods."""
    [workload] = [doc for doc in documents if doc["kind"] in ("Deployment", "StatefulSet")]
    template: dict[str, Any] = workload["spec"]["template"]
    return template
