"""Checking values against pydantic models, with errors in plain words.

pydantic's own messages speak to programmers and show the value, which may be a secret.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from license_exporter.config.leaving_out import NOTHING_LEFT_OUT, LeftOut, keys, model_at, without
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


_NOTHING: Mapping[str, object] = MappingProxyType({})

# So often is more left out of a value, until the rest of it is good.
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Checked(Generic[_Model]):
    """What came of a value: its model, and what is wrong with it, at locations below the value.

    The model lacks what is `left_out`, since it is wrong; it is None if nothing can be made of the
    rest.
    """

    model: _Model | None
    problems: tuple[Problem, ...] = ()
    left_out: LeftOut = NOTHING_LEFT_OUT


def check(
    model: type[_Model],
    value: Any,
    folder: Path,
    unread: Iterable[Location] = (),
    stand_ins: Mapping[str, object] = _NOTHING,
) -> Checked[_Model]:
    """Check a value; `folder` is where relative paths start.

    What is at the `unread` locations is known to be wrong, and left out too. `stand_ins` take the
    places of keys that are required and left out.
    """
    unread = [place for place in unread if not place or _has(value, place[0])]
    try:
        made, problems = _made(model, value, folder), []
    except ValidationError as error:
        made, details = None, error.errors(include_url=False)
        problems = [
            Problem(_location(detail), _message(model, detail))
            for detail in details
            if not _is_misspelt(model, detail, details)
        ]
        wrong = [*unread, *map(_location, details)]
    else:
        wrong = unread
    if not wrong:
        return Checked(made, tuple(problems))
    rest, left_out = _rest(model, value, folder, wrong, stand_ins)
    return Checked(rest, tuple(problems), left_out)


def _has(value: Any, key: int | str) -> bool:
    return isinstance(value, dict) and key in value


def _made(model: type[_Model], value: object, folder: Path) -> _Model:
    return model.model_validate(value, context={"folder": folder})


def _rest(
    model: type[_Model],
    value: Any,
    folder: Path,
    wrong: list[Location],
    stand_ins: Mapping[str, object],
) -> tuple[_Model | None, LeftOut]:
    """The model of what is good of a value, and what is left out of it."""
    left_out: tuple[Location, ...] = ()
    for _ in range(_ATTEMPTS):
        lacking = [str(place[0]) for place in wrong if place and place[0] in stand_ins]
        others = [place for place in wrong if not place or place[0] not in stand_ins]
        value, more = without(model, value, others, left_out)
        value = {**value, **{key: stand_ins[key] for key in lacking}} if lacking else value
        left_out += (*((key,) for key in lacking), *more)
        if () in more:
            break
        try:
            return _made(model, value, folder), LeftOut(left_out)
        except ValidationError as error:
            wrong = [_location(detail) for detail in error.errors(include_url=False)]
    return None, LeftOut(left_out)


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
            near = nearest(str(other["loc"][-1]), keys(model_at(model, path)))
            if near and near in (missing, str(missing).removesuffix("_file")):
                return True
    return False


def _message(model: type[BaseModel], detail: ErrorDetails) -> str:
    kind = detail["type"]
    if kind == "extra_forbidden":
        *path, key = detail["loc"]
        return "is not known" + (suggestion(str(key), keys(model_at(model, path))) or "; remove it")
    if kind == "value_error":
        return str(detail["ctx"]["error"])
    if detail["input"] is None:
        return "is empty"
    if kind in ("literal_error", "enum"):
        return f"must be {detail['ctx']['expected']}"
    if kind == "greater_than_equal":
        return f"must be {detail['ctx']['ge']} or greater"
    message = _MESSAGES.get(kind, detail["msg"])
    block = model_at(model, detail["loc"])
    form = getattr(block, "FORM", "") if message == _MAPPING and block is not model else ""
    return f"{message}, such as {detail['loc'][-1]}: {form}" if form else message
