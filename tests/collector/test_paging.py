import time

import pytest

from license_exporter.collector.paging import Page, first_page, is_past_the_end, next_page
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Paging


@pytest.mark.parametrize("kind", ["link", "next_url", "token"])
def test_the_first_page_is_the_document_itself_where_its_answer_names_the_next_one(kind):
    assert first_page(Paging(kind, value=("next",), parameter="after")) == Page()


def test_a_link_header_with_rel_next_gives_the_next_address():
    links = ['<https://a.example/?page=1>; rel="prev", <https://a.example/?page=3>; rel="next"']
    assert next_page(Paging("link"), [{}], links) == Page(address="https://a.example/?page=3")


def test_a_link_header_without_rel_next_ends_the_pages():
    assert next_page(Paging("link"), [{}], ['<https://a.example/?page=1>; rel="prev"']) is None


def test_the_link_that_is_next_is_found_among_others():
    links = ['</a,b>; title="x"; rel=prev, <?page=3> ; REL = "next" , <?page=9>; rel="last"']
    assert next_page(Paging("link"), [{}], links) == Page(address="?page=3")
    links = ['<?page=3>; title="a>b"; rel=next', "<?page=9>; rel=last"]
    assert next_page(Paging("link"), [{}], links) == Page(address="?page=3")
    assert next_page(Paging("link"), [{}], ["<?page=3>; rel=next", "<?page=9>; rel=last"])
    assert next_page(Paging("link"), [{}], ['<?a>; rel="nextish"', "<?b; rel=next"]) is None


@pytest.mark.parametrize("relations", ["last next", "next last", "prev  next last", "next"])
def test_a_link_can_have_several_relations(relations):
    links = [f'<?page=3>; rel="{relations}"']
    assert next_page(Paging("link"), [{}], links) == Page(address="?page=3")
    assert next_page(Paging("link"), [{}], ['<?a>; rel="last nextish"; title="next"']) is None


@pytest.mark.parametrize("begin", ["", "<a>", '<a>; rel="'])
@pytest.mark.parametrize("text", ["<", ";", "; ", "<>;", "; rel ", ",<a>", " ", '; rel="', "nex "])
def test_headers_of_any_length_are_read_in_time_in_proportion_to_it(begin, text):
    link = begin + text * 300_000
    began = time.process_time()
    assert next_page(Paging("link"), [{}], [link]) is None
    assert time.process_time() - began < 20  # hours, if it grew with the square of the length


def test_a_next_url_in_the_document_is_followed_until_it_is_null():
    paging = Paging("next_url", value=("links", "next"))
    assert next_page(paging, [{"links": {"next": "/b?c=1"}}], []) == Page(address="/b?c=1")
    assert next_page(paging, [{"links": {"next": None}}], []) is None
    assert next_page(paging, [["another shape"]], []) is None


@pytest.mark.parametrize("kind", ["next_url", "token", "link"])
def test_what_is_too_long_for_an_address_leads_nowhere(kind):
    paging = Paging(kind, value=("next",), parameter="after")
    told = "/" * 16 * 1024
    assert next_page(paging, [{"next": told}], [f"<{told}>; rel=next"])
    told += "/"
    with pytest.raises(FetchError) as caught:
        next_page(paging, [{"next": told}], [f"<{told}>; rel=next"])
    assert (caught.value.reason, caught.value.message) == (
        Reason.SCHEMA,
        "what tells the next page is longer than an address can be",
    )


@pytest.mark.parametrize("kind", ["next_url", "token"])
@pytest.mark.parametrize("told", [None, "", False, 0, [], {}])
def test_a_page_that_names_no_next_one_is_the_last(kind, told):
    assert next_page(Paging(kind, value=("next",), parameter="p"), [{"next": told}], []) is None


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("token", True),
        ("token", ["a"]),
        ("token", {"a": 1}),
        ("next_url", True),
        ("next_url", 7),
        ("next_url", {"href": "/b"}),
    ],
)
def test_what_tells_no_next_page_is_refused_rather_than_taken_for_the_end(kind, told):
    paging = Paging(kind, value=("links", "next"), parameter="p")
    with pytest.raises(FetchError, match=r"at links\.next tells no next page") as caught:
        next_page(paging, [{"links": {"next": told}}], [])
    assert caught.value.reason == Reason.SCHEMA


@pytest.mark.parametrize(("told", "sent"), [("abc", "abc"), (7, 7), (1.5, "1.5")])
def test_a_token_is_sent_as_the_parameter_until_there_is_none(told, sent):
    paging = Paging("token", value=("next",), parameter="cursor")
    assert next_page(paging, [{"next": told}], []) == Page(params={"cursor": sent})
    assert next_page(paging, [{"next": ""}], []) is None
    assert next_page(paging, [{}], []) is None


def test_page_numbers_count_from_the_start_until_a_page_has_no_rows():
    paging = Paging("page", parameter="page", rows=("rows",), start=0)
    assert first_page(paging) == Page(params={"page": 0}, number=0)
    assert next_page(paging, [{"rows": [1]}], []) == Page(params={"page": 1}, number=1)
    assert next_page(paging, [{"rows": [1]}, {"rows": []}], []) is None


def test_offsets_count_the_rows_so_far_until_a_page_has_none():
    paging = Paging("offset", parameter="offset", rows=("rows",))
    assert next_page(paging, [{"rows": [1, 2]}], []) == Page(params={"offset": 2})
    assert next_page(paging, [{"rows": [1, 2]}, {"rows": [3]}], []) == Page(params={"offset": 3})
    assert next_page(paging, [{"rows": [1, 2]}, {"rows": [3]}, {}], []) is None


@pytest.mark.parametrize("kind", ["page", "offset"])
@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ((), "the document itself"),
        (("items",), "items"),
        (("data", "rows"), "data.rows"),
        (("count",), "count"),
        (("count", "rows"), "count.rows"),
    ],
)
def test_a_first_page_without_the_rows_that_tell_the_end_is_refused(kind, rows, where):
    paging = Paging(kind, parameter="p", rows=rows)
    with pytest.raises(FetchError) as caught:
        next_page(paging, [{"rows": [1], "count": 1}], [])
    assert (caught.value.reason, caught.value.message) == (
        Reason.SCHEMA,
        f"the first page has no rows at {where}; say in paging.rows where",
    )


def test_a_first_page_whose_rows_are_null_is_the_last_one():
    assert next_page(Paging("page", parameter="p", rows=("rows",)), [{"rows": None}], []) is None


def test_the_entries_of_an_object_are_rows():
    paging = Paging("page", parameter="p", rows=("plans",))
    assert next_page(paging, [{"plans": {"pro": {}}}], []) == Page(params={"p": 2}, number=2)
    assert next_page(paging, [{"plans": {"pro": {}}}, {"plans": {}}], []) is None


def test_offsets_end_at_a_page_that_is_not_full_where_its_size_is_told():
    paging = Paging("offset", parameter="offset", rows=("rows",), size=2)
    assert first_page(paging) == Page(params={"offset": 0})
    assert next_page(paging, [{"rows": [1, 2]}], []) == Page(params={"offset": 2})
    assert next_page(paging, [{"rows": [1, 2]}, {"rows": [3]}], []) is None


def test_more_pages_than_allowed_are_an_error_and_not_a_part_of_the_answer():
    paging = Paging("token", value=("next",), parameter="cursor", max_pages=2)
    with pytest.raises(FetchError) as caught:
        next_page(paging, [{"next": "a"}, {"next": "b"}], [])
    assert (caught.value.reason, caught.value.message) == (
        Reason.TOO_LARGE,
        "more than 2 pages; raise max_pages to read them",
    )


def test_pages_that_do_not_change_are_told():
    paging = Paging("page", parameter="seite", max_pages=3)
    with pytest.raises(FetchError) as caught:
        next_page(paging, [[1], [2], [2]], [])
    assert caught.value.message == (
        "more than 3 pages; the last two are the same, so the server may not know the parameter"
    )


@pytest.mark.parametrize("kind", ["page", "offset"])
@pytest.mark.parametrize(
    ("options", "second", "ends"),
    [
        ({"size": 2}, {"rows": [3, 4]}, False),
        ({"size": 2}, {"rows": [3]}, True),
        ({"total": ("meta", "total")}, {"rows": [3], "meta": {"total": 4}}, False),
        ({"total": ("meta", "total")}, {"rows": [3], "meta": {"total": 3}}, True),
        ({"total": ("meta", "total")}, {"rows": [3], "meta": {"total": "3"}}, True),
        ({"total": ("meta", "total")}, {"rows": [3], "meta": {"total": "many"}}, False),
        ({"last": ("lastPage",)}, {"rows": [3], "lastPage": False}, False),
        ({"last": ("lastPage",)}, {"rows": [3], "lastPage": True}, True),
        ({"last": ("lastPage",)}, {"result": "none", "lastPage": True}, True),
    ],
)
def test_counted_pages_end_as_the_paging_says(kind, options, second, ends):
    paging = Paging(kind, parameter="p", rows=("rows",), **options)
    assert (next_page(paging, [{"rows": [1, 2]}, second], []) is None) == ends


def test_a_status_ends_counted_pages_but_the_first():
    for kind in ("page", "offset"):
        assert is_past_the_end(Paging(kind), [{}], 404)
        assert is_past_the_end(Paging(kind), [{}], 400)
        assert is_past_the_end(Paging(kind), [{}], 204)
        assert not is_past_the_end(Paging(kind), [], 404)
        assert not is_past_the_end(Paging(kind), [{}], 500)
    assert not is_past_the_end(Paging("token"), [{}], 404)
