"""Documents changed at every path, and what must hold of any of them.

FUZZ_EXAMPLES is the number of examples for each parser.
"""

import math
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as text_format

from license_exporter.collector.samples import report_samples
from license_exporter.config.target import Entry, Target
from license_exporter.errors import SchemaError
from license_exporter.exposition.families import FAMILIES
from license_exporter.exposition.rendering import render
from license_exporter.exposition.text import Samples, encode
from license_exporter.model.answer import Answer
from license_exporter.model.vendor import Vendor

SECRET = "qz7planted"

_SECRET_KEYS = (
    "key",
    "licenseKey",
    "license_key",
    "token",
    "renewalToken",
    "classifyToken",
    "password",
    "email",
    "userid",
)

_MAY_BE_INFINITE = {
    family.name
    for family in FAMILIES
    if any(word in family.name for word in ("limit", "threshold", "expiry", "deadline"))
}

_NUMBERS = [0, -1, 1.5, -0.0, 2**53 + 1, 2**64, 10**400, 1e308, 5e-324, math.inf]
_NUMBER_TEXTS = ["7", "-7", " 7 ", "1e400", "9" * 1000, "0x1F", "1_000", "١٢", "NaN", "-Infinity"]
_WORDS = [
    f"{'9' * 400} bytes of scanned data from 9 scans",
    "",
    " ",
    "null",
    "unlimited",
    "true",
    "expired",
    "\ud800",
    '\x00\n"\\',
    "x" * 100_000,
]
_DATES = ["2021-02-30", "0000-01-01", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"]
_DATES += ["2021-02-01T24:00:00Z", "2021-02-01T00:00:00.123456789Z", "2021-02", "2021-02-01 00:00"]
_EMAILS = [f"{SECRET}@example.com", f"A:{SECRET}@EXAMPLE.COM/b", f'"{SECRET} b"@example.com']
_EMAILS += [f"https://{SECRET}%40example.com/", f"dropbox@{SECRET}@example.com"]
_NESTED: list[Any] = [[], {}, [[]], [{}], {"": {}}, {"a": None}, ["a", 1, None, {"a": []}]]

# Every other type, extreme numbers and texts, and addresses of people.
REPLACEMENTS: list[Any] = [None, True, False, *_NUMBERS, *_NUMBER_TEXTS, *_WORDS, *_DATES]
REPLACEMENTS += [*_EMAILS, *_NESTED]

# A further replacement: the value is taken away.
REMOVED = object()

_EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "25"))

_settings = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

# For a state machine, of which an example has many steps.
COURSES = settings(_settings, max_examples=max(10, _EXAMPLES // 20), stateful_step_count=50)


def fuzz(test: Any) -> Any:
    """Decorate a property, one that is given examples, as a fuzz test."""
    return pytest.mark.fuzz(_settings(test))


Path = tuple[str | int, ...]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of every value in a document, its root's included."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(item, (*path, key))


def edited(value: Any, path: Path, replacement: Any) -> Any:
    """The document with another value at the path, or without it (REMOVED)."""
    changed = value.copy()
    if len(path) > 1:
        changed[path[0]] = edited(value[path[0]], path[1:], replacement)
    elif replacement is REMOVED:
        del changed[path[0]]
    else:
        changed[path[0]] = replacement
    return changed


def every_edit(documents: Mapping[str, Any]) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Each path, and the documents with each replacement there."""
    whole = dict(documents)
    for path in paths(whole):
        if path:
            for replacement in (REMOVED, _inflated(_at(whole, path)), *REPLACEMENTS):
                yield path, edited(whole, path, replacement)


@st.composite
def edits(draw: st.DrawFn, documents: Mapping[str, Any]) -> Mapping[str, Any]:
    """The documents with up to five edits of values, names and places."""
    result = dict(documents)
    for _ in range(draw(st.integers(1, 5))):
        path = draw(st.sampled_from([path for path in paths(result) if path]))
        value = _at(result, path)
        kind = draw(st.sampled_from(("replace", "invent", "remove", "rename", "move", "repeat")))
        if kind == "replace":
            replacements = [_inflated(value), *REPLACEMENTS]
            result = edited(result, path, draw(st.sampled_from(replacements)))
        elif kind == "invent":
            result = edited(result, path, draw(_JSON))
        elif kind == "move":
            result = edited(result, path, _at(result, draw(st.sampled_from(list(paths(result))))))
        elif kind == "repeat" and isinstance(value, list):
            result = edited(result, path, value * 2)
        elif len(path) > 1:
            result = edited(result, path, REMOVED)
            if kind == "rename" and isinstance(path[-1], str):
                name = draw(st.sampled_from(_EMAILS) | st.text())
                result = edited(result, (*path[:-1], name), value)
    return result


def _inflated(value: Any) -> Any:
    """The value with every number in its text beyond all numbers."""
    return re.sub(r"\d+", "9" * 400, value) if isinstance(value, str) else value


def planted(value: Any) -> Any:
    """The document with a secret in every object, at each key that tells of one."""
    if isinstance(value, dict):
        return {key: planted(item) for key, item in value.items()} | dict.fromkeys(
            _SECRET_KEYS, SECRET
        )
    return [planted(item) for item in value] if isinstance(value, list) else value


def _at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def target_of(vendor: Vendor) -> Target:
    """A target of the vendor with all options as they are if nothing is said."""
    return Target.of(Entry.model_validate({"name": "t", "vendor": vendor.name}), vendor)


def samples(target: Target, documents: Mapping[str, Any]) -> Samples | None:
    """What is exported of the documents, None where their shape is refused.

    Asserts what holds of any answer: nothing but a SchemaError is raised, no path or message has
    a secret, every label is a text and every value a number; only a limit and an end are infinite.
    """
    answer = Answer(documents, now=1_700_000_000.0)
    try:
        report = target.driver.parse(answer)
    except SchemaError as error:
        assert SECRET not in error.message
        return None
    assert not any(SECRET in path for path in answer.skipped_paths)
    assert not any(SECRET in error.message for error in answer.failed.values())
    result = report_samples(report, target, answer.skipped)
    for family, rows in result.items():
        for labels, value in rows.items():
            assert len(labels) == len(family.labels)
            assert SECRET not in "\n".join(labels)
            assert not math.isnan(value)
            assert math.isfinite(value) or family.name in _MAY_BE_INFINITE, family.name
    return result


def assert_valid_exposition(samples: Samples) -> None:
    """Assert that both parsers of prometheus_client read the samples, each one once."""
    for parse, is_openmetrics in ((text_format, False), (openmetrics, True)):
        chunks = render([encode(samples, "t", "v")], openmetrics=is_openmetrics)
        text = b"".join(chunk.text for chunk in chunks).decode()
        series = [(s.name, *sorted(s.labels.items())) for f in parse(text) for s in f.samples]
        assert len(series) == len(set(series)) == sum(map(len, samples.values()))
