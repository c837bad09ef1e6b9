"""What the values of a name can be read as if they are dates, and in which format."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from license_exporter.mapping.dates import EndValue
from license_exporter.mapping.draft.readings import Reading, finite, first_shown, word_of
from license_exporter.model import values

NEVER_WORDS = ("never", "permanent", "perpetual", "unlimited", "lifetime", "no expiration")
# Eight digits are a day rather than a number.
_COMPACT = re.compile(r"(19|20|99)\d{6}", re.ASCII)

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


def dates(found: Sequence[object]) -> Reading | None:
    """Read all values as dates; `read` has them in seconds."""
    texts = {str(value).strip() for value in found if isinstance(value, str)}
    never = sorted(text for text in map(str.lower, texts) if text in NEVER_WORDS)
    options: dict[str, object] = {"never": never} if never else {}
    rest = [value for value in found if word_of(value) not in ("", "null", *never)]
    if 2**31 - 1 in rest:  # the greatest number that there is, not a day in 2038
        return None
    if not rest:
        return Reading(options, (math.inf,), ("never",)) if never else None
    if all(isinstance(value, str) and _COMPACT.fullmatch(value.strip()) for value in rest):
        return _written(found, rest, options)
    numbers = [number for value in rest if (number := finite(value)) is not None]
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
        first_shown("never" if m == math.inf else _day(m) for m in moments),
        doubt,
    )


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


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
