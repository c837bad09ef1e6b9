"""What a mapping finds in an answer, told without the answer's texts."""

import json
import math
from collections.abc import Iterator

from license_exporter.mapping.columns import Column
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.parser import Parser
from license_exporter.mapping.rows import Rows
from license_exporter.mapping.value import Reader
from license_exporter.model.answer import Answer, plain
from license_exporter.model.vendor import Vendor
from license_exporter.process.human import date

# Answers are less deep; Python's own limit is not far beyond.
_LEVELS = 50


def types(document: object, levels: int = _LEVELS) -> object:
    """A document with the name of its type for every value; of an array, each shape once.

    What is nested deeper than `levels` is not looked into.
    """
    if not levels:
        return _type(document)
    if isinstance(document, dict):
        return {plain(name): types(value, levels - 1) for name, value in document.items()}
    if isinstance(document, list):
        shapes = (types(item, levels - 1) for item in document)
        return list({json.dumps(shape, sort_keys=True): shape for shape in shapes}.values())
    return _type(document)


def explain(vendor: Vendor, answer: Answer) -> Iterator[str]:
    """Lines that tell what each expression of a mapping finds; none for other vendors.

    Numbers, true and false are shown, and what else is read as a number, a date or a state; texts
    are not.
    """
    if not isinstance(vendor.parse, Parser):
        return
    parser = vendor.parse
    evaluator = parser.evaluator(answer)
    for rows in parser.rows:
        if rows.document not in answer:
            yield f"{rows.place}: {rows.document} is not there"
            continue
        yield from _explain_rows(rows, evaluator, answer.value(rows.document))


def _explain_rows(rows: Rows, evaluator: Evaluator, document: object) -> Iterator[str]:
    found = rows.all_found(evaluator, document)
    where = " > ".join(loop.text for loop in rows.loops) or "@"
    yield f"{rows.place}: {where} of {rows.document}: {len(found)} rows"
    sought = {column.name: index for index, column in enumerate(rows.sought)}
    for column in rows.columns:
        if column.expression is None:
            yield f"  {column.name}: constant"
        else:
            values = [row[sought[column.name]] for row in found]
            read = column.reader(evaluator.scope)
            outcome = _outcome(column, read, values, is_date=column.name in rows.dates)
            yield f"  {column.name}: {column.expression.text}: {outcome}"


def _outcome(column: Column, read: Reader, values: list[object], *, is_date: bool) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "nothing" + (" (optional)" if column.optional else "")
    problems = [problem for value in known if (problem := _problem(read, value))]
    parts = [f"{len(known)} of {len(values)} rows", f"first: {_first(read, known[0], is_date)}"]
    if problems:
        parts.append(f"{len(problems)} cannot be read ({problems[0]})")
    return ", ".join(parts)


def _problem(read: Reader, value: object) -> str:
    """Why a value cannot be read; "" if it can."""
    try:
        read(value)
    except ValueError as error:
        return str(error)
    return ""


def _first(read: Reader, value: object, is_date: bool) -> str:
    """A value found, and what it is read as where that is more than its number and no text."""
    shown = _shown(value)
    try:
        meaning = _meaning(read(value), is_date)
    except ValueError:
        return shown
    return f"{shown}, read as {meaning}" if meaning and not shown.endswith(f" {meaning}") else shown


def _meaning(value: object, is_date: bool) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, frozenset):
        return " and ".join(sorted(value)) or "no state"
    if isinstance(value, float) and is_date:
        return date(value)
    if isinstance(value, bool | float):
        return "unlimited" if value == math.inf else _number(value)
    return ""


def _shown(value: object) -> str:
    if isinstance(value, bool | int | float):
        return f"{_type(value)} {_number(value)}"
    return _type(value)


def _number(value: float) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return f"{value:.15g}"
    except OverflowError:
        return "too large to be read"


def _type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
