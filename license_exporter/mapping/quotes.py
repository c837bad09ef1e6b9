"""Comparisons that are probably not meant: in JMESPath, "text" in double quotes is a name."""

from collections.abc import Iterable, Iterator

from license_exporter.mapping.expressions import Expression, Node
from license_exporter.mapping.rows import Rows


def doubtful_quotes(several: Iterable[Rows]) -> Iterator[str]:
    """A line for each comparison with a name in quotes, with the expression's place in the mapping.

    `several` are all the rows that the mapping tells of.
    """
    for rows in several:
        for place, expression in _expressions(rows):
            for name in dict.fromkeys(_compared(expression.tree)):
                if f'"{name}"' in expression.text:
                    yield (
                        f'{place}: compares with what stands at the key "{name}"; '
                        f"a text is written '{name}'"
                    )


def _expressions(rows: Rows) -> Iterator[tuple[str, Expression]]:
    for loop in rows.loops:
        yield f"{rows.place}.rows", loop
    for column in rows.columns:
        if column.expression:
            yield column.place, column.expression


def _compared(node: Node) -> Iterator[str]:
    """The names that stand by themselves on the right of a comparison."""
    if node["type"] == "comparator" and node["children"][1]["type"] == "field":
        yield node["children"][1]["value"]
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _compared(child)
