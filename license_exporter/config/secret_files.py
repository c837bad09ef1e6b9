"""The files with secrets that options name, wherever in them."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from license_exporter.config.options import DATA, annotations


def files_below(options: BaseModel) -> Iterator[tuple[str, Path]]:
    """Each file with a secret, with the path of its option below the options."""
    for name in _fields(type(options)):
        yield from _files(getattr(options, name), name)


def _files(value: object, path: str) -> Iterator[tuple[str, Path]]:
    if isinstance(value, Path):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _files(item, f"{path}[{index}]")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _files(item, f"{path}.{key}")
    elif isinstance(value, BaseModel):
        for below, file in files_below(value):
            yield f"{path}.{below}", file


@cache
def _fields(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields that can hold such files; most hold none, and targets are many."""
    return tuple(
        name
        for name, field in model.model_fields.items()
        if DATA not in annotations(field) and _can_hold_files(field.annotation)
    )


def _can_hold_files(annotation: Any) -> bool:
    if annotation in (Any, object, BaseModel):
        return True  # the value tells
    if not isinstance(annotation, type):
        return any(map(_can_hold_files, get_args(annotation)))
    if issubclass(annotation, BaseModel):
        return bool(_fields(annotation))
    return issubclass(annotation, Path | tuple | Mapping)
