import pytest

from license_exporter.mapping.unfound import unfound
from license_exporter.mapping.vendor import AskingOptions, configure_asking
from license_exporter.model.answer import Answer
from license_exporter.vendors.rsa import VENDOR as RSA
from tests.mapping.mappings import vendor

MAPPING = """
requests: {doc: {}, other: {optional: true, absent_when: "other.none == `true`"}}
pools:
  - {document: doc, rows: [sites, plans], name: name, used: used}
  - {document: doc, rows: "plans[?kind=='seat']", name: name, used: used}
  - {document: doc, rows: none, optional: true, name: name, used: used}
licenses:
  - {document: other, expiry: expiry}
  - {document: doc, expiry: expiry}
assignments:
  - {document: doc, rows: hosts, pool: {value: hosts}}
"""

PLAN = {"name": "a", "used": 1, "kind": "seat"}
FOUND = {"sites": [{"plans": [PLAN]}], "plans": [PLAN], "expiry": "2030-01-01", "hosts": [{}]}


def lines(**documents):
    return list(unfound(vendor(MAPPING), Answer(documents, 0.0)))


def test_nothing_is_told_where_every_part_finds_something():
    assert lines(doc=FOUND, other={"expiry": "2030-01-01"}) == []


def test_each_part_that_finds_no_row_or_nothing_in_its_rows_is_told():
    sites = [{"plans": []}, {"plans": [{}, {}]}]
    assert lines(doc={"plans": [PLAN], "sites": sites}, other={}) == [
        "licenses[0]: finds nothing in any row: @ of other",
        "licenses[1]: finds nothing in any row: @ of doc",
        "pools[0]: finds nothing in any row: sites > plans of doc",
        "assignments[0]: finds no row: hosts of doc",
    ]
    assert lines(doc=FOUND | {"sites": [], "plans": [PLAN | {"kind": "Seat"}]}) == [
        "pools[0]: finds no row: sites > plans of doc",
        "pools[1]: finds no row: plans[?kind=='seat'] of doc",
    ]


def test_a_part_that_finds_something_in_one_of_its_batches_finds_something():
    for plans in ([[PLAN], [{}]], [[{}], [PLAN]], [[PLAN], []], [[], [PLAN]]):
        sites = [{"plans": each} for each in plans]
        assert lines(doc=FOUND | {"sites": sites}) == []


@pytest.mark.parametrize("other", [{}, {"other": None}])
def test_of_a_document_that_is_not_there_nothing_is_told(other):
    assert lines(doc=FOUND, **other) == []


def test_where_there_is_no_license_nothing_is_told():
    assert lines(doc={}, other={"none": True}) == []


def test_what_an_expression_finds_at_the_time_of_the_answer_counts():
    mapping = vendor("{licenses: [{trial: {path: 'ahead(end) || null'}}]}")
    answer = Answer({"doc": {"end": "2030-01-01"}}, 1_700_000_000.0)
    assert list(unfound(mapping, answer)) == []


def test_a_mapping_that_maps_nothing_yet_says_so_and_a_vendor_in_python_nothing():
    asking = configure_asking(AskingOptions(), "license")
    assert list(unfound(asking, Answer({"license": {}}, 0.0))) == [
        "the mapping maps nothing yet; --document shows what there is"
    ]
    assert list(unfound(RSA, Answer({}, 0.0))) == []
