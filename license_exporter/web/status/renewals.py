"""The renewals of all targets: which are asked for, by date, in quarters and months."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from license_exporter.collector.target_view import TargetView
from license_exporter.web.status.endings import Ending, endings

_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Filter:
    """Which endings are asked for: empty texts and a span of 0 ask for all.

    `words` stand in what is told of an ending, in any order and case; a label is `name=value`.
    `days` is how far ahead it ends at most; what has ended stays.
    """

    words: str = ""
    owner: str = ""
    vendor: str = ""
    days: int = 0

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Filter":
        """The filter of a request's parameters; one that cannot be read asks for all."""
        days = query.get("days", "")
        return cls(
            words=query.get("q", "")[:200],
            owner=query.get("owner", "")[:200],
            vendor=query.get("vendor", "")[:200],
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 6 else 0,
        )

    def keeps(self, ending: Ending, now: float) -> bool:
        if self.owner not in ("", ending.owner) or self.vendor not in ("", ending.view.vendor):
            return False
        if self.days and (ending.when or 0) > now + self.days * _DAY:
            return False
        words = self.words.lower().split()
        return not words or _contains(ending, words)


@dataclass(frozen=True, slots=True)
class Renewals:
    """What is asked for: `dated` by date, `never` and `unknown` by target.

    `owners` and `vendors` are those of all endings, for filters.
    """

    dated: tuple[Ending, ...]
    never: tuple[Ending, ...]
    unknown: tuple[Ending, ...]
    owners: tuple[str, ...]
    vendors: tuple[str, ...]

    @property
    def all(self) -> tuple[Ending, ...]:
        return self.dated + self.never + self.unknown

    def quarters(self, most: int) -> Iterator[tuple[str, list[tuple[str, list[Ending]]]]]:
        """The dated endings, so many of them at most, by quarter and, within it, by month."""
        for quarter, items in groupby(self.dated[:most], _quarter):
            yield quarter, [(name, list(group)) for name, group in groupby(items, _month)]


def renewals(views: Iterable[TargetView], now: float, asked: Filter) -> Renewals:
    """The endings of all targets that are asked for; `now` is in seconds since the epoch."""
    found = [ending for view in views for ending in endings(view, now)]
    kept = sorted(
        (ending for ending in found if asked.keeps(ending, now)),
        key=lambda each: (_when(each), each.view.name, each.kind, each.thing),
    )
    return Renewals(
        dated=tuple(each for each in kept if each.when is not None and math.isfinite(each.when)),
        never=tuple(each for each in kept if each.when == math.inf),
        unknown=tuple(each for each in kept if each.when is None),
        owners=tuple(sorted({each.owner for each in found} - {""})),
        vendors=tuple(sorted({each.view.vendor for each in found})),
    )


def day_of(ending: Ending) -> datetime:
    """The last day (UTC) on which all is still good, of an ending with a date.

    Raises OverflowError, OSError or ValueError for years that a calendar does not have.
    """
    return datetime.fromtimestamp((ending.when or 0.0) - 1, UTC)


def _when(ending: Ending) -> float:
    return math.inf if ending.when is None else ending.when


def _contains(ending: Ending, words: Sequence[str]) -> bool:
    view = ending.view
    labels = (f"{name}={value}" for name, value in view.labels.items())
    pools = (f"{pool.name} {pool.display_name}" for pool in ending.pools)
    contract = ending.contract
    said = (contract.supplier, contract.reference) if contract else ()
    parts = (view.name, view.vendor, view.product, ending.text, ending.owner)
    text = "\n".join((*parts, *labels, *pools, *said)).lower()
    return all(word in text for word in words)


def _quarter(ending: Ending) -> str:
    try:
        day = day_of(ending)
    except (OverflowError, OSError, ValueError):
        return "Far away"
    return f"{day.year}, quarter {(day.month + 2) // 3}"


def _month(ending: Ending) -> str:
    try:
        return f"{day_of(ending):%B %Y}"
    except (OverflowError, OSError, ValueError):
        return "Far away"
