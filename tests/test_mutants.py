"""The list of changes that no test notices is one that can be read, and says why of each."""

import ast
from pathlib import Path

import pytest

from bench.mutants.changes import Result, changed_lines, results
from bench.mutants.known import FOLDER, known

_REASON = "    lines: ['- a', '+ b']\n    why: {}\n"


def test_each_listed_change_is_of_a_function_that_is_there():
    for each in known():
        module, _, function = each.function.rpartition(".")
        tree = ast.parse(Path(module.replace(".", "/") + ".py").read_text(encoding="utf-8"))
        names = {node.name for node in ast.walk(tree) if hasattr(node, "name")}

        assert function.removeprefix("x_").rpartition("ǁ")[2] in names, each.function


def test_no_change_is_listed_twice():
    listed = [(each.function, each.lines) for each in known()]

    assert len(listed) == len(set(listed))


def test_a_reason_says_of_which_kind_it_is(tmp_path):
    (tmp_path / "model.values.yaml").write_text(
        "license_exporter.model.values.x_flag:\n  - " + _REASON.format("we think so").lstrip()
    )

    with pytest.raises(ValueError, match=r"model\.values\.yaml: .*x_flag: why: begin with"):
        list(known(tmp_path))


def test_a_change_stands_in_the_file_of_its_module(tmp_path):
    (tmp_path / "model.ids.yaml").write_text(
        "license_exporter.model.values.x_flag:\n  - " + _REASON.format("equivalent, as").lstrip()
    )

    with pytest.raises(ValueError, match="belongs to a file of its module"):
        list(known(tmp_path))


def test_a_change_is_told_by_its_lines_without_its_number(tmp_path):
    folder = tmp_path / "license_exporter/model"
    folder.mkdir(parents=True)
    (folder / "values.py").write_text(
        "def x_flag__mutmut_orig(value, least=1):\n    if value:\n        return least\n"
        "def x_flag__mutmut_1(value, least=2):\n    if value:\n        return least\n"
        "def x_flag__mutmut_2(value, least=1):\n    if not value:\n        return least\n"
    )
    (folder / "values.py.meta").write_text(
        '{"exit_code_by_key": {"license_exporter.model.values.x_flag__mutmut_1": 1,'
        ' "license_exporter.model.values.x_flag__mutmut_2": 0,'
        ' "license_exporter.model.values.x_flag__mutmut_3": null}}'
    )

    head, body, untried = results(tmp_path)

    assert (head.noticed, body.noticed, untried.noticed) == (True, False, None)
    assert changed_lines(tmp_path, head) == ("- def (value, least=1):", "+ def (value, least=2):")
    assert changed_lines(tmp_path, body) == ("- if value:", "+ if not value:")
    assert body == Result("license_exporter.model.values.x_flag__mutmut_2", noticed=False)
    assert body.function == "license_exporter.model.values.x_flag"
    assert FOLDER.is_dir()
