"""How values are written, in YAML and in the schema of it; what each kind reads is in
test_kinds.py."""

from typing import Annotated

import pytest
from pydantic import TypeAdapter, ValidationError

from license_exporter.mapping.kinds import TextValue
from license_exporter.mapping.value import OneOrMore, Value


@pytest.mark.parametrize("written", [[1, 2], (1, 2)])
def test_several_are_written_in_brackets_and_one_also_without(written):
    words = TypeAdapter(Annotated[tuple[int, ...], OneOrMore()])
    assert words.validate_python(written) == (1, 2)
    assert words.validate_python(5) == (5,)
    assert words.validate_python([]) == ()
    array = {"type": "array", "items": {"type": "integer"}}
    assert words.json_schema() == {"anyOf": [{"type": "integer"}, array]}
    with pytest.raises(ValidationError):
        words.validate_python("many")


def test_a_value_is_an_expression_a_constant_or_an_object():
    schema = Value.model_json_schema()
    short, long = schema["anyOf"]
    assert short == {
        "type": ["string", "number", "boolean"],
        "description": "Expression or constant.",
    }
    assert long["properties"].keys() == {"path", "value", "optional"}
    assert TextValue.model_validate("a.b") == TextValue(path="a.b")
    assert TextValue.model_validate(5) == TextValue(value=5)
    assert TextValue.model_validate(TextValue(value=5)) == TextValue(value=5)
