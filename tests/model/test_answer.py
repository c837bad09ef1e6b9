import itertools
import math

import pytest

from license_exporter.errors import FetchError, Reason, SchemaError
from license_exporter.model.allowance import Allowance
from license_exporter.model.answer import Answer, plain


def record(**values):
    return Answer({"d": values}, now=0.0).record("d")


def test_what_is_not_said_is_none_and_not_counted():
    values = record(a=None, b="null", c="")
    for key in ("a", "b", "c", "missing"):
        assert values.number(key) is None
        assert values.timestamp(key) is None
        assert values.flag(key) is None
        assert values.state(key) is None
        assert values.text(key) == ""
    assert values.record("missing") is None
    assert values.array("missing") is None
    assert list(values.records("missing")) == []
    assert list(values.entries("missing")) == []
    assert values.answer.skipped == 0
    assert values.answer.stand_ins == 0


def test_what_cannot_be_read_is_none_and_counted_with_its_path():
    values = record(a=[], b={}, c=True)
    assert values.number("a") is None
    assert values.timestamp("b") is None
    assert values.text("c") == ""
    assert values.record("a") is None
    assert values.array("c") is None
    assert values.answer.skipped == 5
    assert values.answer.skipped_paths == ["d.a", "d.b", "d.c", "d.a", "d.c"]
    assert values.answer.unread == {}  # nobody says why


def test_an_object_within_an_object_counts_what_cannot_be_read_by_its_path():
    values = record(a={"b": {"c": "many", "d": 1}})
    assert values.record("a").record("b").number("d") == 1.0
    assert values.record("a").record("b").number("c") is None
    assert values.answer.skipped_paths == ["d.a.b.c"]


def test_only_a_null_that_is_there_is_an_end_that_never_comes():
    values = record(never=None, empty="", text="null", day="1970-01-02")
    ends = [values.expiry(key) for key in ("never", "empty", "text", "day", "missing")]
    assert ends == [math.inf, None, None, 86400.0, None]


def test_a_number_is_scaled_to_the_base_unit_and_never_to_infinity():
    values = record(days=2, huge=1e308)
    assert values.number("days", factor=86400.0) == 172800.0
    assert values.number("huge", factor=86400.0) is None
    assert values.answer.skipped == 1


def test_a_record_without_a_name_is_counted_once():
    values = record(name="x", none=None, wrong=[])
    assert [values.name(key) for key in ("name", "none", "wrong")] == ["x", "", ""]
    assert values.answer.skipped == 2


def test_an_object_stands_for_an_array_of_it():
    values = record(one={"a": 1}, many=[{"a": 1}, 5, {"a": 2}])
    assert [item.number("a") for item in values.records("one")] == [1.0]
    assert [item.path for item in values.records("many")] == ["d.many[0]", "d.many[2]"]
    assert values.answer.skipped_paths == ["d.many[1]"]


def test_the_entries_of_a_map_have_names_without_addresses_and_each_name_once():
    entries = {"a b": {}, "x@example.com": {}, "y@example.com": {}, "null": None, "wrong": 5}
    values = record(map=entries)
    assert [(name, entry.path) for name, entry in values.entries("map")] == [
        ("a b", "d.map.*"),
        ("*@example.com", "d.map.*"),
        ("null", "d.map.null"),
    ]
    assert values.answer.skipped_paths == ["d.map.*", "d.map.wrong"]


@pytest.mark.parametrize(
    ("document", "kind"),
    [(None, "nothing"), ([], "an array"), ("x", "a string"), (True, "a boolean"), (1, "a number")],
)
def test_a_document_that_is_no_object_is_a_schema_error_without_its_content(document, kind):
    with pytest.raises(SchemaError) as error:
        Answer({"d": document}, now=0.0).record("d")
    assert error.value.reason is Reason.SCHEMA
    assert error.value.document == "d"
    assert error.value.message == f"expected an object at d, got {kind}"


def test_an_object_within_a_document_is_demanded_by_its_path():
    answer = Answer({"d": {"a": {"b": {"x": 1}}, "c": []}}, now=0.0)
    assert answer.record("d", "a", "b").number("x") == 1.0
    for path in (("a", "x"), ("c", "b"), ("c",)):
        with pytest.raises(SchemaError, match=rf"^expected an object at d\.{'.'.join(path)}, got "):
            answer.record("d", *path)


def test_a_document_without_any_of_its_keys_is_another_one():
    answer = Answer({"d": {"message": "secret"}}, now=0.0)
    assert answer.record("d", one_of=("message", "a"))
    with pytest.raises(SchemaError) as error:
        answer.record("d", one_of=("a", "b"))
    assert (error.value.document, error.value.message) == ("d", "expected one of a, b at d")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "expected an array at d, got nothing"),
        ({}, "expected an array at d, got an object"),
        ("x", "expected an array at d, got a string"),
        ([1, "x"], "expected objects in the array at d"),
    ],
)
def test_a_document_that_is_no_array_of_objects_is_a_schema_error(document, message):
    with pytest.raises(SchemaError) as error:
        Answer({"d": document}, now=0.0).records("d")
    assert (error.value.document, error.value.message) == ("d", message)


@pytest.mark.parametrize(
    ("document", "kind"), [(None, "nothing"), ({}, "an object"), ([], "an array")]
)
def test_a_document_that_is_no_text_is_a_schema_error(document, kind):
    with pytest.raises(SchemaError) as error:
        Answer({"d": document}, now=0.0).text("d")
    assert error.value.document == "d"
    assert error.value.message == f"expected a text at d, got {kind}"


def test_the_rows_of_a_document_are_read_until_there_is_no_more_time_every_so_many():
    ticks = itertools.count()
    allowance = Allowance(2.0, ticks=lambda: float(next(ticks)))
    rows = Answer({"d": [{}] * 5000}, 0.0, allowance).records("d")
    read = []
    with pytest.raises(FetchError, match="raise timeout"):
        read.extend(index for index, _ in enumerate(rows))
    assert len(read) == 2 * 1024


def test_the_failure_of_an_optional_document_is_noted_and_goes_no_further():
    answer = Answer({"d": []}, now=0.0)
    with answer.optional("d"):
        answer.record("d")
    assert answer.failed["d"].reason is Reason.SCHEMA


def test_all_skipped_values_are_counted_and_the_first_are_named():
    answer = Answer({"d": [*range(500), {}]}, now=0.0)
    assert len(list(answer.records("d"))) == 1
    assert answer.skipped == 500
    assert answer.skipped_paths == [f"d[{index}]" for index in range(100)]


def test_why_a_value_cannot_be_read_is_kept_of_the_first_at_each_of_the_first_paths():
    answer = Answer({}, now=0.0)
    for index in range(200):
        answer.skip(f"d[{index}]", "not a number")
        answer.skip(f"d[{index}]", "not a date")
    assert answer.unread == {f"d[{index}]": "not a number" for index in range(100)}


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("monthly_tx_counter", "monthly_tx_counter"),
        ("max-uses-2026", "max-uses-2026"),
        ("apps_total_licenses", "apps_total_licenses"),
        ("sk_live_51Hq0A7b29", "*"),
        ("a1b2c3d4e5f60718293a", "*"),
        ("john@example.com", "*"),
        ("x" * 65, "*"),
    ],
)
def test_a_key_is_shown_unless_it_may_be_a_token_or_a_persons(key: str, shown: str) -> None:
    assert plain(key) == shown
