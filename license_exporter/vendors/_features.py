"""What license managers tell of features, added up: a pool for each, a license for each day of end.

The answers name one feature many times: by version, daemon, license file or checkout. Nothing here
depends on the order in which they do.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from license_exporter.model import Entitlement, License, Pool, ThresholdKind, mask_emails, number

UNIT = "licenses"

# The day on which what never ends does.
NEVER = date.max

# A sum of which a part could not be read is unknown, and so is every sum with it.
UNREADABLE = math.nan

# No date is longer, in characters.
_LONGEST = 64

_EPOCH = date(1970, 1, 1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NEVER_WORDS = re.compile(r"(permanent|perpetual|unlimited|never|none)\b", re.IGNORECASE)
_ISO = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d)([T ].*)?", re.ASCII)
_WITH_NAME = re.compile(r"(\d{1,2})-([a-z]{3})[a-z]*-(\d{1,4})", re.ASCII | re.IGNORECASE)
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
_SPOKEN = re.compile(
    r"(?:[a-z]{3,9},?\s+)?([a-z]{3})[a-z]*\s+(\d{1,2}),?\s+(?:[\d:]+\s+)?(\d{4})(?:\s.*)?",
    re.ASCII | re.IGNORECASE,
)


def read_day(text: str) -> date:
    """The last day on which a license is valid, as one of the managers writes it; NEVER.

    2026-12-31, 31-dec-2026, 12/31/2026, Thu Dec 31 23:59:59 2026 and Thu Dec 31, 2026 23:59 are
    one. `permanent` and the like, the year 0 and the year 9999 are never. Raises ValueError.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        raise ValueError("too long for a date")
    if _NEVER_WORDS.match(text):
        return NEVER
    if match := _WITH_NAME.fullmatch(text):
        day, month, year = match.groups()
        return NEVER if int(year) == 0 else _day(year, _month(month), day)
    if match := _ISO.fullmatch(text):
        year, month, day, _ = match.groups()
        return _day(year, int(month), day)
    if match := _AMERICAN.fullmatch(text):
        month, day, year = match.groups()
        return _day(year, int(month), day)
    if match := _SPOKEN.fullmatch(text):
        month, day, year = match.groups()
        return _day(year, _month(month), day)
    raise ValueError("not a date")


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1


def _day(year: str, month: int, day: str) -> date:
    found = date(int(year), month, int(day))
    if found <= _EPOCH:
        raise ValueError("a stand-in, and no date")
    return NEVER if found.year == NEVER.year else found


def end_of(day: date) -> float:
    """When a license ends whose last valid day this is: as that day does in UTC, in seconds."""
    return math.inf if day == NEVER else float(((day - _EPOCH).days + 1) * 86400)


def read_count(text: str) -> float:
    """A number of licenses, +Inf for a word that means no limit. Raises ValueError."""
    if text.strip().lower() in ("unlimited", "uncounted"):
        return math.inf
    found = number(text)
    if found is None or found < 0:
        raise ValueError("not a number of licenses")
    return found


def read_units(text: str) -> float:
    """A number of licenses, UNREADABLE for what is none."""
    try:
        return read_count(text)
    except ValueError:
        return UNREADABLE


def said(values: Mapping[str, object], key: str) -> str:
    """What stands at a key, as a text; "" where nothing is said."""
    value = values.get(key)
    return "" if value is None else str(value).strip()


@dataclass(slots=True)
class _End:
    """What of a feature ends on one day: so many licenses, of these versions."""

    count: float | None = None
    versions: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Feature:
    """A feature as far as it is known; numbers are sums, None until something is added.

    `users` has the units that each user has checked out, by the name as it is written.
    """

    used: float | None = None
    limit: float | None = None
    available: float | None = None
    reserved: float | None = None
    queued: float | None = None
    borrowed: float | None = None
    checkouts: float | None = None
    parent: str = ""
    display_name: str = ""
    users: dict[str, float] | None = None
    denials: dict[str, float] = field(default_factory=dict)
    thresholds: dict[ThresholdKind, float] = field(default_factory=dict)
    ends: dict[date, _End] = field(default_factory=dict)

    def add(self, **amounts: float | None) -> None:
        """Add to the numbers of these names; None is nothing to add, not 0."""
        for name, amount in amounts.items():
            if amount is not None:
                setattr(self, name, (getattr(self, name) or 0.0) + amount)

    def list_checkouts(self) -> None:
        """Note that the checkouts are listed: there are none but those that are added."""
        self.checkouts = self.checkouts or 0.0
        if self.users is None:
            self.users = {}

    def check_out(self, user: str, units: float) -> None:
        """Add a checkout of so many units."""
        users = self.users
        if users is None:
            users = self.users = {}
        self.checkouts = (self.checkouts or 0.0) + 1.0
        users[user] = users.get(user, 0.0) + units

    def ends_on(self, day: date, count: float | None = None, version: str = "") -> None:
        """Note that so many licenses of a version end on a day; None is an unknown number."""
        end = self.ends.setdefault(day, _End())
        if count is not None:
            end.count = (end.count or 0.0) + count
        if version:
            end.versions.add(version)


class Features:
    """The features of an answer, by name."""

    def __init__(self) -> None:
        self._features: dict[str, Feature] = {}

    def __bool__(self) -> bool:
        return bool(self._features)

    def __getitem__(self, name: str) -> Feature:
        """The feature of that name, which is there from now on."""
        name = mask_emails(name)
        feature = self._features.get(name)
        if feature is None:
            feature = self._features[name] = Feature()
        return feature

    def check_out(self, checkouts: Iterable[tuple[str, str, float]]) -> None:
        """Add all checkouts that are listed, each a feature, a user and units.

        Where some of a feature are used and nobody is listed, its checkouts are not known.
        """
        for feature in self._features.values():
            if feature.used == 0:
                feature.list_checkouts()
        for name, user, units in checkouts:
            self[name].check_out(user, units)

    def pools(self, *, show_users: bool = False) -> tuple[Pool, ...]:
        """A pool for each feature, but those of which only ends are told.

        `show_users` puts the users' names into it.
        """
        pools = (
            (feature, _pool(name, feature, show_users))
            for name, feature in sorted(self._features.items())
        )
        return tuple(pool for feature, pool in pools if pool.tells or not feature.ends)

    def licenses(self, now: float) -> tuple[License, ...]:
        """A license for each feature and day on which licenses of it end."""
        return tuple(
            license
            for name, feature in sorted(self._features.items())
            for license in _licenses(name, feature.ends, now)
        )

    def valid_until(self, now: float) -> float | None:
        """When the licenses are to be told anew: a feature's old ones will have ended then."""
        ends = (
            end_of(day)
            for feature in self._features.values()
            if len(feature.ends) > 1
            for day in feature.ends
        )
        return min((end for end in ends if now < end < math.inf), default=None)


def _known(amount: float | None) -> float | None:
    return None if amount is None or math.isnan(amount) else amount


def _pool(name: str, feature: Feature, show_users: bool) -> Pool:
    by_user = None if feature.users is None else _by_user(feature.users)
    return Pool(
        name,
        UNIT,
        display_name=feature.display_name,
        license=_license_id(name, next(iter(feature.ends))) if len(feature.ends) == 1 else "",
        parent=feature.parent,
        used=_known(feature.used),
        limit=_known(feature.limit),
        available=_known(feature.available),
        reserved=_known(feature.reserved),
        queued=_known(feature.queued),
        borrowed=_known(feature.borrowed),
        checkouts=_known(feature.checkouts),
        users=None if by_user is None else float(len(by_user)),
        denials=dict(sorted(feature.denials.items())),
        thresholds=feature.thresholds,
        user_used=(
            {user: used for user, used in sorted(by_user.items()) if not math.isnan(used)}
            if show_users and by_user is not None
            else None
        ),
    )


def _by_user(users: Mapping[str, float]) -> dict[str, float]:
    """The units by user, whatever the case of the name; of several spellings, the first in order.

    Windows' users are one in any case, and are reported as each machine writes them.
    """
    folded: dict[str, tuple[str, float]] = {}
    for name, units in users.items():
        key = name.casefold()
        spelling, sum = folded.get(key, (name, 0.0))
        folded[key] = min(spelling, name), sum + units
    return dict(folded.values())


def _license_id(name: str, day: date) -> str:
    return f"{name}@{'permanent' if day == NEVER else day.isoformat()}"


def _licenses(name: str, ends: Mapping[date, _End], now: float) -> Iterator[License]:
    has_valid = any(end_of(day) > now for day in ends)
    for day, end in sorted(ends.items()):
        count = _known(end.count)
        yield License(
            id=_license_id(name, day),
            edition=next(iter(end.versions)) if len(end.versions) == 1 else "",
            current=end_of(day) > now if len(ends) > 1 and has_valid else None,
            expiry=end_of(day),
            entitlements=(() if count is None else (Entitlement(name, limit=count, unit=UNIT),)),
        )
