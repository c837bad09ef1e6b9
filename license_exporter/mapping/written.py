"""Numbers as they are written for people: 19,609, 95 %, 12 GB, "38 of 40 seats"."""

import re
from dataclasses import dataclass
from typing import Literal

from license_exporter.mapping.value import NumberReader

# What is longer, in characters, is no number for people, and would only take time.
_LONGEST = 1000

_BYTES = re.compile(
    r"(.*?\d)\s*(?:([KMGTPE])(I?))?(?:B|BYTES?)?", re.ASCII | re.IGNORECASE | re.DOTALL
)
_PERCENT = re.compile(r"(.*?)\s*%?", re.DOTALL)
_POWERS = {"": 0, **{unit: power for power, unit in enumerate("KMGTPE", 1)}}
# Between digits, people write other spaces, and other apostrophes, where they mean one.
_OTHERS = {" ": "\u00a0\u202f\u2009", "'": "\u2019"}

Format = Literal["plain", "percent", "bytes", "bytes_1024"]


@dataclass(frozen=True, slots=True)
class Writing:
    """How numbers are written; the fields are the options of a number in a mapping."""

    pattern: re.Pattern[str] | None = None
    thousands: str = ""
    decimal: str = "."
    format: Format = "plain"

    def reader(self, read: NumberReader) -> NumberReader:
        """A reader of such numbers, in front of `read`, which reads the plain number."""

        def read_written(value: object) -> float | None:
            if not isinstance(value, str):
                return self._scaled(read(value), 1.0)
            return self._read(value, read)

        return read_written

    def _read(self, text: str, read: NumberReader) -> float | None:
        if not text.strip():
            return None
        if len(text) > _LONGEST:
            raise ValueError("a text too long for a number")
        if self.pattern:
            found = self.pattern.search(text)
            if not found:
                raise ValueError("a text in which the pattern finds no number")
            text = next((group for group in found.groups() if group), found[0])
        text = text.strip()
        factor = 1.0
        if self.format == "percent":
            text = _PERCENT.fullmatch(text)[1]  # type: ignore[index] # it matches any text
        elif self.format != "plain" and (parts := _BYTES.fullmatch(text)):
            base = 1024.0 if parts[3] or self.format == "bytes_1024" else 1000.0
            factor = base ** _POWERS[(parts[2] or "").upper()]
            text = parts[1]
        return self._scaled(read(self._plain(text)), factor)

    def _plain(self, text: str) -> str:
        """The number with a point for its fraction, and without anything between its digits."""
        if others := _OTHERS.get(self.thousands):
            text = re.sub(f"[{others}]", self.thousands, text)
        if self.thousands and self.thousands in text:
            mark, point = re.escape(self.thousands), re.escape(self.decimal)
            # Groups of three, or of two as in India; a number like 1,5 is none of thousands.
            if not re.fullmatch(
                rf"[+-]?\d{{1,3}}(?:{mark}\d{{2,3}})*{mark}\d{{3}}(?:{point}\d+)?", text, re.ASCII
            ):
                raise ValueError("a text that is no number with these thousands")
            text = text.replace(self.thousands, "")
        if self.decimal != ".":
            if "." in text:
                raise ValueError("a text that is no number with this decimal mark")
            text = text.replace(self.decimal, ".")
        text = text.removeprefix("+")
        return f"0{text}" if text.startswith(".") else text

    def _scaled(self, number: float | None, factor: float) -> float | None:
        if number is None:
            return None
        return number / 100 if self.format == "percent" else number * factor


PLAIN = Writing()


def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern, None for an empty one. Raises ValueError."""
    try:
        return re.compile(pattern) if pattern else None
    except re.error as error:
        raise ValueError(f"is no regular expression: {error.msg} at {error.pos}") from None


def checked_pattern(pattern: str) -> str:
    """The text of a pattern. Raises ValueError for one that is none."""
    compiled(pattern)
    return pattern


def checked_separator(mark: str) -> str:
    """What parts groups of digits: one character, or none. Raises ValueError."""
    if len(mark) > 1 or mark.isalnum() or mark in ("+", "-"):
        raise ValueError("must be one character, such as a comma")
    return mark
