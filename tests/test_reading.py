import math
import time

import pytest

from license_exporter import reading
from license_exporter.errors import Reason, SchemaError
from license_exporter.model import State
from license_exporter.reading import Answer

NOTHING = [None, "", " ", "null", " null "]


def record(**values):
    return Answer({"d": values}, now=0.0).record("d")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0.0),
        (-3, -3.0),
        (1.5, 1.5),
        ("12", 12.0),
        (" 12\n", 12.0),
        ("-1.5e3", -1500.0),
        ("1E+2", 100.0),
        ("007", 7.0),
        (2**53 + 1, float(2**53)),
        (2**64, float(2**64)),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
        *((nothing, None) for nothing in NOTHING),
    ],
)
def test_a_number_is_one_or_a_text_of_one_or_says_nothing(value, number):
    assert reading.number(value) == number
    assert reading.limit(value) == number


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        "many",
        "unlimited",
        "NULL",
        "+1",
        "1.",
        ".5",
        "1_000",
        "1,000",
        "0x10",
        "١٢",
        "²",
        "1 2",
        "inf",
        "NaN",
        math.inf,
        math.nan,
        "1e400",
        10**400,
        "9" * 1000,
        [],
        {},
    ],
)
def test_anything_else_is_no_number(value):
    with pytest.raises(ValueError, match="not a"):
        reading.number(value)


@pytest.mark.parametrize("value", ["unlimited", "Unlimited", " UNLIMITED "])
def test_unlimited_is_an_infinite_limit(value):
    assert reading.limit(value) == math.inf


@pytest.mark.parametrize("value", [True, "infinite", "none", [], math.inf])
def test_anything_else_is_no_limit(value):
    with pytest.raises(ValueError, match="not a"):
        reading.limit(value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2022-09-09", 1662681600.0),
        ("2022-09-09T00:00:00.000Z", 1662681600.0),
        ("2022-09-09T00:00:00Z", 1662681600.0),
        ("2022-09-09T00:00Z", 1662681600.0),
        ("2022-09-09t00:00:00z", 1662681600.0),
        ("2022-09-09T00:00:00", 1662681600.0),
        ("2022-09-09 00:00:00", 1662681600.0),
        ("2022-09-09 00:00:00 +0000", 1662681600.0),
        ("2022-09-09T10:00:00+10:00", 1662681600.0),
        ("2022-09-08T22:00:00-02", 1662681600.0),
        ("2022-09-09T00:00:00,5Z", 1662681600.5),
        ("2022-09-09T00:00:00.123456789Z", 1662681600.123456),
        (" 2022-09-09 ", 1662681600.0),
        ("1969-12-31T23:59:59Z", -1.0),
        ("2040-01-16T09:20:30.785Z", 2210318430.785),
        *((nothing, None) for nothing in NOTHING),
    ],
)
def test_a_date_is_iso_8601_in_utc_unless_it_says_otherwise(value, seconds):
    assert reading.timestamp(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "never",
        "2022-13-01",
        "2021-02-29",
        "0000-01-01",
        "2022-09-09T25:00:00Z",
        "2022-09-09T00:00:00+25:00",
        "2022-09-09T",
        "2022-09",
        "22-09-09",
        "09/09/2022",
        "1662681600",
        1662681600,
        True,
        [],
    ],
)
def test_anything_else_is_no_date(value):
    with pytest.raises(ValueError, match=r"."):
        reading.timestamp(value)


@pytest.mark.parametrize(
    ("value", "flag"), [(True, True), (False, False), (None, None), ("", None)]
)
def test_a_flag_is_true_or_false_or_says_nothing(value, flag):
    assert reading.flag(value) is flag


@pytest.mark.parametrize("value", [0, 1, "true", "yes", []])
def test_anything_else_is_no_flag(value):
    with pytest.raises(ValueError, match="not true or false"):
        reading.flag(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [("Acme", "Acme"), (" Acme ", " Acme "), (7, "7"), (None, ""), ("", ""), ("null", "")],
)
def test_a_text_is_one_or_a_whole_number_or_says_nothing(value, text):
    assert reading.text(value) == text


@pytest.mark.parametrize("value", [True, 1.5, [], {}, pytest.param(10**5000, id="5001 digits")])
def test_anything_else_is_no_text(value):
    with pytest.raises(ValueError, match=r"."):
        reading.text(value)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("jane.doe@example.com", "*@example.com"),
        ("MAIL/jane.o'doe+x@example.com/Inbox", "MAIL/*@example.com/Inbox"),
        ("DROPBOX:USER@EXAMPLE.COM", "DROPBOX:*@EXAMPLE.COM"),
        ("dropbox@USER@EXAMPLE.COM", "dropbox@*@EXAMPLE.COM"),
        ("a@one.example, b@two.example", "*@one.example, *@two.example"),
        ("C:\\Users\\jané@exämple.org", "C:\\Users\\*@exämple.org"),
        ('"jane doe"@example.com', "*@example.com"),
        ("https://example.com/jane%40example.com", "https://example.com/*%40example.com"),
        ("x%40jane@example.com", "x%40*@example.com"),
        ("jane@[192.0.2.1]", "*@[192.0.2.1]"),
        ("microsoft@User Name", "microsoft@User Name"),
        ("no address", "no address"),
        ("@example.com", "@example.com"),
    ],
)
def test_the_local_parts_of_addresses_are_masked_in_every_text(text, masked):
    assert reading.mask_emails(text) == masked
    assert reading.text(text) == masked


@pytest.mark.parametrize(
    ("start", "repeated", "end"),
    [("", "a", "@"), ("", "a@", ""), ("", '"', "@"), ("", "%40", ""), ("@", "a.", "")],
)
def test_masking_takes_time_in_proportion_to_the_text(start, repeated, end):
    began = time.process_time()
    reading.mask_emails(start + repeated * 10**6 + end)
    assert time.process_time() - began < 20  # hours, if it grew with the square of the length


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *((state.value, state) for state in State),
        ("Expiring", State.ACTIVE),
        (" BANNED ", State.INVALID),
        ("deleted", State.INVALID),
        ("invalidated", State.INVALID),
        ("inactive", State.UNKNOWN),
        (5, State.UNKNOWN),
        *((nothing, None) for nothing in NOTHING),
    ],
)
def test_the_words_of_a_state_are_read_in_any_case(word, state):
    assert reading.state(word) is state


def test_a_vendor_has_words_of_its_own_for_a_state():
    assert reading.state("Licensed", {"licensed": State.ACTIVE}) is State.ACTIVE
    assert reading.state("licensed") is State.UNKNOWN


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


def test_what_cannot_be_read_is_none_and_counted_with_its_path():
    values = record(a=[], b={}, c=True)
    assert values.number("a") is None
    assert values.timestamp("b") is None
    assert values.text("c") == ""
    assert values.record("a") is None
    assert values.array("c") is None
    assert values.answer.skipped == 5
    assert values.answer.skipped_paths == ["d.a", "d.b", "d.c", "d.a", "d.c"]


def test_only_a_null_that_is_there_is_an_end_that_never_comes():
    values = record(never=None, empty="", text="null", day="1970-01-02")
    ends = [values.expiry(key) for key in ("never", "empty", "text", "day", "missing")]
    assert ends == [math.inf, None, None, 86400.0, None]


@pytest.mark.parametrize("part", ["x", "@", "a.b@c.example ", "%40", '"a'])
def test_a_text_without_end_is_cut_and_stays_different_from_others(part):
    began = time.process_time()
    texts = {reading.text(part * 1_000_000 + end) for end in ("", "a", "b", "\ud800")}
    assert time.process_time() - began < 20  # hours, if it grew with the square of the length
    assert len(texts) == 4
    assert max(map(len, texts)) < 100_000


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
        with pytest.raises(SchemaError, match=rf"expected an object at d\.{'.'.join(path)}"):
            answer.record("d", *path)


def test_a_document_without_any_of_its_keys_is_another_one():
    answer = Answer({"d": {"message": "secret"}}, now=0.0)
    assert answer.record("d", one_of=("message", "a"))
    with pytest.raises(SchemaError, match="expected one of a, b at d"):
        answer.record("d", one_of=("a", "b"))


@pytest.mark.parametrize("document", [None, {}, "x", [1, "x"]])
def test_a_document_that_is_no_array_of_objects_is_a_schema_error(document):
    with pytest.raises(SchemaError):
        Answer({"d": document}, now=0.0).records("d")


def test_the_failure_of_an_optional_document_is_noted_and_goes_no_further():
    answer = Answer({"d": []}, now=0.0)
    with answer.optional("d"):
        answer.record("d")
    assert answer.failed["d"].reason is Reason.SCHEMA


def test_all_skipped_values_are_counted_and_the_first_are_named():
    answer = Answer({"d": [*range(500), {}]}, now=0.0)
    assert len(list(answer.records("d"))) == 1
    assert answer.skipped == 500
    assert len(answer.skipped_paths) == 100
