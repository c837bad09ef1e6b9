"""Numbers and times as people read them on the status page."""

import math
from datetime import UTC, datetime

# Powers of 1000, as licenses are sold.
_BYTES = ("B", "kB", "MB", "GB", "TB", "PB", "EB")
_MINUTE = 60.0
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def amount(value: float | None, unit: str = "") -> str:
    """An amount as a text, which names the unit of bytes only; "" where it is unknown."""
    if value is None:
        return ""
    if math.isinf(value):
        return "unlimited" if value > 0 else "-unlimited"
    if unit == "bytes":
        return _size(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")


def _size(value: float) -> str:
    power = 0
    while abs(value) >= 1000 and power < len(_BYTES) - 1:
        value /= 1000
        power += 1
    return f"{value:,.1f} {_BYTES[power]}" if power else f"{value:,.0f} B"


def percent(ratio: float | None) -> str:
    """A ratio in percent, rounded down, so that 100 % is never said too early."""
    if ratio is None:
        return ""
    return f"{math.floor(ratio * 100):,} %" if math.isfinite(ratio) else "over"


def span(seconds: float) -> str:
    """A span of time in its greatest unit that fits: 40 ms, 12 s, 3 min, 5 h, 12 days."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 2 * _MINUTE:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    if seconds < 2 * _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < 2 * _DAY:
        return f"{seconds / _HOUR:.0f} h"
    return f"{math.floor(seconds / _DAY):,} days"


def relative(moment: float, now: float) -> str:
    """A moment as seen from now: `in 12 days`, `3 h ago`, `now`."""
    if moment == math.inf:
        return "never"
    if abs(moment - now) < 1:
        return "now"
    # Whole seconds: parts of one are of interest in durations only.
    seconds = float(round(abs(moment - now)))
    told = f"{seconds:.0f} s" if seconds < 10 else span(seconds)
    return f"in {told}" if moment > now else f"{told} ago"


def last_day(end: float) -> str:
    """The last day (UTC) of what is good until `end`: of an end at midnight the day before it."""
    told = date(end - 1)
    return told if math.isinf(end) else told[:10]


def until(end: float | None) -> str:
    """Until when something is good that ends at `end`: the last day, with the time it ends before
    midnight; as `date` where there is none.
    """
    return date(end) if end is None or math.isinf(end) or end % _DAY else last_day(end)


def date(moment: float | None) -> str:
    """A moment in UTC, the time left out at midnight; "never" for +Inf, "" where unknown."""
    if moment is None:
        return ""
    if moment == math.inf:
        return "never"
    try:
        told = datetime.fromtimestamp(moment, UTC)
    except (OverflowError, OSError, ValueError):
        # Years that a calendar does not have, such as a vendor's 9999-12-31 plus a zone.
        return "far away"
    return f"{told:%Y-%m-%d}" if moment % _DAY == 0 else f"{told:%Y-%m-%d %H:%M} UTC"
