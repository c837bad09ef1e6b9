"""What is counted in a group: of the same seats, which number is used and which the limit."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from license_exporter.mapping.draft import meaning, readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.counts import Count, Noun, counts
from license_exporter.mapping.draft.guess import Sure
from license_exporter.mapping.draft.judging import (
    PAIR,
    SUM,
    Thing,
    adds_up,
    is_about_licenses,
    judged,
)
from license_exporter.mapping.draft.shape import Group
from license_exporter.mapping.draft.words import words


def things(group: Group, without: frozenset[str] = frozenset()) -> dict[Noun, Thing]:
    """What is counted in a group, by the words for it, in the order of the document.

    The fields of the expressions `without` are told of elsewhere.
    """
    found = list(counts(group, without))
    by_noun: dict[Noun, Thing] = {}
    for each in found:
        if each.column:
            _settle(by_noun.setdefault(each.noun, {}), each)
    for noun, thing in by_noun.items():
        _add_up(thing, [each for each in found if each.noun == noun])
    _join_complements(by_noun)
    _join_rest(by_noun)
    bare = [each for each in found if not each.column]
    for each in bare:
        _place_bare(by_noun, each, bare, group)
    for noun, thing in by_noun.items():
        _turn_totals(noun, thing)
        _say_unlimited(thing, group, alone=len(by_noun) == 1)
    licensed = is_about_licenses(group)
    return {
        noun: judged(thing, noun, licensed=licensed) for noun, thing in by_noun.items() if thing
    }


def _settle(thing: Thing, new: Count) -> None:
    """Put a number to its column; of two for one, the surer stays."""
    old = thing.get(new.column)
    if old is None:
        thing[new.column] = new
    elif old.reading.read == new.reading.read:
        thing[new.column] = max(old, new, key=lambda each: each.sure)
    elif old.sure != new.sure and new.column == "limit" and "used" not in thing:
        # total_committers beside purchased_committers is how many there are.
        weak, strong = sorted((old, new), key=lambda each: each.sure)
        thing["limit"] = strong
        thing["used"] = replace(weak, column="used").doubted("another one is the limit")
    else:
        best = max(old, new, key=_fitness)
        other = new if best is old else old
        if best.sure > other.sure:
            thing[new.column] = best
        else:
            thing[new.column] = best.doubted(f"{'.'.join(other.field.path)} could be it too")


def _add_up(thing: Thing, candidates: Sequence[Count]) -> None:
    """Of several numbers for use and limit, take those between which the rest is the difference."""
    rest = thing.get("available")
    for limit in candidates if rest else ():
        for used in candidates:
            tried = {**thing, "used": used, "limit": limit}
            if used is not limit and rest not in (used, limit) and adds_up(tried):
                thing["used"] = replace(used, column="used")
                thing["limit"] = replace(limit, column="limit")
                return


def _fitness(count: Count) -> tuple[Sure, bool, bool]:
    found = words(count.field.name)
    positive = all(number is None or number >= 0 for number in count.reading.read)
    return count.sure, positive, bool({"limit", "purchased", "bought"} & set(found))


def _join_complements(by_noun: dict[Noun, Thing]) -> None:
    """Put the users that there are to the seats that they have: the same by two names."""
    for one in list(by_noun):
        for other in list(by_noun):
            if one == other or one not in by_noun or other not in by_noun:
                continue
            first, second = by_noun[one], by_noun[other]
            if not _are_same(one, other) or PAIR - (first.keys() | second.keys()):
                continue
            both = first.keys() & second.keys()
            # num_provisioned_users yields to num_used_licenses.
            settled = all(first[name].sure != second[name].sure for name in both)
            if not both and not first.keys() >= PAIR and not second.keys() >= PAIR:
                first.update(by_noun.pop(other))
            elif both == {"used"} and settled:
                used = max(first["used"], second["used"], key=lambda each: each.sure)
                first.update({**by_noun.pop(other), "used": used})


def _are_same(one: Noun, other: Noun) -> bool:
    people = of.PEOPLE | of.ENTITLED
    return not one or not other or (set(one) <= people and set(other) <= people)


def _join_rest(by_noun: dict[Noun, Thing]) -> None:
    """Put what does not say what it counts (overage, peak) to the only thing that there is."""
    main = [noun for noun, thing in by_noun.items() if PAIR & thing.keys()]
    if len(main) != 1:
        return
    for noun, thing in list(by_noun.items()):
        vague = not noun or not set(noun) - of.LICENSE - {"allocation"} or not SUM & thing.keys()
        if noun != main[0] and vague and not thing.keys() & by_noun[main[0]].keys():
            by_noun[main[0]].update(by_noun.pop(noun))


def _place_bare(
    by_noun: dict[Noun, Thing], bare: Count, all_bare: Iterable[Count], group: Group
) -> None:
    """A number that is called by what it counts alone: its use or its limit, by what is known."""
    thing = _beside(by_noun, bare, all_bare) or by_noun.get(bare.noun)
    entitled = bool(of.ENTITLED & set(bare.noun))
    fitting = readings.limits(bare.reading)
    told = words("_".join((*group.names, *bare.field.path[:-1])))
    counted = bool((of.THINGS | of.ENTITLED) & set(bare.noun[-1:]))
    limited = any("limit" in each for each in by_noun.values())
    if thing is None:
        if counted and not entitled and of.USAGE & set(told):
            used = replace(bare, column="used", why="a number in a document about use")
            by_noun[bare.noun] = {"used": used}
        elif fitting and counted and of.LICENSE & set(told) and not limited:
            limit = replace(bare, column="limit", reading=fitting, why="a number in a license")
            by_noun[bare.noun] = {"limit": limit}
    elif "used" in thing and "limit" not in thing and fitting:
        limit = replace(bare, column="limit", reading=fitting)
        thing["limit"] = _seen_beside(limit, "stands beside its use")
    elif "limit" in thing and "used" not in thing and not entitled:
        thing["used"] = _seen_beside(replace(bare, column="used"), "stands beside its limit")


def _seen_beside(count: Count, why: str) -> Count:
    """A bare number whose other half is known; what speaks against it still does."""
    return replace(count, why=why, sure=Sure.NOT_SURE if count.doubts else Sure.LIKELY)


def _turn_totals(noun: Noun, thing: Thing) -> None:
    """A total of users is how many there are, where nothing else is told of them."""
    limit = thing.get("limit")
    if limit is None or "used" in thing or limit.doubts or limit.sure > Sure.NOT_SURE:
        return
    if "total" in words(limit.field.name) and of.THINGS & set(noun[-1:]):
        thing["used"] = replace(thing.pop("limit"), column="used")


def _beside(by_noun: dict[Noun, Thing], bare: Count, all_bare: Iterable[Count]) -> Thing | None:
    """The thing whose use alone stands beside the only such number: {hosts: 50, usage: 44}."""
    around = bare.field.path[:-1]
    counted = of.THINGS | of.ENTITLED
    beside = [each for each in all_bare if each.field.path[:-1] == around]
    if [each for each in beside if counted & set(each.noun[-1:])] != [bare]:
        return None
    for thing in by_noun.values():
        used = thing.get("used")
        if used and "limit" not in thing and used.field.path[:-1] == around:
            said = set(words(used.field.name)) - of.USE - of.FILLERS
            return thing if not said else None
    return None


def _say_unlimited(thing: Thing, group: Group, *, alone: bool) -> None:
    """Let a flag beside a limit (hasUnlimitedSeats) say that there is none."""
    limit = thing.get("limit")
    for field in group.fields:
        name = words(field.name)
        known = readings.flags(field.values)
        if limit is None or known is None or "unlimited" not in name:
            continue
        noun = meaning.noun(tuple(word for word in name if word != "unlimited"))
        if not (alone or not noun or noun == limit.noun):
            continue
        yes = next((f" == '{word}'" for word, value in known.items() if value), "")
        flags = [
            value is True or readings.word_of(value) in ("true", "yes") for value in field.values
        ]
        found = limit.field
        values = tuple(
            "unlimited" if flag else value for flag, value in zip(flags, found.values, strict=True)
        )
        reading = readings.numbers(values)
        fitting = readings.limits(reading) if reading else None
        if fitting:
            expression = f"{field.expression}{yes} && 'unlimited' || {found.expression}"
            told = replace(found, expression=expression, values=values)
            why = f"{limit.why}, and a flag that it is unlimited"
            thing["limit"] = replace(limit, field=told, reading=fitting, why=why)
        return
