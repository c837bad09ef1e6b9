"""What may stand on the command line: commands, flags, and the variables that stand for flags."""

import argparse
import difflib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from license_exporter import __version__
from license_exporter.cli import flags_of_commands, flags_of_serving
from license_exporter.config.spelling import suggestion
from license_exporter.errors import ConfigError

PROGRAM = "license-exporter"
# Not _PORT: Kubernetes sets LICENSE_EXPORTER_PORT in every pod beside a service of that name.
_VARIABLE = "LICENSE_EXPORTER_"

_serving = flags_of_serving
_single = flags_of_commands
# Adds flags to a parser, or to a group of its flags, by the method that is given.
_AddFlags = Callable[[Callable[..., Any]], None]


@dataclass(frozen=True, slots=True)
class Command:
    """A sub-command: what it takes, at most, and what its help says.

    `arguments` are as usage shows them: in brackets, they may be left out; with dots at the end of
    the last, there may be more of it. Of `example`, each line is one.
    """

    summary: str
    example: str
    arguments: tuple[str, ...] = ()
    flags: tuple[_AddFlags, ...] = ()


COMMANDS: Mapping[str, Command] = {
    "demo": Command(
        "serve the metrics of simulated vendors",
        "demo --port=8080",
        flags=(_single.add_demo, _serving.add_web, _serving.add_log),
    ),
    "init": Command(
        "print a configuration with a target of each vendor named, to be filled in",
        "init rsa gitlab > config.yaml",
        ("VENDOR...",),
    ),
    "probe": Command(
        "fetch a target once, or each: verdict, metrics, and what a mapping finds",
        "probe gitlab --explain\nprobe --draft answer.json",
        ("[NAME]",),
        (_serving.add_config_file, _single.add_probe, _serving.add_log),
    ),
    "report": Command(
        "fetch each target once, and write what ends when: a table, a calendar or a page",
        "report --format=html --output=renewals.html",
        flags=(_serving.add_config_file, _single.add_report, _serving.add_log),
    ),
    "vendors": Command(
        "find vendors: what each needs and yields, and a target of it to paste",
        "vendors --search atlassian",
        ("[NAME]",),
        (_single.add_vendors,),
    ),
    "assets": Command(
        "write the dashboards, rules, examples and Kubernetes files of this version",
        "assets ./license-exporter --kind=dashboards",
        ("[DIR]",),
        (_single.add_assets,),
    ),
    "schema": Command("print the JSON schema of the configuration file", "schema > schema.json"),
    "health": Command(
        "tell whether the exporter that runs with the same flags answers",
        "health --web.listen-address=:10058",
        flags=(_serving.add_web,),
    ),
    "completion": Command(
        "print a script that completes this command line in a shell",
        "completion bash > ~/.license-exporter.bash",
        ("{bash,zsh,fish}",),
    ),
}
_EPILOG = """\
commands:
{commands}
{program} COMMAND --help is about one command.
Each flag of this page can be given as a variable, too: {variable}WEB_ROUTE_PREFIX=/a is
--web.route-prefix=/a. A flag that is given wins.
"""


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False, **options
        )

    def error(self, message: str) -> NoReturn:
        advice = ""
        if message.startswith("unrecognized arguments: "):
            flag = next((word for word in message.split() if word.startswith("--")), "")
            advice = suggestion(flag.partition("=")[0], self._option_string_actions)
        raise ConfigError([message + (advice or f"; {PROGRAM} --help lists every flag")])


def parse(argv: Sequence[str] | None, environ: Mapping[str, str]) -> argparse.Namespace:
    """What is on the command line, and in the variables that stand for flags.

    Raises ConfigError for what cannot be used, and SystemExit once help or version are printed.
    """
    parser = _everything()
    given = list(sys.argv[1:] if argv is None else argv)
    args = parser.parse_intermixed_args([*_from_variables(parser, given, environ), *given])
    args.argument = args.arguments[0] if args.arguments else None
    if args.help:
        (command_parser(args.command) if args.command in COMMANDS else main_parser()).print_help()
        parser.exit()
    return args


def variable_of(flag: str) -> str:
    """The environment variable that stands for a flag, as LICENSE_EXPORTER_CONFIG_FILE does."""
    return _VARIABLE + flag.removeprefix("--").replace(".", "_").replace("-", "_").upper()


def main_parser() -> argparse.ArgumentParser:
    """The parser of the flags of serving, for its help."""
    width = max(len(_usage(name)) for name in ("(none)", *COMMANDS)) + 2
    lines = [f"  {'(none)':{width}}serve the metrics of the targets in the configuration file"]
    lines += [f"  {_usage(name):{width}}{each.summary}" for name, each in COMMANDS.items()]
    return _with_serving_flags(
        _Parser(
            prog=PROGRAM,
            usage=f"{PROGRAM} [COMMAND] [FLAG ...]",
            description="Prometheus exporter for the licenses that a company pays for.",
            epilog=_EPILOG.format(
                commands="\n".join(lines) + "\n", program=PROGRAM, variable=_VARIABLE
            ),
        )
    )


def whole_parser() -> argparse.ArgumentParser:
    """The parser of serving with one of each command, for what is written of the command line."""
    parser = main_parser()
    commands = parser.add_subparsers(title="commands")
    for name, command in COMMANDS.items():
        usage = f"{PROGRAM} {_usage(name)} [FLAG ...]"
        each = commands.add_parser(name, usage=usage, help=command.summary, **described(name))
        add_to(each, name)
    return parser


def command_parser(name: str) -> argparse.ArgumentParser:
    """The parser of a command and of the flags that mean something to it, for its help."""
    parser = _Parser(prog=f"{PROGRAM} {name}", **described(name))
    add_to(parser, name)
    return parser


def described(name: str) -> dict[str, Any]:
    """What argparse is told about a command."""
    command = COMMANDS[name]
    summary = f"{command.summary[0].upper()}{command.summary[1:]}."
    return {"description": summary, "epilog": "example:\n" + examples(name, indent="  ")}


def examples(name: str, indent: str = "") -> str:
    """The examples of a command as they are typed, one a line."""
    lines = COMMANDS[name].example.splitlines()
    return "\n".join(f"{indent}{PROGRAM} {line}" for line in lines)


def add_to(parser: argparse.ArgumentParser, name: str) -> None:
    """Add a command's arguments and flags to its parser."""
    command = COMMANDS[name]
    for argument in command.arguments:
        shown = argument.removesuffix("...").strip("[]")
        count = "+" if argument.endswith("...") else "?" if argument.startswith("[") else None
        parser.add_argument(shown.lower().strip("{}"), nargs=count, metavar=shown)
    for add in command.flags:
        add(parser.add_argument)


def _usage(name: str) -> str:
    return " ".join([name, *(COMMANDS[name].arguments if name in COMMANDS else ())])


def _everything() -> _Parser:
    """The parser of all that there is: flags may stand before and behind the command."""
    parser = _Parser(prog=PROGRAM, add_help=False)
    parser.add_argument("command", nargs="?")
    parser.add_argument("arguments", nargs="*")
    parser.add_argument("-h", "--help", action="store_true")
    _with_serving_flags(parser)
    for add in (_single.add_demo, _single.add_probe, _single.add_report):
        add(parser.add_argument)
    for add in (_single.add_vendors, _single.add_assets):
        add(parser.add_argument)
    return parser


def _with_serving_flags(parser: _Parser) -> _Parser:
    for add in (_serving.add_config_file, _serving.add_config, _serving.add_shard):
        add(parser.add_argument)
    for add in (_serving.add_web, _serving.add_log):
        add(parser.add_argument)
    parser.add_argument(
        "--version",
        action="version",
        version=f"license_exporter, version {__version__}",
        help="print the version and exit",
    )
    return parser


def _from_variables(parser: _Parser, given: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The flags of serving that variables give and the command line does not."""
    words = {word.partition("=")[0] for word in given}
    flags: list[str] = []
    actions = main_parser()._actions
    for action in actions:
        flag = next((each for each in action.option_strings if each.startswith("--")), "")
        written = environ.get(variable_of(flag), "")
        if flag in ("", "--help", "--version") or not written:
            continue
        if not words.isdisjoint(action.option_strings):
            continue
        meant = _as_flag(action, flag, written)
        try:
            parser.parse_args(meant)
        except ConfigError as error:
            problem = error.problems[0].partition("; ")[0]
            raise ConfigError([f"{variable_of(flag)}: {problem}"]) from None
        flags += meant
    _warn_of_misspelt(environ, {variable_of(flag) for a in actions for flag in a.option_strings})
    return flags


def _warn_of_misspelt(environ: Mapping[str, str], known: set[str]) -> None:
    """Tell of variables that are nearly those of flags; others may be the configuration's own."""
    for name in environ.keys() - known:
        if not name.startswith(_VARIABLE):
            continue
        if near := difflib.get_close_matches(name, known, 1, cutoff=0.93):
            sys.stderr.write(f"warning: {name} is no flag's; did you mean {near[0]}?\n")


def _as_flag(action: argparse.Action, flag: str, written: str) -> list[str]:
    """What a variable says, as it would stand on the command line. Raises ConfigError."""
    if action.nargs != 0:
        several = isinstance(action, argparse._AppendAction)
        return [f"{flag}={value}" for value in (written.split() if several else [written])]
    if written.lower() not in ("true", "false"):
        raise ConfigError([f"{variable_of(flag)} must be true or false"])
    if written.lower() == "true":
        return [flag]
    return [each for each in action.option_strings if each.startswith("--no-")]
