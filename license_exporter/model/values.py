"""How a value of a vendor's document is read: as a number, a limit, a date, a text, a state.

The rules are those of docs/metrics.md, "Reading values". What says nothing is None; what says
something else is a ValueError.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from license_exporter.model.report import State

_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?\s?(Z|[+-]\d\d(:?\d\d)?)?)?", re.ASCII
)
_ASP_DATE = re.compile(r"/Date\((-?\d{1,17})([+-]\d{4})?\)/", re.ASCII | re.IGNORECASE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# In seconds: what is later stands for never, and what is earlier for no date at all.
_YEAR_9999 = 253_370_764_800.0
_SECOND_DAY = 86_400.0
_NOTHING = frozenset({"", "null"})
# No text is longer, in characters: it would only take memory, and time to look for addresses in.
_LONG = 2048
# Of so many characters at its beginning and its end the hash of a long text is made.
_HASHED = 64 * 1024

# What stands before the @ of an e-mail address: a run from its very start and without a way back,
# so that a text of any length is read once. The domain has a dot, since "dropbox@name" is none.
_LOCAL_CHARACTER = r"[^\s@/\\:;,<>()\[\]\"]"
_LOCAL_PART = re.compile(
    rf"""(?:"[^"@]{{1,64}}"|(?:(?<!{_LOCAL_CHARACTER})|(?<=%40))(?:(?!%40){_LOCAL_CHARACTER})++)"""
    r"(?=(?:@|%40)(?:\[|[\w-]+\.[\w-]))"
)

_STATE_WORDS = {
    **{state.value: state for state in State},
    "expiring": State.ACTIVE,
    "banned": State.INVALID,
    "deleted": State.INVALID,
    "invalidated": State.INVALID,
}


class StandInError(ValueError):
    """A date by which a program says that there is none: a year 9999, a Unix 0."""


def number(value: object) -> float | None:
    """Read a number; None where nothing is said (null, "null", "").

    Raises ValueError for what is no finite number; a boolean is none.
    """
    if value.__class__ is float:
        result = value
    elif value.__class__ is int:
        try:
            result = float(value)
        except OverflowError:
            raise ValueError("not a finite number") from None
    elif isinstance(value, str):
        text = value.strip()
        if not (text.isascii() and text.isdigit()):  # the usual case, told without the pattern
            if text in _NOTHING:
                return None
            if not _NUMBER.fullmatch(text):
                raise ValueError("not a number")
        result = float(text)
    elif value is None:
        return None
    else:
        raise ValueError("not a number")
    if not math.isfinite(result):
        raise ValueError("not a finite number")
    return result


def limit(value: object) -> float | None:
    """Read a number, or "unlimited" in any case, which is +Inf. Raises ValueError."""
    if isinstance(value, str) and value.strip().lower() == "unlimited":
        return math.inf
    return number(value)


def timestamp(value: object) -> float | None:
    """Read an ISO 8601 date as seconds since the epoch; None where nothing is said.

    A date alone is midnight UTC, a time without a zone is UTC. Raises ValueError, also for the
    stand-ins of `real_date`.
    """
    read = moment(value)
    return None if read is None else real_date((read - _EPOCH).total_seconds())


def end(value: object) -> float | None:
    """Read a date, as `timestamp` does, on which something ends: the year 9999 is +Inf (never)."""
    read = moment(value)
    return None if read is None else real_end((read - _EPOCH).total_seconds())


def real_date(seconds: float) -> float:
    """The seconds since the epoch, if they are no stand-in. Raises StandInError.

    Programs write the year 9999 for never, and 0001-01-01 or 1970-01-01 for no date.
    """
    if not _SECOND_DAY <= seconds < _YEAR_9999:
        raise StandInError("a stand-in for no date")
    return seconds


def real_end(seconds: float) -> float:
    """As `real_date`, of a date on which something ends: from the year 9999 on, it never does."""
    return math.inf if seconds >= _YEAR_9999 else real_date(seconds)


def moment(value: object) -> datetime | None:
    """Read a date as it is written, stand-ins included; None where nothing is said.

    ISO 8601, or the form of .NET (milliseconds within `/Date()/`). Raises ValueError.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("not a date")
    if value.strip() in _NOTHING:
        return None
    text = value.strip().upper()
    if not _DATE.fullmatch(text):
        return _asp_moment(text)
    time = text[11:].replace(" ", "")  # the one before an offset
    read = datetime.fromisoformat(text[:11] + time)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read


def _asp_moment(text: str) -> datetime:
    written = _ASP_DATE.fullmatch(text)
    if not written:
        raise ValueError("not a date")
    try:
        return _EPOCH + timedelta(milliseconds=int(written[1]))
    except OverflowError:
        raise ValueError("not a date") from None


def flag(value: object) -> bool | None:
    """Read true or false; None where nothing is said. Raises ValueError."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip() in _NOTHING:
        return None
    raise ValueError("not true or false")


def text(value: object) -> str:
    """Read a text, or a whole number as one; "" where nothing is said. Raises ValueError.

    A text may become a label, so the local parts of e-mail addresses in it become `*`.
    """
    if isinstance(value, str):
        if len(value) > _LONG:
            value = shortened(value)
        return "" if value.strip() in _NOTHING else mask_emails(value)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError("not a text")


def shortened(text: str) -> str:
    """The beginning of a text that no label has room for, and a hash that tells it from others.

    A text of megabytes can stand in each of a million rows, so the hash is that of its beginning,
    its end and its length.
    """
    told = text
    if len(text) > 2 * _HASHED:
        told = f"{text[:_HASHED]}{len(text)}{text[-_HASHED:]}"
    return text[:_LONG] + hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()


def mask_emails(text: str) -> str:
    """The text with `*` for the local part of every e-mail address in it."""
    if "@" in text or "%40" in text:
        return _LOCAL_PART.sub("*", text)
    return text


def state(value: object, words: Mapping[str, State] | None = None) -> State | None:
    """Read a state's word in any case; None where nothing is said. Raises ValueError.

    `words` are those of one vendor, in lower case. A word that is not known is `unknown`.
    """
    word = text(value).strip().lower()
    if not word:
        return None
    return (words or {}).get(word) or _STATE_WORDS.get(word, State.UNKNOWN)
