"""docs/commands.md and the manual page, from the parsers of the command line."""

import argparse
from collections.abc import Iterator

from tables import code, table

from license_exporter.cli.arguments import (
    COMMANDS,
    PROGRAM,
    command_parser,
    examples,
    main_parser,
    variable_of,
    whole_parser,
)

_MARK = "<!-- from the code: all below -->\n"


def commands_page(page: str) -> str:
    """The page with what follows its mark written anew. Raises ValueError without the mark."""
    written = page[: page.index(_MARK) + len(_MARK)]
    return written + "\n".join((_serving(), *map(_command, COMMANDS)))


def manual_page(page: str) -> str:
    """The manual page in troff; nothing of the former one stays."""
    from argparse_manpage.manpage import Manpage  # what the other pages do without

    parser = whole_parser()
    parser.epilog = (
        f"{PROGRAM} COMMAND --help is about one command, with an example. Each flag of serving can "
        f"be given as a variable, too: {variable_of('--web.route-prefix')}=/a is "
        "--web.route-prefix=/a. A flag that is given wins."
    )
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                command.description = None  # the list of commands says it already
    manual = Manpage(parser, format="single-commands-section")
    manual.date = ""  # that of the day would make another page each day
    manual.source = "license_exporter"
    manual.manual = "User Commands"
    manual.description = "Prometheus exporter for the licenses that a company pays for"
    return str(manual)


def _serving() -> str:
    rows = (
        (shown, code([variable_of(flag)]) if flag != "--version" else "", meaning)
        for flag, shown, meaning in _flags(main_parser())
    )
    return (
        "## Serving\n"
        "Without a command, it serves the metrics of the targets in the configuration file.\n\n"
        f"```sh\n{PROGRAM} --config.file=config.yaml\n```\n\n"
        + table(("flag", "variable", "meaning"), rows)
    )


def _command(name: str) -> str:
    command = COMMANDS[name]
    parser = command_parser(name)
    shared = {flag for flag, *_ in _flags(main_parser())}
    flags = list(_flags(parser))
    own = table(("flag", "meaning"), (row for flag, *row in flags if flag not in shared))
    as_serving = code(flag for flag, *_ in flags if flag in shared)
    return "\n".join(
        (
            f"## `{' '.join((name, *command.arguments))}`\n{parser.description}\n",
            f"```sh\n{examples(name)}\n```\n",
            *([own] if len(own.splitlines()) > 2 else []),
            *([f"As for serving: {as_serving}.\n"] if as_serving else []),
        )
    )


def _flags(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, str]]:
    """Each flag, as a page shows it with its value, and what it means."""
    for action in parser._actions:
        flags = [flag for flag in action.option_strings if flag.startswith("--")]
        if not flags or flags == ["--help"]:
            continue
        value = "" if action.nargs == 0 else f"={_value(action)}"
        meaning = (action.help or "") % vars(action)
        yield flags[0], code(f"{flag}{value}" for flag in flags), meaning


def _value(action: argparse.Action) -> str:
    """What stands for a value, as the help shows it."""
    return "{" + ",".join(action.choices) + "}" if action.choices else str(action.metavar)
