"""What a draft leaves out though it may matter: numbers and dates whose names say nothing known,
and rows that are taken for people.
"""

import math
from collections.abc import Iterator, Sequence

from license_exporter.mapping.draft import date_readings, meaning, readings
from license_exporter.mapping.draft.guess import Drafted
from license_exporter.mapping.draft.labels import is_personal
from license_exporter.mapping.draft.shape import Field, Group, quoted
from license_exporter.mapping.names import is_sensitive
from license_exporter.model.answer import plain

# So many of one place are named.
_MOST = 12


def leftovers(group: Group, drafted: Sequence[Drafted]) -> Iterator[str]:
    """A line for a group that has some: where they are, and what they are called."""
    where = " > ".join((group.document, *group.loops))
    if is_personal(group):
        if not drafted and any(_kind(field, group) for field in group.fields):
            yield f"{where}: rows that tell of people, by an address or a name"
        return
    told = [guess.expression for each in drafted for guess in each.guesses]
    entries = {row for each in drafted for row in each.rows}
    named = [
        f"{field.expression} ({kind})"
        for field in group.fields
        if (kind := _kind(field, group))
        and not any(field.expression in each for each in told)
        and not any(row.startswith(f"entries({_around(field)})") for row in entries)
    ]
    if named:
        more = f" and {len(named) - _MOST} more" if len(named) > _MOST else ""
        yield f"{where}: {', '.join(named[:_MOST])}{more}"


def _around(field: Field) -> str:
    """The expression of the object in which a field stands."""
    return ".".join(map(quoted, field.path[:-1])) or "@"


def _kind(field: Field, group: Group) -> str:
    """Whether a field is a date or a number that could be of licenses; "" if it is neither."""
    if any(plain(name) != name or is_sensitive(name) for name in field.path):
        return ""
    dates = date_readings.dates(field.values)
    if dates and any(moment not in (None, math.inf) for moment in dates.read):
        return "date"
    if meaning.counts_nothing(field.path, group.has_rows) or not readings.numbers(field.values):
        return ""
    return "number"
