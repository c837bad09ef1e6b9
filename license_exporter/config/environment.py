"""`${VARIABLE}` in the texts of a configuration, filled in from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_VARIABLE = re.compile(r"\$(?:\$|\{([^}]*)(\}?))")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class Elsewhere(dict[str, str]):
    """Variables of which further ones are set elsewhere, where the file will be used."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables filled in, and what is wrong with them.

    `unknown` is whether one is set elsewhere, so that the text is not what it will be.
    """

    text: str
    problems: tuple[str, ...] = ()
    unknown: bool = False


def filled(text: str, environ: Mapping[str, str]) -> Filled:
    """Fill in the variables of `environ`; `$$` is a dollar sign."""
    problems: list[str] = []
    unknown = False

    def value(match: re.Match[str]) -> str:
        nonlocal unknown
        name = match[1]
        if name is None:
            return "$"
        if not match[2]:
            problems.append("has a ${ without its }; write $$ for a dollar sign")
        elif not _NAME.fullmatch(name):
            problems.append("has a ${...} that is no variable's name; write $$ for a dollar sign")
        elif name in environ:
            # As of a file's: a line break at its end is that of the shell which set it.
            return environ[name].rstrip("\r\n")
        elif isinstance(environ, Elsewhere):
            unknown = True
        else:
            problems.append(f"the variable {name} is not set; set it, or write $$ for $")
        return ""

    return Filled(_VARIABLE.sub(value, text), tuple(problems), unknown)
