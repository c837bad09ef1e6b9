"""What the types of options are annotated with, beside how they are read."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast, get_args

from pydantic import PlainSerializer
from pydantic.fields import FieldInfo


def annotations(field: FieldInfo) -> frozenset[Any]:
    """What a field's type is annotated with, also where it stands beside None."""
    return frozenset(_annotations(field))


def _annotations(field: FieldInfo) -> Iterator[Any]:
    yield from field.metadata
    for part in get_args(field.annotation):
        yield from getattr(part, "__metadata__", ())


def writer(annotated: Iterable[Any]) -> Callable[[Any], Any] | None:
    """The function that writes a value as it stands in a file: 90.0 as 1m30s. None: as it is."""
    for annotation in annotated:
        if isinstance(annotation, PlainSerializer):
            return cast("Callable[[Any], Any]", annotation.func)
    return None
