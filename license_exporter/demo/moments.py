"""Times as the vendors write them, and how the simulated numbers move with time.

All curves are functions of the time alone, in seconds since the epoch: the same moment always gives
the same numbers, and a fake clock moves them.
"""

import math
from collections.abc import Callable
from datetime import UTC, datetime

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTH = 365.25 / 12 * DAY

Curve = Callable[[float], float]


def iso(time: float) -> str:
    """A time as ISO 8601 in UTC with milliseconds and `Z`, as three of the vendors write it."""
    moment = datetime.fromtimestamp(time, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def midnight_after(time: float) -> float:
    """The next midnight in UTC: when what is good for all of that day ends, as licenses do."""
    return (time // DAY + 1) * DAY


def month_starts(time: float, count: int) -> list[float]:
    """The starts of the last `count` months in UTC, the one that `time` is in first."""
    moment = datetime.fromtimestamp(time, UTC)
    last = moment.year * 12 + moment.month - 1
    months = (divmod(month, 12) for month in range(last, last - count, -1))
    return [datetime(year, month + 1, 1, tzinfo=UTC).timestamp() for year, month in months]


def level(value: float) -> Curve:
    """A curve that stands still."""
    return lambda _time: value


def around(value: float, swing: float, phase: float = 0.0) -> Curve:
    """A curve that stays within `swing` of `value`, and moves visibly within minutes."""

    def curve(time: float) -> float:
        quick = math.sin(time / (7 * MINUTE) * math.tau + phase)
        slow = math.sin(time / (31 * MINUTE) * math.tau + 2 * phase)
        return value + swing * (0.6 * quick + 0.4 * slow)

    return curve


def growing(value: float, step: float, every: float, start: float) -> Curve:
    """A curve with `value` at the time `start`, and `step` more each `every` seconds."""
    return lambda time: value + step * math.floor((time - start) / every)


def through_month(rate: float) -> Curve:
    """A count that begins at 0 with each month in UTC and rises by `rate` a second."""
    return lambda time: rate * (time - month_starts(time, 1)[0])


def in_office_hours(idle: float, busy: float) -> Curve:
    """`idle` at night and up to `busy` at noon UTC; weekends see a fifth of that rise."""

    def curve(time: float) -> float:
        hour = time % DAY / HOUR
        weekday = int(time // DAY + 3) % 7  # the epoch began on a Thursday
        at_work = max(0.0, math.sin((hour - 6) / 12 * math.pi))
        return idle + (busy - idle) * at_work * (0.2 if weekday >= 5 else 1.0)

    return curve
