"""Exit codes, and what the command line says to its user; tests/e2e has the running program."""

import signal

import pytest
import yaml

from license_exporter import __version__
from license_exporter.cli.arguments import COMMANDS, examples
from license_exporter.cli.flags import main

TARGET = {
    "name": "recon",
    "vendor": "enterprise_recon",
    "url": "http://127.0.0.1:1",
    "basic_auth": {"username": "u", "password": "hunter2"},
}

pytestmark = pytest.mark.usefixtures("log_as_it_was")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with a good configuration file and some that are none."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(yaml.safe_dump({"targets": [TARGET]}))
    (tmp_path / "broken.yaml").write_text("targets: [")
    (tmp_path / "web.yml").write_text("tls: hunter2")
    missing = TARGET | {"basic_auth": {"username": "u", "password_file": "gone"}}
    (tmp_path / "missing.yaml").write_text(yaml.safe_dump({"targets": [missing]}))
    hang_up = signal.getsignal(signal.SIGHUP)
    yield tmp_path
    signal.signal(signal.SIGHUP, hang_up)


def said(capsys):
    """The lines of standard error that are not the log's."""
    lines = capsys.readouterr().err.splitlines()
    return [line for line in lines if not line.startswith("time=")]


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("nonsense", "unknown command 'nonsense'; there are demo, init, probe, report, vendors"),
        ("--nonsense", "unrecognized arguments: --nonsense; license-exporter --help"),
        ("prob recon", "unknown command 'prob'; did you mean 'probe'?"),
        ("--config", "unrecognized arguments: --config; did you mean '--config.file'?"),
        ("--web.rout-prefix=/a", "unrecognized arguments: --web.rout-prefix=/a; did you mean '--w"),
        ("init", "init needs vendors: license-exporter init rsa gitlab"),
        ("init gitlap", "there is no vendor 'gitlap'; there are "),
        ("assets", "assets needs a folder: license-exporter assets DIR"),
        ("assets one two", "unrecognized arguments: two"),
        ("assets --kind=x --list", "argument --kind: invalid choice: 'x'"),
        ("completion", "completion needs a shell: bash, zsh, fish"),
        ("completion bsh", "completion needs a shell: bash, zsh, fish; did you mean 'bash'?"),
        ("vendors gitlab --mapping --search=x", "--mapping and --search exclude each other"),
        ("--search=x", "--search belongs to the command vendors"),
        ("probe --from-file=gone", "--from-file: there is no file gone"),
        ("probe recom", "there is no target 'recom' in config.yaml; did you mean 'recon'?"),
        ("probe recon other", "unrecognized arguments: other"),
        ("probe other", "there is no target 'other' in config.yaml"),
        ("vendors nonsense", "there is no vendor 'nonsense'; there are "),
        ("vendors rsa --mapping", "--mapping needs the name of a preset"),
        ("schema rsa", "schema takes no 'rsa'"),
        ("demo rsa", "demo takes no 'rsa'"),
        ("--port=1", "--port belongs to the command demo"),
        ("vendors --all", "--all belongs to the command demo"),
        ("--explain", "--explain belongs to the command probe"),
        ("probe --format=csv", "--format belongs to the command report"),
        ("report --format=pdf", "argument --format: invalid choice: 'pdf'"),
        ("report recon", "report takes no 'recon'"),
        ("report --what=pools --format=ics", "--what=pools is a table; --format=ics is of"),
        ("report --config.file=gone.yaml", "gone.yaml: cannot be read: No such file"),
        ("demo --config.check", "--config.check is a command by itself"),
        ("demo --port=65536", "--web.listen-address: '127.0.0.1:65536' is not [HOST]:PORT"),
        ("demo --port=x", "argument --port: invalid int value: 'x'"),
        ("--config.file", "argument --config.file: expected one argument"),
        ("--config.file=gone.yaml", "gone.yaml: cannot be read: No such file"),
        (
            "probe --config.file=gone.yaml",
            "gone.yaml: cannot be read: No such file or directory; lic",
        ),
        ("--config.file=.", ".: cannot be read: Is a directory"),
        ("--config.file=broken.yaml", "broken.yaml: is not YAML: line "),
        ("--config.check --config.file=broken.yaml", "broken.yaml: is not YAML: line "),
        ("--config.check --config.file=missing.yaml", "targets[0].basic_auth"),
        ("probe recon --config.file=broken.yaml", "broken.yaml: is not YAML: line "),
        ("--web.config.file=gone.yml", "gone.yml: cannot be read: No such file"),
        ("--web.config.file=web.yml", "tls: is not known; remove it"),
        ("--web.listen-address=localhost", "--web.listen-address: 'localhost' is not"),
        ("--web.telemetry-path=/probe", "--web.telemetry-path: /probe is another page's path"),
        ("--web.telemetry-path=/{", "--web.telemetry-path is no path of"),
        ("--web.external-url=example.com", "--web.external-url "),
        ("--web.route-prefix=/{a}", "--web.route-prefix is no path of"),
        ("--web.max-requests=-1", "--web.max-requests must not be negative"),
        ("--web.max-requests=x", "argument --web.max-requests: invalid int value: 'x'"),
        ("--timeout-offset=-1", "--timeout-offset must be seconds from 0 on"),
        ("--timeout-offset=nan", "--timeout-offset must be seconds from 0 on"),
        ("--shard=6/5", "argument --shard: '6/5' is none of 5 shards; the first is 0/5"),
        ("--shard=2", "argument --shard: '2' is not NUMBER/SHARDS"),
        ("--log.level=trace", "argument --log.level: invalid choice: 'trace'"),
        ("--log.format=xml", "argument --log.format: invalid choice: 'xml'"),
    ],
)
def test_what_cannot_be_used_is_exit_2_and_one_line(folder, capsys, arguments, problem):
    assert main(arguments.split()) == 2
    (line,) = said(capsys)
    assert line.startswith(problem)
    assert "hunter2" not in line


def test_every_problem_of_a_file_has_its_line(folder, capsys):
    file = folder / "config.yaml"
    file.write_text("targets: [{name: a}, {vendor: rsa}]")
    assert main(["--config.check"]) == 2
    assert len(said(capsys)) >= 3


@pytest.mark.parametrize("command", ["probe recon", "report"])
def test_a_target_that_is_down_is_exit_1(folder, capsys, command):
    assert main(command.split()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        "--config.check",
        "--config.file=config.yaml --config.check",
        "vendors",
        "vendors rsa",
        "--config.file=gone.yaml vendors rsa",
        "vendors gitlab --mapping",
        "vendors jira",
        "vendors --search atlassian",
        "init rsa gitlab",
        "assets --list",
        "completion bash",
        "schema",
    ],
)
def test_what_is_done_is_exit_0_with_nothing_on_standard_error(folder, capsys, arguments):
    assert main(arguments.split()) == 0
    out, err = capsys.readouterr()
    assert out
    assert not err


@pytest.mark.parametrize(("flag", "told"), [("--version", __version__), ("--help", "commands:")])
def test_version_and_help_are_told_on_standard_output(capsys, flag, told):
    with pytest.raises(SystemExit) as ended:
        main([flag])
    assert ended.value.code == 0
    assert told in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help_with_an_example_and_its_own_flags_alone(capsys, command):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert examples(command, indent="  ") in out
    assert ("--explain" in out) == (command == "probe")
