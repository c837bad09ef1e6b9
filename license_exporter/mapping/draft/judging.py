"""How sure the numbers of one thing are, seen together: use, limit and rest."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.counts import Count, Noun
from license_exporter.mapping.draft.guess import Sure
from license_exporter.mapping.draft.shape import Group
from license_exporter.mapping.draft.words import words

# The numbers of one thing that is counted, by their columns.
Thing = dict[str, Count]

PAIR = frozenset({"used", "limit"})
SUM = PAIR | {"available"}


def judged(thing: Thing, noun: Noun, *, licensed: bool) -> Thing:
    """The same numbers, surer or not; `licensed` where something speaks of licenses around them."""
    return {
        column: count if licensed else _unlicensed(count, noun) for column, count in _weighed(thing)
    }


def is_about_licenses(group: Group) -> bool:
    """Whether anything in a group, or around it, speaks of licenses or seats."""
    names = {name for field in group.fields for name in field.path}
    told = words("_".join((*group.names, *names)))
    return not (of.LICENSE | of.ENTITLED | of.BOUGHT).isdisjoint(told)


def _unlicensed(count: Count, noun: Noun) -> Count:
    """A number of what nothing says is licensed: a temperature can have a maximum, too."""
    if not noun or (of.THINGS | of.ENTITLED) & set(noun[-1:]):
        return count
    if count.bare:
        return count.doubted("nothing says that it is licensed")
    return replace(count, sure=min(count.sure, Sure.LIKELY))


def _weighed(thing: Mapping[str, Count]) -> Iterator[tuple[str, Count]]:
    """The numbers of one thing, surer where they add up, or where use and limit are both there."""
    sum_is_right = adds_up(thing)
    gappy = _lacks_limits(thing)
    for column, count in thing.items():
        if column not in SUM or count.doubts:
            yield column, count
        elif column == "available" and not PAIR & thing.keys():
            yield column, count.doubted("nothing else is told of the same units")
        elif gappy:
            yield column, count.doubted("rows without a limit may be something else")
        elif column == "used" and _is_nothing(thing):
            yield column, count.doubted("none of none may be no license at all")
        elif sum_is_right:
            why = f"{count.why}, and used and available add up to the limit"
            yield column, replace(count, why=why, sure=Sure.SURE)
        elif sum_is_right is False and (count.sure < Sure.LIKELY or column == "available"):
            yield column, count.doubted("used and available do not add up to the limit")
        elif column in PAIR and thing.keys() >= PAIR:
            other = thing["limit" if column == "used" else "used"]
            beside = count.field.path[:-1] == other.field.path[:-1]
            yield column, replace(count, sure=_together(count.sure, other.sure, beside=beside))
        else:
            yield column, count


def _is_nothing(thing: Mapping[str, Count]) -> bool:
    """Whether nothing is used of a limit of 0, in all rows."""
    pair = (thing[column].reading.read for column in PAIR if column in thing)
    return thing.keys() >= PAIR and not any(number for read in pair for number in read)


def _lacks_limits(thing: Mapping[str, Count]) -> bool:
    """Whether there are rows that tell their use, and no limit of it, among others that do."""
    if not thing.keys() >= PAIR:
        return False
    pairs = zip(thing["used"].reading.read, thing["limit"].reading.read, strict=True)
    return any(used is not None and limit is None for used, limit in pairs)


def _together(own: Sure, other: Sure, *, beside: bool) -> Sure:
    """How sure a number is whose other half is told too, perhaps right beside it."""
    if own == other == Sure.LIKELY:
        return Sure.SURE
    return Sure.LIKELY if other > own and beside else own


def adds_up(thing: Mapping[str, Count]) -> bool | None:
    """Whether use and rest are the limit in all rows; None where that cannot be told."""
    if not thing.keys() >= SUM:
        return None
    numbers = (thing[column].reading.read for column in ("used", "available", "limit"))
    rows = [
        (used, left, limit)
        for used, left, limit in zip(*numbers, strict=True)
        if used is not None and left is not None and limit is not None and limit >= 0
    ]
    if not rows or all(limit == 0 for _, _, limit in rows):
        return None
    return all(used + left == limit for used, left, limit in rows)
