"""What the values of a name can be read as: numbers, dates, flags, words; and with which options.

All values of all rows are to be read in one way; None is no value, and can be read in each.
"""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise

from license_exporter.mapping.dates import EndValue
from license_exporter.mapping.kinds import NumberValue
from license_exporter.model import values

UNLIMITED_WORDS = ("unlimited", "infinite", "infinity", "no limit", "unbounded", "nolimit")
NEVER_WORDS = ("never", "permanent", "perpetual", "unlimited", "lifetime", "no expiration")
# Greatest numbers of types of integers, which programs write where there is no limit.
GREATEST = frozenset(
    {2**31 - 1, 2**32 - 1, 2**63 - 1, 2**64 - 1, float(2**63), float(2**64), 2**53 - 1}
)
# A hundred years.
_MOST_DAYS = 36_525
_YES = {"true": True, "false": False, "yes": True, "no": False}
_COMPACT = re.compile(r"(19|20|99)\d{6}", re.ASCII)
_SIZE = re.compile(r"\d+(\.\d+)?\s*[KMGTP]i?B", re.ASCII | re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)

# In seconds: 1990 and 2200, between which licenses begin and end; and 2010, before which none that
# is still of interest has ended.
_FIRST, _LAST, _OF_OLD = 631_152_000, 7_258_118_400, 1_262_304_000
# Of the patterns the first that reads all values; those of one line differ in order alone.
_DAYS = (
    ("%b %d, %Y", "%B %d, %Y"),
    ("%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d %Y", "%a %b %d %Y"),
    ("%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%d%b%Y"),
    ("%d.%m.%Y",),
    ("%m/%d/%Y", "%d/%m/%Y"),
    ("%m/%d/%y", "%d/%m/%y"),
    ("%m-%d-%Y", "%d-%m-%Y"),
)
_TIMES = (
    "",
    " %H:%M:%S",
    " %H:%M",
    " %H:%M:%S %Z",
    " %H:%M:%S %z",
    " %Z",
    " %I:%M %p",
    " %I:%M:%S %p",
)
_WHOLE = (
    "%a, %d %b %Y %H:%M:%S %Z",
    "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y",
    "%a %b %d %H:%M:%S %Z %Y",
    "%b %d %H:%M:%S %Y %Z",
    "%Y-%m-%d %H:%M:%S %Z",
    "%Y-%m-%dT%H:%M:%S.%f%z",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """How values are read; `shown` is what of them may be told, `doubt` what speaks against it."""

    options: dict[str, object] = field(default_factory=dict)
    read: tuple[float | None, ...] = ()
    shown: tuple[str, ...] = ()
    doubt: str = ""


def numbers(found: Sequence[object]) -> Reading | None:
    """Read all values as numbers of units; `read` has them, +Inf for a word that says unlimited."""
    words = sorted({word for value in found if (word := _word(value)) in UNLIMITED_WORDS})
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
    shown = _shown("unlimited" if n == math.inf else _number(n) for n in known)
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
    shown = _shown(_number(number) for number in read if number is not None) or ("unlimited",)
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


def dates(found: Sequence[object]) -> Reading | None:
    """Read all values as dates; `read` has them in seconds."""
    texts = {str(value).strip() for value in found if isinstance(value, str)}
    never = sorted(text for text in map(str.lower, texts) if text in NEVER_WORDS)
    options: dict[str, object] = {"never": never} if never else {}
    rest = [value for value in found if _word(value) not in ("", "null", *never)]
    if 2**31 - 1 in rest:  # the greatest number that there is, not a day in 2038
        return None
    if not rest:
        return Reading(options, (math.inf,), ("never",)) if never else None
    if all(isinstance(value, str) and _COMPACT.fullmatch(value.strip()) for value in rest):
        return _written(found, rest, options)
    numbers = [number for value in rest if (number := _finite(value)) is not None]
    if numbers and len(numbers) == len(rest):
        return _counted(found, numbers, options)
    if numbers and not texts:
        return None
    return _written(found, rest, options)


def _counted(
    found: Sequence[object], numbers: list[float], options: dict[str, object]
) -> Reading | None:
    signs = sorted({int(number) for number in numbers if number in (0, -1)})
    real = [number for number in numbers if number not in (0, -1)]
    for name, factor in (("unix", 1), ("unix_ms", 1000)):
        if real and all(_FIRST <= number / factor < _LAST for number in real):
            doubt = ""
            if signs:
                options = {**options, "unknown": signs}
                doubt = "what stands for no date may stand for never"
            return _dated(found, {"format": name, **options}, doubt)
    return None


def _written(
    found: Sequence[object], rest: list[object], options: dict[str, object]
) -> Reading | None:
    if all(map(_is_iso, rest)):
        none = sorted({str(value) for value in rest if _is_before_all(value)})
        return _dated(found, {**options, "unknown": none} if none else options)
    for pattern in _WHOLE:
        if _is_read(rest, pattern):
            return _dated(found, {"format": pattern, **options})
    for line in _DAYS:
        for time in _TIMES:
            fitting = [day + time for day in line if _is_read(rest, day + time)]
            if not fitting:
                continue
            meant = [[_strptime(value, each) for value in rest] for each in fitting]
            differ = any(one != other for one, other in pairwise(meant))
            doubt = "which is the day and which the month is not clear" if differ else ""
            return _dated(found, {"format": fitting[0], **options}, doubt)
    return None


def _dated(found: Sequence[object], options: dict[str, object], doubt: str = "") -> Reading | None:
    try:
        read = EndValue(path="x", **options).reader()
        result = tuple(read(value) for value in found)
    except ValueError:
        return None
    moments = [value for value in result if isinstance(value, float)]
    if moments and min(moments) < _OF_OLD:
        doubt = doubt or "so long ago that it may stand for something else"
    if not moments or any(not _FIRST <= each < _LAST for each in moments if each != math.inf):
        return None
    return Reading(
        options,
        tuple(value if isinstance(value, float) else None for value in result),
        _shown("never" if m == math.inf else _day(m) for m in moments),
        doubt,
    )


def flags(found: Sequence[object]) -> dict[str, bool] | None:
    """The words that stand for true and false; {} for JSON's own, None where others are found."""
    known = [value for value in found if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return {}
    used = {_word(value) for value in known if isinstance(value, str)}
    if known and used <= _YES.keys() and not any(isinstance(v, bool | int | float) for v in known):
        # Whichever is meant, its opposite may come tomorrow.
        return {
            w: m
            for w, m in _YES.items()
            if (w in ("true", "false")) == bool(used & {"true", "false"})
        }
    return None


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
    return _word(value)


def _word(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else "null" if value is None else "\0"


def _listed(reading: Reading, option: str) -> list[object]:
    listed = reading.options.get(option)
    return listed if isinstance(listed, list) else []


def _no_flag(value: object, read: Callable[[object], object]) -> float | None:
    if isinstance(value, bool):
        raise ValueError("a flag")
    number = read(value)
    return number if isinstance(number, float) else None


def _finite(value: object) -> float | None:
    try:
        return None if isinstance(value, bool) else values.number(value)
    except ValueError:
        return None


def _is_iso(value: object) -> bool:
    try:
        return isinstance(value, str) and values.moment(value) is not None
    except ValueError:
        return False


def _is_before_all(value: object) -> bool:
    moment = values.moment(value)
    return moment is not None and moment.year <= 1970


def _strptime(value: object, pattern: str) -> datetime | None:
    try:
        return datetime.strptime(str(value).strip(), pattern)  # noqa: DTZ007 - compared alone
    except ValueError:
        return None


def _is_read(found: list[object], pattern: str) -> bool:
    return all(isinstance(value, str) and _strptime(value, pattern) for value in found)


def _shown(told: Iterable[str]) -> tuple[str, ...]:
    """The first few that differ."""
    return tuple(dict.fromkeys(told))[:3]


def _number(number: float) -> str:
    return f"{number:.15g}"


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
