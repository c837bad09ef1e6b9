"""The commands of pages that need Helm or kubectl, as far as they go without a cluster."""

import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.tools import HELM_3, HELM_4, ROOT, helm, program
from tests.pages.commands import Command, commands
from tests.pages.written import Block, blocks

VALUES = [
    block for block in blocks() if block.language == "yaml" and block.text.startswith("# values")
]


def values_of(command: Command) -> str:
    """The values that the command's page shows; those of the first page that has some if not."""
    shown = [block.text for block in VALUES if block.page == command.page]
    return (shown or [VALUES[0].text])[0]


@pytest.mark.parametrize("package", [HELM_3, HELM_4])
@pytest.mark.parametrize("command", commands("helm"), ids=str)
def test_a_command_of_helm_renders_what_the_page_shows(
    command: Command, package: str, tmp_path: Path
) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(values_of(command))
    # There is no cluster to install to: `template` makes the same documents of the same words.
    verb, *words = command.words[1:]
    words = ["template" if verb == "install" else verb, *words]
    words = [str(file) if word == "values.yaml" else word for word in words]
    words = [str(ROOT / word) if word.startswith("deploy/") else word for word in words]
    ran = helm(package, *words)
    assert ran.returncode == 0, ran.stderr
    if verb == "install":
        kinds = {document["kind"] for document in yaml.safe_load_all(ran.stdout) if document}
        assert {"Deployment", "Service", "ServiceMonitor", "PrometheusRule"} <= kinds


@pytest.mark.parametrize("command", commands("kubectl"), ids=str)
def test_a_command_of_kubectl_makes_a_secret(command: Command) -> None:
    words = [*command.words[1:], "--dry-run=client", "--output=yaml"]
    made = subprocess.run(
        [program(HELM_4, "kubectl"), *words], capture_output=True, text=True, timeout=60, check=True
    )
    secret = yaml.safe_load(made.stdout)
    assert (secret["kind"], secret["metadata"]["name"]) == ("Secret", "recon")
    assert secret["data"].keys() == {"password"}


@pytest.mark.parametrize("block", VALUES, ids=str)
def test_the_secrets_of_the_values_are_those_that_the_commands_make(block: Block) -> None:
    values = yaml.safe_load(block.text)
    made = {command.words[6] for command in commands("kubectl")}
    assert set(values["secrets"]) <= made
