"""Dates and periods in a mapping."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from license_exporter.config.options import SHOWN
from license_exporter.mapping.value import (
    NumberReader,
    OneOrMore,
    Reader,
    Value,
    Words,
    meanings_of,
    text,
    word,
)
from license_exporter.model import values

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# In seconds. What is later are milliseconds, or a sign for never, and no date that ISO 8601 writes.
_YEAR_10000 = 253_402_300_800
_MONTH, _DAY, _WEEK = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|[1-4][0-9]|5[0-3])"
_PERIOD = re.compile(rf"\d{{4}}(-{_MONTH}(-{_DAY})?|-Q[1-4]|-W{_WEEK})?", re.ASCII)
_PERIOD_FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


class DateValue(Value):
    """A point in time."""

    format: Annotated[tuple[str, ...], OneOrMore(), SHOWN] = Field(
        default=("iso",),
        description="How it is written: iso (ISO 8601; a date alone is 00:00 UTC), unix (seconds), "
        "unix_ms, or a pattern of strptime such as %b %d, %Y. Several are tried in order.",
    )
    never: Words = Field(default=(), description="What means never (+Inf): words, numbers, null.")
    unknown: Words = Field(default=(), description="What means that the date is not known.")

    @field_validator("format")
    @classmethod
    def _known_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for format in formats:
            if format not in _DATE_FORMATS:
                _check_pattern(format)
        return formats

    @property
    def reads_null(self) -> bool:
        return "null" in map(word, self.never)

    def reader(self) -> Reader:
        meanings = {**meanings_of(self.never, math.inf), **meanings_of(self.unknown, None)}
        readers = [_DATE_FORMATS.get(format) or _pattern(format) for format in self.format]
        if not meanings and len(readers) == 1:
            return readers[0]

        def read(value: object) -> float | None:
            name = word(value)
            if name in meanings:
                return meanings[name]
            for read_date in readers:
                try:
                    return read_date(value)
                except ValueError:
                    continue
            raise ValueError("not a date")

        return read


def _seconds(value: object, factor: int = 1) -> float | None:
    number = values.number(value)
    if number is None:
        return None
    if abs(number) >= _YEAR_10000 * factor:
        raise ValueError("not a date before the year 10000")
    return number / factor


def _milliseconds(value: object) -> float | None:
    return _seconds(value, 1000)


_DATE_FORMATS: Mapping[str, NumberReader] = {
    "iso": values.timestamp,
    "unix": _seconds,
    "unix_ms": _milliseconds,
}


def _check_pattern(pattern: str) -> None:
    if "%" not in pattern:
        raise ValueError(
            f"{pattern!r} is no format: {', '.join(_DATE_FORMATS)} or a pattern with %"
        )
    try:
        datetime.strptime("", pattern)  # noqa: DTZ007 - only the pattern matters
    except ValueError as error:
        if "does not match" not in str(error):
            raise ValueError(f"{pattern!r} is no pattern of strptime") from None


def _pattern(pattern: str) -> NumberReader:
    def read(value: object) -> float | None:
        written = text(value)
        if written is None:
            return None
        moment = datetime.strptime(written, pattern)  # noqa: DTZ007 - the next line sees to the zone
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH).total_seconds()

    return read


class PeriodValue(DateValue):
    """A period in ISO 8601: a text such as 2021-02, or the day, month or year of a date."""

    each: Annotated[Literal["day", "month", "year"] | None, SHOWN] = Field(
        default=None, description="The period around a date; without it, the text found is one."
    )

    def reader(self) -> Reader:
        if self.each is None:
            return _period
        read_date = super().reader()
        pattern = _PERIOD_FORMATS[self.each]

        def read(value: object) -> str | None:
            moment: Any = read_date(value)
            if moment is None:
                return None
            try:
                return (_EPOCH + timedelta(seconds=moment)).strftime(pattern)
            except OverflowError:
                raise ValueError("not a date") from None

        return read


def _period(value: object) -> str | None:
    period = text(value)
    if period is not None and not _PERIOD.fullmatch(period):
        raise ValueError("not a period")
    return period
