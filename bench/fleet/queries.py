"""The queries of every dashboard on thirty days of the whole fleet."""

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.fleet.history import MONTH
from bench.fleet.prometheus import Prometheus

_DASHBOARDS = Path(__file__).parents[2] / "grafana" / "dashboards"
_RUNS = 3
_STEP = 2700  # seconds: thirty days in a panel of a thousand points
_EVERYTHING = {"owner": ".*"}
_ONE = {"target": "product-0000", "pool": "feature_00"}


@dataclass(frozen=True, slots=True)
class Query:
    """A query, and where it is."""

    dashboard: str
    panel: str
    expression: str
    instant: bool


@dataclass(frozen=True, slots=True)
class Cost:
    """The seconds of a query, the best of some runs, and the bytes of its answer."""

    query: Query
    seconds: float
    size: int


def queries() -> Iterator[Query]:
    """Every query of a panel, with variables as they are at first."""
    for file in sorted(_DASHBOARDS.glob("*.json")):
        for panel in _panels(json.loads(file.read_text(encoding="utf-8"))["panels"]):
            for target in panel.get("targets", []):
                expression = _filled_in(file.name, target["expr"])
                yield Query(file.name, panel["title"], expression, target.get("instant", False))


def _panels(panels: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for panel in panels:
        yield panel
        yield from _panels(panel.get("panels", []))


def _filled_in(name: str, expression: str) -> str:
    expression = expression.replace("$__rate_interval", "5m").replace("$__range", "30d")
    chosen = _EVERYTHING | (_ONE if name in {"target.json", "feature.json"} else {})
    return re.sub(r"\$([a-z]\w*)", lambda found: chosen.get(found[1], ".+"), expression)


def cost(prometheus: Prometheus, query: Query, end: float) -> Cost:
    """What it costs to ask. Raises OSError where it is refused."""
    if query.instant:
        path, span = "/api/v1/query", {"time": end}
    else:
        path, span = "/api/v1/query_range", {"start": end - MONTH, "end": end, "step": _STEP}
    took, size = [], 0
    for _ in range(_RUNS):
        begin = time.perf_counter()
        size = len(prometheus.get(path, query=query.expression, **span))
        took.append(time.perf_counter() - begin)
        if took[-1] > 5:
            break
    return Cost(query, min(took), size)
