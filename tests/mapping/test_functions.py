import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.mapping import expressions
from license_exporter.mapping.evaluator import Evaluator
from tests.mapping.mappings import NOW, search


def test_entries_are_the_names_and_values_of_a_map():
    found = search("entries(features)[?value.on].name", {"features": {"a": {"on": True}, "b": {}}})
    assert found == ["a"]


def test_entries_show_no_text_that_stands_under_the_name_of_a_secret():
    found = search("entries(@)", {"license_key": "S3CRET", "tokens": 5})
    assert found == [{"name": "license_key", "value": None}, {"name": "tokens", "value": 5}]


def test_groups_are_the_rows_that_share_a_name():
    rows = [{"g": "a", "n": 1}, {"g": "b", "n": 2}, {"g": "a", "n": 3}, {"n": 4}]
    found = search("group(@, &g)[].[name, rows[].n]", rows)
    assert found == [["a", [1, 3]], ["b", [2]]]


@pytest.mark.parametrize(
    ("values", "total"), [([1, "2.5"], 3.5), ([1, None], None), ([1, "many"], None), ([], None)]
)
def test_a_total_is_known_only_if_every_part_is(values, total):
    assert search("total(@)", values) == total


@pytest.mark.parametrize(
    ("date", "ahead"),
    [("2030-01-01", True), ("2020-01-01", False), (NOW + 1, True), (None, None), ("soon", None)],
)
def test_a_date_is_ahead_or_not(date, ahead):
    assert search("ahead(@)", date) is ahead


def test_the_first_date_ahead_is_when_the_answer_must_be_read_again():
    evaluator = Evaluator({}, NOW)
    for date in (NOW + 9, NOW + 5, NOW - 1):
        evaluator.search(expressions.compile("ahead(@)"), date)
    assert evaluator.scope.valid_until == NOW + 5


@pytest.mark.parametrize(
    ("value", "is_null"), [({"a": None}, True), ({"a": 0}, False), ({}, False), (5, False)]
)
def test_a_null_that_is_sent_is_told_from_a_name_that_is_missing(value, is_null):
    assert search("is_null(@, 'a')", value) is is_null


def test_the_root_is_all_documents_by_name():
    assert search('root()."sys/license".id', 5, **{"sys/license": {"id": "x"}}) == "x"


def test_a_long_text_is_cut_before_it_is_joined_to_each_row():
    joined = search("join('/', [long, 'b'])", {"long": "x" * 1_000_000})
    assert len(joined) < 4096
    assert joined.endswith("/b")
    assert joined != search("join('/', [long, 'b'])", {"long": "x" * 1_000_001})


def test_a_text_that_a_label_has_room_for_is_joined_whole():
    assert search("join('/', [a, 'b'])", {"a": "x" * 1024}) == "x" * 1024 + "/b"


@pytest.fixture(scope="module")
def large():
    """A document that expressions only read; it takes long to make."""
    return {
        "glue": "😀" * 1000,
        "names": [f"{n}" * 100 for n in range(20_000)],
        "keys": dict.fromkeys(map(str, range(1_100_000)), 1),
    }


@pytest.mark.parametrize(
    "expression",
    [
        "join(glue, names)",
        "join('', map(&join('', $), names))".replace("$", "root().doc.names"),
        "to_string(@)",
        "entries(keys)",
    ],
)
def test_what_takes_too_much_memory_is_not_built(expression, large):
    with pytest.raises(FetchError) as caught:
        search(expression, large, doc=large)
    assert caught.value.reason is Reason.TOO_LARGE


def test_json_in_a_text_is_no_way_to_more_memory_than_there_is():
    assert search("from_json(@)", "[" + "[]," * 1000 + "1]")
    assert search("from_json(@)", "[" + "[]," * 1_000_000 + "1]") is None


def test_what_is_written_as_text_is_what_it_was():
    value = {"a": [1, 2.5, None, True, "é"], "b": {}}
    assert search("to_string(@)", value) == '{"a":[1,2.5,null,true,"\\u00e9"],"b":{}}'
    assert search("to_string(@)", "text") == "text"
