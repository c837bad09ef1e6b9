"""What a vendor's answer says, in the terms that all vendors share.

Units are base units: seconds, bytes, ratios. A time is in seconds since the epoch. `None` means
that the vendor did not say; `inf` means unlimited, or never, and stands only where the vendor says
so. Nothing here is derived from anything else, rounded or clamped.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Literal

# What most pools have none of: one for all of them.
_NONE: Mapping[Any, float] = MappingProxyType({})


def _none() -> Mapping[Any, float]:
    return _NONE


class State(StrEnum):
    """The states of a license or an entitlement; more than one can hold."""

    ACTIVE = "active"
    PENDING = "pending"
    GRACE = "grace"
    EXPIRED = "expired"
    EXCEEDED = "exceeded"
    SUSPENDED = "suspended"
    INVALID = "invalid"
    ABSENT = "absent"
    UNKNOWN = "unknown"


Window = Literal["day", "week", "month", "quarter", "year", "billing"]
ThresholdKind = Literal["warning", "soft", "hard", "maximum"]
UnitState = Literal["enabled", "warning", "suspended", "locked_out", "expiring", "unused"]
DeadlineKind = Literal[
    "maintenance",
    "support",
    "termination",
    "grace_end",
    "trial_end",
    "promo_end",
    "next_lifecycle",
    "notice",
]


@dataclass(frozen=True, slots=True)
class Pool:
    """Units of one kind that are entitled and used: seats, bytes, requests.

    A pool is known by `name` and `unit` together. `window` is empty unless `used` starts anew with
    it; `parent` is the pool whose units this one shares or counts again. The keys of `periods` are
    ISO 8601 periods. `reserved` units are set aside and used by nobody now, `queued` ones are
    waited for, `borrowed` ones are taken along for use without the server; `checkouts` and `users`
    are those that a license manager lists. `denials` counts refused requests by daemon, since the
    start of each. `user_used` has the units that each user has checked out, None unless the
    operator asks for it.
    """

    name: str
    unit: str
    display_name: str = ""
    license: str = ""
    parent: str = ""
    window: Window | Literal[""] = ""
    window_start: float | None = None
    window_end: float | None = None
    used: float | None = None
    limit: float | None = None
    limit_reached: bool | None = None
    available: float | None = None
    overage: float | None = None
    peak_used: float | None = None
    assignments: float | None = None
    reserved: float | None = None
    queued: float | None = None
    borrowed: float | None = None
    checkouts: float | None = None
    users: float | None = None
    denials: Mapping[str, float] = field(default_factory=_none)
    user_used: Mapping[str, float] | None = field(default=None, repr=False)
    thresholds: Mapping[ThresholdKind, float] = field(default_factory=_none)
    units: Mapping[UnitState, float] = field(default_factory=_none)
    periods: Mapping[str, float] = field(default_factory=_none)

    @property
    def tells(self) -> bool:
        """Whether anything is known of this pool beyond its name and window."""
        values = (
            self.used,
            self.limit,
            self.limit_reached,
            self.available,
            self.overage,
            self.peak_used,
            self.assignments,
            self.reserved,
            self.queued,
            self.borrowed,
            self.checkouts,
            self.users,
        )
        return any(value is not None for value in values) or bool(
            self.thresholds or self.units or self.periods or self.denials or self.user_used
        )


@dataclass(frozen=True, slots=True)
class Entitlement:
    """A feature that a license grants; `enabled` only where the vendor tells that from granted."""

    name: str
    granted: bool | None = None
    enabled: bool | None = None
    limit: float | None = None
    unit: str = ""
    expiry: float | None = None
    states: frozenset[State] | None = None


@dataclass(frozen=True, slots=True)
class License:
    """One license: its dates, states and entitlements.

    `id` is the vendor's own id where a target can hold several licenses, and never a secret.
    `described` is False where the vendor tells nothing that `license_info` could show. `states` is
    None where the vendor sends no state.
    """

    id: str = "default"
    described: bool = True
    edition: str = ""
    customer: str = ""
    policy: str = ""
    current: bool | None = None
    trial: bool | None = None
    states: frozenset[State] | None = None
    expiry: float | None = None
    start: float | None = None
    created: float | None = None
    updated: float | None = None
    validated: float | None = None
    grace_period: float | None = None
    grace_usage_ratio: float | None = None
    deadlines: Mapping[DeadlineKind, float] = field(default_factory=_none)
    entitlements: tuple[Entitlement, ...] = ()


@dataclass(frozen=True, slots=True)
class Server:
    """A license server that the manager names: `host:port` in small letters.

    `primary` tells the master of a redundant system; None where there is no such thing.
    """

    name: str
    up: bool
    primary: bool | None = None


@dataclass(frozen=True, slots=True)
class Daemon:
    """A vendor daemon, or ISV server, of a license manager.

    `denials` counts the requests that it has refused since its start, where only the daemon's own
    count is told, and not that of each feature.
    """

    name: str
    up: bool
    denials: float | None = None


# (pool, unit, location, location_type); a plain tuple, since one answer can hold a million.
LocationKey = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class LicenseReport:
    """All that one answer says.

    `locations` maps each location to what is used there; a vendor adds rows with equal keys. It
    is None where the vendor tells no locations, empty where it tells that there are none.
    `valid_until` is when the same documents would be read differently: the start of a license that
    is pending until then, say.
    """

    pools: tuple[Pool, ...] = ()
    licenses: tuple[License, ...] = ()
    locations: Mapping[LocationKey, float] | None = None
    warnings: float | None = None
    pending_bytes: float | None = None
    pending_scans: float | None = None
    data_timestamp: float | None = None
    valid_until: float | None = None
    servers: tuple[Server, ...] = ()
    daemons: tuple[Daemon, ...] = ()

    def with_pools_of_locations(self) -> "LicenseReport":
        """This report with each pool that only its locations name."""
        known = {(pool.name, pool.unit) for pool in self.pools}
        named = dict.fromkeys(map(itemgetter(0, 1), self.locations or ()))
        added = [
            Pool(name, unit, license=self._sole_license)
            for name, unit in named
            if name and (name, unit) not in known
        ]
        return replace(self, pools=(*self.pools, *added)) if added else self

    def with_limit(self, name: str, unit: str, limit: float) -> "LicenseReport":
        """This report with a limit for a pool that has none; for one that is not there, nothing.

        A pool that only locations name is there, and is added.
        """
        for index, pool in enumerate(self.pools):
            if (pool.name, pool.unit) == (name, unit):
                if pool.limit is not None:
                    return self
                filled = replace(pool, limit=limit)
                before, after = self.pools[:index], self.pools[index + 1 :]
                return replace(self, pools=(*before, filled, *after))
        if not any(key[:2] == (name, unit) for key in self.locations or ()):
            return self
        pool = Pool(name, unit, license=self._sole_license, limit=limit)
        return replace(self, pools=(*self.pools, pool))

    def with_expiry(self, expiry: float) -> "LicenseReport":
        """This report with an expiry for the license `default`, if no license has one."""
        if any(license.expiry is not None for license in self.licenses):
            return self
        for index, license in enumerate(self.licenses):
            if license.id == "default":
                filled = replace(license, expiry=expiry)
                before, after = self.licenses[:index], self.licenses[index + 1 :]
                return replace(self, licenses=(*before, filled, *after))
        return replace(self, licenses=(*self.licenses, License(described=False, expiry=expiry)))

    @property
    def _sole_license(self) -> str:
        return sole_license(self.licenses)


def sole_license(licenses: Iterable[License]) -> str:
    """The license of a pool of which the vendor tells none, if there can be only one; else ""."""
    return "default" if all(license.id == "default" for license in licenses) else ""
