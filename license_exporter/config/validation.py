"""Checking values against pydantic models, with errors in plain words.

pydantic's own messages speak to programmers and show the value, which may be a secret.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from license_exporter.config.spelling import nearest, suggestion
from license_exporter.config.strict_yaml import Location, Problem

_Model = TypeVar("_Model", bound=BaseModel)

_MAPPING = "must be a mapping (key: value)"
_LIST = "must be a list (- value)"
_MESSAGES = {
    "missing": "is missing",
    "model_type": _MAPPING,
    "model_attributes_type": _MAPPING,
    "dict_type": _MAPPING,
    "mapping_type": _MAPPING,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "string_type": "must be a text",
    "string_too_short": "is empty",
    "too_short": "is empty",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
}


def check(model: type[_Model], value: object, folder: Path) -> tuple[_Model | None, list[Problem]]:
    """The model of a value, or None and what is wrong with it, at locations below the value.

    `folder` is where relative paths start.
    """
    try:
        return model.model_validate(value, context={"folder": folder}), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [
            Problem(_location(detail), _message(model, detail))
            for detail in details
            if not _is_misspelt(model, detail, details)
        ]


def _location(detail: ErrorDetails) -> Location:
    """Pydantic's location, without the marks in it: of a wrong key of a map, of a kind of value."""
    return tuple(step for step in detail["loc"] if not str(step).startswith("["))


def _is_misspelt(
    model: type[BaseModel], detail: ErrorDetails, details: Iterable[ErrorDetails]
) -> bool:
    """Whether a key is missing because it stands beside it in another spelling, which is told."""
    if not _message(model, detail).startswith("is missing"):
        return False
    *path, missing = detail["loc"]
    for other in details:
        if other["type"] == "extra_forbidden" and list(other["loc"][:-1]) == path:
            near = nearest(str(other["loc"][-1]), keys(_model_at(model, path)))
            if near and near in (missing, str(missing).removesuffix("_file")):
                return True
    return False


def _message(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        *path, key = detail["loc"]
        return "is not known" + (
            suggestion(str(key), keys(_model_at(model, path))) or "; remove it"
        )
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if detail["input"] is None:
        return "is empty"
    if kind in ("literal_error", "enum"):
        return f"must be {detail['ctx']['expected']}"
    if kind == "greater_than_equal":
        return f"must be {detail['ctx']['ge']} or greater"
    message = _MESSAGES.get(kind, detail["msg"])
    block = _model_at(model, detail["loc"])
    form = getattr(block, "FORM", "") if message == _MAPPING and block is not model else ""
    return f"{message}, such as {detail['loc'][-1]}: {form}" if form else message


def keys(model: type[BaseModel]) -> Iterator[str]:
    """The keys that a model knows, as they stand in a file."""
    for name, field in model.model_fields.items():
        yield field.alias or name


def _model_at(model: type[BaseModel], path: Iterable[int | str]) -> type[BaseModel]:
    """The model of the block at a path; indices and keys of maps lead to no other model."""
    for step in path:
        field = model.model_fields.get(str(step))
        if field is not None:
            model = _model_in(field.annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
