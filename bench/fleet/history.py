"""A month of samples in Prometheus' own blocks, as dense as the rules write and read them.

How far a rule reads back is found in its expression: so the history is as heavy as the rules make
it, and follows them when they change.
"""

import subprocess
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import promql_parser as promql

HOUR = 3600
DAY = 24 * HOUR
MONTH = 30 * DAY
_DENSE = 7 * DAY  # further back than this the rules look at single moments: an hour apart will do


def read_back(rules: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """How many seconds of each metric some rule reads, for those that reach back over an hour."""
    spans: dict[str, float] = {}
    for rule in rules:
        for name, span in _spans(promql.parse(rule["expr"]), 0.0):
            spans[name] = max(spans.get(name, 0.0), span)
    return {name: span for name, span in spans.items() if span >= HOUR}


def _spans(node: Any, before: float) -> Iterator[tuple[str, float]]:
    """The name of each selector under the node, and how far it reaches back."""
    match node:
        case promql.VectorSelector():
            yield str(node.name), before + _seconds(node.offset)
        case promql.MatrixSelector():
            yield from _spans(node.vector_selector, before + _seconds(node.range))
        case promql.SubqueryExpr():
            span = _seconds(node.range) + _seconds(node.offset)
            yield from _spans(node.expr, before + span)
        case promql.Call():
            for argument in node.args:
                yield from _spans(argument, before)
        case promql.BinaryExpr():
            yield from _spans(node.lhs, before)
            yield from _spans(node.rhs, before)
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr():
            yield from _spans(node.expr, before)


def _seconds(span: timedelta | None) -> float:
    return span.total_seconds() if span else 0.0


def times(span: float, interval: int, end: int) -> list[int]:
    """When a series that is written each `interval` seconds and read `span` back has samples."""
    dense = min(span, _DENSE)
    near = range(int(end - dense) // interval * interval, end, interval)
    far = range(int(end - min(span, 2 * MONTH)) // HOUR * HOUR, near[0] if near else end, HOUR)
    return [*far, *near]


def lines(series: Mapping[str, float], when: list[int]) -> Iterator[str]:
    """The samples of one family; what is in use rises a little by the week, and by day."""
    for labels, value in series.items():
        for at in when:
            shade = -(at // DAY % 5) if 10 <= value < 10_000 else 0
            yield f"{labels} {value + shade:g} {at}\n"


def write(folder: Path, families: Mapping[str, tuple[Mapping[str, float], list[int]]]) -> int:
    """Writes blocks of all families into the folder; how many samples they have."""
    file = folder / "history.om"
    count = 0
    with file.open("w", encoding="utf-8") as text:
        for series, when in families.values():
            text.writelines(lines(series, when))
            count += len(series) * len(when)
        text.write("# EOF\n")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics"]
    command += ["--max-block-duration=2160h", "--quiet", str(file), str(folder / "blocks")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    file.unlink()
    return count
