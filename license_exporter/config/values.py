"""Durations, sizes, dates and other plain values of the configuration, as pydantic types.

Durations and sizes are written as in Prometheus. A value may come from a variable and so be a
text where YAML would have given a number: each type reads both. The errors say what to write
instead; a message of the configuration shows them after the option's path.
"""

import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

_DURATION_UNITS = {
    "y": 365 * 86400.0,
    "w": 7 * 86400.0,
    "d": 86400.0,
    "h": 3600.0,
    "m": 60.0,
    "s": 1.0,
    "ms": 0.001,
}
_LONGEST = 100 * _DURATION_UNITS["y"]
# The order of the units is fixed and each stands at most once, as in Prometheus.
_DURATION_PATTERN = "".join(rf"(?:(\d+){unit})?" for unit in _DURATION_UNITS)
_DURATION = re.compile(_DURATION_PATTERN, re.ASCII)
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?", re.ASCII)
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)

_SIZE_PATTERN = r"\d+ ?([kKmMgGtTpPeE][iI]?)?[bB]?"
_SIZE = re.compile(r"(\d{1,15}) ?([KMGTPE]?)I?B?", re.ASCII)
_SIZE_UNITS: dict[str, int] = {unit: 1024**power for power, unit in enumerate(["", *"KMGTPE"])}

_COUNT = re.compile(r"\d{1,15}", re.ASCII)

_DATE_PATTERN = r"\d{4}-\d\d-\d\d"
_DATE = re.compile(_DATE_PATTERN, re.ASCII)

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def duration(value: object) -> float:
    """Read a duration such as 30s, 1h30m or 100ms as seconds. Raises ValueError."""
    written = _scalar(value, "a duration such as 30s or 5m")
    if written == "0":
        return 0.0
    match = _DURATION.fullmatch(written)
    if written and match:
        parts = zip(match.groups(), _DURATION_UNITS.values(), strict=True)
        total = math.fsum(float(count) * seconds for count, seconds in parts if count)
        if total > _LONGEST:
            raise ValueError("must be at most 100y")
        return total
    if clock := _CLOCK.fullmatch(written):
        raise ValueError(f"{written!r} is not a duration; {_clock_hint(clock)}")
    if written.isdigit():
        raise ValueError(f"{written} has no unit; write it as {written}s if these are seconds")
    raise ValueError(f"{written!r} is not a duration; write it like 30s, 1h30m or 500ms")


def _clock_hint(clock: re.Match[str]) -> str:
    """How to write what looks like a time of day: minutes and seconds, say."""
    *larger, smallest = (int(part) for part in clock.groups() if part)
    minutes = larger[-1] + (larger[0] * 60 if len(larger) == 2 else 0)
    hours = f"{minutes // 60}h" if minutes >= 60 else ""
    seconds = minutes * 60 + smallest
    return f"write it as {seconds}s or {hours}{minutes % 60}m{smallest}s"


def size(value: object) -> int:
    """Read a size such as 64MB (1024 * 1024 * 64) or a number of bytes. Raises ValueError."""
    written = _scalar(value, "a size such as 64MB")
    match = _SIZE.fullmatch(written.upper())
    if not match:
        raise ValueError(f"{written!r} is not a size; write it like 64MB, 512KB or 1GB")
    return int(match[1]) * _SIZE_UNITS[match[2]]


def date(value: object) -> float:
    """Read a day such as 2027-01-31 as the seconds since the epoch of its 00:00 UTC.

    Raises ValueError.
    """
    written = _scalar(value, "a date such as 2027-01-31")
    if not _DATE.fullmatch(written):
        raise ValueError(f"{written!r} is not a date; write it like 2027-01-31")
    try:
        return datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise ValueError(f"{written!r} is not a day of the calendar") from None


def flag(value: object) -> bool:
    """Read true or false; yes, no, on and off are read as well. Raises ValueError."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _FLAGS:
        return _FLAGS[value.lower()]
    raise ValueError("must be true or false")


def count(value: object) -> int:
    """Read a whole number that is not negative. Raises ValueError."""
    written = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not _COUNT.fullmatch(written):
        raise ValueError("must be a whole number, 0 or greater")
    return int(written)


def positive_duration(value: object) -> float:
    """Read a duration that is not 0. Raises ValueError."""
    seconds = duration(value)
    if not seconds:
        raise ValueError("must be longer than 0s")
    return seconds


def positive_size(value: object) -> int:
    """Read a size that is not 0. Raises ValueError."""
    result = size(value)
    if not result:
        raise ValueError("must be greater than 0")
    return result


def positive_count(value: object) -> int:
    """Read a whole number that is not 0. Raises ValueError."""
    result = count(value)
    if not result:
        raise ValueError("must be 1 or greater")
    return result


def amount(value: object) -> float:
    """Read a number that is not negative, or `unlimited`, which is +Inf. Raises ValueError."""
    if value == math.inf or (isinstance(value, str) and value.strip().lower() == "unlimited"):
        return math.inf
    try:
        return finite_amount(value)
    except ValueError as error:
        raise ValueError(f"{error}, or unlimited") from None


def finite_amount(value: object) -> float:
    """Read a finite number that is not negative. Raises ValueError."""
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        number = float(value)
    if number is None or not 0 <= number <= 1e300:
        raise ValueError("must be a number, 0 or greater")
    return float(number)


def text(value: object) -> str:
    """Read a text, or a whole number as one; never empty. Raises ValueError without the value."""
    written = any_text(value)
    if not written.strip():
        raise ValueError("is empty")
    return written


def file_name(written: str) -> str:
    """The text, if it can be the name of a file. Raises ValueError."""
    if "\0" in written:
        raise ValueError("is not the name of a file: it holds a zero byte")
    return written


def any_text(value: object) -> str:
    """Read a text, which may be empty, or a whole number as one. Raises ValueError.

    The value may be a secret: the errors do not show it.
    """
    if isinstance(value, str):
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise ValueError("holds half of a character (a surrogate); write the whole one")
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if value is None:
        raise ValueError("is empty")
    if isinstance(value, float | bool):
        raise ValueError("must be a text; put it in quotes")
    raise ValueError("must be a text")


def _scalar(value: object, expected: str) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value).strip()
    raise ValueError(f"must be {expected}")


# In the JSON schema, a variable may stand for any value.
_VARIABLE = r"^\$\{\w+\}$"


def _schema(*types: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [*types, {"type": "string", "pattern": _VARIABLE}]})


def written_duration(seconds: float) -> str:
    """The duration as it is written: 90.0 is 1m30s."""
    milliseconds = round(seconds * 1000)
    parts = []
    for unit, length in _DURATION_UNITS.items():
        count, milliseconds = divmod(milliseconds, round(length * 1000))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def written_size(size: int) -> str | int:
    """The size as it is written: 67108864 is 64MB."""
    for unit, factor in reversed(_SIZE_UNITS.items()):
        if unit and size and size % factor == 0:
            return f"{size // factor}{unit}B"
    return size


def readable_size(size: int) -> str:
    """The size as it can be written, in whole units that are not below it: 23MB."""
    for unit, factor in reversed(_SIZE_UNITS.items()):
        if size >= 10 * factor:
            return f"{-(-size // factor)}{unit}B"
    return f"{size}B"


def written_date(seconds: float) -> str:
    """The day as it is written: 1801353600.0 is 2027-01-31."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


_DURATION_SCHEMA = _schema(
    # No look-ahead says that it is not empty: validators in Go, such as Helm's, refuse one.
    {"type": "string", "minLength": 1, "pattern": f"^{_DURATION_PATTERN}$"},
    {"const": 0},
)
_SIZE_SCHEMA = _schema({"type": "string", "pattern": f"^{_SIZE_PATTERN}$"}, {"type": "integer"})
_DATE_SCHEMA = _schema({"type": "string", "pattern": f"^{_DATE_PATTERN}$"})
_AMOUNT_SCHEMA = {"type": "number", "minimum": 0}

# How values are written again: the defaults in the JSON schema, and all in /config.
_DURATION_TEXT = PlainSerializer(written_duration)
_SIZE_TEXT = PlainSerializer(written_size)
_DATE_TEXT = PlainSerializer(written_date)

Duration = Annotated[float, PlainValidator(duration), _DURATION_TEXT, _DURATION_SCHEMA]
PositiveDuration = Annotated[
    float, PlainValidator(positive_duration), _DURATION_TEXT, _DURATION_SCHEMA
]
PositiveSize = Annotated[int, PlainValidator(positive_size), _SIZE_TEXT, _SIZE_SCHEMA]
Date = Annotated[float, PlainValidator(date), _DATE_TEXT, _DATE_SCHEMA]
Flag = Annotated[bool, PlainValidator(flag), _schema({"type": "boolean"})]
Count = Annotated[int, PlainValidator(count), _schema({"type": "integer", "minimum": 0})]
PositiveCount = Annotated[
    int, PlainValidator(positive_count), _schema({"type": "integer", "minimum": 1})
]
Amount = Annotated[float, PlainValidator(amount), _schema(_AMOUNT_SCHEMA, {"const": "unlimited"})]
FiniteAmount = Annotated[float, PlainValidator(finite_amount), _schema(_AMOUNT_SCHEMA)]
Text = Annotated[
    str, PlainValidator(text), WithJsonSchema({"type": ["string", "integer"], "minLength": 1})
]
