"""Pools: what of a group is units that are used and entitled, as row sets of a draft."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from license_exporter.mapping.draft import readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.counted_rows import numbered, people, seats
from license_exporter.mapping.draft.counts import Count, Noun
from license_exporter.mapping.draft.guess import Drafted, Guess, Sure, constant
from license_exporter.mapping.draft.labels import Label, display, is_personal
from license_exporter.mapping.draft.lifecycle import lifecycle, usable
from license_exporter.mapping.draft.nouns import plural, unit
from license_exporter.mapping.draft.shape import Group
from license_exporter.mapping.draft.things import things
from license_exporter.mapping.draft.words import words

_PLACES = of.listed(
    "namespace site region location organization org department project team group workspace",
    "tenant host cluster datacenter mount path",
)
_PERIODS = of.listed("month day date period week year")


@dataclass(frozen=True, slots=True)
class Naming:
    """How the rows of a group are named: by which label, and by which license they are granted."""

    label: Label | None
    license: Guess | None = None


def pools(group: Group, naming: Naming, windows: tuple[Guess, ...] = ()) -> Iterator[Drafted]:
    """The pools of a group; `windows` are the dates between which their units were used."""
    if is_personal(group):
        yield from people(group)
        return
    by_state, stated = lifecycle(group)
    maps, mapped = numbered(group, stated)
    yield from maps
    found = things(group, stated | mapped)
    telling = {noun: counts for noun, counts in found.items() if _tells(counts)}
    if by_state:
        telling.setdefault(_main(telling), {})
    main = _main(telling)
    period = _period(group)
    for noun, counts in telling.items():
        guesses = [count.guess() for count in counts.values()]
        if by_state and noun == main:
            guesses += [*by_state, *(usable(by_state) if "limit" not in counts else ())]
        if period and "used" in counts:
            yield _history(group, period, noun, counts["used"])
        elif naming.label and (place := _place(group, naming.label, counts)):
            yield _located(group, place, naming.label, noun, guesses)
        elif named := _named(group, naming, noun, alone=noun == main):
            pool = _pool(group, naming, noun, named, guesses, windows)
            yield from [pool] if pool else []
    if not telling:
        yield from seats(group)


def _main(telling: Mapping[Noun, Mapping[str, Count]]) -> Noun:
    """Of what is counted that of which most is told: by that, the rows are named."""
    return max(telling, key=lambda noun: len(telling[noun]), default=("unit",))


def _tells(counts: Mapping[str, Count]) -> bool:
    return not counts.keys() <= {"overage", "peak_used"}


def _pool(
    group: Group,
    naming: Naming,
    noun: Noun,
    named: list[Guess],
    guesses: list[Guess],
    windows: tuple[Guess, ...],
) -> Drafted | None:
    label = naming.label
    apart = not group.loops or group.rows == 1 or (label is not None and label.tells_apart)
    if not apart:  # of a sum, all parts are to be known
        whole = (guess for guess in guesses if None not in guess.read)
        guesses = [guess.doubted("rows of one name are added") for guess in whole]
    if not guesses:
        return None
    license = [naming.license] if naming.license else []
    sizes = any(guess.options.get("format") == "bytes" for guess in guesses)
    told = unit(("byte",) if sizes else noun, of_rows=bool(group.loops))
    head = [*named, told, *license]
    duplicates = "" if apart else "add"
    values = (*guesses, *(windows if apart else ()))
    return Drafted("pools", group.document, group.loops, (*head, *values), duplicates)


def _named(group: Group, naming: Naming, noun: Noun, *, alone: bool) -> list[Guess]:
    """The name of a pool, and what people call it; nothing where it cannot have one."""
    told = plural(noun) or "licenses"
    if not group.loops:
        return [constant("name", told, "what is counted", Sure.LIKELY)]
    label = naming.label
    if label is None:
        return [constant("name", told, "no value names the rows", Sure.NOT_SURE)]
    if alone or not noun:
        shown = display(group, label)
        return [label.guess("name"), *([shown.guess("display_name")] if shown else [])]
    if not label.is_text:
        return []  # only texts can be joined
    text = f"join('/', [{label.expression}, '{told}'])"
    return [Guess("name", text, f"{label.why}; with what is counted", label.sure)]


def _period(group: Group) -> Guess | None:
    """The month or day of rows that are a history."""
    if not group.loops or group.rows < 2:
        return None
    for field in group.fields:
        name = words(field.name)
        if len(field.path) > 1 or not name or name[-1] not in _PERIODS:
            continue
        found = readings.texts(field.values)
        if found and len(set(found)) == len(found) and all(map(_is_period, found)):
            return Guess("period", field.expression, "differs in each row", Sure.LIKELY)
    return None


def _is_period(text: str) -> bool:
    return text[:4].isdigit() and len(text) in (7, 10) and text[4] == "-" and text[5:7].isdigit()


def _history(group: Group, period: Guess, noun: Noun, used: Count) -> Drafted:
    name = constant("pool", plural(noun) or "licenses", "what is counted", Sure.LIKELY)
    head = (name, unit(noun, of_rows=False), period)
    return Drafted("periods", group.document, group.loops, (*head, used.guess()))


def _place(group: Group, label: Label, counts: Mapping[str, Count]) -> str:
    """The word by which rows that tell their use alone are places; "" if they are none."""
    if not group.loops or counts.keys() != {"used"}:
        return ""
    told = words(group.names[-1]) + words(label.expression)
    return next((word for word in told if word in _PLACES), "")


def _located(group: Group, place: str, label: Label, noun: Noun, guesses: list[Guess]) -> Drafted:
    head = (
        constant("pool", plural(noun) or "licenses", "what is counted", Sure.NOT_SURE),
        unit(noun, of_rows=False),
        replace(label.guess("location"), sure=Sure.LIKELY),
        constant("location_type", place, "by the name", Sure.LIKELY),
    )
    why = "these may be parts of another pool"
    used = tuple(guess.doubted(why) for guess in guesses if guess.column == "used")
    return Drafted("locations", group.document, group.loops, (*head, *used))
