"""`completion`: a script for a shell, made by shtab from the parsers of the command line."""

import argparse
import sys
from collections.abc import Iterable

import shtab

from license_exporter.cli.arguments import whole_parser
from license_exporter.config.spelling import suggestion
from license_exporter.errors import ConfigError
from license_exporter.vendors.registry import find_vendors

SHELLS = ("bash", "zsh", "fish")
_FILES = {"PATH": shtab.FILE, "FILE": shtab.FILE, "DIR": shtab.DIRECTORY}


def print_completion(shell: str | None) -> int:
    """Print the script for a shell. Raises ConfigError for one that is not known."""
    if shell not in SHELLS:
        nearest = suggestion(shell or "", SHELLS)
        raise ConfigError([f"completion needs a shell: {', '.join(SHELLS)}{nearest}"])
    script = shtab.complete(_parser(), shell)
    if shell == "zsh":
        # What may be there several times: shtab lets zsh complete the first of them alone.
        script = script.replace('"(*):', '"*:')
    sys.stdout.write(script + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = whole_parser()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _tell_values(command._actions)
    _tell_values(parser._actions)
    return parser


def _tell_values(actions: Iterable[argparse.Action]) -> None:
    """Say of each argument what can be its value: a file, a vendor, a shell."""
    for action in actions:
        if action.metavar in _FILES:
            action.complete = _FILES[action.metavar]  # type: ignore[attr-defined] # shtab's own
        elif action.dest == "vendor" or (action.dest, action.metavar) == ("name", "NAME"):
            action.choices = tuple(find_vendors())
        elif action.metavar == "{bash,zsh,fish}":
            action.choices = SHELLS
