"""The changes that mutmut made, and what the tests said to each: read from the folder it leaves."""

import ast
import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_ORIGINAL = "orig"

# Exit codes of the tests: none failed, none was there.
_UNNOTICED = frozenset({0, 5, 33})


@dataclass(frozen=True, slots=True)
class Result:
    """A change by its name, as `license_exporter.model.values.x_flag__mutmut_6`, and whether a test
    noticed it; None where the tests were not run."""

    name: str
    noticed: bool | None

    @property
    def function(self) -> str:
        return self.name.rpartition("__mutmut_")[0]

    @property
    def module(self) -> str:
        return self.function.rpartition(".")[0]


def results(made: Path) -> Iterator[Result]:
    for file in sorted(made.rglob("*.meta")):
        codes: dict[str, int | None] = json.loads(file.read_text(encoding="utf-8"))[
            "exit_code_by_key"
        ]
        for name, code in codes.items():
            yield Result(name, None if code is None else code not in _UNNOTICED)


def changed_lines(made: Path, result: Result) -> tuple[str, ...]:
    """The lines that a change takes away and adds, with - and + before them."""
    functions = _functions(made / (result.module.replace(".", "/") + ".py"))
    changed = result.name.rpartition(".")[2]
    original = f"{changed.rpartition('_')[0]}_{_ORIGINAL}"
    difference = difflib.unified_diff(functions[original], functions[changed], lineterm="", n=0)
    return tuple(
        f"{line[0]} {line[1:].strip()}"
        for line in difference
        if line.startswith(("-", "+")) and not line.startswith(("---", "+++"))
    )


@cache
def _functions(file: Path) -> dict[str, list[str]]:
    """The lines of each function by its name, which they are without: it tells changes apart."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        node.name: [
            line.replace(node.name, "", 1) for line in lines[node.lineno - 1 : node.end_lineno]
        ]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
