"""The commands with which docs/operation.md installs a checkout, in a folder of the test."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.deploy.packages.test_install import PYTHONS
from tests.deploy.tools import ROOT
from tests.pages.commands import commands

PLACE = "/opt/license_exporter"


def test_the_commands_of_the_page_install_an_exporter_that_runs(tmp_path: Path) -> None:
    script = commands("python3", "/opt/license_exporter/bin/pip")
    assert {each.page for each in script} == {"docs/operation.md"}
    assert len(script) == 3
    checkout = tmp_path / "checkout"
    ignored = shutil.ignore_patterns(".*", "build", "dist", "tests")
    shutil.copytree(ROOT, checkout, symlinks=True, ignore=ignored)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3").symlink_to(PYTHONS[0])
    for command in script:
        subprocess.run(
            command.text.replace(PLACE, f"{tmp_path}/installed"),
            shell=True,
            cwd=checkout,
            env={**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"},
            check=True,
            timeout=300,
        )
    installed = tmp_path / "installed" / "bin" / "license-exporter"
    told = subprocess.run([installed, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("license_exporter, version ")
