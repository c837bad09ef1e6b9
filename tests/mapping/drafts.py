"""Drafts for tests: what is guessed of a document, and what the real loader makes of the text."""

from dataclasses import replace
from pathlib import Path

from license_exporter.config import strict_yaml, validation
from license_exporter.mapping.draft import draft
from license_exporter.mapping.vendor import JsonOptions, configure_json
from license_exporter.model.answer import Answer

# What tells rows apart, or describes them, by section; all else is a value.
_LABELS = {
    "licenses": {"id", "edition", "customer"},
    "pools": {"name", "unit", "display_name", "license", "parent"},
    "entitlements": {"license", "name"},
    "locations": {"pool", "unit", "location", "location_type"},
    "periods": {"pool", "unit", "period"},
    "report": set(),
}


def drafted(document, name="license"):
    """The draft of a document that a request of this name has brought."""
    return draft({name: document}, {name: {}})


def loaded(text):
    """The vendor of a target with the mapping of this text, as a configuration file has it."""
    content = strict_yaml.parse(text.encode())
    options = {"as": "acme", "mapping": content.value}
    checked = validation.check(JsonOptions, options, Path())
    assert not (checked.problems or content.problems), (checked, content.problems, text)
    assert checked.model
    return configure_json(checked.model)


def read(text, documents):
    """The report on the documents by the mapping of a draft's text, and the answer."""
    answer = Answer(documents, now=1_764_417_600.0)
    return loaded(text).parse(answer), answer


def guesses(document, name="license"):
    """What is guessed: (section, column, expression or constant, how sure)."""
    return {
        (
            each.section,
            guess.column,
            guess.expression if guess.constant is None else guess.constant,
            str(guess.sure),
        )
        for each in drafted(document, name).row_sets
        for guess in each.guesses
    }


def surer(made, least):
    """A draft without the values that are less sure."""
    kept = []
    for each in made.row_sets:
        labels = _LABELS[each.section]
        guesses = tuple(g for g in each.guesses if g.column in labels or g.sure >= least)
        if any(guess.column not in labels for guess in guesses):
            kept.append(replace(each, guesses=guesses))
    return replace(made, row_sets=tuple(kept), left_out=())
