"""docs/victoriametrics.md: its commands, with the programs that .ci/later-programs has unpacked."""

import shutil
import subprocess
from pathlib import Path

from tests.e2e.programs import PROJECT
from tests.grafana.test_queries import LATER
from tests.pages.commands import commands

# CI runs this folder a second time, with those programs; before, there is nothing to run.
PROGRAMS = ("victoria-metrics", "vmalert")
AT_HAND = PROGRAMS if LATER.exists() else ()


def test_the_programs_find_nothing_to_complain_of_in_the_commands_of_the_page(
    tmp_path: Path,
) -> None:
    written = {command.program: command.words[1:] for command in commands(*PROGRAMS)}
    assert set(written) == set(PROGRAMS)
    for name in ("prometheus.yml", "rules.yml"):
        shutil.copy(PROJECT / "prometheus" / name, tmp_path)
    for program in AT_HAND:
        command = [LATER / program, *written[program], "-dryRun"]
        ran = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
        )
        assert ran.returncode == 0, ran.stderr
