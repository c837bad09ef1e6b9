"""Entitlements: what of a group is features that a license grants."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from license_exporter.mapping.draft import date_readings, meaning, readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Drafted, Guess, Sure, constant
from license_exporter.mapping.draft.labels import is_personal, plain_label
from license_exporter.mapping.draft.moments import about_license
from license_exporter.mapping.draft.pools import Naming
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.states import states_of
from license_exporter.mapping.draft.things import things
from license_exporter.mapping.draft.words import words
from license_exporter.mapping.names import is_sensitive

_GRANTED = of.listed(
    "granted available licensed allowed included purchased entitled active enabled"
)
_ON = of.listed("enabled on")
# So many flags beside each other are switches of features.
_SEVERAL = 3


def is_featureish(group: Group) -> bool:
    """Whether rows are features, by the name of what holds them."""
    return bool(group.loops) and (bool(of.FEATURES & set(words(group.names[-1]))) or group.is_named)


def listed_features(
    group: Group, naming: Naming, told: frozenset[str], *, licensed: bool
) -> Iterator[Drafted]:
    """Features that stand in lists of texts, and in objects of flags.

    `told` are the expressions that mean something else; `licensed`: the group is a license.
    """
    if is_personal(group):
        return
    for each in group.lists:
        if not licensed and not any(each.values):
            continue  # beside a license, an empty list says where its features will be
        if of.FEATURES & set(words(each.name)) and not is_sensitive(each.name):
            why = f'"{min(of.FEATURES & set(words(each.name)))}" says that its texts name them'
            yield Drafted(
                "entitlements", group.document, (*group.loops, each.expression),
                (*_license(naming), Guess("name", "@", why, Sure.LIKELY),
                 constant("granted", True, "what is listed is granted", Sure.LIKELY)),
                "greatest", optional=not each.is_whole,
            )  # fmt: skip
    for each in group.objects:
        if not any(is_sensitive(name) for name in each.path):
            yield from _switches(group, naming, each, told, licensed=licensed)


def _switches(
    group: Group, naming: Naming, around: Field, told: frozenset[str], *, licensed: bool
) -> Iterator[Drafted]:
    """Features of an object in which they are true or false, or have a number."""
    inner = [field for field in group.fields if field.path[:-1] == around.path]
    switches = [
        field for field in inner
        if readings.flags(field.values) is not None and field.expression not in told
    ]  # fmt: skip
    named = bool(around.path) and bool(of.FEATURES & set(words(around.path[-1])))
    about = licensed or about_license((*group.names, *around.path))
    if not ((about and len(switches) >= _SEVERAL) or (named and switches)):
        yield from _numbered(group, naming, around, inner, named=named)
        return
    known = [words_of for field in switches if (words_of := readings.flags(field.values))]
    test = "type(value) == 'boolean'"
    options: dict[str, object] = {}
    if known:
        options = {"map": known[0]}
        test = " || ".join(f"value == '{word}'" for word in sorted(known[0]))
    others = [
        f.name for f in inner if f.expression in told and readings.flags(f.values) is not None
    ]
    if others:
        test = f"({test}) && !contains(`{json.dumps(others)}`, name)"
    sure = Sure.LIKELY if named else Sure.NOT_SURE
    why = "its flags switch features" if named else "many flags beside each other"
    yield Drafted(
        "entitlements", group.document, (*group.loops, f"entries({around.expression})[?{test}]"),
        (*_license(naming), Guess("name", "name", "the key of the entry", Sure.LIKELY),
         Guess("granted", "value", why, sure, options)),
        optional=not around.is_whole,
    )  # fmt: skip


def _numbered(
    group: Group, naming: Naming, around: Field, inner: Sequence[Field], *, named: bool
) -> Iterator[Drafted]:
    """Features of an object that tells how many of each there are."""
    if not named or not inner or len(around.path) + len(group.loops) < 1:
        return
    found = [readings.numbers(field.values) for field in inner]
    if not all(found):
        return
    shown = ", ".join(each.shown[0] for each in found[:3] if each)
    yield Drafted(
        "entitlements", group.document, (*group.loops, f"entries({around.expression})"),
        (*_license(naming), Guess("name", "name", "the key of the entry", Sure.LIKELY),
         Guess("granted", "value && value != `0`", "what has a number is granted", Sure.NOT_SURE,
               {"optional": True}),
         Guess("limit", "value", f"a number for each: {shown}", Sure.NOT_SURE)),
        optional=not around.is_whole,
    )  # fmt: skip


def feature_rows(group: Group, naming: Naming) -> Iterator[Drafted]:
    """Features that are rows."""
    label = plain_label(group)
    pairs = set(zip(group.within or range(group.rows), label.texts, strict=True)) if label else ()
    alone = label and (label.tells_apart or (naming.license and len(pairs) == group.rows))
    if label is None or not alone or is_personal(group):
        return
    flags = list(_flags(group))
    limits = list(_limits(group))
    ends = list(_ends(group))
    taken = {guess.expression for guess in flags}
    states = [guess for guess in states_of(group, told=True) if guess.expression not in taken]
    guesses = [*flags, *states, *limits, *ends]
    featured = bool(of.FEATURES & set(words(group.names[-1])))
    if not guesses and not featured:
        return
    if not flags and featured and not (group.keyed and states):
        guesses.append(constant("granted", True, "what is listed is granted", Sure.NOT_SURE))
    head = (*_license(naming), label.guess("name"))
    yield Drafted("entitlements", group.document, group.loops, (*head, *guesses))


def _flags(group: Group) -> Iterator[Guess]:
    told: dict[str, Guess] = {}
    for field in group.fields:
        name = set(words(field.name)) - {"is", "has", "license", "value"}
        known = readings.flags(field.values)
        own = field.path[1:] if group.keyed else field.path
        if known is None or not name or len(own) > 1:
            continue
        options = field.options({"map": known} if known else {})
        for column, meant in (("enabled", _ON), ("granted", _GRANTED)):
            if name <= meant and column not in told:
                why = f'"{min(name)}" says so'
                told[column] = Guess(column, field.expression, why, Sure.LIKELY, options)
                break
    if told.keys() == {"enabled"}:
        # Where nothing else tells what is granted, that does.
        told = {"granted": replace(told["enabled"], column="granted")}
    yield from told.values()


def _limits(group: Group) -> Iterator[Guess]:
    for counts in things(group).values():
        if "limit" in counts and "used" not in counts:
            yield counts["limit"].guess()
            return


def _ends(group: Group) -> Iterator[Guess]:
    for field in group.fields:
        told = meaning.date(words(field.name))
        reading = date_readings.dates(field.values) if told and told.column == "expiry" else None
        if told and reading:
            options = field.options(reading.options)
            why = f'"{told.word}" says so: {", ".join(reading.shown)}'
            guess = Guess("expiry", field.expression, why, told.sure, options)
            yield guess.doubted(reading.doubt) if reading.doubt else guess
            return


def _license(naming: Naming) -> list[Guess]:
    return [replace(naming.license, column="license")] if naming.license else []
