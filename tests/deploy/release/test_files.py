"""What runs elsewhere can only be linted here: workflows, issue forms, the Dockerfile's updates."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from license_exporter import __version__
from tests.deploy.tools import CHART, ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = [path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]


def tool(name: str, *arguments: str | Path) -> None:
    command = [Path(sys.executable).with_name(name), *arguments]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_workflows_pass_their_linters() -> None:
    tool("actionlint", "-color=false", *WORKFLOWS)
    tool("zizmor", "--offline", "--no-progress", GITHUB)


def test_a_faulty_workflow_would_be_found(tmp_path: Path) -> None:
    faulty = tmp_path / "faulty.yml"
    faulty.write_text(WORKFLOWS[0].read_text().replace("runs-on", "run-on"))
    with pytest.raises(AssertionError, match="run-on"):
        tool("actionlint", "-color=false", faulty)


def test_issue_forms_and_updates_have_the_form_that_is_asked_for() -> None:
    assert FORMS
    for form in FORMS:
        tool("check-jsonschema", "--builtin-schema=vendor.github-issue-forms", form)
    tool("check-jsonschema", "--builtin-schema=vendor.dependabot", GITHUB / "dependabot.yml")


def test_workflows_run_targets_of_the_makefile_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = re.findall(r"run: make ([a-z ]+)", "".join(path.read_text() for path in WORKFLOWS))
    assert called
    assert {name for names in called for name in names.split()} <= targets


def test_the_address_of_the_repository_is_one() -> None:
    address = "https://github.com/license-exporter/license_exporter"
    places = (
        "pyproject.toml",
        "Dockerfile",
        "deploy/helm/license-exporter/Chart.yaml",
        "deploy/nfpm.yaml",
    )
    for place in places:
        found = set(re.findall(r"https://github\.com/[\w-]+/[\w-]+", (ROOT / place).read_text()))
        assert found == {address}, place


def test_the_version_is_one() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert {chart["version"], chart["appVersion"]} == {__version__}
    assert f"ARG VERSION={__version__}\n" in (ROOT / "Dockerfile").read_text()


def test_a_tag_of_another_version_is_not_released() -> None:
    for version, code in ((__version__, 0), ("999.0.0", 2)):
        command = ["make", "--silent", "released", f"VERSION={version}"]
        answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert answer.returncode == code, answer.stderr


def test_the_sbom_lists_every_requirement_with_its_hashes(tmp_path: Path) -> None:
    subprocess.run(["make", "--silent", "sbom", f"DIST={tmp_path}"], cwd=ROOT, check=True)
    sbom = json.loads((tmp_path / "sbom/license_exporter.cdx.json").read_text())
    listed = {f"{part['name']}=={part['version']}": part for part in sbom["components"]}
    text = (ROOT / "requirements.txt").read_text()
    assert listed.keys() == set(re.findall(r"^([\w.-]+==[\w.]+)", text, re.MULTILINE))
    for part in listed.values():
        hashes = [one for place in part["externalReferences"] for one in place.get("hashes", ())]
        assert hashes
        assert all(one["alg"] == "SHA-256" and one["content"] in text for one in hashes)
