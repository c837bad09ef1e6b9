"""Whether what is guessed is a mapping that reads the answer, and what is told in it already."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from pydantic import ValidationError

from license_exporter.errors import ConfigError, FetchError, SchemaError
from license_exporter.mapping.draft.guess import Drafted, Guess, Sure
from license_exporter.mapping.parser import compile_mapping
from license_exporter.mapping.spec import Mapping as MappingSpec
from license_exporter.model.answer import Answer
from license_exporter.model.report import LicenseReport

Requests = Mapping[str, Mapping[str, object]]

_COUNTED = ("used", "limit", "available", "overage", "peak_used", "thresholds", "units")


def fitting(
    new: Drafted, accepted: Sequence[Drafted], documents: Mapping[str, object], requests: Requests
) -> Drafted | None:
    """A row set that can be read with those before it, and doubted where it repeats them.

    Where its name is taken, it gets another; None if it cannot be read all the same.
    """
    judged = _judged(new, accepted)
    # Those of other sections have labels of their own.
    others = [each for each in accepted if each.section == new.section]
    for each in (judged, _renamed(judged)) if judged else ():
        if each and _is_read([*others, each], documents, requests):
            return each
    return None


def _judged(new: Drafted, accepted: Sequence[Drafted]) -> Drafted | None:
    """The row set, in which what others tell is doubted; None if it tells nothing else."""
    others = [guess for each in accepted if each.section == new.section for guess in each.guesses]
    told = [guess for guess in new.guesses if _is_value(guess)]
    repeated = [guess for guess in told if _repeats(guess, others)]
    dates = [guess for guess in repeated if not guess.column.startswith(_COUNTED)]
    if new.section == "licenses" and not new.rows and len(dates) == len(told) > 0:
        return None  # the same license in another document
    whole = (new.section == "licenses" and dates) or _is_of_repeated(new, accepted)
    doubted = told if whole else repeated
    if not doubted:
        return new
    why = "it repeats what stands above" if doubted is not repeated else "the same as above"
    return replace(
        new,
        repeats=bool(whole),
        guesses=tuple(
            guess.doubted(why) if any(guess is each for each in doubted) else guess
            for guess in new.guesses
        ),
    )


def _is_of_repeated(new: Drafted, accepted: Sequence[Drafted]) -> bool:
    """Whether the rows are those of licenses that are told of elsewhere."""
    where = new.document, new.rows
    return any(each.repeats and (each.document, each.rows) == where for each in accepted)


def _is_value(guess: Guess) -> bool:
    return any(number is not None and number > 1 for number in guess.read)


def _repeats(guess: Guess, others: Sequence[Guess]) -> bool:
    """Whether a number, or one of the dates in rows, is told of elsewhere."""
    for other in others:
        if other.column != guess.column:
            continue
        if guess.column.startswith(_COUNTED):
            if sum(filter(None, other.read)) == sum(filter(None, guess.read)):
                return True
        elif set(other.read) & set(guess.read) - {None}:
            return True
    return False


def _renamed(drafted: Drafted) -> Drafted | None:
    """The row set by a name that says where it comes from."""
    column = {"pools": "name", "licenses": "id"}.get(drafted.section)
    if column is None or drafted.rows:
        return None
    before = drafted.column(column)
    told = f"{drafted.document}/{before.constant}" if before else drafted.document
    name = Guess(column, "", "the name alone is another's", Sure.NOT_SURE, constant=told)
    rest = tuple(guess for guess in drafted.guesses if guess.column != column)
    return replace(drafted, guesses=(name, *rest))


def _is_read(
    drafted: Sequence[Drafted], documents: Mapping[str, object], requests: Requests
) -> bool:
    """Whether the row sets are a mapping, and read the documents, each of them to something."""
    return _read(drafted, documents, requests) is not None


def tells_of_licenses(
    drafted: Sequence[Drafted], documents: Mapping[str, object], requests: Requests
) -> bool:
    """Whether more than warnings comes of the documents."""
    report = _read(drafted, documents, requests)
    return bool(report and (report.pools or report.licenses or report.locations is not None))


def _read(
    drafted: Sequence[Drafted], documents: Mapping[str, object], requests: Requests
) -> LicenseReport | None:
    with suppress(ValidationError, ConfigError, SchemaError, FetchError):
        mapping = MappingSpec.model_validate(specified(requests, drafted))
        parser = compile_mapping(mapping, {}, at="", usual=None, stand_ins=False)
        return parser(Answer(documents, 0.0))
    return None


def specified(requests: Requests, drafted: Sequence[Drafted]) -> dict[str, object]:
    """A draft as a mapping is read from YAML."""
    sections: dict[str, list[dict[str, object]]] = {}
    for each in drafted:
        row_set: dict[str, object] = {"document": each.document, **dict(_columns(each.guesses))}
        if each.rows:
            row_set["rows"] = list(each.rows)
        if each.duplicates:
            row_set["duplicates"] = each.duplicates
        if each.optional:
            row_set["optional"] = True
        sections.setdefault(each.section, []).append(row_set)
    return {"requests": {name: dict(options) for name, options in requests.items()}, **sections}


def _columns(guesses: Sequence[Guess]) -> Iterator[tuple[str, object]]:
    """The columns and their values; those with parts are one."""
    parts: dict[str, dict[str, object]] = {}
    for guess in guesses:
        column, dot, part = guess.column.partition(".")
        if dot:
            parts.setdefault(column, {})[part] = guess.written()
        else:
            yield column, guess.written()
    for column, told in parts.items():
        yield column, list(told.values()) if column == "state" else told
