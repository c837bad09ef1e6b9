"""The scripts for shells; bash, which every machine has, runs its own."""

import shutil
import subprocess

import pytest

from license_exporter.cli.flags import main

_COMPLETE = """
source {script}
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
COMP_LINE="{words}"; COMP_POINT=${{#COMP_LINE}}
$(complete -p license-exporter | sed 's/.*-F \\([^ ]*\\).*/\\1/') license-exporter "{last}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def completed(tmp_path, capsys):
    """What bash offers for the last of some words."""
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "completion"
    script.write_text(capsys.readouterr().out)

    def offered(*words):
        program = _COMPLETE.format(
            script=script, words=f"license-exporter {' '.join(words)}", last=words[-1]
        )
        command = ["bash", "--norc", "-c", program]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
        assert not ran.stderr
        return set(ran.stdout.split())

    return offered


def test_commands_flags_vendors_and_values_are_offered(completed):
    assert {"probe", "init", "demo"} <= completed("''")
    assert {"--config.file", "--config.check"} <= completed("--config")
    assert completed("vendors", "gitl") == {"gitlab"}
    assert completed("init", "rsa", "seer") == {"seerbox"}
    assert completed("--log.level", "de") == {"debug"}
    assert {"--explain", "--document"} <= completed("probe", "--")


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_the_scripts_of_the_other_shells_name_the_commands(tmp_path, capsys, shell):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "license-exporter" in script
    assert "assets" in script
    if program := shutil.which(shell):
        (tmp_path / "script").write_text(script)
        subprocess.run([program, "-n", tmp_path / "script"], check=True, timeout=20)
