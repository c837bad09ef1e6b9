"""Every command on every page is run, as it is written.

Where its page says NAME or DIR, something stands in for it; commands.py says which are run
elsewhere, and which nowhere.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from license_exporter.cli.arguments import COMMANDS, command_parser, main_parser, parse
from license_exporter.cli.flags import main
from tests.deploy.tools import ROOT
from tests.e2e.programs import Program, exporter, free_port, get, needed, running, wait_until
from tests.pages.commands import ELSEWHERE, NOWHERE, SCRIPTS, Command, commands
from tests.pages.written import blocks, spans

# Those that serve until they are ended, on the port that is replaced or given by a variable.
SERVES = ("license-exporter --config.file=config.yaml", "license-exporter demo --port=8080")
LISTEN = "LICENSE_EXPORTER_WEB_LISTEN_ADDRESS"
BIN = Path(sys.executable).parent
# Programs of other makers, whose words stand in the text of pages.
OTHERS = {
    "--collector.lmstat_feature_exp": "flexlm_exporter",
    "--path.lmutil": "flexlm_exporter",
    "--flexlm-exporter": "bench",
    "--json-exporter": "bench",
    "--no-user-info": "lmutil",
    "--storage.tsdb.retention.time": "prometheus",
}
# Named within a sentence, to be run elsewhere or by hand.
MENTIONED = {
    "curl": "of any address",
    "docker": "in no registry at hand",
    "git": "signs and pushes the tag of a release",
    "helm": "tests/deploy/chart/test_pages.py runs those of the blocks",
    "ln": "changes the machine's own libraries",
    "lmutil": "a maker's own tool; tests/vendors runs its stand-in with these words",
    "pip": "tests/deploy/packages installs the wheel, test_registry.py the plug-in",
    "python": "a measurement",
    "sudo": "to be another user",
    "systemctl": "systemd does not run in CI",
}
TESTS_OF_THE_RULES = "promtool test rules rules_test.yml"  # tests/prometheus/test_rules.py
SPANS = sorted(
    {
        (page, span)
        for page, span in spans()
        if re.match(r"--[a-z]", span)
        or span.partition(" ")[0] in {"license-exporter", "make", "promtool", *MENTIONED}
    }
)
PLACEHOLDERS = {"COMMAND": "probe", "VENDOR...": "rsa", "NAME...": "rsa", "NAME": "rsa"}
PLACEHOLDERS |= {"DIR": "folder", "WORD": "seats"}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Program, Path]]:
    """The demo, and the folder with its configuration and secrets."""
    with exporter(tmp_path_factory.mktemp("demo"), "demo", "--all") as program:
        wait_until(lambda: "Its configuration is" in program.log)
        [file] = re.findall(r"Its configuration is (\S+)\.", program.log)
        yield program, Path(file).parent


@pytest.fixture
def folder(demo: tuple[Program, Path], tmp_path: Path) -> Path:
    """A folder to work in, as pages suppose it: a configuration of targets that answer."""
    folder = tmp_path
    _, secrets = demo
    every = yaml.safe_load((secrets / "config.yaml").read_text())["targets"]
    named = {"recon-cloud": "recon", "gitlab": "gitlab"}
    targets = [{**each, "name": named[each["name"]]} for each in every if each["name"] in named]
    assert len(targets) == len(named)
    for file in secrets.glob("*.*"):
        shutil.copy(file, folder)
    (folder / "config.yaml").write_text(yaml.safe_dump({"targets": targets}))
    [answer] = [block.text for block in blocks() if block.language == "json"]
    (folder / "answer.json").write_text(answer)
    (folder / "prometheus").symlink_to(ROOT / "prometheus")
    return folder


def ran(
    text: str, folder: Path, environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command by a shell as a user would have it, the exporter being installed."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text],
        cwd=folder,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", **(environ or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_each_command_is_of_a_program_that_some_test_runs() -> None:
    known = {"license-exporter", "promtool", "make", "cp", *ELSEWHERE, *NOWHERE}
    assert {command.program for command in commands()} == known
    for program, test in ELSEWHERE.items():
        assert program in (ROOT / test).read_text(), test
    for command in commands("cp"):
        # Of the unit, before systemctl.
        assert (ROOT / command.words[1]).exists()
    assert {block.page for block in blocks() if block.language == "bat"} == {
        "docs/license-managers.md"
    }, "a vendor's own tool, on Windows"


@pytest.mark.e2e
@pytest.mark.parametrize("command", commands("license-exporter", "promtool"), ids=str)
def test_a_command_does_what_it_is_there_for(
    command: Command, folder: Path, demo: tuple[Program, Path]
) -> None:
    if command.program == "promtool":
        needed("promtool")
    port = free_port()
    if command.text in SERVES:
        text = command.text.replace("8080", str(port))
        with running(
            ["bash", "-c", f"cd {folder} && exec {BIN}/{text}"],
            f"http://127.0.0.1:{port}",
            folder / "log",
            "/-/ready",
            {} if "8080" in command.text else {LISTEN: f"127.0.0.1:{port}"},
        ) as program:
            assert 'vendor="enterprise_recon"} 1' in program.get("/metrics")
            assert program.end() == 0
        return
    served = demo[0].url.rpartition(":")[2]
    text = command.text.replace("NAME", "recon").replace("10058", served)
    done = ran(text, folder, {"HOME": str(folder)})
    assert done.returncode == 0, done.stdout + done.stderr
    quiet = any(word in command.text for word in (">", "--output", "assets", "health"))
    assert done.stdout or quiet
    assert not re.search("error|traceback", done.stderr, re.IGNORECASE)


@pytest.mark.e2e
@pytest.mark.parametrize("page", SCRIPTS)
def test_the_renewals_that_a_page_plays_through_are_seen(
    demo: tuple[Program, Path], page: str, tmp_path: Path
) -> None:
    program, secrets = demo
    script = "\n".join(b.text for b in blocks() if b.page == page and b.language == "sh")
    script, count = re.subn(r"DEMO=\S+", f"DEMO={secrets}", script)
    assert count == 1
    before = program.get("/metrics")
    assert 'license_up{target="seerbox-dmz",vendor="seerbox"} 0' in before
    done = ran(script.replace("curl ", "curl --fail "), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    wait_until(
        lambda: 'license_up{target="seerbox-dmz",vendor="seerbox"} 1' in program.get("/metrics"),
        seconds=20,
        what="the new password is taken",
    )
    for target in ("recon-sitewide", "seerbox-api", "immuta-sandbox"):
        wait_until(
            lambda target=target: (
                expiries(program.get("/metrics"), target) != expiries(before, target)
            ),
            seconds=20,
            what=f"the renewal of {target}",
        )


def expiries(metrics: str, target: str) -> list[str]:
    lines = re.findall(r"^license_expiry_timestamp_seconds\{.*$", metrics, re.MULTILINE)
    return [line for line in lines if f'target="{target}"' in line]


def make(*words: str) -> str:
    """What make would do; a target that there is not is an error."""
    command = ["make", "--dry-run", *words]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.e2e
@pytest.mark.parametrize("command", commands("make"), ids=str)
def test_a_target_of_make_is_there_and_takes_its_arguments(command: Command) -> None:
    """They would run these tests within these tests; make says what it would do."""
    told = make(*command.words[1:])
    assert told
    if "bench" in command.words:
        said = subprocess.run(
            [sys.executable, "-m", "bench", "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
        names = set(re.findall(r"[a-z][\w-]*", said))
        arguments = " ".join(w.partition("=")[2] for w in command.words if w.startswith("ARGS="))
        given = [word.partition("=")[0].removeprefix("--") for word in arguments.split()]
        assert set(given) <= names


@pytest.mark.e2e
def test_the_first_command_of_all_shows_its_targets() -> None:
    assert "make demo" in {command.text for command in commands("make")}
    port = free_port()
    words = ["make", "-C", str(ROOT), "-o", ".venv/runtime", f"BIN={BIN}", "demo", f"PORT={port}"]
    log = ROOT / ".pytest_cache" / "make-demo.log"
    log.parent.mkdir(exist_ok=True)
    with running(
        words,
        f"http://127.0.0.1:{port}",
        log,
        lambda program: "The demo is running" in program.log,
    ):
        assert "1 of 16 targets is down" in get(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("page", "span"),
    [
        pytest.param(
            *each,
            marks=[pytest.mark.e2e] if each[1].partition(" ")[0] in {"make", "promtool"} else [],
        )
        for each in SPANS
    ],
)
def test_what_the_text_says_of_commands_and_flags_holds(
    page: str,
    span: str,
    capsys: pytest.CaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    program, _, rest = span.partition(" ")
    if program in MENTIONED or span == TESTS_OF_THE_RULES:
        return
    if program == "make":
        assert make(*rest.split())
    elif program == "promtool":
        assert main(["assets", str(tmp_path), "--kind=rules"]) == 0
        (tmp_path / "web.yml").write_text("{}")
        done = ran(span.replace("DIR/", f"{tmp_path}/"), tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    elif program == "license-exporter":
        words = rest.partition(" > ")[0].split()
        check_words([PLACEHOLDERS.get(word, word) for word in words], capsys, monkeypatch)
    elif program.partition("=")[0] not in OTHERS:
        flags = {flag for parser in parsers() for flag in parser._option_string_actions}
        assert program.partition("=")[0] in flags, page


def test_nothing_is_excused_that_no_page_says() -> None:
    said = {span.partition(" ")[0] for _, span in SPANS}
    assert set(MENTIONED) <= said
    assert TESTS_OF_THE_RULES in {span for _, span in SPANS}
    assert set(OTHERS) <= {program.partition("=")[0] for program in said}


def parsers() -> list[argparse.ArgumentParser]:
    return [main_parser(), *map(command_parser, COMMANDS)]


def check_words(
    words: list[str], capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the command line can mean this; nothing is done."""
    try:
        args = parse(words, {})
    except SystemExit as ended:
        assert not ended.code
        assert capsys.readouterr().out
        return
    assert args.command in (None, *COMMANDS)
    if len(words) == 1:
        return  # its name alone, such as of `assets`, which needs a folder
    monkeypatch.setattr("license_exporter.cli.flags._run", lambda args, clock: 0)
    assert main(words) == 0, capsys.readouterr().err
