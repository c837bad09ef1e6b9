"""Colors and words for values: the house style of the dashboards."""

from collections.abc import Sequence
from typing import Any

Steps = Sequence[tuple[float | None, str]]

PLAIN: Steps = [(None, "text")]
BAD_ABOVE_ZERO: Steps = [(None, "green"), (1, "red")]
WARN_ABOVE_ZERO: Steps = [(None, "green"), (1, "orange")]
SHARE: Steps = [(None, "green"), (0.8, "yellow"), (0.9, "orange"), (1, "red")]
DAYS_LEFT: Steps = [
    (None, "dark-red"),
    (0, "red"),
    (7, "orange"),
    (30, "yellow"),
    (90, "green"),
]

# queries.UNLIMITED, which stands for +Inf.
_INFINITE = {"from": 1e299, "to": 1e301}
UNLIMITED = {"type": "range", "options": {**_INFINITE, "result": {"text": "unlimited"}}}
NEVER = {"type": "range", "options": {**_INFINITE, "result": {"text": "never", "color": "green"}}}
YES_NO = {
    "type": "value",
    "options": {"0": {"text": "no", "index": 0}, "1": {"text": "yes", "index": 1}},
}
SEVERITIES = {
    "type": "value",
    "options": {
        "1": {"text": "info", "color": "blue", "index": 0},
        "2": {"text": "warning", "color": "orange", "index": 1},
        "3": {"text": "critical", "color": "red", "index": 2},
    },
}


def bad_if_one(zero: str, one: str) -> dict[str, Any]:
    return _two_states((zero, "green"), (one, "red"))


def good_if_one(zero: str, one: str) -> dict[str, Any]:
    return _two_states((zero, "red"), (one, "green"))


def _two_states(*states: tuple[str, str]) -> dict[str, Any]:
    results = {
        str(number): {"text": text, "color": color, "index": number}
        for number, (text, color) in enumerate(states)
    }
    return {"type": "value", "options": results}
