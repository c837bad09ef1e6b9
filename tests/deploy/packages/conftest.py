"""The wheel that these tests install."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.tools import ROOT


@pytest.fixture(scope="package")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(command, check=True)
    return next(folder.glob("*.whl"))
