"""Colors and words for values: the house style of the dashboards."""

from collections.abc import Sequence

from grafana_foundation_sdk.models.dashboard import (
    DashboardRangeMapOptions,
    RangeMap,
    ValueMap,
    ValueMapping,
    ValueMappingResult,
)

Steps = Sequence[tuple[float | None, str]]

DAY = "time:YYYY-MM-DD"  # a unit of Grafana: milliseconds as a date

PLAIN: Steps = [(None, "text")]
BAD_ABOVE_ZERO: Steps = [(None, "green"), (1, "red")]
WARN_ABOVE_ZERO: Steps = [(None, "green"), (1, "orange")]
SHARE: Steps = [(None, "green"), (0.8, "yellow"), (0.9, "orange"), (1, "red")]
DAYS_LEFT: Steps = [(None, "red"), (7, "orange"), (30, "yellow"), (90, "green")]

# The states of license_state, from good to bad; a license that is in several shows the worst.
STATES = {
    "active": "green",
    "pending": "blue",
    "grace": "yellow",
    "unknown": "gray",
    "exceeded": "orange",
    "suspended": "semi-dark-red",
    "expired": "red",
    "invalid": "purple",
    "absent": "dark-red",
}


def _words(*results: tuple[str, str | None]) -> ValueMap:
    """Texts and colors for 0, 1, 2 and so on."""
    return ValueMap(
        {
            str(number): ValueMappingResult(text=text, color=color, index=number)
            for number, (text, color) in enumerate(results)
        }
    )


def _about(value: float, text: str, color: str | None = None) -> RangeMap:
    """A text for a number that stands for something else."""
    result = ValueMappingResult(text=text, color=color)
    return RangeMap(DashboardRangeMapOptions(from_val=value / 10, to=value * 10, result=result))


UNLIMITED = _about(1e300, "unlimited")  # queries.UNLIMITED stands for +Inf
NEVER = _about(1e300, "never", "green")
BLANK = _about(1e303, " ")  # queries.LAST
YES_NO = _words(("no", None), ("yes", None))
STATE_NAMES = _words(*STATES.items())
SEVERITIES = _words(("none", None), ("info", "blue"), ("warning", "orange"), ("critical", "red"))


def bad_if_one(zero: str, one: str) -> ValueMap:
    return _words((zero, "green"), (one, "red"))


def good_if_one(zero: str, one: str) -> ValueMap:
    return _words((zero, "red"), (one, "green"))


def has_colors(mapping: ValueMapping) -> bool:
    """Whether the mapping colors the values, and not only an exception to them."""
    return isinstance(mapping, ValueMap) and any(r.color for r in mapping.options.values())
