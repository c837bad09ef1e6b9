"""The kinds of values in a mapping but for dates: texts, numbers, flags and states."""

import math
from contextlib import suppress
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema, field_validator

from license_exporter.config.options import SHOWN
from license_exporter.config.values import Flag
from license_exporter.mapping import written
from license_exporter.mapping.value import (
    NumberReader,
    OneOrMore,
    Reader,
    Value,
    WordKeys,
    Words,
    meanings_of,
    text,
    word,
)
from license_exporter.model import values
from license_exporter.model.report import State, Window

_FACTORS = {
    "percent": 0.01,
    "minutes": 60.0,
    "hours": 3600.0,
    "days": 86400.0,
    "weeks": 7 * 86400.0,
    **{f"{unit}B": 1000.0**power for power, unit in enumerate("kMGTP", 1)},
    **{f"{unit}iB": 1024.0**power for power, unit in enumerate("KMGTP", 1)},
}


class TextValue(Value):
    """A text, which becomes a label; the local parts of e-mail addresses in it become `*`."""

    map: Annotated[dict[str, str], WordKeys, SHOWN] = Field(
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
            return text

        def read(value: object) -> str | None:
            name = word(value)
            return (name is not None and self.map.get(name)) or text(value)

        return read


class WindowValue(TextValue):
    """A window: day, week, month, quarter, year or billing."""

    @field_validator("map")
    @classmethod
    def _known_windows(cls, map: dict[str, str]) -> dict[str, str]:
        for window in map.values():
            _window(window)
        return map

    def reader(self) -> Reader:
        read_text = super().reader()

        def read(value: object) -> str | None:
            window = read_text(value)
            return None if window is None else _window(str(window))

        return read


def _window(word: str) -> str:
    if word.lower() not in get_args(Window):
        raise ValueError("not a window: " + ", ".join(get_args(Window)))
    return word.lower()


def _mapped_number(value: object) -> float:
    with suppress(ValueError):
        number = values.limit(value)
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
    pattern: Annotated[str, AfterValidator(written.checked_pattern), SHOWN] = Field(
        default="",
        description="Regular expression that finds the number in a text: its first group, or all "
        "that it matches.",
    )
    thousands: Annotated[str, AfterValidator(written.checked_separator), SHOWN] = Field(
        default="", description="What parts groups of digits: the comma of 19,609."
    )
    decimal: Annotated[Literal[".", ","], SHOWN] = Field(
        default=".", description="What stands before the fraction."
    )
    format: Annotated[Literal["plain", "percent", "bytes", "bytes_1024"], SHOWN] = Field(
        default="plain",
        description="percent: 95% is 0.95. bytes: 12 GB are 12e9, 12 GiB 1024-fold; bytes_1024: "
        "the unit GB, too, is 1024-fold.",
    )
    map: Annotated[dict[str, _MappedNumber], WordKeys, SHOWN] = Field(
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
        return self._reader(values.number)

    def _reader(self, read_plain: NumberReader) -> NumberReader:
        """`read_plain` with what the options add."""
        read_number = self._written_reader(read_plain)
        meanings = meanings_of(self.unlimited, math.inf) | meanings_of(self.unknown, None)
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

    def _written_reader(self, read_plain: NumberReader) -> NumberReader:
        writing = written.Writing(
            written.compiled(self.pattern), self.thousands, self.decimal, self.format
        )
        return read_plain if writing == written.PLAIN else writing.reader(read_plain)


class LimitValue(NumberValue):
    """A number of units entitled; the word "unlimited" is always understood.

    A number below 0 is none, but mostly a sign for unlimited that `unlimited` does not list.
    """

    def reader(self) -> Reader:
        return self._reader(_limit)


def _limit(value: object) -> float | None:
    limit = values.limit(value)
    if limit is not None and limit < 0:
        raise ValueError("below 0; say by unlimited or unknown what that means")
    return limit


def _scaled(number: float, factor: float) -> float:
    # 7 percent are 0.07, where 7 * 0.01 would be 0.07000000000000001.
    scaled = number * factor if abs(factor) >= 1 else number / (1 / factor)
    if math.isinf(scaled) and not math.isinf(number):
        raise ValueError("not a finite number")
    return scaled


class FlagValue(Value):
    """True or false."""

    map: Annotated[dict[str, bool], WordKeys, SHOWN] = Field(
        default={}, description="true or false by the words found."
    )

    @property
    def reads_null(self) -> bool:
        return "null" in self.map

    def reader(self) -> Reader:
        if not self.map:
            return values.flag

        def read(value: object) -> bool | None:
            name = word(value)
            if name is not None and name in self.map:
                return self.map[name]
            return values.flag(value)

        return read


class StateValue(Value):
    """States of a license or an entitlement: by the words found, in any case."""

    map: Annotated[dict[str, Annotated[tuple[State, ...], OneOrMore()]], WordKeys, SHOWN] = Field(
        default={},
        description="A state, several or none ([]) by the words found. Words that are no state and "
        "not here are the state unknown.",
    )

    @property
    def reads_null(self) -> bool:
        return "null" in self.map

    def reader(self) -> Reader:
        def read(value: object) -> frozenset[State] | None:
            name = word(value)
            if name is not None and name in self.map:
                return frozenset(self.map[name])
            state = values.state(value)
            return None if state is None else frozenset([state])

        return read
