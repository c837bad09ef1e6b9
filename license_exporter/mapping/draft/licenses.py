"""Licenses: what of a group is said of a license, its dates and states among it."""

from collections.abc import Iterator

from license_exporter.mapping.draft import readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Guess, Sure
from license_exporter.mapping.draft.moments import about_license, dates, is_end
from license_exporter.mapping.draft.shape import Group
from license_exporter.mapping.draft.states import states_of
from license_exporter.mapping.draft.words import words
from license_exporter.mapping.names import is_sensitive

_TRIAL = of.listed("trial evaluation eval temporary demo")
_WORDS = {
    "edition": ("edition", "plan", "tier", "sku"),
    "customer": ("company", "organization"),
}


def license_columns(group: Group, *, counts: bool) -> list[Guess]:
    """What a group says of a license, but for its id; nothing where it is about something else.

    `counts`: the group tells what is used, or entitled.
    """
    moments = dates(group)
    told = about_license(group.names) or any(about_license(f.path) for f in group.fields)
    ends = any(map(is_end, moments))
    states = list(states_of(group, told=told or ends))
    begins = any(guess.column in ("start", "created") for guess in moments)
    if not ends and not (told and (begins or states)) and not (counts and states):
        return []
    if group.loops and not ends and not about_license(group.names):
        return []
    columns = [*_words(group, told=told or ends), *states, *_trial(group), *moments]
    if told or any(is_end(guess) and guess.sure > Sure.NOT_SURE for guess in moments):
        return columns
    return [guess.doubted("nothing says that it is a license's") for guess in columns]


def _trial(group: Group) -> Iterator[Guess]:
    for field in group.fields:
        name = set(words(field.name)) - {"is", "license", "has", "on"}
        known = readings.flags(field.values)
        if known is not None and name and name <= _TRIAL:
            options = field.options({"map": known} if known else {})
            sure = Sure.LIKELY if name & {"trial", "evaluation"} else Sure.NOT_SURE
            yield Guess("trial", field.expression, f'"{min(name)}" is a trial', sure, options)
            return


def _words(group: Group, *, told: bool) -> Iterator[Guess]:
    """Edition and customer, where they cannot be a person's."""
    for column, meant in _WORDS.items():
        for field in group.fields:
            name = words(field.name)
            if of.PEOPLE & set(words("_".join(field.path[:-1]))):
                continue
            is_type = column == "edition" and told and name in (("type",), ("license", "type"))
            is_name = name[-1:] == ("name",) and name[:1] and name[0] in meant
            if is_sensitive(field.name) or not (is_type or is_name or (name and name[-1] in meant)):
                continue
            known = [value for value in field.values if value is not None]
            if readings.flags(known) is not None or not readings.texts(known):
                continue
            why = f'"{next(each for each in (*meant, "type") if each in name)}" in its name'
            yield Guess(column, field.expression, why, Sure.LIKELY, field.options())
            break
