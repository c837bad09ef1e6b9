"""The kinds of values in a mapping, and how what an expression finds is read as one.

Written as a text, a value is a JMESPath expression; written as a number or as true or false, it is
that constant; with options, it is an object. Each kind's `reader` gives a function from what was
found to the value, or None where nothing is said; it raises ValueError for what cannot be read.
"""

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from license_exporter import reading
from license_exporter.model import WINDOWS, State
from license_exporter.options import SHOWN, Options
from license_exporter.values import Flag

Reader = Callable[[object], object]
NumberReader = Callable[[object], float | None]
Scalar = str | int | float | bool | None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PERIOD = re.compile(r"\d{4}(-\d\d(-\d\d)?|-Q[1-4]|-W\d\d)?", re.ASCII)
_PERIOD_FORMATS = {"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}

_FACTORS = {
    "percent": 0.01,
    "minutes": 60.0,
    "hours": 3600.0,
    "days": 86400.0,
    "weeks": 7 * 86400.0,
    **{f"{unit}B": 1000.0**power for power, unit in enumerate("kMGTP", 1)},
    **{f"{unit}iB": 1024.0**power for power, unit in enumerate("KMGTP", 1)},
}


class OneOrMore:
    """Annotates a tuple whose only item may be written without the brackets."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._wrap, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        array = handler(core)
        return {"anyOf": [array["items"], array]}

    @staticmethod
    def _wrap(written: object) -> object:
        return written if isinstance(written, list | tuple) else (written,)


def word(value: object) -> str | None:
    """A value as the keys of `map` and the items of `unlimited` are compared: in any case.

    None for an object or an array.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip().lower()
    if isinstance(value, int | float):
        # 18446744073709552000 is an integer in YAML and a double in many a JSON reader.
        number = float(value) if abs(value) < 1e300 else math.inf
        return str(int(number)) if number.is_integer() else repr(number)
    return None


def _word_keys(written: object) -> object:
    return (
        {word(key): item for key, item in written.items()} if isinstance(written, dict) else written
    )


_WordKeys = BeforeValidator(_word_keys)
Words = Annotated[tuple[Scalar, ...], OneOrMore(), SHOWN]


def _words(listed: tuple[Scalar, ...], meaning: float | None) -> dict[str | None, float | None]:
    return {word(item): meaning for item in listed}


class Value(Options):
    """A value of the model: found by the expression `path`, or the constant `value`."""

    path: Annotated[str | None, SHOWN] = Field(
        default=None, description="JMESPath expression, applied to the row."
    )
    value: Annotated[Scalar, SHOWN] = Field(default=None, description="Constant.")
    optional: Flag = Field(
        default=False,
        description="true: that the expression finds nothing is not counted in "
        "license_skipped_values.",
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: object) -> object:
        if isinstance(written, str):
            return {"path": written}
        if isinstance(written, bool | int | float):
            return {"value": written}
        if isinstance(written, dict | Value):
            return written
        raise ValueError("must be an expression (a text), a constant or a mapping")

    @model_validator(mode="after")
    def _one_source(self) -> "Value":
        if (self.path is None) == (self.value is None):
            raise ValueError("give a path (an expression) or a value (a constant), one of the two")
        if self.value is not None:
            try:
                constant = self.reader()(self.value)
            except ValueError as error:
                raise ValueError(f"value is {error}") from None
            if constant is None:
                raise ValueError("value is empty")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        short = {"type": ["string", "number", "boolean"], "description": "Expression or constant."}
        return {"anyOf": [short, handler(core)]}

    @property
    def reads_null(self) -> bool:
        """Whether a null that is sent means something."""
        return False

    def reader(self) -> Reader:
        raise NotImplementedError


class TextValue(Value):
    """A text, which becomes a label; the local parts of e-mail addresses in it become `*`."""

    map: Annotated[dict[str, str], _WordKeys, SHOWN] = Field(
        default={}, description="Texts by the words found; other words stay as they are."
    )
    allow_sensitive: Flag = Field(
        default=False,
        description="true: the expression may end in a name such as key, token or email. Say so "
        "only of what is neither a secret nor a person's.",
    )

    @property
    def reads_null(self) -> bool:
        return "null" in self.map

    def reader(self) -> Reader:
        if not self.map:
            return _text

        def read(value: object) -> str | None:
            return self.map.get(word(value) or "") or _text(value)

        return read


def _text(value: object) -> str | None:
    return reading.text(value).strip() or None


class WindowValue(TextValue):
    """A window: day, week, month, quarter, year or billing."""

    def reader(self) -> Reader:
        text = super().reader()

        def read(value: object) -> str | None:
            window = text(value)
            if window is None:
                return None
            if str(window).lower() not in WINDOWS:
                raise ValueError("not a window: " + ", ".join(WINDOWS))
            return str(window).lower()

        return read


def _mapped_number(written: object) -> float:
    with suppress(ValueError):
        number = reading.limit(written)
        if number is not None:
            return number
    raise ValueError("must be a number or unlimited")


_MappedNumber = Annotated[
    float, PlainValidator(_mapped_number), WithJsonSchema({"type": ["number", "string"]})
]


class NumberValue(Value):
    """A number, which may be written as a text."""

    unlimited: Words = Field(
        default=(), description="What means unlimited (+Inf): words, numbers, null."
    )
    unknown: Words = Field(default=(), description="What means that the number is not known.")
    map: Annotated[dict[str, _MappedNumber], _WordKeys, SHOWN] = Field(
        default={},
        description="Numbers, or unlimited, by the words found; these are not scaled.",
    )
    scale: Annotated[float | str, SHOWN] = Field(
        default=1.0,
        description=f"Factor to the base unit: a number, or one of {', '.join(_FACTORS)}.",
    )

    @field_validator("scale")
    @classmethod
    def _known_scale(cls, scale: float | str) -> float | str:
        known = scale in _FACTORS if isinstance(scale, str) else math.isfinite(scale) and scale
        if not known:
            raise ValueError(f"must be a number, not 0, or one of {', '.join(_FACTORS)}")
        return scale

    @property
    def reads_null(self) -> bool:
        return "null" in map(word, self.unlimited) or "null" in self.map

    def reader(self) -> Reader:
        return self._reader(reading.number)

    def _reader(self, read_number: NumberReader) -> NumberReader:
        """`read_number` with what the options add."""
        meanings = _words(self.unlimited, math.inf) | _words(self.unknown, None)
        meanings.update(self.map)
        factor = _FACTORS[self.scale] if isinstance(self.scale, str) else self.scale
        if not meanings and factor == 1:
            return read_number

        def read(value: object) -> float | None:
            name = word(value)
            if name in meanings:
                return meanings[name]
            number = read_number(value)
            return None if number is None else _scaled(number, factor)

        return read


class LimitValue(NumberValue):
    """A number of units entitled; the word "unlimited" is always understood."""

    def reader(self) -> Reader:
        return self._reader(reading.limit)


def _scaled(number: float, factor: float) -> float:
    # 7 percent are 0.07, where 7 * 0.01 would be 0.07000000000000001.
    scaled = number * factor if abs(factor) >= 1 or not factor else number / (1 / factor)
    if math.isinf(scaled) and not math.isinf(number):
        raise ValueError("not a finite number")
    return scaled


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
        meanings = {**_words(self.never, math.inf), **_words(self.unknown, None)}
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


def _milliseconds(value: object) -> float | None:
    number = reading.number(value)
    return None if number is None else number / 1000


_DATE_FORMATS: Mapping[str, NumberReader] = {
    "iso": reading.timestamp,
    "unix": reading.number,
    "unix_ms": _milliseconds,
}


def _check_pattern(pattern: str) -> None:
    if "%" not in pattern:
        raise ValueError(
            f"{pattern!r} is no format: {', '.join(_DATE_FORMATS)} or a pattern with %"
        )
    try:
        datetime.strptime("", pattern)  # noqa: DTZ007
    except ValueError as error:
        if "does not match" not in str(error):
            raise ValueError(f"{pattern!r} is no pattern of strptime") from None


def _pattern(pattern: str) -> NumberReader:
    def read(value: object) -> float | None:
        text = _text(value)
        if text is None:
            return None
        moment = datetime.strptime(text, pattern)  # noqa: DTZ007 - the next line sees to the zone
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return (moment - _EPOCH).total_seconds()

    return read


class FlagValue(Value):
    """True or false."""

    map: Annotated[dict[str, bool], _WordKeys, SHOWN] = Field(
        default={}, description="true or false by the words found."
    )

    @property
    def reads_null(self) -> bool:
        return "null" in self.map

    def reader(self) -> Reader:
        if not self.map:
            return reading.flag

        def read(value: object) -> bool | None:
            name = word(value) or ""
            return self.map[name] if name in self.map else reading.flag(value)

        return read


class StateValue(Value):
    """States of a license or an entitlement: by the words found, in any case."""

    map: Annotated[dict[str, Annotated[tuple[State, ...], OneOrMore()]], _WordKeys, SHOWN] = Field(
        default={},
        description="A state, several or none ([]) by the words found. Words that are no state and "
        "not here are the state unknown.",
    )

    @property
    def reads_null(self) -> bool:
        return "null" in self.map

    def reader(self) -> Reader:
        def read(value: object) -> frozenset[State] | None:
            name = word(value) or ""
            if name in self.map:
                return frozenset(self.map[name])
            state = reading.state(value)
            return None if state is None else frozenset([state])

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
    text = _text(value)
    if text is not None and not _PERIOD.fullmatch(text):
        raise ValueError("not a period")
    return text
