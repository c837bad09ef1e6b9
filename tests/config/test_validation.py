from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from license_exporter.config.strict_yaml import dotted
from license_exporter.config.validation import Checked, check, keys, suggestion


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Annotated[int, Field(ge=1)] = 1
    share: float = 0.0
    word: Literal["a", "b"] = "a"
    switch: bool = True


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    texts: list[str] = []
    inner: Inner = Inner()
    inners: dict[str, list[Inner]] = {}
    as_: str = Field(default="", alias="as")


def told(value: object) -> list[str]:
    checked = check(Outer, value, Path())
    assert checked.problems
    return [f"{dotted(problem.location)}: {problem.message}" for problem in checked.problems]


def test_a_good_value_is_its_model() -> None:
    checked = check(Outer, {"name": "x", "as": "y"}, Path())
    assert checked == Checked(Outer(name="x", **{"as": "y"}))


def test_errors_are_in_plain_words_and_all_at_once() -> None:
    value = {
        "texts": "hunter2",
        "inner": {"number": "hunter2", "share": "hunter2", "word": "hunter2", "switch": "hunter2"},
        "inners": {"x": [{"number": 0}, "hunter2", {"number": None}]},
    }
    lines = told(value)
    assert "hunter2" not in "".join(lines)
    assert lines == [
        "name: is missing",
        "texts: must be a list (- value)",
        "inner.number: must be a whole number",
        "inner.share: must be a number",
        "inner.word: must be 'a' or 'b'",
        "inner.switch: must be true or false",
        "inners.x[0].number: must be 1 or greater",
        "inners.x[1]: must be a mapping (key: value)",
        "inners.x[2].number: is empty",
    ]


def test_an_unknown_key_is_told_with_the_nearest_of_its_own_block() -> None:
    value = {"name": "x", "nmae": 1, "inners": {"x": [{"nmuber": 1, "texts": 2, "zzz": 3}]}}
    assert told(value) == [
        "inners.x[0].nmuber: is not known; did you mean 'number'?",
        "inners.x[0].texts: is not known; remove it",
        "inners.x[0].zzz: is not known; remove it",
        "nmae: is not known; did you mean 'name'?",
    ]


def test_what_is_no_mapping_at_all_is_told_at_the_top() -> None:
    assert told("hunter2") == [": must be a mapping (key: value)"]


def test_keys_are_those_of_the_file() -> None:
    assert list(keys(Outer)) == ["name", "texts", "inner", "inners", "as"]


def test_the_nearest_word_is_found_in_any_case() -> None:
    assert suggestion("RSA", ["rsa", "immuta"]) == "; did you mean 'rsa'?"
    assert suggestion("x", ["rsa", "immuta"]) == ""
