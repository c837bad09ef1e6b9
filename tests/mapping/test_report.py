"""What the builder makes of items; tests of whole mappings are in test_parser.py."""

import pytest

from license_exporter.errors import SchemaError
from license_exporter.mapping.report import ReportBuilder
from license_exporter.mapping.rows import compile_rows
from license_exporter.mapping.sections import (
    AssignmentRows,
    EntitlementRows,
    LicenseRows,
    LocationRows,
    PeriodRows,
    PoolRows,
    ReportRows,
)
from license_exporter.model.report import LicenseReport, Pool

COLUMNS = {
    "licenses": (LicenseRows, {}),
    "pools": (PoolRows, {"name": "name"}),
    "entitlements": (EntitlementRows, {"name": "name"}),
    "locations": (LocationRows, {"pool": "pool", "location": "location", "used": "used"}),
    "assignments": (AssignmentRows, {"pool": "pool"}),
    "periods": (PeriodRows, {"pool": "pool", "period": "period", "used": "used"}),
    "report": (ReportRows, {}),
}


def rows(section):
    """A row set of the section with no column but the necessary ones."""
    model, columns = COLUMNS[section]
    problems = []
    compiled = compile_rows(
        section, 0, model.model_validate(columns), "doc", False, lambda *it: problems.append(it)
    )
    assert not problems
    return compiled


@pytest.fixture
def builder():
    return ReportBuilder("users", {"sms": "messages"})


@pytest.mark.parametrize(
    ("section", "labels", "more"),
    [
        ("licenses", {"id": "1"}, {"expiry": 1.0}),
        ("pools", {"name": "a", "display_name": "A"}, {"used": 1.0}),
        ("entitlements", {"name": "a", "unit": "users"}, {"limit": 1.0}),
        ("locations", {"pool": "a", "location": "here"}, {"used": 1.0}),
        ("assignments", {"pool": "a"}, {"count": 1.0}),
        ("periods", {"pool": "a", "period": "2026-11"}, {"used": 1.0}),
        ("report", {}, {"warnings": 1.0}),
    ],
)
def test_labels_alone_tell_nothing_and_any_value_tells_something(builder, section, labels, more):
    add = getattr(builder, section)
    assert add(rows(section), dict(labels)) is False
    assert add(rows(section), labels | more) is True


def test_a_pool_has_its_own_unit_else_the_one_of_its_name_else_the_usual_one(builder):
    for item in ({"name": "a"}, {"name": "sms"}, {"name": "sms", "unit": "calls"}):
        builder.pools(rows("pools"), item | {"used": 1.0})
    report = builder.build(absent=False, valid_until=None)
    assert [(pool.name, pool.unit) for pool in report.pools] == [
        ("a", "users"),
        ("sms", "messages"),
        ("sms", "calls"),
    ]


def test_only_an_empty_array_of_locations_says_that_there_are_none(builder):
    builder.empty(rows("pools"))
    assert builder.build(absent=False, valid_until=None).locations is None
    builder.empty(rows("locations"))
    assert builder.build(absent=False, valid_until=None).locations == {}


def test_what_a_refused_document_has_added_is_forgotten(builder):
    pool = {"name": "a", "used": 1.0}
    builder.pools(rows("pools"), dict(pool))
    with pytest.raises(SchemaError), builder.whole():
        builder.pools(rows("pools"), {"name": "b", "used": 2.0})
        builder.empty(rows("locations"))
        builder.pools(rows("pools"), dict(pool))
    report = builder.build(absent=False, valid_until=None)
    assert [pool.name for pool in report.pools] == ["a"]
    assert report.locations is None


def test_what_was_known_before_a_refused_document_is_known_after_it(builder):
    def add(section, item):
        getattr(builder, section)(rows(section), item)

    add("pools", {"name": "a", "used": 1.0})
    add("locations", {"pool": "a", "location": "here", "used": 1.0})
    add("report", {"warnings": 1.0})
    with pytest.raises(SchemaError), builder.whole():
        add("licenses", {"id": "1", "expiry": 1.0})
        add("locations", {"pool": "a", "location": "here", "used": 1.0})
        add("report", {"pending_scans": 1.0})
        add("pools", {"name": "a", "limit": 2.0})
        add("pools", {"name": "a", "used": 1.0})
    report = builder.build(absent=False, valid_until=None)
    assert report == LicenseReport(
        pools=(Pool("a", "users", license="default", used=1.0),),
        locations={("a", "users", "here", ""): 1.0},
        warnings=1.0,
    )


def test_without_any_license_it_is_absent_where_the_vendor_says_so(builder):
    (license,) = builder.build(absent=True, valid_until=None).licenses
    assert {state.value for state in license.states} == {"absent"}
    builder.licenses(rows("licenses"), {"expiry": 1.0})
    (license,) = builder.build(absent=True, valid_until=None).licenses
    assert (license.states, license.expiry) == (None, 1.0)
