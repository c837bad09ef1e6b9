"""The numbers of a group, each with what it counts and with its column, as its name says."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from license_exporter.mapping.draft import date_readings, meaning, readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Guess, Sure
from license_exporter.mapping.draft.readings import Reading
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words

# What is counted, in words: ("user",).
Noun = tuple[str, ...]

_GENERIC = of.listed("value count total number amount quantity num current counter sum text")
_CAN_BE_ENDLESS = ("", "limit", "available", "overage", "thresholds")


@dataclass(frozen=True, slots=True)
class Count:
    """A number of a group, its column ("" where its name does not say which), and why.

    `doubts` are what speaks against it, more than that its name says little. It is `bare` where
    the name says what is counted, and nothing else.
    """

    field: Field
    reading: Reading
    noun: Noun
    column: str
    why: str
    sure: Sure
    doubts: tuple[str, ...] = ()
    bare: bool = False

    def guess(self) -> Guess:
        """The guess that this is in its column."""
        told = f"{'; '.join((self.why, *self.doubts))}: {', '.join(self.reading.shown)}"
        options = self.field.options(self.reading.options)
        expression = self.field.expression
        made = Guess(self.column, expression, told, self.sure, options, read=self.reading.read)
        return made.doubted(self.reading.doubt) if self.reading.doubt else made

    def doubted(self, why: str) -> "Count":
        """The same number with something that speaks against it."""
        return replace(self, doubts=(*self.doubts, why), sure=Sure.NOT_SURE)


def counts(group: Group, without: frozenset[str] = frozenset()) -> Iterator[Count]:
    """The numbers of a group that count something, in the order of the document.

    The fields of the expressions `without` are told of elsewhere.
    """
    for field in group.fields:
        if field.expression not in without and not _counts_nothing(field, group):
            reading = readings.numbers(field.values)
            found = _count(field, reading, group) if reading else None
            if found:
                yield found


def _counts_nothing(field: Field, group: Group) -> bool:
    if "unlimited" in words(field.name) or meaning.counts_nothing(field.path, group.has_rows):
        return True
    if meaning.noun(words(field.name)) == ("day",):
        return True  # the days that are left of a license are no units of it
    at_top = len(field.path) < 3 and not group.loops
    if at_top and not meaning.noun(words(field.name)) and field.values[0] in group.lengths:
        return True  # how many rows there are in this answer
    return (
        meaning.date(words(field.called)) is not None
        and date_readings.dates(field.values) is not None
    )


def _count(field: Field, reading: Reading, group: Group) -> Count | None:
    around = _around(field, group)
    column, why, sure = _column(field, around, group)
    if not column and not meaning.is_bare(words(field.name)):
        return None
    if column == "limit" or column.startswith("thresholds."):
        fitting = readings.limits(reading)
        if fitting is None:
            return None
        reading = fitting
    elif column == "available":
        reading = readings.rest(reading)
    odd = any(number is not None and (number < 0 or number == math.inf) for number in reading.read)
    if odd and column.partition(".")[0] not in _CAN_BE_ENDLESS:
        return None
    # The document's name says nothing of what is counted in its rows, the field's own path does.
    near = around[: len(field.path) - 1] if group.loops else around
    made = Count(field, reading, _noun(field, near), column, why, sure, bare=not column)
    if meaning.is_technical((*group.names, *field.path)):
        return made.doubted("but it may be the computer's")
    if any("reset" in words(other.name) for other in _beside(field, group)):
        return made.doubted("but it may be the rate of requests")
    return made


def _around(field: Field, group: Group) -> list[str]:
    """The names around a field, the nearest first; "value" of a keyed row is none."""
    own = field.path[:-1][1:] if group.keyed else field.path[:-1]
    return [*reversed(own), *reversed(group.names)]


def _column(field: Field, around: Sequence[str], group: Group) -> tuple[str, str, Sure]:
    name = words(field.name)
    own = meaning.count(name)
    if own and own.sure > Sure.NOT_SURE:
        return own.column, _says(own), own.sure
    beside = _has_use_beside(field, group)
    if own is None and _has_use_beside(field, group, unnamed=True):
        return "", "", Sure.NOT_SURE
    generic = _GENERIC.issuperset(name)
    if not beside or not (own and "total" in name):
        for distance, other in enumerate(around):
            outer = meaning.count(words(other))
            if (
                outer
                and outer.sure > Sure.NOT_SURE
                and outer.column in ("used", "limit", "available")
            ):
                agreed = own is None or own.column == outer.column
                near = distance == 0 and (generic or agreed)
                sure = Sure.LIKELY if near else Sure.NOT_SURE
                return outer.column, f"{_says(outer)} around it", sure
    if own is None and generic:
        weak = (meaning.count(words(other)) for other in around)
        own = next((each for each in weak if each), None)
    return (own.column, _says(own), own.sure) if own else ("", "", Sure.NOT_SURE)


def _has_use_beside(field: Field, group: Group, *, unnamed: bool = False) -> bool:
    """Whether a use or a rest stands beside a field; `unnamed`: one that does not say of what."""
    for other in _beside(field, group):
        name = words(other.name)
        told = meaning.count(name)
        of_it = not (unnamed and meaning.noun(name))
        if told and told.column in ("used", "available") and of_it:
            return True
    return False


def _beside(field: Field, group: Group) -> Iterator[Field]:
    """The other fields of the same object."""
    for other in group.fields:
        if other is not field and other.path[:-1] == field.path[:-1]:
            yield other


def _says(told: meaning.Meaning) -> str:
    return f'"{told.word}" says so'


def _noun(field: Field, around: Sequence[str]) -> Noun:
    for name in (field.name, *around):
        found = meaning.noun(words(name))
        if found:
            return found
    return ()
