import pytest

from license_exporter.mapping import expressions
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.mapping.expressions import ExpressionError
from tests.mapping.mappings import NOW, search


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
