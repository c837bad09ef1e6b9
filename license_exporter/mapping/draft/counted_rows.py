"""Pools without a name for each number: rows that are counted, and objects of numbers by name."""

from collections.abc import Iterator

from license_exporter.mapping.draft import meaning, readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Drafted, Guess, Sure, constant
from license_exporter.mapping.draft.nouns import plural, unit
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words
from license_exporter.mapping.names import is_sensitive

_HOLDER = of.listed("assignee assigned user holder")
_SORT = ("product", "sku", "plan", "edition", "type", "name")


def people(group: Group) -> Iterator[Drafted]:
    """Rows of people are only counted: each may have a seat."""
    noun = words(group.names[-1])[-1:]
    if not of.PEOPLE & set(noun):
        return
    guesses = (
        constant("name", plural(noun), "the rows are counted, and no more of them", Sure.LIKELY),
        constant("unit", "users", "by the name", Sure.LIKELY),
        constant("used", 1, "each row may be a seat; if not, leave it out", Sure.NOT_SURE),
    )
    yield Drafted("pools", group.document, group.loops, guesses, "add")


def seats(group: Group) -> Iterator[Drafted]:
    """Rows of one license each, of which several are of one product."""
    if not group.loops or group.rows < 2 or not of.LICENSE & set(words(group.names[-1])):
        return
    sort = _sort(group)
    if sort is None:
        return
    holders = (
        around
        for around in (*group.objects, *group.fields)
        if around.path and _HOLDER & set(words(around.path[-1])) and None in around.values
    )
    holder = next(holders, None)
    guesses = [
        Guess("name", sort.expression, "of several rows the same", Sure.LIKELY),
        constant("unit", "users" if holder else "licenses", "by the name", Sure.NOT_SURE),
        constant("limit", 1, "each row may be one license; if not, leave it out", Sure.NOT_SURE),
    ]
    if holder:
        expression = f"{holder.expression} && `1` || `0`"
        guesses.append(Guess("used", expression, "one that somebody has", Sure.NOT_SURE))
    yield Drafted("pools", group.document, group.loops, tuple(guesses), "add")


def _sort(group: Group) -> Field | None:
    """The product of a row, of which there are fewer than rows."""
    for word in _SORT:
        for field in group.fields:
            at = "_".join(field.path[-2:])
            if word not in words(at) or is_sensitive(field.name) or of.PEOPLE & set(words(at)):
                continue
            found = readings.texts(field.values)
            if found and len(field.path) < 3 and len(set(found)) < len(found):
                return field
    return None


def numbered(group: Group, without: frozenset[str]) -> tuple[list[Drafted], frozenset[str]]:
    """Objects of numbers by names that are the product's own, and the expressions in them.

    `licensedDevices: {"MX-65": 2, "MS-220": 30}` is such an object, by its own name.
    """
    made: list[Drafted] = []
    told: set[str] = set()
    for around in group.objects:
        inner = [field for field in group.fields if field.path[:-1] == around.path]
        name = words(around.path[-1]) if around.path else ()
        what = meaning.count(name)
        if what is None or not inner or what.column not in ("used", "limit", "available"):
            continue
        if any(f.expression in without or not _is_own(f) for f in inner) or group.loops:
            continue
        found = [readings.numbers(field.values) for field in inner]
        shown = ", ".join(each.shown[0] for each in found[:3] if each)
        why = f'"{what.word}" says so: {shown}'
        key = Guess("name", "name", "the key of the entry", Sure.LIKELY)
        guess = Guess(what.column, "value", why, what.sure)
        head = (key, unit(meaning.noun(name), of_rows=False))
        rows = (f"entries({around.expression})",)
        made.append(Drafted("pools", group.document, rows, (*head, guess)))
        told.update(field.expression for field in inner)
    return made, frozenset(told)


def _is_own(field: Field) -> bool:
    """Whether a number has a name that is no word of those that are known."""
    name = words(field.name)
    known = of.THINGS | of.ENTITLED | of.FILLERS | of.LICENSE
    return (
        meaning.count(name) is None
        and known.isdisjoint(name)
        and not meaning.counts_nothing(field.path, has_rows=False)
        and readings.numbers(field.values) is not None
    )
