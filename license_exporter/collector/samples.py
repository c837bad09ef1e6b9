"""What is exported of a good answer: its report as samples by family.

No two samples of a family have equal labels. Locations with equal labels are added up. Of all else
(pools of one name and unit, say, or licenses of one id), the first stays, and each that is left out
is counted in `license_skipped_values`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from license_exporter.config.contract import Contract
from license_exporter.config.target import Target
from license_exporter.errors import FetchError, Reason
from license_exporter.exposition import families
from license_exporter.exposition.families import Family
from license_exporter.exposition.labels import label_value, label_values
from license_exporter.exposition.locations import greatest, labelled
from license_exporter.exposition.text import Samples
from license_exporter.model.report import (
    Entitlement,
    License,
    LicenseReport,
    LocationKey,
    Pool,
    State,
)

_Item = TypeVar("_Item")

# So many samples cannot make too much text, however long their labels are.
_FEW_SAMPLES = 10_000

# What a sample takes beside the values of its labels, in bytes: their names, and its value.
_BYTES_BESIDE = 100

_STATES = tuple(state.value for state in State)

# Families, and what reads a value for each of them from an object of the model.
_Values = tuple[tuple[Family, ...], Callable[[Any], tuple[float | None, ...]]]


def _values(**exported: Family) -> _Values:
    """What the attributes of an object of the model are exported as, where they are not None."""
    return tuple(exported.values()), attrgetter(*exported)


_POOL_VALUES = _values(
    used=families.USED,
    limit=families.LIMIT,
    limit_reached=families.LIMIT_REACHED,
    available=families.AVAILABLE,
    overage=families.OVERAGE,
    peak_used=families.PEAK_USED,
    window_start=families.WINDOW_START,
    window_end=families.WINDOW_END,
    assignments=families.ASSIGNMENTS,
    reserved=families.RESERVED,
    queued=families.QUEUED,
    borrowed=families.BORROWED,
    checkouts=families.CHECKOUTS,
    users=families.USERS,
)
_LICENSE_VALUES = _values(
    current=families.CURRENT,
    trial=families.TRIAL,
    expiry=families.EXPIRY,
    start=families.START,
    created=families.CREATED,
    updated=families.UPDATED,
    validated=families.VALIDATED,
    grace_period=families.GRACE_PERIOD,
    grace_usage_ratio=families.GRACE_USAGE,
)
_SERVER_VALUES = _values(up=families.SERVER_UP, primary=families.SERVER_PRIMARY)
_ENTITLEMENT_VALUES = _values(
    granted=families.ENTITLEMENT_GRANTED,
    enabled=families.ENTITLEMENT_ENABLED,
    expiry=families.ENTITLEMENT_EXPIRY,
)
_REPORT_VALUES = _values(
    warnings=families.WARNINGS,
    pending_bytes=families.PENDING_BYTES,
    pending_scans=families.PENDING_SCANS,
    data_timestamp=families.DATA_TIMESTAMP,
)


def report_samples(report: LicenseReport, target: Target, skipped: int = 0) -> Samples:
    """The samples of a good answer of the target; `skipped` values of it could not be read.

    A limit or an expiry that only the contract tells is filled in. Raises FetchError (too_large)
    where there are more samples than the target's `sample_limit`.
    """
    report = filled(report, target.contracts)
    if target.locations and report.locations:
        report = report.with_pools_of_locations()
    collected = _Collected()
    users: dict[LocationKey, float] = {}
    for labels, pool in collected.distinct(report.pools, lambda item: (item.name, item.unit)):
        _add_pool(collected, labels, pool, target.history)
        for user, used in (pool.user_used or {}).items():
            users[pool.name, pool.unit, user, ""] = used
    for labels, license in collected.distinct(report.licenses, lambda item: (item.id,)):
        _add_license(collected, labels, license, target.driver.product)
    for labels, server in collected.distinct(report.servers, lambda item: (item.name,)):
        collected.add_values(_SERVER_VALUES, server, labels)
    for labels, daemon in collected.distinct(report.daemons, lambda item: (item.name,)):
        collected.add(families.DAEMON_UP, daemon.up, labels)
        collected.add(families.DENIALS, daemon.denials, ("", "", *labels))
    collected.add_values(_REPORT_VALUES, report, ())
    _add_users(collected, users, target.max_users)
    if report.locations is not None:
        _add_locations(collected, report.locations, target)
    collected.add(families.SKIPPED_VALUES, skipped + collected.left_out)
    samples: Samples = {**collected.samples, families.LOCATION_USED: collected.locations}
    count = sum(map(len, samples.values()))
    if count > target.sample_limit:
        message = f"the answer makes {count} samples, sample_limit is {target.sample_limit}"
        raise FetchError(Reason.TOO_LARGE, message)
    if count > _FEW_SAMPLES:
        size = count * _BYTES_BESIDE + sum(
            sum(map(len, chain.from_iterable(rows))) for rows in samples.values()
        )
        if size > target.exposition_size_limit:
            message = f"the answer makes some {size} bytes of samples"
            limit = f"exposition_size_limit is {target.exposition_size_limit}"
            raise FetchError(Reason.TOO_LARGE, f"{message}, {limit}")
    return samples


class _Collected:
    """Samples by family, no two of one family with equal labels, which are label values."""

    def __init__(self) -> None:
        self.samples: defaultdict[Family, dict[tuple[str, ...], float]] = defaultdict(dict)
        self.locations: Mapping[LocationKey, float] = {}
        self.left_out = 0

    def add(self, family: Family, value: float | None, labels: tuple[str, ...] = ()) -> None:
        """Add a sample, if there is a value and no sample with these labels yet."""
        if value is None:
            return
        rows = self.samples[family]
        if labels in rows:
            self.left_out += 1
        else:
            rows[labels] = value

    def add_values(self, values: _Values, item: object, labels: tuple[str, ...]) -> None:
        exported, read = values
        samples = self.samples
        for family, value in zip(exported, read(item), strict=True):
            if value is None:
                continue
            if labels in samples[family]:
                self.left_out += 1
            else:
                samples[family][labels] = value

    def add_states(
        self, family: Family, states: frozenset[State] | None, labels: tuple[str, ...]
    ) -> None:
        if states is not None:
            words = {state.value for state in states}
            for word in _STATES:
                self.add(family, word in words, (*labels, word))

    def distinct(
        self, items: Iterable[_Item], texts: Callable[[_Item], tuple[str, ...]]
    ) -> Iterator[tuple[tuple[str, ...], _Item]]:
        """The items with the label values of their texts; of items with equal ones, the first."""
        seen = set()
        for item in items:
            labels = label_values(*texts(item))
            if labels in seen:
                self.left_out += 1
            else:
                seen.add(labels)
                yield labels, item


def filled(report: LicenseReport, contracts: Sequence[Contract]) -> LicenseReport:
    """The report with the limits and the expiry that only contracts tell.

    The expiry is that of the one contract that is not about some pools or entitlements alone.
    """
    for contract in contracts:
        for (pool, unit), limit in contract.limits.items():
            report = report.with_limit(pool, unit, limit)
    general = contracts if len(contracts) == 1 else [each for each in contracts if not each.partial]
    expiry = general[0].expiry if len(general) == 1 else None
    # Its last day is a good one, as that of `notice` is.
    return report if expiry is None else report.with_expiry(expiry + 86400)


def _add_pool(collected: _Collected, labels: tuple[str, ...], pool: Pool, history: bool) -> None:
    collected.add_values(_POOL_VALUES, pool, labels)
    for kind, value in pool.thresholds.items():
        collected.add(families.THRESHOLD, value, (*labels, kind))
    for state, value in pool.units.items():
        collected.add(families.UNITS, value, (*labels, state))
    for daemon, value in pool.denials.items():
        collected.add(families.DENIALS, value, (*labels, label_value(daemon)))
    if history:
        for period, value in pool.periods.items():
            collected.add(families.PERIOD_USED, value, (*labels, label_value(period)))
    info = label_values(pool.display_name, pool.license, pool.parent)
    collected.add(families.POOL_INFO, 1, (*labels, *info, pool.window))


def _add_license(
    collected: _Collected, labels: tuple[str, ...], license: License, product: str
) -> None:
    if license.described:
        info = label_values(product, license.edition, license.customer, license.policy)
        collected.add(families.INFO, 1, (*labels, *info))
    collected.add_values(_LICENSE_VALUES, license, labels)
    collected.add_states(families.STATE, license.states, labels)
    for kind, value in license.deadlines.items():
        collected.add(families.DEADLINE, value, (*labels, kind))
    for entitlement in license.entitlements:
        _add_entitlement(collected, (*labels, label_value(entitlement.name)), entitlement)


def _add_entitlement(
    collected: _Collected, labels: tuple[str, ...], entitlement: Entitlement
) -> None:
    collected.add_values(_ENTITLEMENT_VALUES, entitlement, labels)
    if entitlement.limit is not None:
        unit = entitlement.unit and label_value(entitlement.unit)
        collected.add(families.ENTITLEMENT_LIMIT, entitlement.limit, (*labels, unit))
    collected.add_states(families.ENTITLEMENT_STATE, entitlement.states, labels)


def _add_users(collected: _Collected, reported: Mapping[LocationKey, float], most: int) -> None:
    """Add what users have, each as the place where units of the pool are used."""
    users = labelled(reported)
    if 0 < most < len(users):
        users = greatest(users, most)
    for (pool, unit, user, _), used in users.items():
        collected.add(families.USER_USED, used, (pool, unit, user))


def _add_locations(
    collected: _Collected, reported: Mapping[LocationKey, float], target: Target
) -> None:
    locations = labelled(reported)
    collected.add(families.LOCATIONS, len(locations))
    folded = 0
    if target.locations:
        if 0 < target.max_locations < len(locations):
            folded = len(locations) - target.max_locations
            locations = greatest(locations, target.max_locations)
        collected.locations = locations
    collected.add(families.LOCATIONS_FOLDED, folded)
