"""A draft as YAML, in which a comment says of each guess why and how sure."""

from collections.abc import Iterator, Mapping, Sequence

import yaml

from license_exporter.mapping.draft.guess import Drafted, Guess
from license_exporter.mapping.spec import SECTIONS

_HEAD = """\
# A draft, made of the names and values of one answer. Each guess says how sure it is:
# sure, likely, or not sure. Compare them with what the product itself shows, take out what is
# wrong, and see by `license-exporter probe NAME --explain` what each of them finds.
"""
_LEFT_OUT = "# Left out, as their names say nothing that is known:"
# Where the comments begin, if what stands before them is shorter.
_COLUMN = 52


def written(
    requests: Mapping[str, Mapping[str, object]],
    drafted: Sequence[Drafted],
    left_out: Sequence[str] = (),
) -> str:
    """The text of a mapping: these requests, and the row sets in the order of the sections.

    `left_out` names what else there is in the documents.
    """
    notes = [_LEFT_OUT, *(f"#   {line}" for line in left_out)] if left_out else []
    return "\n".join([_HEAD.rstrip(), *_lines(requests, drafted), *notes, ""])


def _lines(
    requests: Mapping[str, Mapping[str, object]], drafted: Sequence[Drafted]
) -> Iterator[str]:
    yield "requests:"
    for name, options in requests.items():
        yield f"  {_flow(name)}: {_flow(options)}"
    for section in SECTIONS:
        rows = [each for each in drafted if each.section == section]
        if rows:
            yield f"{section}:"
        for each in rows:
            yield from _row_set(each, several=len(requests) > 1)


def _row_set(drafted: Drafted, *, several: bool) -> Iterator[str]:
    lines: list[str] = []
    if several:
        lines.append(f"document: {_flow(drafted.document)}")
    if drafted.rows:
        rows = drafted.rows[0] if len(drafted.rows) == 1 else list(drafted.rows)
        lines.append(f"rows: {_flow(rows)}")
    lines += _columns(drafted.guesses)
    if drafted.optional:
        lines.append("optional: true")
    if drafted.duplicates:
        lines.append(f"duplicates: {drafted.duplicates}")
    for index, line in enumerate(lines):
        yield f"  {'-' if index == 0 else ' '} {line}"


def _columns(guesses: Sequence[Guess]) -> Iterator[str]:
    """The lines of the columns; those that have parts (deadlines, units, state) stand together."""
    parts: dict[str, list[Guess]] = {}
    for guess in guesses:
        parts.setdefault(guess.column.partition(".")[0], []).append(guess)
    for column, members in parts.items():
        if column == "state" and len(members) == 1:
            yield _commented(f"state: {_flow(members[0].written())}", members[0])
        elif "." not in members[0].column:
            yield _commented(f"{column}: {_flow(members[0].written())}", members[0])
        else:
            yield f"{column}:"
            for guess in members:
                key = "-" if column == "state" else f"{guess.column.partition('.')[2]}:"
                yield _commented(f"  {key} {_flow(guess.written())}", guess)


def _commented(line: str, guess: Guess) -> str:
    return f"{line.ljust(_COLUMN)}  # {guess.sure}: {guess.why}"


def _flow(value: object) -> str:
    """A value in one line of YAML."""
    text = yaml.safe_dump(
        value, default_flow_style=True, width=1_000_000, sort_keys=False, allow_unicode=False
    )
    return text.removesuffix("\n").removesuffix("\n...")
