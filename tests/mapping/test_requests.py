import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from license_exporter.mapping.requests import PagingOptions, Request
from license_exporter.model.vendor import CSV, Document, Latest, OutputFile, Paging, Run


def document(name="doc", variables=None, **written):
    return Request.model_validate(written).document(name, variables or {})


def test_a_request_asks_for_its_name():
    assert document("sys/license") == Document("sys/license", "sys/license")


def test_a_request_is_made_as_it_is_written():
    assert document(
        path="/plans/usage/",
        params={"per_page": "1"},
        headers={"Accept": "application/vnd.acme+json"},
        method="POST",
        body={"query": "{ viewer }"},
    ) == Document(
        "doc",
        "plans/usage/",
        params={"per_page": "1"},
        headers={"Accept": "application/vnd.acme+json"},
        method="POST",
        body={"query": "{ viewer }"},
    )


def test_what_a_request_says_of_its_answer_is_said_of_the_document():
    assert document(
        path="usage/{date}",
        absent_status=[404, 410],
        absent_text="none",
        forbidden_text="denied",
        good_status=503,
        latest_day={"last": 3},
        csv={"delimiter": ";", "column": "name"},
    ) == Document(
        "doc",
        "usage/{date}",
        absent_statuses=frozenset([404, 410]),
        absent_texts=("none",),
        forbidden_texts=("denied",),
        good_statuses=frozenset([503]),
        latest=Latest(1, 3),
        format="csv",
        csv=CSV(";", "name"),
    )


def test_what_a_program_prints_and_what_stands_in_a_file_are_documents_too():
    assert document(
        variables={"site": "a b"},
        program="tool",
        arguments=["--site={site}", "{site}"],
        input="connect {site}",
        format="xml",
    ) == Document(
        "doc", "doc", runs=(Run("tool", ("--site=a b", "a b"), "connect a b"),), format="xml"
    )
    assert document(file="/srv/seats.json", max_age="1h") == Document(
        "doc", "doc", file=OutputFile(Path("/srv/seats.json"), 3600.0)
    )


def test_only_variables_that_are_given_can_be_unsafe_for_a_program():
    request = Request.model_validate(
        {"program": "tool", "arguments": ["{site}", "{port}"], "input": "{host}"}
    )
    assert list(request.unsafe({"site": "a b", "host": "-x"})) == ["host"]


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("a/b", "a/b"),
        ("/a/b/", "a/b/"),
        ("a//b;c=d", "a//b;c=d"),
        ("X/a", "X/a"),
        ("", ""),
        ("/", "/"),
        ("//", "/"),
    ],
)
def test_a_path_is_what_is_written_its_last_slash_too(written, path):
    assert document(path=written).path == path


def test_variables_stand_in_headers():
    made = document(variables={"org": "7"}, headers={"X-Org": "org {org}"})
    assert made.headers == {"X-Org": "org 7"}


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"paging": {"by": "page"}}, "needs a parameter, or {page} in the path"),
        ({"for_each": {"request": "a", "ids": "ids"}}, "{id} stands nowhere"),
        ({"latest_day": {}}, "{date} stands nowhere"),
        ({"latest_day": {"first": 3, "last": 2}, "path": "{date}"}, "last is first or up to"),
        ({"for_each": {"request": "a", "ids": "["}, "path": "{id}"}, "ends too early"),
        (
            {"for_each": {"request": "a", "ids": "b"}, "latest_day": {}, "path": "{id}/{date}"},
            "keep one",
        ),
    ],
)
def test_a_request_that_is_made_several_times_is_checked(written, problem):
    with pytest.raises(ValidationError, match=re.escape(problem)):
        Request.model_validate(written)


def test_names_of_days_pages_and_ids_are_no_variables():
    request = Request.model_validate(
        {"path": "{today}/{page}/{org}", "paging": {"by": "page", "rows": "r"}}
    )
    assert set(request.variables()) == {"org"}
    each = Request.model_validate(
        {"path": "{id}/{org}", "for_each": {"request": "a", "ids": "ids"}}
    )
    assert set(each.variables()) == {"org"}
    latest = Request.model_validate({"path": "{date}/{org}/{page}/{id}", "latest_day": {}})
    assert set(latest.variables()) == {"org", "page", "id"}
    assert request.document("doc", {"org": "7"}).dated


def test_variables_stand_in_path_params_and_body():
    made = document(
        variables={"org": "acme/eng"},
        path="orgs/{org}/seats",
        params={"q": "org:{org}"},
        method="POST",
        body={"orgs": ["{org}", 1], "query": "{ {other} }"},
    )
    assert made.path == "orgs/acme%2Feng/seats"
    assert made.shown_path == "orgs/{org}/seats"
    assert made.params == {"q": "org:acme/eng"}
    assert made.body == {"orgs": ["acme/eng", 1], "query": "{ {other} }"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "other.example.com"},
        {"Authorization": "Bearer x"},
        {"Transfer-Encoding": "chunked"},
        {"X A": "x"},
        {"X\nA": "x"},
        {"X-A": "x\ny"},
    ],
)
def test_a_header_that_the_client_cannot_send_or_sends_itself_is_refused(headers):
    with pytest.raises(ValidationError):
        document(headers=headers)


def test_a_body_can_be_of_a_type_of_its_own():
    made = document(headers={"content-type": "application/vnd.api+json"}, method="POST")
    assert made.headers == {"Content-Type": "application/vnd.api+json"}


def test_an_optional_document_that_the_server_does_not_have_is_no_failure():
    made = document(optional=True)
    assert not made.required
    assert made.absent_statuses == {404}


@pytest.mark.parametrize(("variables", "required"), [({}, True), ({"org": "acme"}, False)])
def test_a_document_can_be_optional_where_a_variable_is_given(variables, required):
    assert document(variables=variables, optional=["org", "team"]).required is required


def test_a_fallback_can_have_a_fallback_whose_variables_are_needed_too():
    written = {"path": "a", "fallback": {"path": "{x}", "fallback": {"path": "{y}"}}}
    made = document(variables={"x": "1", "y": "2"}, **written)
    assert [made.path, made.fallback.path, made.fallback.fallback.path] == ["a", "1", "2"]
    assert set(Request.model_validate(written).variables()) == {"x", "y"}


def test_absence_and_the_fallback_share_their_meaning():
    made = document(absent_status=404, absent_text="no license", fallback={"path": "v1/license"})
    assert made.absent_statuses == {404}
    assert made.absent_texts == ("no license",)
    assert made.fallback == Document(
        "doc", "v1/license", absent_statuses=frozenset([404]), absent_texts=("no license",)
    )


def test_paging_is_told_by_names_in_the_document():
    assert document(
        paging={"by": "next_url", "value": '"@odata.nextLink"', "max_pages": 5}
    ).paging == Paging("next_url", value=("@odata.nextLink",), max_pages=5)
    assert document(
        paging={"by": "offset", "parameter": "offset", "rows": "data.items", "size": 20}
    ).paging == Paging("offset", parameter="offset", rows=("data", "items"), size=20)
    assert document(
        paging={
            "by": "page",
            "parameter": "page",
            "start": 0,
            "total": "meta.total",
            "last": "meta.last",
            "path_only": True,
        }
    ).paging == Paging(
        "page",
        parameter="page",
        start=0,
        total=("meta", "total"),
        last=("meta", "last"),
        path_only=True,
    )


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"by": "next_url"}, "next_url needs a value"),
        ({"by": "token", "value": "next"}, "token needs a parameter"),
    ],
)
def test_paging_that_lacks_something_is_refused(written, problem):
    with pytest.raises(ValidationError, match=problem):
        PagingOptions.model_validate(written)


@pytest.mark.parametrize(
    ("name", "written", "problem"),
    [
        ("value", "a[0]", "column 1: only names with dots between can stand here"),
        ("value", "@odata.nextLink", "column 2: 'odata' cannot stand here"),
        ("rows", "data.", "column 6: the expression ends too early"),
    ],
)
def test_names_in_paging_that_are_none_are_refused_in_their_place(name, written, problem):
    with pytest.raises(ValidationError) as caught:
        PagingOptions.model_validate({"by": "next_url", "value": "a"} | {name: written})
    (error,) = caught.value.errors()
    assert error["loc"] == (name,)
    assert problem in error["msg"]


def test_a_condition_of_an_absence_that_is_never_told_is_refused():
    with pytest.raises(ValidationError, match="add one of them"):
        document(absent_if="licenses == `[]`")


def test_a_body_without_post_is_refused():
    with pytest.raises(ValidationError, match="add method: POST"):
        document(body={"query": "{ viewer }"})
