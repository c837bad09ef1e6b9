"""What the values of a name can be read as: numbers, flags, texts; and with which options.

All values of all rows are to be read in one way; None is no value, and can be read in each.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from license_exporter.mapping.kinds import NumberValue
from license_exporter.model import values

UNLIMITED_WORDS = ("unlimited", "infinite", "infinity", "no limit", "unbounded", "nolimit")
# Greatest numbers of types of integers, which programs write where there is no limit.
GREATEST = frozenset(
    {2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1, float(2**63), float(2**64), 2**53 - 1}
)
# A hundred years.
_MOST_DAYS = 36_525
_TRUTHS = ({"true": True, "false": False}, {"yes": True, "no": False})
_SIZE = re.compile(r"\d+(\.\d+)?\s*[KMGTP]i?B", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)
# 1.000 is one, or a thousand where people write it so.
_POINTED = re.compile(r"-?[1-9]\d{0,2}\.\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are read; `shown` is what of them may be told, `doubt` what speaks against it."""

    options: dict[str, object] = field(default_factory=dict)
    read: tuple[float | None, ...] = ()
    shown: tuple[str, ...] = ()
    doubt: str = ""


def numbers(found: Sequence[object]) -> Reading | None:
    """Read all values as numbers of units; `read` has them, +Inf for a word that says unlimited."""
    words = sorted({word for value in found if (word := word_of(value)) in UNLIMITED_WORDS})
    options: dict[str, object] = {}
    texts = [value.strip() for value in found if isinstance(value, str)]
    if any(_GROUPED.fullmatch(text) for text in texts):
        options["thousands"] = ","
    sizes = bool(texts) and len(texts) == len([value for value in found if value is not None])
    if sizes and all(map(_SIZE.fullmatch, texts)):
        options["format"] = "bytes"
    if words:
        options["unlimited"] = words
    try:
        read = NumberValue(path="x", **options).reader()
        result = tuple(_no_flag(value, read) for value in found)
    except ValueError:
        return None
    known = [number for number in result if number is not None]
    if not known:
        return None
    doubt = "a TB is 1000 or 1024 GB (format: bytes_1024)" if "format" in options else ""
    if any(_POINTED.fullmatch(text) for text in texts):
        doubt = 'the point may part thousands (thousands: ".", decimal: ",")'
    shown = first_shown("unlimited" if n == math.inf else _number(n) for n in known)
    return Reading(options, result, shown, doubt)


def limits(reading: Reading) -> Reading | None:
    """The same numbers as limits: what stands for unlimited is said. None where they are none."""
    odd = {number for number in reading.read if number is not None and number < 0}
    if odd - {-1}:
        return None
    signs: list[object] = [-1] if odd else []
    great = sorted({int(n) for n in reading.read if n is not None and n in GREATEST})
    options = {key: value for key, value in reading.options.items() if key != "unlimited"}
    # Of a limit, the word itself is always understood.
    words = [word for word in _listed(reading, "unlimited") if word != "unlimited"]
    if words or signs or great:
        options["unlimited"] = [*words, *signs, *great]
    doubt = reading.doubt
    if great:
        doubt = "the greatest number that there is mostly stands for unlimited"
    elif signs:
        doubt = "-1 mostly stands for unlimited, but ask the product's documentation"
    elif 0 in reading.read:
        doubt = "0 can stand for unlimited"
    return Reading(options, reading.read, reading.shown, doubt)


def rest(reading: Reading) -> Reading:
    """The same numbers as what remains, which is not known where there is no limit."""
    options = {key: value for key, value in reading.options.items() if key != "unlimited"}
    unknown = [*_listed(reading, "unlimited"), *([-1] if -1 in reading.read else [])]
    if not unknown:
        return reading
    read = tuple(None if number in (-1, math.inf) else number for number in reading.read)
    shown = first_shown(_number(number) for number in read if number is not None) or ("unlimited",)
    doubt = "-1 may stand for unlimited" if -1 in reading.read else reading.doubt
    return Reading({**options, "unknown": unknown}, read, shown, doubt)


def days_left(reading: Reading) -> Reading | None:
    """The same numbers as days until an end; the greatest that there are stand for never."""
    great = sorted({int(n) for n in reading.read if n is not None and n in GREATEST})
    days = [n for n in reading.read if n is not None and n not in GREATEST]
    if any(abs(number) > _MOST_DAYS for number in days):
        return None
    never: dict[str, object] = {"never": great} if great else {}
    return replace(reading, options={"format": "days_left", **never})


def flags(found: Sequence[object]) -> dict[str, bool] | None:
    """The words that stand for true and false; {} for JSON's own, None where others are found."""
    known = [value for value in found if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return {}
    if not known or not all(isinstance(value, str) for value in known):
        return None
    used = {word_of(value) for value in known}
    # Whichever is meant, its opposite may come tomorrow.
    return next((dict(words) for words in _TRUTHS if used <= words.keys()), None)


def texts(found: Iterable[object]) -> list[str] | None:
    """The texts, as labels have them; None where one is missing, or is none."""
    result = []
    for value in found:
        if isinstance(value, bool) or value is None:
            return None
        try:
            text = values.text(value).strip()
        except ValueError:
            return None
        if not text:
            return None
        result.append(text)
    return result


def word_of(value: object) -> str:
    """A text in small letters, "" for all else."""
    return value.strip().lower() if isinstance(value, str) else "null" if value is None else "\0"


def _listed(reading: Reading, option: str) -> list[object]:
    listed = reading.options.get(option)
    return listed if isinstance(listed, list) else []


def _no_flag(value: object, read: Callable[[object], object]) -> float | None:
    if isinstance(value, bool):
        raise ValueError("a flag")
    number = read(value)
    return number if isinstance(number, float) else None


def finite(value: object) -> float | None:
    """The number that a value is, None for all else."""
    try:
        return None if isinstance(value, bool) else values.number(value)
    except ValueError:
        return None


def first_shown(told: Iterable[str]) -> tuple[str, ...]:
    """The first few of texts that differ."""
    return tuple(dict.fromkeys(told))[:3]


def _number(number: float) -> str:
    return f"{number:.15g}"
