"""CSV as an array of objects: a row each, with its cells by the names of their columns."""

import csv
from collections import Counter
from collections.abc import Iterator

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.text import decode_text
from license_exporter.model.vendor import CSV

# What parts the cells where the vendor does not say, by how usual it is.
_DELIMITERS = (",", ";", "\t", "|")
# What a row and a cell take of memory, in bytes, and how much all may take.
_ROW, _CELL = 250, 60
_MOST = 400 * 1024**2


def decode_csv(body: bytes, layout: CSV, charset: str) -> list[dict[str, str]]:
    """Decode a table. Raises FetchError, whose message holds nothing of the body.

    `decode` is for what is no CSV, `schema` for a table without the column that tells its head,
    `too_large` for too many cells.
    """
    text = decode_text(body, charset)
    cells = max(map(text.count, (layout.delimiter,) if layout.delimiter else _DELIMITERS))
    if text.count("\n") * _ROW + cells * _CELL > _MOST:
        raise FetchError(
            Reason.TOO_LARGE, f"the answer has so many cells that they take over {_MOST} bytes"
        )
    lines = text.split("\n")
    if not any(line.strip() for line in lines):
        raise FetchError(Reason.DECODE, "the answer is empty, not CSV")
    start, delimiter = _head(lines, layout)
    rows = _rows(lines, start, delimiter)
    names = _names(next(rows))
    return [dict(zip(names, row, strict=False)) for row in rows if _is_row(row, names)]


def _head(lines: list[str], layout: CSV) -> tuple[int, str]:
    """The line of the head, and what parts its cells."""
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        delimiter = layout.delimiter or max(_DELIMITERS, key=line.count)
        if not layout.column or layout.column in _cells(line, delimiter):
            return index, delimiter
    raise FetchError(Reason.SCHEMA, f"no line of the answer has a column {layout.column!r}")


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of a line that is not empty; none of one that is no line of a table."""
    try:
        return next(_rows([line], 0, delimiter))
    except FetchError:
        return []


def _rows(lines: list[str], start: int, delimiter: str) -> Iterator[list[str]]:
    """The cells of each line from one on, without the white space around them."""
    reader = csv.reader(
        (f"{line}\n" for line in lines[start:]),
        delimiter=delimiter,
        skipinitialspace=True,
        strict=True,
    )
    try:
        for row in reader:
            yield [cell.strip() for cell in row]
    except csv.Error:
        line = start + reader.line_num
        raise FetchError(Reason.DECODE, f"the answer is not valid CSV: line {line}") from None


def _names(head: list[str]) -> list[str]:
    """The names of the columns; one that is taken gets a number."""
    names: dict[str, None] = {}
    numbers: Counter[str] = Counter()
    for name in head:
        unique = name
        while unique in names:
            numbers[name] += 1
            unique = f"{name}_{numbers[name] + 1}"
        names[unique] = None
    return list(names)


def _is_row(row: list[str], names: list[str]) -> bool:
    """Whether a line is one of the table: not empty, and no word before or after it."""
    return any(row) and (len(row) > 1 or len(names) == 1)
