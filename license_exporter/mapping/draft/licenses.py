"""Licenses: the dates, states and words of a group that are a license's."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from license_exporter.mapping.draft import meaning, readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Guess, Sure
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words
from license_exporter.mapping.names import is_sensitive

# What ends in the neighbourhood of a license, and is none.
_OTHERS = of.listed(
    "token session password cert certificate cookie cache key user invitation saml job backup",
    "secret ssl tls link url api login event audit log message node server host device build",
)
# Words of states, in small letters, by what they mean; no other word of an answer is ever shown.
_STATES = {
    **dict.fromkeys(("active", "expired", "suspended", "invalid", "pending"), ""),
    **dict.fromkeys(
        ("valid", "licensed", "enabled", "registered", "in force", "current"), "active"
    ),
    **dict.fromkeys(("in compliance", "compliant", "activated", "good standing", "paid"), "active"),
    **dict.fromkeys(("disabled", "locked", "lockedout", "inactive", "cancelled"), "suspended"),
    **dict.fromkeys(("unlicensed", "no_license", "no license"), "absent"),
    **dict.fromkeys(("out of compliance", "out_of_compliance", "overused"), "exceeded"),
    **dict.fromkeys(("noncompliant", "non-compliant", "non_compliant"), "exceeded"),
    **dict.fromkeys(("grace", "grace period", "grace_period", "in grace"), "grace"),
    **dict.fromkeys(("revoked", "not valid"), "invalid"),
}
_FLAGS: dict[tuple[str, ...], tuple[object, object, Sure]] = {
    ("expired",): ("expired", "active", Sure.LIKELY),
    ("expire",): ("expired", "active", Sure.LIKELY),
    ("valid",): ("active", "invalid", Sure.LIKELY),
    ("invalid",): ("invalid", "active", Sure.LIKELY),
    ("licensed",): ("active", "absent", Sure.LIKELY),
    ("active",): ("active", "unknown", Sure.NOT_SURE),
    ("suspended",): ("suspended", [], Sure.LIKELY),
    ("disabled",): ("suspended", [], Sure.LIKELY),
    ("revoked",): ("invalid", [], Sure.LIKELY),
}
_STATE_OF_ITSELF = of.listed(
    "state status license subscription capability activation account compliance lic contract"
)
_JSON = {"true": True, "false": False}
# What is left is told in days by these words, but not what a license tolerates, or warns of before.
_LEFT = of.listed("left remaining remain until before to in")
_NOT_LEFT = of.listed("grace trial warn warning total extra period delay max limit after count")
_WINDOW = of.USAGE | of.listed("statistic counter report billing period history window month query")
_TRIAL = of.listed("trial evaluation eval temporary demo")
_WORDS = {
    "edition": ("edition", "plan", "tier", "sku"),
    "customer": ("company", "organization"),
}
# Windows begin and end, where licenses expire and are renewed.
_BOUNDS = ('"end', '"start', '"begin', '"from', '"to', '"until', '"through')
_ENDS = ("expiry", "deadlines.")


def about_license(names: Sequence[str]) -> bool:
    """Whether names speak of a license."""
    return bool(of.LICENSE & set(words("_".join(names))))


def license_columns(group: Group, *, counts: bool) -> list[Guess]:
    """What a group says of a license, but for its id; nothing where it is about something else.

    `counts`: the group tells what is used, or entitled.
    """
    dates = [guess for guess in _dates(group) if guess.expression not in in_windows(group)]
    told = about_license(group.names) or any(about_license(f.path) for f in group.fields)
    if not any(guess.column == "start" for guess in dates):
        dates = [_doubted_issue(guess) for guess in dates]
    dates += _days_left(group, [guess.column for guess in dates])
    ends = any(guess.column.startswith(_ENDS) for guess in dates)
    states = list(states_of(group, told=told or ends))
    begins = any(guess.column in ("start", "created") for guess in dates)
    if not ends and not (told and (begins or states)) and not (counts and states):
        return []
    if group.loops and not ends and not about_license(group.names):
        return []
    columns = [*_words(group, told=told or ends), *states, *_trial(group), *dates]
    if told or any(g.column.startswith(_ENDS) and g.sure > Sure.NOT_SURE for g in dates):
        return columns
    return [guess.doubted("nothing says that it is a license's") for guess in columns]


def _doubted_issue(guess: Guess) -> Guess:
    """A date of issue, where no start is told: it may be that."""
    issued = guess.column == "created" and "issue" in guess.why
    return guess.doubted("it may be the start") if issued else guess


def _days_left(group: Group, told: Sequence[str]) -> Iterator[Guess]:
    """Ends of which only the days are told that are left until then."""
    for field in group.fields:
        name = tuple(word for word in words(field.name) if word != "day")
        around = words("_".join(field.path[:-1]))
        if "day" not in words(field.name) or _LEFT.isdisjoint(name) or set(name) & _NOT_LEFT:
            continue
        end = meaning.date(name, around) or meaning.date(("expire",), around)
        reading = readings.numbers(field.values)
        if end and reading and end.column.startswith(_ENDS) and end.column not in told:
            options: dict[str, object] = {"format": "days_left"}
            if not field.is_whole:
                options["optional"] = True
            why = f"days that are left: {', '.join(reading.shown)}"
            yield Guess(end.column, field.expression, why, Sure.NOT_SURE, options)
            return


def is_about_use(group: Group) -> bool:
    """Whether the dates of a group are those of a window in which something was used."""
    inner = [name for field in group.fields for name in field.path[:-1]]
    told = set(words("_".join((*group.names, *inner))))
    return bool(told & _WINDOW) and not told & of.LICENSE


def windows(group: Group) -> list[Guess]:
    """The window of a group whose numbers are what was used in it."""
    if not is_about_use(group):
        return []
    columns = {"start": "window_start", "expiry": "window_end"}
    return [
        replace(guess, column=columns[guess.column], sure=Sure.NOT_SURE)
        for guess in _dates(group)
        if guess.column in columns and guess.why.startswith(_BOUNDS)
    ]


def in_windows(group: Group) -> set[str]:
    """The expressions of the dates of a window."""
    return {guess.expression for guess in windows(group)}


def _dates(group: Group) -> Iterator[Guess]:
    """The dates of a license: of two for one column the better."""
    found: dict[str, list[tuple[Guess, Field, readings.Reading]]] = {}
    for field in group.fields:
        told = meaning.date(words(field.name), words("_".join(field.path[:-1])))
        reading = readings.dates(field.values) if told else None
        if told is None or reading is None or meaning.counts_days(words(field.name)):
            continue
        if math.inf in reading.read and not told.column.startswith(_ENDS):
            continue
        guess = Guess(
            told.column,
            field.expression,
            f'"{told.word}" says so: {", ".join(reading.shown)}',
            told.sure,
            {**_date_options(reading, told), **({} if field.is_whole else {"optional": True})},
            read=reading.read,
        )
        found.setdefault(told.column, []).append(
            (_weighed(guess, field, group, reading), field, reading)
        )
    for candidates in found.values():
        yield _best(candidates)


def _date_options(reading: readings.Reading, told: meaning.Meaning) -> dict[str, object]:
    options = dict(reading.options)
    if not told.column.startswith(_ENDS):
        options.pop("never", None)
    return options


def _weighed(guess: Guess, field: Field, group: Group, reading: readings.Reading) -> Guess:
    around = set(words("_".join((*group.names[1:], *field.path))))
    if _OTHERS & around:
        return guess.doubted("but it may be that of something else")
    if reading.doubt:
        return guess.doubted(reading.doubt)
    return guess


def _best(candidates: list[tuple[Guess, Field, readings.Reading]]) -> Guess:
    def weight(each: tuple[Guess, Field, readings.Reading]) -> tuple[object, ...]:
        guess, field, _ = each
        return guess.sure, about_license(field.path), field.is_whole, -len(field.path)

    best = max(candidates, key=weight)
    guess, _, reading = best
    others = [each for each in candidates if each is not best]
    if not others:
        sole = guess.sure == Sure.LIKELY and guess.column == "expiry"
        return guess if not sole else _surer(guess)
    if all(_agree(reading.read, other.read) for _, _, other in others):
        return _surer(guess) if guess.sure == Sure.LIKELY else guess
    if all(weight(other)[:2] < weight(best)[:2] for other in others):
        return guess
    names = " or ".join(".".join(field.path) for _, field, _ in others[:2])
    return guess.doubted(f"or is it {names}?")


def _surer(guess: Guess) -> Guess:
    return replace(guess, sure=Sure.SURE)


def _agree(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    pairs = zip(one, other, strict=True)
    return all(a is not None and b is not None and (a == b or abs(a - b) < 86400) for a, b in pairs)


def states_of(group: Group, *, told: bool) -> Iterator[Guess]:
    """The states that flags and words tell; `told` where the group is about a license."""
    fields = [field for field in group.fields if told or len(field.path) == 1]
    flagged = [(field, guess) for field in fields if (guess := _flag(field))]
    worded = [(field, guess) for field in fields if (guess := _state_word(field))]
    plain = [each for each in worded if _STATE_OF_ITSELF.issuperset(words(each[0].name))]
    # Beside a status, that of something else says nothing of the license.
    for number, (field, guess) in enumerate(flagged + (plain or worded[:1])):
        options = {} if field.is_whole else {"optional": True}
        own = told and (guess.options or plain or not worded)
        yield replace(
            guess,
            column=f"state.{number}",
            sure=guess.sure if own else Sure.NOT_SURE,
            options={**guess.options, **options},
        )


def _flag(field: Field) -> Guess | None:
    name = tuple(word for word in words(field.name) if word not in ("is", "license", "has"))
    known = readings.flags(field.values)
    if known is None:
        return None
    if not name and words(field.name) in (("license",), ("is", "license")):
        name = ("licensed",)
    if name not in _FLAGS:
        return None
    yes, no, sure = _FLAGS[name]
    meant = {word: yes if value else no for word, value in (known or _JSON).items()}
    return Guess("", field.expression, f'"{name[0]}" is a state', sure, {"map": meant})


def _state_word(field: Field) -> Guess | None:
    name = words(field.name)
    if not name or name[-1] not in ("state", "status") or is_sensitive(field.name):
        return None
    found = {readings.word_of(value) for value in field.values if value is not None}
    known = sorted(word for word in found if word in _STATES)
    if not known:
        return None
    if len(known) == len(found):
        why, sure = f"its words are states: {', '.join(known[:4])}", Sure.LIKELY
    else:
        why, sure = f"some of its words are states: {', '.join(known[:4])}", Sure.NOT_SURE
    meant = {word: _STATES[word] for word in known if _STATES[word]}
    return Guess("", field.expression, why, sure, {"map": meant} if meant else {})


def _trial(group: Group) -> Iterator[Guess]:
    for field in group.fields:
        name = set(words(field.name)) - {"is", "license", "has", "on"}
        known = readings.flags(field.values)
        if known is not None and name and name <= _TRIAL:
            options: dict[str, object] = {"map": known} if known else {}
            if not field.is_whole:
                options["optional"] = True
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
            options = {} if field.is_whole else {"optional": True}
            word = next(each for each in (*meant, "type") if each in name)
            yield Guess(column, field.expression, f'"{word}" in its name', Sure.LIKELY, options)
            break
