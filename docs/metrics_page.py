"""The tables of docs/metrics.md, from the families and the closed sets of label values."""

from collections.abc import Iterable, Mapping
from typing import get_args

from questions import QUESTIONS
from tables import code, fill, table

from license_exporter.exposition.families import CACHED, FAMILIES, Family
from license_exporter.model.report import DeadlineKind, State, ThresholdKind, UnitState, Window

_WORDS: Mapping[str, Iterable[str]] = {
    "`state` of a license or an entitlement": State,
    "`state` of `license_units`": get_args(UnitState),
    "`kind` of a threshold": get_args(ThresholdKind),
    "`kind` of a deadline": get_args(DeadlineKind),
    "`window`": get_args(Window),
    "`result` of a fetch": ("success", "failure"),
    "`result` of a cache request": ("hit", "miss"),
}


def metrics_page(page: str) -> str:
    """The page with its tables, each after a line `<!-- table: name -->`, written anew."""
    tables = {
        "licenses": _families(family for family in FAMILIES if family.of_target),
        "exporter": _families(family for family in FAMILIES if not family.of_target),
        "words": table(("label", "words"), ((label, code(_WORDS[label])) for label in _WORDS)),
    }
    return fill(page, tables)


def _families(families: Iterable[Family]) -> str:
    rows = (
        (code([family.name]), code(family.labels), family.help.removesuffix(CACHED), _asked(family))
        for family in families
    )
    return table(("metric", "labels", "value", "answers"), rows)


def _asked(family: Family) -> str:
    """The question that a family answers, and how Prometheus is asked it."""
    question = QUESTIONS[family.name]
    query = question.query.replace("|", "\\|")  # or it would end the table's cell
    return f"{question.text} {code([query])}" if query else question.text
