import json

import pytest

from license_exporter.mapping.explain import explain, types
from license_exporter.model.answer import Answer
from license_exporter.vendors.rsa import VENDOR as RSA
from tests.mapping.mappings import vendor

MAPPING = """
requests: {doc: {}, other: {optional: true}}
pools:
  - {document: other, name: {value: x}, used: u}
  - document: doc
    rows: plans
    name: name
    unit: {value: seats}
    used: used
    limit: {path: limit, optional: true}
    limit_reached: full
    available: left
  - {document: doc, rows: [sites, plans], name: name, used: used}
  - {document: doc, rows: none, name: name, used: used}
report:
  - {document: doc, warnings: warnings}
"""


def test_what_each_expression_finds_is_told_without_texts():
    plans = [{"name": "S3CRET", "used": 5, "full": True}, {"name": "x", "used": "many"}]
    sites = [{"plans": [{"name": "y", "used": 1}]}, {"plans": [{"name": "z", "used": {}}]}]
    document = {"plans": plans, "sites": sites, "warnings": [1]}
    lines = list(explain(vendor(MAPPING), Answer({"doc": document}, 0.0)))
    assert lines == [
        "pools[0]: other is not there",
        "pools[1]: plans of doc: 2 rows",
        "  name: name: 2 of 2 rows, first: string",
        "  unit: constant",
        "  used: used: 2 of 2 rows, first: number 5, 1 cannot be read (not a number)",
        "  limit: limit: nothing (optional)",
        "  limit_reached: full: 1 of 2 rows, first: boolean true",
        "  available: left: nothing",
        "pools[2]: sites > plans of doc: 2 rows",
        "  name: name: 2 of 2 rows, first: string",
        "  used: used: 2 of 2 rows, first: number 1, 1 cannot be read (not a number)",
        "pools[3]: none of doc: 0 rows",
        "  name: name: nothing",
        "  used: used: nothing",
        "report[0]: @ of doc: 1 rows",
        "  warnings: warnings: 1 of 1 rows, first: array, 1 cannot be read (not a number)",
    ]


@pytest.mark.parametrize(
    ("section", "found", "told"),
    [
        ("pools: [{name: {value: a}, used: x}]", "38", "x: 1 of 1 rows, first: string, read as 38"),
        ("pools: [{name: {value: a}, used: x}]", 38, "first: number 38"),
        ("pools: [{name: {value: a}, used: x}]", {}, "object, 1 cannot be read (not a number)"),
        ("pools: [{name: {value: a}, used: x}]", False, "false, 1 cannot be read (not a number)"),
        (
            "pools: [{name: {value: a}, used: {path: x, scale: kB}}]",
            1.5,
            "number 1.5, read as 1500",
        ),
        ("pools: [{name: {value: a}, limit: {path: x, unlimited: -1}}]", -1, "read as unlimited"),
        (
            "pools: [{name: {value: a}, limit: x}]",
            -1,
            "read (below 0; say by unlimited or unknown what that means)",
        ),
        (
            "pools: [{name: {value: a}, used: x}]",
            10**400,
            "number too large to be read, 1 cannot be read (not a finite number)",
        ),
        ("pools: [{name: {value: a}, used: x}]", "null", "string, read as unknown"),
        ("licenses: [{trial: {path: x, map: {yes: true}}}]", "yes", "string, read as true"),
        ("licenses: [{state: x}]", "Active", "string, read as active"),
        ("licenses: [{state: {path: x, map: {ok: []}}}]", "ok", "string, read as no state"),
        (
            "licenses: [{state: {path: x, map: {ok: [grace, active]}}}]",
            "ok",
            "string, read as active and grace",
        ),
        ("licenses: [{expiry: {path: x, format: unix}}]", 1810339200, "read as 2027-05-15"),
        (
            "licenses: [{expiry: {path: x, format: unix_ms}}]",
            1810339200,
            "1 cannot be read (too small a number for a date: it may count days or seconds)",
        ),
        ("licenses: [{expiry: {path: x, never: [never]}}]", "never", "string, read as never"),
        (
            "licenses: [{expiry: {path: x, format: days_left}}]",
            12,
            "number 12, read as 1970-01-14",
        ),
        ("licenses: [{edition: x}]", "S3CRET", "first: string"),
    ],
)
def test_what_the_first_value_is_read_as_is_told_too(section, found, told):
    *_, line = explain(vendor(section), Answer({"doc": {"x": found}}, 0.0))
    assert told in line
    assert line.endswith(told)
    assert "S3CRET" not in line


def test_a_vendor_in_python_has_nothing_to_explain():
    assert list(explain(RSA, Answer({}, 0.0))) == []


def test_a_document_is_shown_with_types_instead_of_values():
    document = {
        "name": "S3CRET",
        "used": 5,
        "ratio": 0.5,
        "on": True,
        "none": None,
        "plans": [{"a": 1, "b": 1}, {"b": 2, "a": 2}, {"a": "x"}],
        "users": {"bob@example.com": 1, "team-1": 2},
    }
    assert types(document) == {
        "name": "string",
        "used": "number",
        "ratio": "number",
        "on": "boolean",
        "none": "null",
        "plans": [{"a": "number", "b": "number"}, {"a": "string"}],
        "users": {"*": "number", "team-1": "number"},
    }


def test_the_types_of_a_document_of_any_depth_and_many_shapes_are_told():
    deep = []
    for _ in range(1000):
        deep = [deep]
    assert json.dumps(types(deep)).count("[") == 50
    for _ in range(1000):
        deep = {"a": deep}
    assert json.dumps(types(deep)).count("{") == 50
    assert types({"a": {"b": {"c": 1}, "d": [1]}}, levels=2) == {"a": {"b": "object", "d": "array"}}
    rows = [{f"key{number % 2000}": 1} for number in range(10_000)]
    assert len(types(rows)) == 2000
