"""Requests that are made several times; at a server: tests/collector/test_several.py."""

import pytest
from pydantic import ValidationError

from license_exporter.mapping.several import ForEach, LatestDay
from license_exporter.model.vendor import Document, Each, Latest, Paging

LISTED = Document("sites", "sites")
PAGED = Document("sites", "sites", paging=Paging("link"))


def ids(listed, expression, document):
    """The ids that are found in a document of the request that lists them."""
    each = ForEach(request="sites", ids=expression).each(listed)
    return each.ids(document)


def test_a_request_is_made_for_each_id_that_another_lists_and_no_more_than_its_bound():
    each = ForEach(request="sites", ids="[].id", max=7).each(LISTED)
    assert each == Each(LISTED, each.ids, 7)
    assert each.ids([{"id": 1}, {"id": "b"}, {}]) == [1, "b"]


def test_the_ids_of_all_pages_are_found():
    pages = [{"rows": [{"id": 1}]}, {"rows": [{"id": 2}, {"id": 3}]}]
    assert ids(PAGED, "rows[].id", pages) == [1, 2, 3]
    # A document of one page can be an array itself.
    assert ids(LISTED, "length(@)", pages) == 2


def test_a_paged_document_that_is_no_array_is_one_page():
    assert ids(PAGED, "rows[].id", {"rows": [{"id": 1}]}) == [1]


@pytest.mark.parametrize(
    ("listed", "document"), [(LISTED, {"other": 1}), (PAGED, [{"rows": []}, {"other": 1}])]
)
def test_where_one_page_has_no_ids_none_are_known(listed, document):
    assert ids(listed, "rows", document) is None


def test_an_expression_for_ids_knows_its_document_and_nothing_else():
    assert ids(LISTED, "keys(root())", {}) == []
    # Not the time either: each date is ahead.
    sites = [{"id": 1, "end": "2020-01-01"}, {"id": 2}]
    assert ids(LISTED, "[?ahead(end)].id", sites) == [1]


def test_a_latest_day_is_looked_for_in_its_order_by_what_it_has():
    latest = LatestDay(first=2, last=33, rows="rows").latest()
    assert latest == Latest(2, 33)
    assert latest.data({"rows": [1]}) == [1]
    assert not latest.data({"rows": []})
    assert not latest.data({})


@pytest.mark.parametrize(("first", "last"), [(2, 1), (0, 32)])
def test_days_that_are_none_or_too_many_are_refused(first, last):
    with pytest.raises(ValidationError, match="last is first or up to 31 days more"):
        LatestDay(first=first, last=last)


@pytest.mark.parametrize(
    "make", [lambda text: ForEach(request="a", ids=text), lambda text: LatestDay(rows=text)]
)
def test_an_expression_that_does_not_compile_is_refused(make):
    with pytest.raises(ValidationError) as caught:
        make("rows[")
    (error,) = caught.value.errors()
    assert error["msg"] == "Value error, column 6: the expression ends too early"
