"""Pages that hold tables from the code: each stands after a line `<!-- table: name -->`."""

import re
from collections.abc import Iterable, Mapping

_TABLE = re.compile(r"(?P<mark><!-- table: (?P<name>[\w.]+) -->\n)(\|.*\n)*")


def fill(page: str, tables: Mapping[str, str]) -> str:
    """The page with its tables written anew. Raises KeyError for a mark without a table."""
    return _TABLE.sub(lambda match: match["mark"] + tables[match["name"]], page)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def code(words: Iterable[str]) -> str:
    """Words as code, with commas between."""
    return ", ".join(f"`{word}`" for word in words)
