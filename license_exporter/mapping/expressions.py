"""Expressions of mappings: JMESPath, compiled, with what is wrong with a text in plain words.

The language is described at https://jmespath.org/specification.html; `functions.py` has what is
added to it, `evaluator.py` what becomes of an expression on an answer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jmespath
from jmespath import exceptions

from license_exporter.mapping.functions import Scope

# Nodes of JMESPath's syntax tree are dictionaries: `type`, `children` and, for some, `value`.
Node = Any


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


_CURRENT = Expression("@", {"type": "current", "children": []})


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
        return _CURRENT, node["value"]
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
    if text.startswith(("'", '"', "`")):
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
    column = len(re.split(rf"\b{name}\s*\(", text)[0]) + 1
    function = Scope.FUNCTION_TABLE.get(name)
    if function is None:
        raise ExpressionError(column, f"there is no function {name}()")
    arguments = function["signature"]
    variadic = any("variadic" in argument for argument in arguments)
    if count < len(arguments) or (count > len(arguments) and not variadic):
        raise ExpressionError(column, f"{name}() takes {len(arguments)} arguments, not {count}")
