"""The report, put together from the items that rows yield."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from license_exporter.errors import SchemaError
from license_exporter.mapping.rows import Rows
from license_exporter.model.allowance import Allowance
from license_exporter.model.report import (
    Entitlement,
    License,
    LicenseReport,
    LocationKey,
    Pool,
    State,
    sole_license,
)

# The values of a row that are known, by column; of a column with parts: `units.enabled`. None is a
# sum of which a part is not known.
Item = dict[str, Any]

_ABSENT = License(described=False, states=frozenset([State.ABSENT]))


@dataclass(slots=True)
class _Items:
    """The items so far, by their labels."""

    licenses: dict[str, Item] = field(default_factory=dict)
    pools: dict[tuple[str, str], Item] = field(default_factory=dict)
    entitlements: dict[tuple[str, str], Item] = field(default_factory=dict)
    locations: dict[LocationKey, float] | None = None
    report: Item = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many there are, but for locations, of which most are folded."""
        return len(self.licenses) + len(self.pools) + len(self.entitlements)

    def copy(self) -> "_Items":
        return _Items(
            {id: item.copy() for id, item in self.licenses.items()},
            {key: item.copy() for key, item in self.pools.items()},
            {key: item.copy() for key, item in self.entitlements.items()},
            None if self.locations is None else self.locations.copy(),
            self.report.copy(),
        )


class ReportBuilder:
    """Takes the items of all rows, and joins those with equal labels as their row set says.

    `unit` is the usual unit of a pool, `units` has that of pools that differ. Each section of a
    mapping has a method of its name, which takes an item and returns whether it says anything. It
    raises SchemaError for labels that are there already, unless the row set allows for them, and
    FetchError `too_large` for more items than `allowance` holds.
    """

    def __init__(
        self, unit: str, units: Mapping[str, str], allowance: Allowance | None = None
    ) -> None:
        self._allowance = allowance or Allowance()
        self._unit = unit
        self._units = units
        self._items = _Items()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """Forget what this block adds if it raises SchemaError."""
        before = self._items.copy()
        try:
            yield
        except SchemaError:
            self._items = before
            raise

    def licenses(self, rows: Rows, item: Item) -> bool:
        id = item.pop("id", "default")
        _join_states(item)
        return bool(item) and self._join(rows, self._items.licenses.setdefault(id, {}), item)

    def pools(self, rows: Rows, item: Item) -> bool:
        key = self._pool(item, "name")
        tells = Pool(*key, **_nested(item)).tells
        if tells or rows.summands:
            self._join(rows, self._items.pools.setdefault(key, {}), item)
        return tells

    def entitlements(self, rows: Rows, item: Item) -> bool:
        key = item.pop("license", "default"), item.pop("name")
        _join_states(item)
        if item.keys() <= {"unit"}:
            return False
        return self._join(rows, self._items.entitlements.setdefault(key, {}), item)

    def locations(self, rows: Rows, item: Item) -> bool:
        used = item.get("used")
        if used is None:
            return False
        pool, unit = self._pool(item, "pool")
        key = pool, unit, item["location"], item.get("location_type", "")
        locations = self._told_locations()
        known = locations.get(key)
        locations[key] = used if known is None else _joined(rows, "used", known, used)
        return True

    def assignments(self, rows: Rows, item: Item) -> bool:
        pool = self._items.pools.setdefault(self._pool(item, "pool"), {})
        return "count" in item and self._join(rows, pool, {"assignments": item["count"]})

    def periods(self, rows: Rows, item: Item) -> bool:
        pool = self._items.pools.setdefault(self._pool(item, "pool"), {})
        if "used" not in item:
            return False
        self._join(rows, pool, {f"periods.{item['period']}": item["used"]})
        return item["used"] is not None

    def report(self, rows: Rows, item: Item) -> bool:
        return bool(item) and self._join(rows, self._items.report, item)

    def empty(self, rows: Rows) -> None:
        """Note that an array without rows was found."""
        if rows.section == "locations":
            self._told_locations()

    def build(self, absent: bool, valid_until: float | None) -> LicenseReport:
        """The report of all items; `absent` where the vendor says that there is no license."""
        licenses = self._built_licenses()
        sole: Item = {"license": sole_license(licenses)}
        pools = (
            Pool(name, unit, **(sole | _nested(item)))
            for (name, unit), item in self._items.pools.items()
        )
        return LicenseReport(
            pools=tuple(pool for pool in pools if pool.tells),
            licenses=(_ABSENT,) if absent and not licenses else licenses,
            locations=self._items.locations,
            valid_until=valid_until,
            **self._items.report,
        )

    def _built_licenses(self) -> tuple[License, ...]:
        entitlements: dict[str, list[Entitlement]] = {id: [] for id in self._items.licenses}
        for (id, name), item in self._items.entitlements.items():
            entitlements.setdefault(id, []).append(Entitlement(name, **item))
        return tuple(
            License(
                id,
                described=id in self._items.licenses,
                entitlements=tuple(granted),
                **_nested(self._items.licenses.get(id, {})),
            )
            for id, granted in entitlements.items()
        )

    def _told_locations(self) -> dict[LocationKey, float]:
        """The locations so far; from now on the report has some, even if none is added."""
        if self._items.locations is None:
            self._items.locations = {}
        return self._items.locations

    def _pool(self, item: Item, name: str) -> tuple[str, str]:
        pool = item.pop(name)
        return pool, item.pop("unit", None) or self._units.get(pool, self._unit)

    def _join(self, rows: Rows, known: Item, item: Item) -> bool:
        self._allowance.holds(self._items.count)
        for name, value in item.items():
            known[name] = _joined(rows, name, known[name], value) if name in known else value
        return True


def _joined(rows: Rows, name: str, known: Any, value: Any) -> Any:
    """One value for two rows with equal labels. Raises SchemaError."""
    if known is None or value is None:
        return None if rows.duplicates == "add" else value
    is_number = isinstance(value, float)
    if rows.duplicates == "error":
        if is_number or known != value:
            raise SchemaError(
                rows.document,
                f"two rows of {rows.place} have equal labels and both tell {name}; say by "
                "`duplicates` which holds, or whether they are added",
            )
    elif is_number and rows.duplicates == "greatest":
        return max(known, value)
    elif is_number and name not in rows.dates:
        return _sum(rows, known, value)
    return known


def _sum(rows: Rows, known: float, value: float) -> float:
    result = known + value
    if math.isinf(result) and math.isfinite(known) and math.isfinite(value):
        # +Inf would say that the vendor calls it unlimited.
        raise SchemaError(rows.document, f"the sum of the rows of {rows.place} is no number")
    return result


def _join_states(item: Item) -> None:
    """Make one `states` of the parts of `state`; active holds only if all of them say so."""
    told = [item.pop(name) for name in list(item) if name.startswith("state.")]
    told = [states for states in told if states]
    if told:
        states = frozenset[State]().union(*told)
        agreed = all(State.ACTIVE in part for part in told)
        item["states"] = states if agreed else states - {State.ACTIVE}


def _nested(item: Item) -> Item:
    """The item with its parts (`units.enabled`) as one mapping for each column, where known."""
    nested: Item = {}
    for name, value in item.items():
        column, dot, part = name.partition(".")
        if value is None:
            continue
        if dot:
            nested.setdefault(column, {})[part] = value
        else:
            nested[name] = value
    return nested
