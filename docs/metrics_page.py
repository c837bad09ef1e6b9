"""The tables of docs/metrics.md, from the families and the closed sets of label values."""

import re
from collections.abc import Iterable, Mapping

from license_exporter.families import CACHED, FAMILIES, Family
from license_exporter.model import DEADLINE_KINDS, THRESHOLD_KINDS, UNIT_STATES, WINDOWS, State

_WORDS: Mapping[str, Iterable[str]] = {
    "`state` of a license or an entitlement": State,
    "`state` of `license_units`": UNIT_STATES,
    "`kind` of a threshold": THRESHOLD_KINDS,
    "`kind` of a deadline": DEADLINE_KINDS,
    "`window`": WINDOWS,
    "`result` of a fetch": ("success", "failure"),
    "`result` of a cache request": ("hit", "miss"),
}


def metrics_page(page: str) -> str:
    """The page with its tables, each after a line `<!-- table: name -->`, written anew."""
    tables = {
        "licenses": _families(family for family in FAMILIES if family.of_target),
        "exporter": _families(family for family in FAMILIES if not family.of_target),
        "words": _table(("label", "words"), ((label, _code(_WORDS[label])) for label in _WORDS)),
    }

    def written(match: re.Match[str]) -> str:
        return match["mark"] + tables[match["name"]]

    return re.sub(r"(?P<mark><!-- table: (?P<name>\w+) -->\n)(\|.*\n)*", written, page)


def _families(families: Iterable[Family]) -> str:
    rows = (
        (_code([family.name]), _code(family.labels), family.help.removesuffix(CACHED))
        for family in families
    )
    return _table(("metric", "labels", "value"), rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
