import pytest

from license_exporter.mapping import expressions
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.expressions import ExpressionError
from tests.mapping.mappings import NOW, search

UNKNOWN = (
    " is unknown to JMESPath; a name with others than letters, digits and _ needs quotes: "
    '"seats-used"'
)


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        ("", 1, "the expression is empty"),
        ("plans[", 7, "the expression ends too early"),
        ("plans[].[a b]", 12, "'b' cannot stand here"),
        ("seats.", 7, "the expression ends too early"),
        ("a # b", 3, "'#'" + UNKNOWN),
        ("seats-used", 6, "'-'" + UNKNOWN),
        ("a == 'b", 6, "the quotation that begins with ' does not end"),
        ('a == "b', 6, 'the quotation that begins with " does not end'),
        ("a == `b", 6, "the quotation that begins with ` does not end"),
        ("a = 'b'", 3, "a comparison is written =="),
        ("a[?b==1]", 7, "a number needs backticks: `1`"),
        ("a || lenght(b)", 6, "there is no function lenght()"),
        ("a.length()", 3, "length() takes 1 arguments, not 0"),
        ("join('', a, b)", 1, "join() takes 2 arguments, not 3"),
        ("merge()", 1, "merge() takes 1 arguments, not 0"),
        ("parent(@)", 1, "parent() takes 0 arguments, not 1"),
    ],
)
def test_an_expression_that_does_not_compile_is_refused_with_its_column(text, column, problem):
    with pytest.raises(ExpressionError) as caught:
        expressions.compile(text)
    assert caught.value.column == column
    assert str(caught.value) == f"column {column}: {problem}"


def test_an_expression_that_python_cannot_read_is_refused_as_a_whole():
    with pytest.raises(ExpressionError) as caught:
        expressions.compile("a[" + "9" * 5000 + "]")
    assert caught.value.column == 1
    assert str(caught.value) == "column 1: not a JMESPath expression"


def test_a_function_that_takes_any_number_of_arguments_is_called_with_several():
    assert search("merge(@, @, {b: a})", {"a": 1}) == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("text", "holder", "key"),
    [
        ("a", "@", "a"),
        ("a.b.c", "a.b", "c"),
        ("a[0].b", "a[0]", "b"),
        ("a.not_null(@).b", "a.not_null(@)", "b"),
    ],
)
def test_the_object_in_which_the_last_name_is_looked_up_is_known(text, holder, key):
    document = {"a": {"b": {"c": 1}}} if "[" not in text else {"a": [{"b": 1}]}
    expression, name = expressions.holder(expressions.compile(text))
    assert Evaluator({}, NOW).search(expression, document) == search(holder, document)
    assert expression.text == (f"{text} (holder)" if "." in text else "@")
    assert name == key


def test_an_expression_that_ends_in_no_name_has_no_such_object():
    assert expressions.holder(expressions.compile("length(a)")) == (None, "")


def test_names_with_dots_between_are_a_path():
    assert expressions.keys(expressions.compile('meta."@odata.nextLink"')) == (
        "meta",
        "@odata.nextLink",
    )
    with pytest.raises(
        ExpressionError, match=r"^column 1: only names with dots between can stand here$"
    ):
        expressions.keys(expressions.compile("a[0]"))
