"""Series whose values follow a course over time, and the series that one target has."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

DAY = 86400
TERA = 10**12

Course = Callable[[float], float | None]  # the value at a time in epoch seconds; None: no sample


@dataclass(frozen=True)
class Series:
    metric: str
    labels: tuple[tuple[str, str], ...]
    course: Course

    def __str__(self) -> str:
        return self.metric + "{" + ",".join(f'{name}="{text}"' for name, text in self.labels) + "}"


def always(value: float) -> Course:
    return lambda _: value


def growing(start: float, end: float, since: float, until: float) -> Course:
    """Grows evenly in whole units."""
    return lambda now: math.floor(start + (end - start) * (now - since) / (until - since))


def office(night: float, day: float) -> Course:
    """In use in business hours of working days, a little differently each day."""

    def course(now: float) -> float:
        moment = datetime.fromtimestamp(now, UTC)
        if moment.weekday() >= 5:
            return night
        daily = random.Random(moment.toordinal()).uniform(0.92, 1)
        hour = moment.hour + moment.minute / 60
        busy = max(0.0, min(1.0, (hour - 6) / 3, (19 - hour) / 3))
        return round(night + (day * daily - night) * busy)

    return course


def monthly(per_day: float) -> Course:
    """A counter that starts anew with each month, in UTC."""

    def course(now: float) -> float:
        moment = datetime.fromtimestamp(now, UTC)
        begin = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return math.floor((now - begin.timestamp()) / DAY * per_day)

    return course


def stepped(*steps: tuple[float, float | None]) -> Course:
    """Pairs of (time from which, value)."""

    def course(now: float) -> float | None:
        found = None
        for since, value in steps:
            if now >= since:
                found = value
        return found

    return course


class Target:
    """Collects the series of one target; those that every target has are there at once."""

    def __init__(
        self,
        name: str,
        vendor: str,
        product: str,
        up: Course | float = 1,
        *,
        owner: str = "",
        team: str = "",
    ) -> None:
        self.series: list[Series] = []
        self._name = name
        self._vendor = vendor
        self._product = product
        self.add("license_target_info", 1, product=product, owner=owner, team=team)
        self.add("license_up", up)
        self.add("license_skipped_values", 0)
        self.add("license_scrape_duration_seconds", lambda now: 0.2 + now / 270 % 7 / 50)
        if not callable(up):
            self.add("license_last_success_timestamp_seconds", lambda now: now - 30)

    def add(self, metric: str, course: Course | float, **labels: str) -> None:
        named = {"target": self._name, "vendor": self._vendor, **labels}
        present = tuple((name, text) for name, text in sorted(named.items()) if text)
        chosen = course if callable(course) else always(course)
        self.series.append(Series(metric, present, chosen))

    def pool(
        self,
        pool: str,
        unit: str,
        used: Course | float | None,
        limit: Course | float | None = None,
        price: float | None = None,
        **info: str,
    ) -> None:
        self.add("license_pool_info", 1, pool=pool, unit=unit, **info)
        if used is not None:
            self.add("license_used", used, pool=pool, unit=unit)
        if limit is not None:
            self.add("license_limit", limit, pool=pool, unit=unit)
        if price is not None:
            labels = {"pool": pool, "unit": unit, "currency": "EUR"}
            self.add("license_contract_unit_price", price, **labels)

    def license(self, expiry: Course | float, license: str = "default", **info: str) -> None:
        self.add("license_expiry_timestamp_seconds", expiry, license=license)
        self.add("license_info", 1, license=license, product=self._product, **info)

    def deadline(self, kind: str, when: float) -> None:
        self.add("license_deadline_timestamp_seconds", when, license="default", kind=kind)

    def states(self, license: str = "default", **states: Course | float) -> None:
        for state in ("active", "expired", "exceeded", "suspended", "invalid"):
            self.add("license_state", states.get(state, 0), license=license, state=state)
