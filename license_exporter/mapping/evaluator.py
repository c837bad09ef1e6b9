"""What expressions find in an answer, within what they may cost.

One that fails on an answer (a sum of texts, say) finds nothing, like one whose keys are missing.
"""

from collections.abc import Mapping
from itertools import count
from typing import Any

from jmespath import exceptions
from jmespath.visitor import Options, TreeInterpreter

from license_exporter.mapping.expressions import Expression, Node
from license_exporter.mapping.functions import Scope
from license_exporter.model.allowance import Allowance

# After so many steps of the interpreter it is asked whether to go on.
_STEPS = 256

# What an expression can meet in an answer that it was not written for.
_FAILURES = (exceptions.JMESPathError, ArithmeticError, TypeError, ValueError, RecursionError)


class _Interpreter(TreeInterpreter):
    """The library's interpreter without its cache of bound methods, and with an end.

    That cache is a cycle, which would keep each answer in memory until a garbage collection.
    """

    def __init__(self, scope: Scope, allowance: Allowance) -> None:
        super().__init__(Options(custom_functions=scope))
        del self.__dict__["_method_cache"]
        self._allowance = allowance
        self._steps = count()

    def visit(self, node: Node, value: Any) -> Any:
        if not next(self._steps) % _STEPS:
            self._allowance.check()
        return _VISITS[node["type"]](self, node, value)


_VISITS = {
    name.removeprefix("visit_"): getattr(TreeInterpreter, name)
    for name in dir(TreeInterpreter)
    if name.startswith("visit_")
}


class Evaluator:
    """Evaluates expressions on one answer, at the time `now`, within an allowance.

    FetchError and OvertimeError of that end an evaluation; all else that fails finds nothing.
    """

    def __init__(
        self, documents: Mapping[str, object], now: float, allowance: Allowance | None = None
    ) -> None:
        allowance = allowance or Allowance()
        self.scope = Scope(documents, now, allowance)
        self._interpreter = _Interpreter(self.scope, allowance)

    def search(self, expression: Expression, value: object) -> object:
        """What the expression finds in a value; None if nothing."""
        try:
            return self._interpreter.visit(expression.tree, value)
        except _FAILURES:
            return None

    def table(self, projection: Expression, rows: list[object]) -> list[list[object]] | None:
        """What each expression of a projection finds in each row (none of which is None).

        None if one of them fails; `search` then tells which.
        """
        try:
            table: list[list[object]] = self._interpreter.visit(projection.tree, rows)
        except _FAILURES:
            return None
        return table
