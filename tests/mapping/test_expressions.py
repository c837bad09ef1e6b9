import gc

import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.mapping import expressions
from license_exporter.mapping.expressions import Evaluator, ExpressionError
from license_exporter.model.allowance import Allowance, OvertimeError

NOW = 1_700_000_000.0


def search(text, value, **documents):
    return Evaluator(documents, NOW).search(expressions.compile(text), value)


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("", 1, "the expression is empty"),
        ("plans[", 7, "the expression ends too early"),
        ("plans[].[a b]", 12, "'b' cannot stand here"),
        ("seats.", 7, "the expression ends too early"),
        ("a # b", 3, "'#' is unknown to JMESPath"),
        ("seats-used", 6, 'needs quotes: "seats-used"'),
        ("a == 'b", 6, "the quotation that begins with ' does not end"),
        ("a = 'b'", 3, "a comparison is written =="),
        ("a[?b==1]", 7, "a number needs backticks: `1`"),
        ("a || lenght(b)", 6, "there is no function lenght()"),
        ("a.length()", 3, "length() takes 1 arguments, not 0"),
        ("parent(@)", 1, "parent() takes 0 arguments, not 1"),
    ],
)
def test_an_expression_that_does_not_compile_is_refused_with_its_column(text, column, problem):
    with pytest.raises(ExpressionError) as caught:
        expressions.compile(text)
    assert caught.value.column == column
    assert problem in str(caught.value)


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


@pytest.mark.parametrize("text", ["sum(@)", "max(@)", "parent().name", "sort_by(@, &x)", "[::0]"])
def test_an_expression_that_fails_on_an_answer_finds_nothing(text):
    assert search(text, ["text", 5]) is None


def test_all_expressions_of_a_row_are_found_by_one_projection():
    compiled = [expressions.compile(text) for text in ("a", "b | [0]", "c || 'd'")]
    table = Evaluator({}, NOW).table(expressions.projection(compiled), [{"a": 1, "b": [2]}, {}])
    assert table == [[1, 2, "d"], [None, None, "d"]]


@pytest.mark.parametrize(
    ("text", "holder", "key"), [("a", "@", "a"), ("a.b.c", "a.b", "c"), ("a[0].b", "a[0]", "b")]
)
def test_the_object_in_which_the_last_name_is_looked_up_is_known(text, holder, key):
    document = {"a": {"b": {"c": 1}}} if "[" not in text else {"a": [{"b": 1}]}
    expression, name = expressions.holder(expressions.compile(text))
    assert Evaluator({}, NOW).search(expression, document) == search(holder, document)
    assert name == key


def test_an_expression_that_ends_in_no_name_has_no_such_object():
    assert expressions.holder(expressions.compile("length(a)")) == (None, "")


def test_names_with_dots_between_are_a_path():
    assert expressions.keys(expressions.compile('meta."@odata.nextLink"')) == (
        "meta",
        "@odata.nextLink",
    )
    with pytest.raises(ExpressionError, match="only names"):
        expressions.keys(expressions.compile("a[0]"))


class Held:
    """A value of a document that tells when it is let go."""

    def __init__(self, gone):
        self.gone = gone

    def __del__(self):
        self.gone.append(True)


def test_nothing_of_a_document_is_kept_when_it_has_been_read():
    gone = []
    gc.disable()
    try:
        evaluator = Evaluator({"a": [Held(gone)]}, NOW)
        assert evaluator.search(expressions.compile("length(root().a)"), {}) == 1
        del evaluator
        assert gone == [True]
    finally:
        gc.enable()


def test_a_long_text_is_cut_before_it_is_joined_to_each_row():
    joined = search("join('/', [long, 'b'])", {"long": "x" * 1_000_000})
    assert len(joined) < 4096
    assert joined.endswith("/b")
    assert joined != search("join('/', [long, 'b'])", {"long": "x" * 1_000_001})


def test_a_text_that_a_label_has_room_for_is_joined_whole():
    assert search("join('/', [a, 'b'])", {"a": "x" * 1000}) == "x" * 1000 + "/b"


def test_what_expressions_build_is_bounded():
    evaluator = Evaluator({}, NOW, Allowance(texts=10_000))
    whole = expressions.compile("length(to_string(@))")
    with pytest.raises(FetchError) as caught:
        for _ in range(10):
            evaluator.search(whole, ["x" * 5000])
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("bounds", "error"), [({"deadline": 0.0}, FetchError), ({"overtime": 0.0}, OvertimeError)]
)
def test_an_expression_ends_when_its_time_is_over(bounds, error):
    evaluator = Evaluator({}, NOW, Allowance(**bounds))
    with pytest.raises(error):
        evaluator.search(expressions.compile("[].[a, b]"), [{"a": 1, "b": 2}] * 1000)
