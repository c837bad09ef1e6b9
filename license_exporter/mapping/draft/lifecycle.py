"""Units by what has become of them: enabled, suspended, expiring."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from license_exporter.mapping.draft import readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Guess, Sure
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words

_STATES = {
    ("enabled",): "enabled",
    ("active",): "enabled",
    ("warning",): "warning",
    ("suspended",): "suspended",
    ("locked", "out"): "locked_out",
    ("expiring",): "expiring",
    ("unused",): "unused",
}
_NUMBER = of.listed("count value total number")


def lifecycle(group: Group) -> tuple[list[Guess], frozenset[str]]:
    """The units of a group by lifecycle, and the expressions that are told by it.

    They are an object with at least two numbers that are called so ({enabled: 25, warning: 0}), or
    with objects that have one each ({expiring: {count: 2}}); or numbers that say of which units
    they are ({activeUnits: 25, warningUnits: 0}).
    """
    for around in group.objects:
        inner = [f for f in group.fields if f.path[: len(around.path)] == around.path]
        found: dict[str, Field] = {}
        for field in inner:
            rest = field.path[len(around.path) :]
            is_number = len(rest) == 1 or (len(rest) == 2 and _NUMBER.issuperset(words(rest[1])))
            state = _state(rest[0], around) if rest and is_number else None
            if state and readings.numbers(field.values):
                found.setdefault(state, field)
        if len(found) > 1:
            guesses = [_guess(state, field) for state, field in found.items()]
            told = inner if around.path else found.values()
            return guesses, frozenset(field.expression for field in told)
    return [], frozenset()


def _state(name: str, around: Field) -> str | None:
    """The state that a name is; at the top of a row, one that says of which units."""
    told = words(name)
    alone = tuple(word for word in told if word not in of.ENTITLED)
    return _STATES.get(alone) if around.path or alone != told else None


def usable(guesses: Sequence[Guess]) -> Iterator[Guess]:
    """The limit: of units by lifecycle, those that are called enabled."""
    for guess in guesses:
        if guess.column == "units.enabled":
            limit = replace(guess, column="limit", why=f"what can be used: {guess.why}")
            if "enabled" not in words(guess.expression):
                limit = limit.doubted("but active ones may be those in use")
            yield limit.doubted("but 0 where others are not") if 0 in guess.read else limit


def _guess(state: str, field: Field) -> Guess:
    reading = readings.numbers(field.values)
    read, shown = (reading.read, ", ".join(reading.shown)) if reading else ((), "")
    why = f"its name is a state of units: {shown}"
    column = f"units.{state}"
    return Guess(column, field.expression, why, Sure.LIKELY, field.options(), read=read)
