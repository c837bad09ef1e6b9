import gc

import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.mapping import expressions
from license_exporter.mapping.evaluator import Evaluator
from license_exporter.model.allowance import Allowance, OvertimeError
from tests.mapping.mappings import NOW, search


@pytest.mark.parametrize("text", ["sum(@)", "max(@)", "parent().name", "sort_by(@, &x)", "[::0]"])
def test_an_expression_that_fails_on_an_answer_finds_nothing(text):
    assert search(text, ["text", 5]) is None


def test_all_expressions_of_a_row_are_found_by_one_projection():
    compiled = [expressions.compile(text) for text in ("a", "b | [0]", "c || 'd'")]
    table = Evaluator({}, NOW).table(expressions.projection(compiled), [{"a": 1, "b": [2]}, {}])
    assert table == [[1, 2, "d"], [None, None, "d"]]


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


def test_what_expressions_build_is_bounded():
    evaluator = Evaluator({}, NOW, Allowance(texts=10_000))
    whole = expressions.compile("length(to_string(@))")
    with pytest.raises(FetchError) as caught:
        for _ in range(10):
            evaluator.search(whole, ["x" * 5000])
    assert caught.value.reason is Reason.TOO_LARGE


class Shown:
    """A value of a document that tells when it is written as text."""

    def __init__(self, times):
        self.times = times

    def __str__(self):
        self.times.append(True)
        return ""


def test_a_text_that_is_too_long_is_not_even_begun():
    times = []
    evaluator = Evaluator({}, NOW, Allowance(texts=10_000))
    document = [{"a": Shown(times), "b": 1}, "x" * 20_000]
    for value in (document, document[::-1], {"x" * 20_000: Shown(times)}):
        with pytest.raises(FetchError) as caught:
            evaluator.search(expressions.compile("to_string(@)"), value)
        assert caught.value.reason is Reason.TOO_LARGE
    assert not times


def test_it_is_asked_now_and_then_whether_to_go_on():
    asked = []
    allowance = Allowance(ticks=lambda: float(len(asked.append(None) or asked)))
    evaluator = Evaluator({}, NOW, allowance)
    found = evaluator.search(expressions.compile("[].[a, b]"), [{"a": 1, "b": 2}] * 1000)
    assert found == [[1, 2]] * 1000
    # Some four steps a row, and a question each 256 steps.
    assert 10 < len(asked) < 20


@pytest.mark.parametrize(
    ("bounds", "error"), [({"deadline": 0.0}, FetchError), ({"overtime": 0.0}, OvertimeError)]
)
def test_an_expression_ends_when_its_time_is_over(bounds, error):
    evaluator = Evaluator({}, NOW, Allowance(**bounds))
    with pytest.raises(error):
        evaluator.search(expressions.compile("[].[a, b]"), [{"a": 1, "b": 2}] * 1000)
