from pathlib import Path

import pytest

from license_exporter.errors import ConfigError
from license_exporter.strict_yaml import read_yaml


def problem_of(path: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    [problem] = caught.value.problems
    return problem


def test_a_file_becomes_plain_data(tmp_path: Path) -> None:
    path = tmp_path / "web.yml"
    path.write_text("a: {b: [1, x, null]}\n")
    assert read_yaml(path) == {"a": {"b": [1, "x", None]}}
    path.write_text("# nothing\n")
    assert read_yaml(path) is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\na: 2\n", ":2: key 'a' stands twice"),
        ("a:\n  b: 1\n  b: 1\n", ":3: key 'b' stands twice"),
        ("a: 1\n b: 2", ":2: mapping values are not allowed here"),
        ("a: 2026-13-01", ": not YAML"),
        ("[" * 5000, ": not YAML"),
        ("a: !!python/object:os.system x", ":1: could not determine a constructor"),
        ("[a]: 1", ":1: a key is a list or a mapping"),
        ("a: \0", ": not YAML"),
    ],
)
def test_what_is_not_plain_yaml_is_refused_with_its_line(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = tmp_path / "web.yml"
    path.write_text(text)
    assert problem_of(path).startswith(f"{path}{problem}")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert problem_of(tmp_path / "none.yml") == f"{tmp_path}/none.yml: No such file or directory"
    assert problem_of(tmp_path) == f"{tmp_path}: Is a directory"
