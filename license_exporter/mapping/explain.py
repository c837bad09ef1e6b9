"""What a mapping finds in an answer, told without the answer's texts."""

from collections.abc import Iterator

from license_exporter.mapping.expressions import Evaluator
from license_exporter.mapping.parser import Parser
from license_exporter.mapping.rows import Column, Rows
from license_exporter.reading import Answer, plain
from license_exporter.vendors import Vendor


def types(document: object) -> object:
    """A document with the name of its type for every value; of an array, each shape once."""
    if isinstance(document, dict):
        return {plain(name): types(value) for name, value in document.items()}
    if isinstance(document, list):
        shapes: list[object] = []
        for item in document:
            shape = types(item)
            if shape not in shapes:
                shapes.append(shape)
        return shapes
    return _type(document)


def explain(vendor: Vendor, answer: Answer) -> Iterator[str]:
    """Lines that tell what each expression of a mapping finds; none for other vendors.

    Numbers, true and false are shown, texts are not.
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
    found: list[list[object]] = []
    missing: list[str] = []
    for batch in rows.batches(evaluator, document, missing.append):
        found += rows.found(evaluator, batch)
    where = " > ".join(loop.text for loop in rows.loops) or "@"
    yield f"{rows.place}: {where} of {rows.document}: {len(found)} rows"
    sought = {column.name: index for index, column in enumerate(rows.sought)}
    for column in rows.columns:
        if column.expression is None:
            yield f"  {column.name}: constant"
        else:
            values = [row[sought[column.name]] for row in found]
            yield f"  {column.name}: {column.expression.text}: {_outcome(column, values)}"


def _outcome(column: Column, values: list[object]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "nothing" + (" (optional)" if column.optional else "")
    unread = sum(not _is_readable(column, value) for value in known)
    parts = [f"{len(known)} of {len(values)} rows", f"first: {_shown(known[0])}"]
    if unread:
        parts.append(f"{unread} cannot be read")
    return ", ".join(parts)


def _is_readable(column: Column, value: object) -> bool:
    try:
        column.read(value)
    except ValueError:
        return False
    return True


def _shown(value: object) -> str:
    if isinstance(value, bool | int | float):
        return f"{_type(value)} {str(value).lower()}"
    return _type(value)


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
