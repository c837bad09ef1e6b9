"""The dates of a group by what they are: when a license ends, starts, was created."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from license_exporter.mapping.draft import date_readings, meaning, readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Guess, Sure
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words

# What ends in the neighbourhood of a license, and is none.
_OTHERS = of.listed(
    "token session password cert certificate cookie cache key user invitation saml job backup",
    "secret ssl tls link url api login event audit log message node server host device build",
)
# What is left is told in days by these words, but not what a license tolerates, or warns of before.
_LEFT = of.listed("left remaining remain until before to in")
_NOT_LEFT = of.listed("grace trial warn warning total extra period delay max limit after count")
_WINDOW = of.USAGE | of.listed("statistic counter report billing period history window month query")
# Windows begin and end, where licenses expire and are renewed.
_BOUNDS = of.START | (of.END - of.listed("expiry expire expired expiration exp renewal renew due"))
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Moment:
    """A date of a group: what it is guessed to be, and the field in which it stands."""

    guess: Guess
    field: Field

    @property
    def fitness(self) -> tuple[Sure, bool]:
        """How well it fits its column: the surer, and the one that says that it is a license's."""
        return self.guess.sure, about_license(self.field.path)

    def doubted(self, why: str) -> "Moment":
        """The same date with a reason for which it is not sure."""
        return replace(self, guess=self.guess.doubted(why))


def is_end(guess: Guess) -> bool:
    """Whether a date is one on which something ends."""
    return guess.column == "expiry" or guess.column.startswith("deadlines.")


def about_license(names: Sequence[str]) -> bool:
    """Whether names speak of a license."""
    return bool(of.LICENSE & set(words("_".join(names))))


def dates(group: Group) -> list[Guess]:
    """The dates of a license, and the ends of which only the days are told that are left."""
    window = {moment.field.path for moment in _window(group)}
    found = [moment for moment in _moments(group) if moment.field.path not in window]
    if not any(moment.guess.column == "start" for moment in found):
        found = [_doubted_issue(moment) for moment in found]
    told = [moment.guess for moment in found]
    return [*told, *_days_left(group, [guess.column for guess in told])]


def windows(group: Group) -> list[Guess]:
    """The window of a group whose numbers are what was used in it."""
    columns = {"start": "window_start", "expiry": "window_end"}
    return [
        replace(moment.guess, column=columns[moment.guess.column], sure=Sure.NOT_SURE)
        for moment in _window(group)
    ]


def _window(group: Group) -> list[Moment]:
    if not _is_about_use(group):
        return []
    return [
        moment
        for moment in _moments(group)
        if moment.guess.column in ("start", "expiry") and _BOUNDS & set(words(moment.field.called))
    ]


def _is_about_use(group: Group) -> bool:
    """Whether the dates of a group are those of a window in which something was used."""
    inner = [name for field in group.fields for name in field.path[:-1]]
    told = set(words("_".join((*group.names, *inner))))
    return bool(told & _WINDOW) and not told & of.LICENSE


def _moments(group: Group) -> list[Moment]:
    """The dates of a group: of two for one column the better."""
    found: dict[str, list[Moment]] = {}
    for field in group.fields:
        moment = _moment(field, group)
        if moment:
            found.setdefault(moment.guess.column, []).append(moment)
    return [_best(candidates) for candidates in found.values()]


def _moment(field: Field, group: Group) -> Moment | None:
    name, around = words(field.called), words("_".join(field.path[:-1]))
    told = None if meaning.counts_days(name) else meaning.date(name, around)
    reading = date_readings.dates(field.values) if told else None
    if told is None or reading is None:
        return None
    why = f'"{told.word}" says so: {", ".join(reading.shown)}'
    guess = Guess(told.column, field.expression, why, told.sure, read=reading.read)
    options = dict(reading.options)
    if not is_end(guess):
        if math.inf in reading.read:
            return None
        options.pop("never", None)
    made = Moment(replace(guess, options=field.options(options)), field)
    if _OTHERS & set(words("_".join((*group.names[1:], *field.path)))):
        return made.doubted("but it may be that of something else")
    return made.doubted(reading.doubt) if reading.doubt else made


def _best(candidates: Sequence[Moment]) -> Moment:
    """Of several dates for one column the best, less sure where another one is as good."""
    best = max(
        candidates,
        key=lambda each: (*each.fitness, each.field.is_whole, -len(each.field.path)),
    )
    others = [each for each in candidates if each is not best]
    agreed = all(_agree(best.guess.read, other.guess.read) for other in others)
    if agreed and best.guess.sure == Sure.LIKELY and (others or best.guess.column == "expiry"):
        return replace(best, guess=replace(best.guess, sure=Sure.SURE))
    if agreed or all(other.fitness < best.fitness for other in others):
        return best
    names = " or ".join(".".join(other.field.path) for other in others[:2])
    return best.doubted(f"or is it {names}?")


def _agree(one: Sequence[float | None], other: Sequence[float | None]) -> bool:
    """Whether dates are the same in each row, to the day."""
    pairs = zip(one, other, strict=True)
    return all(a is not None and b is not None and (a == b or abs(a - b) < _DAY) for a, b in pairs)


def _doubted_issue(moment: Moment) -> Moment:
    """A date of issue, where no start is told: it may be that."""
    issued = {"issue", "issued"} & set(words(moment.field.called))
    created = moment.guess.column == "created"
    return moment.doubted("it may be the start") if created and issued else moment


def _days_left(group: Group, told: Sequence[str]) -> Iterator[Guess]:
    """Ends of which only the days are told that are left until then."""
    for field in group.fields:
        name = tuple(word for word in words(field.name) if word != "day")
        around = words("_".join(field.path[:-1]))
        if "day" not in words(field.name) or _LEFT.isdisjoint(name) or set(name) & _NOT_LEFT:
            continue
        end = meaning.date(name, around) or meaning.date(("expire",), around)
        found = readings.numbers(field.values)
        reading = readings.days_left(found) if found else None
        if end is None or reading is None or end.column in told:
            continue
        why = f"days that are left: {', '.join(reading.shown)}"
        options = field.options(reading.options)
        guess = Guess(end.column, field.expression, why, Sure.NOT_SURE, options)
        if is_end(guess):
            yield guess
            return
