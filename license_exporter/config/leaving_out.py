"""Leaving out of a value what is wrong with it, to tell all that is wrong with the rest too.

What is told of the rest must hold of the whole: whatever could follow from what was left out is not
told (`LeftOut.explains`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from license_exporter.config.strict_yaml import Location, dotted

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The locations that were left out of a value."""

    locations: tuple[Location, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.locations)

    def names(self, *steps: str) -> bool:
        """Whether one of the steps leads to something that was left out."""
        return any(step in location for location in self.locations for step in steps)

    def explains(self, place: str, message: str) -> bool:
        """Whether a problem of the rest may be there only since something was left out.

        It may, if its place is within what was left out or around it, or if it speaks of that.
        """
        words = set(_WORD.findall(message))
        for location in self.locations:
            left = dotted(location)
            if _is_within(place, left) or _is_within(left, place):
                return True
            name = str(location[-1]) if location else ""
            if repr(name) in message or (len(location) <= 2 and name in words):
                return True
        return False


NOTHING_LEFT_OUT = LeftOut()


def _is_within(place: str, block: str) -> bool:
    return place == block or place.startswith((f"{block}.", f"{block}["))


def without(
    model: type[BaseModel], value: Any, wrong: Iterable[Location], former: Iterable[Location]
) -> tuple[Any, tuple[Location, ...]]:
    """A copy of a value of the model without what is wrong, and the locations that it lacks.

    Where a place was left out before and is missing now, or what is around it is wrong, the block
    around it is left out. An item of a list or map of blocks stays, as an empty block: others may
    be known by their places in the list, or name it. The location () is left out where nothing is
    left.
    """
    copied = _copied(value)
    gone = set(former)
    more = dict.fromkeys(_left_out(model, copied, location, gone) for location in wrong)
    for location in sorted(more, key=len, reverse=True):
        if location:
            _leave_out(model, copied, location)
    return copied, tuple(more)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _left_out(
    model: type[BaseModel], value: Any, location: Location, gone: set[Location]
) -> Location:
    """The location to leave out for one that is wrong: the nearest that is there around it."""
    there = 0
    for step in location:
        if not isinstance(value, dict | list):
            break
        try:
            value = value[step]  # type: ignore[index] # it fails where they do not fit
        except (LookupError, TypeError):
            break
        there += 1
    location = location[:there]
    while location and (location in gone or not _can_go(model, location)):
        location = location[:-1]
    return location


def _can_go(model: type[BaseModel], location: Location) -> bool:
    return not isinstance(location[-1], int) or _block(model, location) is not None


def _leave_out(model: type[BaseModel], value: Any, location: Location) -> None:
    *path, last = location
    for step in path:
        if isinstance(value, BaseModel):
            return  # what is around it was left out
        value = value[step]
    block = _block(model, location)
    if block:
        value[last] = _empty(block)
    else:
        value.pop(last, None)


def _block(model: type[BaseModel], location: Location) -> type[BaseModel] | None:
    """The model of an item of a list or map of blocks; None for all other locations."""
    items: frozenset[type] = frozenset()
    is_item = False
    for step in location:
        is_item = type(step) in items
        items = frozenset()
        if is_item:
            continue
        field = _field(model, step)
        if field is None:
            return None
        items = frozenset(_steps_to_blocks(field.annotation))
        model = _model_in(field.annotation) or model
    return model if is_item else None


def _field(model: type[BaseModel], step: int | str) -> FieldInfo | None:
    for name, field in model.model_fields.items():
        if step == (field.alias or name):
            return field
    return None


def _steps_to_blocks(annotation: Any) -> Iterator[type]:
    """What leads to the blocks of a type: a number in a list of them, a text in a map."""
    origin = get_origin(annotation)
    if origin in (dict, tuple) and _model_in(annotation):
        yield str if origin is dict else int
    else:
        for part in get_args(annotation):
            yield from _steps_to_blocks(part)


def _empty(model: type[BaseModel]) -> BaseModel:
    """A block that says nothing, not even what is required."""
    needed = (name for name, field in model.model_fields.items() if field.is_required())
    return model.model_construct(**dict.fromkeys(needed))


def keys(model: type[BaseModel]) -> Iterator[str]:
    """The keys that a model knows, as they stand in a file."""
    for name, field in model.model_fields.items():
        yield field.alias or name


def model_at(model: type[BaseModel], path: Iterable[int | str]) -> type[BaseModel]:
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
