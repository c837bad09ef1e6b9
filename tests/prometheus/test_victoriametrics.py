"""docs/victoriametrics.md: its commands, with the programs that .ci/later-programs has unpacked."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.programs import PROJECT
from tests.grafana.test_queries import LATER
from tests.pages.commands import Command, commands

COMMANDS = commands("victoria-metrics", "vmalert")


@pytest.mark.parametrize("program", [*LATER.glob("victoria-metrics"), *LATER.glob("vmalert")])
def test_a_command_of_the_page_finds_nothing_to_complain_of(program: Path, tmp_path: Path) -> None:
    [command] = [each for each in COMMANDS if each.program == program.name]
    for name in ("prometheus.yml", "rules.yml"):
        shutil.copy(PROJECT / "prometheus" / name, tmp_path)
    ran = subprocess.run(
        [*command.words, "-dryRun"],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{LATER}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_the_page_has_a_command_of_each_program() -> None:
    assert [command.program for command in COMMANDS] == ["victoria-metrics", "vmalert"]
    assert all(isinstance(command, Command) for command in COMMANDS)
