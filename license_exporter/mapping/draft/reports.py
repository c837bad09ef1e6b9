"""What a document says of itself as a whole: its warnings, and of when it is."""

from collections.abc import Iterator

from license_exporter.mapping.draft import date_readings
from license_exporter.mapping.draft.guess import Drafted, Guess, Sure
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words

_AS_OF = ({"as", "of"}, {"generated"}, {"collected"}, {"snapshot"}, {"reported"}, {"synced"})


def reports(group: Group) -> Iterator[Drafted]:
    """The report of a document that is no rows."""
    if group.loops:
        return
    guesses = [*_warnings(group), *_moments(group)]
    if guesses:
        yield Drafted("report", group.document, (), tuple(guesses))


def _warnings(group: Group) -> Iterator[Guess]:
    for field in group.lists:
        if words(field.name) == ("warning",) and field.is_whole:
            why = "how many there are"
            yield Guess("warnings", f"length({field.expression})", why, Sure.LIKELY)
            return


def _moments(group: Group) -> Iterator[Guess]:
    for field in group.fields:
        if any(meant <= set(words(field.name)) for meant in _AS_OF):
            yield from _moment(field)
            return


def _moment(field: Field) -> Iterator[Guess]:
    reading = date_readings.dates(field.values)
    if reading and "never" not in reading.options:
        why = f"of when it is: {', '.join(reading.shown)}"
        yield Guess(
            "data_timestamp",
            field.expression,
            why,
            Sure.NOT_SURE,
            reading.options,
            read=reading.read,
        )
