"""JMESPath, with functions for what it lacks: names of a map, the rows around a row, the time.

The language is described at https://jmespath.org/specification.html. An expression that fails on
an answer (a sum of texts, say) finds nothing, like one whose keys are missing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import jmespath
from jmespath import exceptions
from jmespath.functions import Functions, signature
from jmespath.visitor import Options, TreeInterpreter

from license_exporter.errors import FetchError
from license_exporter.formats.json import decode
from license_exporter.mapping.names import is_sensitive
from license_exporter.model import values
from license_exporter.model.allowance import LONGEST_PART, Allowance

# Nodes of JMESPath's syntax tree are dictionaries: `type`, `children` and, for some, `value`.
Node = Any

_ANY: Any = {"types": []}
_ARRAY: Any = {"types": ["array", "null"]}
_OBJECT: Any = {"types": ["object", "null"]}
_EXPRESSION: Any = {"types": ["expref"]}
_NUMBER_TYPES = (int, float)

# After so many steps of the interpreter, a power of two, it is asked whether to go on.
_STEPS = 256

# So many long texts are remembered with what is left of them in a label.
_REMEMBERED = 256

# What an expression can meet in an answer that it was not written for.
_FAILURES = (exceptions.JMESPathError, ArithmeticError, TypeError, ValueError, RecursionError)


class ExpressionError(Exception):
    """An expression that does not compile; `column` counts from 1."""

    def __init__(self, column: int, message: str) -> None:
        super().__init__(f"column {column}: {message}")
        self.column = column


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; equal to every other of the same text."""

    text: str
    tree: Node = field(compare=False, repr=False)


class Scope(Functions):
    """The functions that expressions can call, and what these know: documents, rows, the time.

    `parents` are the rows around the current one, the outermost first. `valid_until` is the
    earliest moment at which the same documents would be read differently. `allowance` bounds what
    the functions build.
    """

    def __init__(self, documents: Mapping[str, object], now: float, allowance: Allowance) -> None:
        self.parents: list[object] = []
        self.valid_until: float | None = None
        self.documents = documents
        self.now = now
        self._allowance = allowance
        self._parts: dict[str, str] = {}

    def call_function(self, name: str, arguments: Any) -> object:
        """What a function gives for its arguments; each call counts."""
        self._allowance.check()
        result = super().call_function(name, arguments)
        if isinstance(result, str):
            self._allowance.builds(result)
        return result

    def _part(self, text: str) -> str:
        """What of a text can matter in a label, which has it for each of a million rows."""
        if len(text) <= LONGEST_PART:
            return text
        # The text of the row around is the same object for all rows in it: its hash is known.
        part = self._parts.get(text)
        if part is None:
            if len(self._parts) >= _REMEMBERED:
                self._parts.clear()
            part = self._parts[text] = values.shortened(text)
        return part

    @signature({"types": ["string"]}, {"types": ["array-string"]})
    def _func_join(self, glue: str, texts: list[str]) -> str:
        return self._part(glue).join(map(self._part, texts))

    def changes_at(self, moment: float) -> None:
        """Note that the same documents are read differently from this moment on."""
        self.valid_until = min(moment, self.valid_until or moment)

    @signature()
    def _func_root(self) -> Mapping[str, object]:
        return self.documents

    @signature()
    def _func_parent(self) -> object:
        return self.parents[-1] if self.parents else None

    @signature()
    def _func_grandparent(self) -> object:
        return self.parents[-2] if len(self.parents) > 1 else None

    @signature(_OBJECT)
    def _func_entries(self, map_: dict[str, object] | None) -> list[object] | None:
        if map_ is None:
            return None
        return [
            # The mapping was checked for names that end in a secret; these are known only now.
            {"name": name, "value": None if _hides(name, value) else value}
            for name, value in map_.items()
        ]

    @signature(_ARRAY, _EXPRESSION)
    def _func_group(self, rows: list[object] | None, by: Any) -> list[object] | None:
        if rows is None:
            return None
        groups: dict[str, list[object]] = {}
        for row in rows:
            name = by.visit(by.expression, row)
            if isinstance(name, str):
                groups.setdefault(name, []).append(row)
        return [{"name": name, "rows": members} for name, members in groups.items()]

    @signature(_ARRAY)
    def _func_total(self, rows: list[object] | None) -> float | None:
        numbers = [values.number(value) for value in rows or ()]
        known = [number for number in numbers if number is not None]
        return sum(known) if known and len(known) == len(numbers) else None

    @signature(_ANY, _ANY)
    def _func_minus(self, whole: object, part: object) -> float | None:
        minuend, subtrahend = values.number(whole), values.number(part)
        return None if minuend is None or subtrahend is None else minuend - subtrahend

    @signature({"types": ["string", "null"]})
    def _func_from_json(self, text: str | None) -> object:
        try:
            return decode(text.encode("utf-8", "surrogatepass")) if text else None
        except FetchError:
            return None

    @signature(_ANY)
    def _func_ahead(self, date: object) -> bool | None:
        is_number = date.__class__ in _NUMBER_TYPES
        moment = values.real_end(float(date)) if is_number else values.end(date)  # type: ignore[arg-type]
        if moment is None:
            return None
        if moment <= self.now:
            return False
        self.changes_at(moment)
        return True

    @signature(_ANY, {"types": ["string"]})
    def _func_is_null(self, map_: object, key: str) -> bool:
        return isinstance(map_, dict) and key in map_ and map_[key] is None


def _hides(name: str, value: object) -> bool:
    return isinstance(value, str) and is_sensitive(name)


class _Interpreter(TreeInterpreter):
    """The library's interpreter without its cache of bound methods, and with an end.

    That cache is a cycle, which would keep each answer in memory until a garbage collection.
    """

    def __init__(self, scope: Scope, allowance: Allowance) -> None:
        super().__init__(Options(custom_functions=scope))
        del self.__dict__["_method_cache"]
        self._allowance = allowance
        self._steps = 0

    def visit(self, node: Node, value: Any) -> Any:
        self._steps += 1
        if not self._steps & (_STEPS - 1):
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


def compile(text: str) -> Expression:
    """Compile an expression. Raises ExpressionError."""
    try:
        tree = jmespath.compile(text).parsed
    except exceptions.EmptyExpressionError:
        raise ExpressionError(1, "the expression is empty") from None
    except exceptions.IncompleteExpressionError:
        raise ExpressionError(len(text) + 1, "the expression ends too early") from None
    except exceptions.ParseError as error:
        raise ExpressionError(error.lex_position + 1, _complaint(error)) from None
    except (ValueError, RecursionError):
        raise ExpressionError(1, "not a JMESPath expression") from None
    for name, count in _calls(tree):
        _check_call(text, name, count)
    return Expression(text, tree)


def projection(expressions: list[Expression]) -> Expression | None:
    """One expression that finds what several find, in each row of an array; None for no expression.

    One pass over the rows for all expressions takes a third of the time of one for each.
    """
    if not expressions:
        return None
    return compile(f"[*].[{', '.join(f'({expression.text})' for expression in expressions)}]")


def holder(expression: Expression) -> tuple[Expression | None, str]:
    """The expression of the object in which an expression looks up its last name, and that name.

    None for an expression that does not end in a name.
    """
    node = expression.tree
    if node["type"] == "field":
        return Expression("@", {"type": "current", "children": []}), node["value"]
    if node["type"] == "subexpression" and node["children"][-1]["type"] == "field":
        rest = {"type": "subexpression", "children": node["children"][:-1]}
        return Expression(f"{expression.text} (holder)", rest), node["children"][-1]["value"]
    return None, ""


def keys(expression: Expression) -> tuple[str, ...]:
    """The names of an expression that is only names with dots between. Raises ExpressionError."""
    return tuple(_keys(expression.tree))


def _keys(node: Node) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    elif node["type"] == "subexpression":
        for child in node["children"]:
            yield from _keys(child)
    else:
        raise ExpressionError(1, "only names with dots between can stand here")


def _complaint(error: exceptions.ParseError) -> str:
    if isinstance(error, exceptions.LexerError):
        return _unknown(error.token_value)
    kind = error.token_type
    if kind == "EOF":
        return "the expression ends too early"
    if kind == "NUMBER":
        return f"a number needs backticks: `{error.token_value}`"
    return f"{error.token_value!r} cannot stand here"


def _unknown(text: str) -> str:
    if text[0] in "'\"`":
        return f"the quotation that begins with {text[0]} does not end"
    if text == "=":
        return "a comparison is written =="
    return (
        f"{text!r} is unknown to JMESPath; a name with others than letters, digits and _ needs "
        'quotes: "seats-used"'
    )


def _calls(node: Node) -> Iterator[tuple[str, int]]:
    """The name and the number of arguments of every function that a tree calls."""
    if node["type"] == "function_expression":
        yield node["value"], len(node["children"])
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _calls(child)


def _check_call(text: str, name: str, count: int) -> None:
    call = re.search(rf"\b{re.escape(name)}\s*\(", text)
    column = call.start() + 1 if call else 1
    function = Scope.FUNCTION_TABLE.get(name)
    if function is None:
        raise ExpressionError(column, f"there is no function {name}()")
    arguments = function["signature"]
    variadic = bool(arguments) and arguments[-1].get("variadic", False)
    if count < len(arguments) or (count > len(arguments) and not variadic):
        raise ExpressionError(column, f"{name}() takes {len(arguments)} arguments, not {count}")
