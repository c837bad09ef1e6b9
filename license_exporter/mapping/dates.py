"""Dates and periods in a mapping."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from license_exporter.config.options import SHOWN
from license_exporter.config.values import Flag
from license_exporter.mapping.value import (
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
_DAY = 86400.0

# In seconds. No license began or ended before: such a number counts days or seconds.
_YEAR_1980 = 315_532_800
_YEAR_2200 = 7_258_118_400
_MONTH, _DAY_OF_MONTH, _WEEK = (
    "(0[1-9]|1[0-2])",
    "(0[1-9]|[12][0-9]|3[01])",
    "(0[1-9]|[1-4][0-9]|5[0-3])",
)
_PERIOD = re.compile(rf"\d{{4}}(-{_MONTH}(-{_DAY_OF_MONTH})?|-Q[1-4]|-W{_WEEK})?", re.ASCII)
_PERIOD_FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}

# How many make a second, in the formats that count from 1970.
_UNIX = {"unix": 1, "unix_ms": 1000}

# Seconds in each unit of the formats that tell what is left.
_LEFT = {
    "days_left": _DAY,
    "hours_left": 3600.0,
    "minutes_left": 60.0,
    "seconds_left": 1.0,
}
_FORMATS = ("iso", *_UNIX, *_LEFT)


class Left(float):
    """Seconds that are left at the time of the answer, with the steps to which they are told."""

    __slots__ = ("step",)

    step: float

    @classmethod
    def of(cls, count: float, unit: float) -> "Left":
        left = cls(count * unit)
        left.step = max(unit, 60.0)
        return left

    def end(self, now: float) -> float:
        """When it ends: of days the end of the last one, UTC; else to the minute or hour.

        So it stays the same from scrape to scrape.
        """
        if self.step == _DAY:
            return (now // _DAY + 1) * _DAY + self // _DAY * _DAY
        return round((now + self) / self.step) * self.step

    def changes(self, now: float) -> float:
        """When the same number would mean another end."""
        return (now // _DAY + 1) * _DAY if self.step == _DAY else now + self.step


class DateValue(Value):
    """A point in time."""

    format: Annotated[tuple[str, ...], OneOrMore(), SHOWN] = Field(
        default=("iso",),
        description="How it is written: iso (ISO 8601; a date alone is 00:00 UTC), unix (seconds), "
        "unix_ms, days_left, hours_left, minutes_left, seconds_left (from now), or a pattern of "
        "strptime such as %b %d, %Y. Several are tried in order.",
    )
    never: Words = Field(default=(), description="What means never (+Inf): words, numbers, null.")
    unknown: Words = Field(default=(), description="What means that the date is not known.")
    end_of_day: Flag = Field(
        default=False,
        description="true: it names the last day on which all is still good, or the day that data "
        "are of, and stands for the end of it (in the zone that is written, else UTC).",
    )

    @field_validator("format")
    @classmethod
    def _known_formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        for format in formats:
            if format not in _FORMATS:
                _check_pattern(format)
        return formats

    @model_validator(mode="after")
    def _counts_from_an_answer(self) -> "DateValue":
        if self.value is not None and not _LEFT.keys().isdisjoint(self.format):
            raise ValueError("a constant is no time that is left; write the date")
        return self

    @property
    def reads_null(self) -> bool:
        return "null" in map(word, self.never)

    @property
    def tells_what_is_left(self) -> bool:
        """Whether its reader can give a `Left`."""
        return not _LEFT.keys().isdisjoint(self.format)

    def reader(self) -> Reader:
        return self._reader(values.real_date)

    def _reader(self, real: Callable[[float], float]) -> Callable[[object], float | None]:
        meanings = {**meanings_of(self.never, math.inf), **meanings_of(self.unknown, None)}
        readers = [_moment_reader(format) for format in self.format]
        if not meanings and not self.end_of_day and self.format == ("iso",):
            return values.timestamp if real is values.real_date else values.end

        def seconds(moment: datetime | float) -> float:
            if isinstance(moment, Left):
                return moment
            if not isinstance(moment, datetime):
                return real(moment)
            read = real((moment - _EPOCH).total_seconds())
            return _day_end(moment) if self.end_of_day and math.isfinite(read) else read

        def read(value: object) -> float | None:
            name = word(value)
            if name in meanings:
                return meanings[name]
            for read_moment in readers:
                try:
                    moment = read_moment(value)
                    return None if moment is None else seconds(moment)
                except values.StandInError:
                    raise
                except ValueError as error:
                    problem = error
            raise problem if len(readers) == 1 else ValueError("not a date")

        return read


class EndValue(DateValue):
    """A point in time at which something ends."""

    def reader(self) -> Reader:
        return self._reader(values.real_end)


def _day_end(moment: datetime) -> float:
    """The end of the day of a moment."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return (day - _EPOCH).total_seconds() + _DAY


_MomentReader = Callable[[object], datetime | float | None]


def _unix(factor: int) -> _MomentReader:
    def read(value: object) -> datetime | float | None:
        number = values.number(value)
        if number is None:
            return None
        seconds = number / factor
        if 0 < seconds < _YEAR_1980:
            raise ValueError("too small a number for a date: it may count days or seconds")
        for finer in (1000, 1_000_000, 1_000_000_000):
            if _YEAR_1980 <= seconds / finer < _YEAR_2200:
                raise ValueError("too great a number for a date: its unit is a finer one")
        try:
            return _EPOCH + timedelta(seconds=seconds)
        except OverflowError:
            return seconds

    return read


def _left(unit: float) -> _MomentReader:
    def read(value: object) -> float | None:
        number = values.number(value)
        if number is None:
            return None
        if abs(number) * unit > _YEAR_2200:
            raise ValueError("too great a number for a time that is left")
        return Left.of(number, unit)

    return read


def _moment_reader(format: str) -> _MomentReader:
    if format == "iso":
        return values.moment
    if format in _UNIX:
        return _unix(_UNIX[format])
    return _left(_LEFT[format]) if format in _LEFT else _pattern(format)


def _check_pattern(pattern: str) -> None:
    if "%" not in pattern:
        raise ValueError(f"{pattern!r} is no format: {', '.join(_FORMATS)} or a pattern with %")
    try:
        datetime.strptime("", pattern)  # noqa: DTZ007 - only the pattern matters
    except ValueError as error:
        if "does not match" not in str(error):
            raise ValueError(f"{pattern!r} is no pattern of strptime") from None


def _pattern(pattern: str) -> _MomentReader:
    def read(value: object) -> datetime | None:
        written = text(value)
        if written is None:
            return None
        try:
            moment = datetime.strptime(written, pattern)  # noqa: DTZ007 - the next line sees to it
        except ValueError:
            raise ValueError("not a date in this format") from None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment

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
