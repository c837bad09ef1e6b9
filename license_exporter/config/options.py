"""What all options of the configuration are made of: blocks, secrets, files, and their marks.

Where an option stands beside one that ends in `_file`, the two are one pair: the value, or the name
of a file that holds it. Paths are relative to the folder of the configuration file, which the
validation context gives as `folder`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, ClassVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    PlainSerializer,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.fields import FieldInfo

from license_exporter.config import values
from license_exporter.config.credentials import Secret

# Annotates a field whose texts /config may show; all other texts are masked there. Numbers, true
# and false, and the names of files are always shown.
SHOWN = "shown"

# Annotates a field with a file that holds no secret, such as a program or what one has printed.
DATA = "data"

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class Options(BaseModel):
    """A block of the configuration."""

    # How the block is written, as messages show it; "" if it is not told.
    FORM: ClassVar[str] = ""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    def secret(self, name: str) -> Secret | None:
        """The secret of the pair `name` and `name_file`; None if neither is given."""
        value: Secret | str | None = getattr(self, name)
        if isinstance(value, str):
            return Secret(value)
        if value is not None:
            return value
        file: Path | None = getattr(self, f"{name}_file")
        return Secret(file=file) if file else None


def _secret(value: object) -> Secret:
    return Secret(values.text(value))


def _possibly_empty_secret(value: object) -> Secret:
    return Secret(values.any_text(value))


def is_sendable(written: str) -> bool:
    """Whether a header can hold the text."""
    return not _CONTROL.search(written)


def sendable(written: str) -> str:
    """The text, if a header can hold it. Raises ValueError."""
    if not is_sendable(written):
        raise ValueError("holds a line break or another control character")
    return written


def _header_text(value: object) -> str:
    written = values.any_text(value).strip()
    if not written:
        raise ValueError("is empty")
    return sendable(written)


def _header_secret(value: object) -> Secret:
    return Secret(_header_text(value))


def _file(value: object, info: ValidationInfo) -> Path:
    folder = (info.context or {}).get("folder", Path())
    return Path(folder, values.file_name(values.text(value)))


def not_both(file: Path | None, info: ValidationInfo) -> Path | None:
    """The file of a pair, unless the value is given too. Raises ValueError."""
    name = str(info.field_name).removesuffix("_file")
    if file is not None and info.data.get(name) is not None:
        raise ValueError(f"stands beside {name}: keep one of the two")
    return file


def one_of_both(file: Path | None, info: ValidationInfo) -> Path | None:
    """The file of a pair of which one is given. Raises ValueError."""
    name = str(info.field_name).removesuffix("_file")
    if file is None and info.data.get(name, "") is None:
        raise ValueError(f"is missing: give {name} or {name}_file")
    return not_both(file, info)


_STRING = WithJsonSchema({"type": ["string", "integer"]})
InlineSecret = Annotated[Secret, PlainValidator(_secret), _STRING]
PossiblyEmptySecret = Annotated[Secret, PlainValidator(_possibly_empty_secret), _STRING]
HeaderText = Annotated[str, PlainValidator(_header_text), _STRING]
HeaderSecret = Annotated[Secret, PlainValidator(_header_secret), _STRING]
File = Annotated[Path, PlainValidator(_file), WithJsonSchema({"type": "string", "minLength": 1})]
DataFile = Annotated[File, DATA]
PairFile = Annotated[File | None, AfterValidator(not_both)]
RequiredPairFile = Annotated[File | None, AfterValidator(one_of_both)]


def annotations(field: FieldInfo) -> frozenset[Any]:
    """What a field's type is annotated with, also within `Annotated[...] | None`."""
    return frozenset(_annotations(field))


def _annotations(field: FieldInfo) -> Iterator[Any]:
    yield from field.metadata
    for part in get_args(field.annotation):
        yield from getattr(part, "__metadata__", ())


def writer(annotated: Iterable[Any]) -> Callable[[Any], Any] | None:
    """What turns a value into its text in a file, 90.0 into 1m30s; None where it stays as it is."""
    for annotation in annotated:
        if isinstance(annotation, PlainSerializer):
            return cast("Callable[[Any], Any]", annotation.func)
    return None
