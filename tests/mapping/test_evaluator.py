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


@pytest.mark.parametrize(
    ("bounds", "error"), [({"deadline": 0.0}, FetchError), ({"overtime": 0.0}, OvertimeError)]
)
def test_an_expression_ends_when_its_time_is_over(bounds, error):
    evaluator = Evaluator({}, NOW, Allowance(**bounds))
    with pytest.raises(error):
        evaluator.search(expressions.compile("[].[a, b]"), [{"a": 1, "b": 2}] * 1000)
