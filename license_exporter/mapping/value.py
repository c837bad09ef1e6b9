"""What the kinds of values in a mapping have in common: how they are written, and words in them.

Written as a text, a value is a JMESPath expression; written as a number or as true or false, it is
that constant; with options, it is an object. Each kind's `reader` gives a function that turns what
was found into the value, or into None where nothing is said, and raises ValueError for what it
cannot read.
"""

import math
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from license_exporter.config.options import SHOWN, Options
from license_exporter.config.values import Flag
from license_exporter.model import values

Reader = Callable[[object], object]
NumberReader = Callable[[object], float | None]
Scalar = str | int | float | bool | None


class OneOrMore:
    """Annotates a tuple whose only item may be written without the brackets."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._wrap, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        array = handler(core)
        return {"anyOf": [array["items"], array]}

    @staticmethod
    def _wrap(written: object) -> object:
        return written if isinstance(written, list | tuple) else (written,)


def word(value: object) -> str | None:
    """A value as the keys of `map` and the items of `unlimited` are compared: in any case.

    None for an object or an array.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip().lower()
    if isinstance(value, int | float):
        # 18446744073709552000 is an integer in YAML and a double in many a JSON reader.
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        return str(int(number)) if number.is_integer() else repr(number)
    return None


def _word_keys(written: object) -> object:
    return (
        {word(key): item for key, item in written.items()} if isinstance(written, dict) else written
    )


WordKeys = BeforeValidator(_word_keys)
Words = Annotated[tuple[Scalar, ...], OneOrMore(), SHOWN]


def meanings_of(
    listed: tuple[Scalar, ...], meaning: float | None
) -> dict[str | None, float | None]:
    """A map from each of the listed words to the meaning that they share."""
    return {word(item): meaning for item in listed}


def text(value: object) -> str | None:
    """Read a text, None for an empty one. Raises ValueError."""
    return values.text(value).strip() or None


class Value(Options):
    """A value of the model: found by the expression `path`, or the constant `value`."""

    path: Annotated[str | None, SHOWN] = Field(
        default=None, description="JMESPath expression, applied to the row."
    )
    value: Annotated[Scalar, SHOWN] = Field(default=None, description="Constant.")
    optional: Flag = Field(
        default=False,
        description="true: that the expression finds nothing is not counted in "
        "license_skipped_values.",
    )

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: object) -> object:
        if isinstance(written, str):
            return {"path": written}
        if isinstance(written, bool | int | float):
            return {"value": written}
        if isinstance(written, dict | Value):
            return written
        raise ValueError("must be an expression (a text), a constant or a mapping")

    @model_validator(mode="after")
    def _one_source(self) -> "Value":
        if (self.path is None) == (self.value is None):
            raise ValueError("give a path (an expression) or a value (a constant), one of the two")
        if self.value is not None:
            try:
                constant = self.reader()(self.value)
            except ValueError as error:
                raise ValueError(f"value is {error}") from None
            if constant is None:
                raise ValueError("value is empty")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        short = {"type": ["string", "number", "boolean"], "description": "Expression or constant."}
        return {"anyOf": [short, handler(core)]}

    @property
    def reads_null(self) -> bool:
        """Whether a null that is sent means something."""
        return False

    def reader(self) -> Reader:
        """The function that reads what was found, or the constant; see the top of this module."""
        raise NotImplementedError
