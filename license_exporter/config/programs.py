"""Which programs may be run: what the main configuration file says under `programs`."""

import os
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema

from license_exporter.config import values
from license_exporter.config.options import DATA, Options
from license_exporter.config.values import PositiveCount

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}", re.ASCII)

# Without process groups, what a program leaves behind could not be ended.
HAVE_GROUPS = hasattr(os, "killpg")


def _path(value: object) -> Path:
    path = Path(values.file_name(values.text(value)))
    if not path.is_absolute():
        raise ValueError("must be an absolute path, such as /opt/flexlm/lmutil")
    return path


def _program_name(value: object) -> str:
    name = values.text(value)
    if not _NAME.fullmatch(name):
        raise ValueError("is not a name; use 1 to 64 letters, digits and _ . -")
    return name


def _variable_name(value: object) -> str:
    name = values.file_name(values.text(value))
    if "=" in name:
        raise ValueError("is not the name of a variable: it holds a =")
    return name


def _value(value: object) -> str:
    # A line break at the end is what `echo` leaves in the variable of a secret.
    return values.file_name(values.any_text(value).rstrip("\r\n"))


_TEXT = WithJsonSchema({"type": ["string", "integer"]})
_PATH_SCHEMA = {"type": "string", "pattern": r"^(/|\$\{)"}
_Path = Annotated[Path, PlainValidator(_path), DATA, WithJsonSchema(_PATH_SCHEMA)]
_Variables = dict[
    Annotated[str, PlainValidator(_variable_name)], Annotated[str, PlainValidator(_value), _TEXT]
]


class Program(Options):
    """A program that may be run; written as a text, it is its path."""

    path: _Path = Field(description="Where it is, as an absolute path.")
    environment: _Variables = Field(
        default={},
        repr=False,
        description="Its environment, beside PATH and LC_ALL=C. It gets nothing of the exporter's.",
    )
    max_processes: PositiveCount = Field(
        default=4,
        description="So many of it run at a time, for all targets; the others wait within their "
        "timeout.",
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: object) -> object:
        if not HAVE_GROUPS:
            raise ValueError("cannot be run on this system, which has no process groups (POSIX)")
        return {"path": written} if isinstance(written, str) else written


class _OrPath:
    """Annotates a program for the JSON schema: its path alone may be written instead."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [_PATH_SCHEMA, handler(core)]}


Programs = dict[Annotated[str, PlainValidator(_program_name)], Annotated[Program, _OrPath()]]
