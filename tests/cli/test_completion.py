"""The scripts for shells, each in its shell; every machine has bash."""

import os
import pty
import re
import select
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from license_exporter.cli.flags import main
from tests.e2e.programs import needed

Offered = Callable[..., set[str]]

_BASH = """
source {script}
COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
COMP_LINE="{words}"; COMP_POINT=${{#COMP_LINE}}
$(complete -p license-exporter | sed 's/.*-F \\([^ ]*\\).*/\\1/') license-exporter "{last}"
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@contextmanager
def in_bash(script: Path) -> Iterator[Offered]:
    def offered(*words: str) -> set[str]:
        line = f"license-exporter {' '.join(words)}".rstrip() or "''"
        program = _BASH.format(
            script=script, words=f"{line} ''" if not words[-1] else line, last=words[-1]
        )
        return set(ran("bash", "--norc", "-c", program).split())

    yield offered


@contextmanager
def in_fish(script: Path) -> Iterator[Offered]:
    def offered(*words: str) -> set[str]:
        line = f"license-exporter {' '.join(words)}"
        told = ran("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'")
        return {each.split("\t")[0] for each in told.splitlines() if each}

    yield offered


def ran(program: str, *arguments: str) -> str:
    command = [needed(program), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    assert not done.stderr
    return done.stdout


@contextmanager
def in_zsh(script: Path) -> Iterator[Offered]:
    """The shell as a person uses it, on a terminal: what it offers is read from the screen."""
    folder = script.parent / "functions"
    folder.mkdir()
    shutil.copy(script, folder / "_license-exporter")
    with zsh(folder) as shown:
        yield lambda *words: set(
            re.findall(r"[\w.-]+", shown(f"license-exporter {' '.join(words)}\t"))
        )


@contextmanager
def zsh(folder: Path) -> Iterator[Callable[[str], str]]:
    """A zsh on a terminal; what is typed gives what is shown for it."""
    program = needed("zsh")
    child, terminal = pty.fork()
    if not child:
        os.chdir(folder)
        os.execve(program, [program, "-f", "-i"], {"TERM": "dumb", "PATH": os.environ["PATH"]})

    screen = b""

    def read_until(said: bytes) -> bytes:
        nonlocal screen
        while said not in screen:
            assert select.select([terminal], [], [], 20)[0], screen
            screen += os.read(terminal, 65536)
        before, _, screen = screen.partition(said)
        return before

    def shown(typed: str) -> str:
        # Before the shell edits lines, the terminal itself would take Tab and Ctrl-U.
        read_until(b"\x1b[?2004h")
        # The line is thrown away, and the next one prints what it does not itself show.
        os.write(terminal, f"{typed}\x15echo o''ver\n".encode())
        return read_until(b"over\r\n").decode()

    try:
        shown(
            "PS1='$ '; unsetopt list_ambiguous; LISTMAX=1000; fpath=($PWD $fpath); "
            "autoload -U compinit; compinit -u -d dump\n"
        )
        yield shown
    finally:
        os.close(terminal)
        os.waitpid(child, 0)


SHELLS = {"bash": in_bash, "zsh": in_zsh, "fish": in_fish}


@pytest.fixture(
    params=["bash", *(pytest.param(shell, marks=pytest.mark.e2e) for shell in ("zsh", "fish"))]
)
def completed(
    request: pytest.FixtureRequest, tmp_path: Path, capsys: pytest.CaptureFixture
) -> Iterator[Offered]:
    """What a shell offers for the last of some words."""
    shell = request.param
    assert main(["completion", shell]) == 0
    script = tmp_path / "completion"
    script.write_text(capsys.readouterr().out)
    with SHELLS[shell](script) as offered:
        yield offered


def test_commands_flags_vendors_and_values_are_offered(completed: Offered) -> None:
    assert {"probe", "init", "demo"} <= completed("")
    assert {"--config.file", "--config.check"} <= completed("--config")
    assert "gitlab" in completed("vendors", "gitl")
    assert "seerbox" in completed("init", "rsa", "seer")
    assert "debug" in completed("--log.level", "de")
    assert {"--explain", "--document"} <= completed("probe", "--")
