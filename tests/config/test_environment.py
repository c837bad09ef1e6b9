import pytest

from license_exporter.config.environment import Elsewhere, Filled, filled


@pytest.mark.parametrize(
    ("text", "meant"),
    [("${A}-${B}", "a-b"), ("$$A", "$A"), ("$${A}", "${A}"), ("$A", "$A"), ("${END}", "x")],
)
def test_variables_are_filled_in(text, meant):
    assert filled(text, {"A": "a", "B": "b", "END": "x\r\n"}) == Filled(meant)


def test_what_a_variable_holds_is_not_filled_in_again():
    assert filled("${A}", {"A": "${A} $$"}).text == "${A} $$"


def test_each_variable_that_cannot_be_filled_in_is_told():
    text, problems, unknown = "${GONE} ${1} ${A", 3, False
    told = filled(text, {"A": "a"})
    assert (len(told.problems), told.unknown) == (problems, unknown)


def test_a_variable_that_is_set_elsewhere_is_no_problem():
    assert filled("a ${GONE}", Elsewhere()) == Filled("a ", (), unknown=True)
