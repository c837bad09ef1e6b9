"""Compose files, shipped and shown on pages, by the schema of such files."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.tools import ROOT
from tests.pages.written import blocks

SHOWN = [
    block for block in blocks() if block.language == "yaml" and block.text.startswith("services:")
]
COMPOSE = [(ROOT / "deploy" / "compose.yaml").read_text(), *(block.text for block in SHOWN)]


@pytest.mark.parametrize("text", COMPOSE, ids=["deploy/compose.yaml", *map(str, SHOWN)])
def test_a_compose_file_is_valid(text: str, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(text)
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    ran = subprocess.run([*check, file], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout
