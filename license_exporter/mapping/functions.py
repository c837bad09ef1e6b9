"""The functions that expressions can call beyond JMESPath's own: for what that lacks.

Names of a map, the rows around a row, the time, sums that heed what is unknown.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jmespath.functions import Functions, signature

from license_exporter.errors import FetchError
from license_exporter.formats.bounds import bounded
from license_exporter.formats.json import decode
from license_exporter.mapping.names import is_sensitive
from license_exporter.model import values
from license_exporter.model.allowance import LONGEST_PART, Allowance

_ANY: Any = {"types": []}
_ARRAY: Any = {"types": ["array", "null"]}
_OBJECT: Any = {"types": ["object", "null"]}
_EXPRESSION: Any = {"types": ["expref"]}
_NUMBER_TYPES = (int, float)

# A character of a text takes so many bytes, of the widest.
_WIDEST = 4

# How long a number is in JSON, about, with the comma behind it.
_SHORT = 8

# What may stand in a text of JSON, in bytes, as `bounded` takes it.
_INNER = 8 * 1024**2


class Scope(Functions):
    """The functions that expressions can call, and what these know: documents, rows, the time.

    `parents` are the rows around the current one, the outermost first. `valid_until` is the
    earliest moment at which the same documents would be read differently. `allowance` bounds what
    the functions build.
    """

    def __init__(self, documents: Mapping[str, object], now: float, allowance: Allowance) -> None:
        self.parents: list[object] = []
        self.valid_until: float | None = None
        self.documents = documents
        self.now = now
        self._allowance = allowance
        self._shortened = lru_cache(values.shortened)

    def call_function(self, name: str, arguments: Any) -> object:
        """What a function gives for its arguments; each call counts."""
        self._allowance.check()
        result = super().call_function(name, arguments)
        if isinstance(result, str):
            self._allowance.builds(result)
        return result

    def _part(self, text: str) -> str:
        """What of a text can matter in a label, which has it for each of a million rows."""
        if len(text) <= LONGEST_PART:
            return text
        # The text of the row around is the same object for all rows in it: its hash is known.
        return self._shortened(text)

    @signature({"types": ["string"]}, {"types": ["array-string"]})
    def _func_join(self, glue: str, texts: list[str]) -> str:
        glue = self._part(glue)
        parts = list(map(self._part, texts))
        length = sum(map(len, parts)) + len(glue) * len(parts)
        if length > LONGEST_PART:
            is_narrow = glue.isascii() and all(map(str.isascii, parts))
            self._allowance.may_build(length if is_narrow else length * _WIDEST)
        return glue.join(parts)

    @signature(_ANY)
    def _func_to_string(self, value: object) -> str:
        if isinstance(value, str):
            return value
        self._allowance.may_build(_written(value))
        return json.dumps(value, separators=(",", ":"), default=str)

    def changes_at(self, moment: float) -> None:
        """Note that the same documents are read differently from this moment on."""
        self.valid_until = min(moment, self.valid_until or moment)

    @signature()
    def _func_root(self) -> Mapping[str, object]:
        return self.documents

    @signature()
    def _func_parent(self) -> object:
        return self.parents[-1] if self.parents else None

    @signature()
    def _func_grandparent(self) -> object:
        return self.parents[-2] if len(self.parents) > 1 else None

    @signature(_OBJECT)
    def _func_entries(self, map_: dict[str, object] | None) -> list[object] | None:
        if map_ is None:
            return None
        self._allowance.fills(len(map_))
        return [
            # The mapping was checked for names that end in a secret; these are known only now.
            {"name": name, "value": None if _hides(name, value) else value}
            for name, value in map_.items()
        ]

    @signature(_ARRAY, _EXPRESSION)
    def _func_group(self, rows: list[object] | None, by: Any) -> list[object] | None:
        if rows is None:
            return None
        groups: dict[str, list[object]] = {}
        for row in rows:
            name = by.visit(by.expression, row)
            if isinstance(name, str):
                groups.setdefault(name, []).append(row)
        return [{"name": name, "rows": members} for name, members in groups.items()]

    @signature(_ARRAY)
    def _func_total(self, rows: list[object] | None) -> float | None:
        numbers = [values.number(value) for value in rows or ()]
        known = [number for number in numbers if number is not None]
        return sum(known) if known and len(known) == len(numbers) else None

    @signature(_ANY, _ANY)
    def _func_minus(self, whole: object, part: object) -> float | None:
        minuend, subtrahend = values.number(whole), values.number(part)
        return None if minuend is None or subtrahend is None else minuend - subtrahend

    @signature({"types": ["string", "null"]})
    def _func_from_json(self, text: str | None) -> object:
        if not text:
            return None
        try:
            body = text.encode("utf-8", "surrogatepass")
            bounded([body], _INNER)
            return decode(body)
        except FetchError:
            return None

    @signature(_ANY)
    def _func_ahead(self, date: object) -> bool | None:
        is_number = date.__class__ in _NUMBER_TYPES
        moment = values.real_end(float(date)) if is_number else values.end(date)  # type: ignore[arg-type]
        if moment is None:
            return None
        if moment <= self.now:
            return False
        self.changes_at(moment)
        return True

    @signature(_ANY, {"types": ["string"]})
    def _func_is_null(self, map_: object, key: str) -> bool:
        return isinstance(map_, dict) and key in map_ and map_[key] is None


def _written(value: object) -> int:
    """How long JSON of a value is, in bytes, about."""
    length = 0
    values = [value]
    while values:
        value = values.pop()
        length += len(value) if isinstance(value, str) else _SHORT
        if isinstance(value, dict):
            length += sum(map(len, value))
            values += value.values()
        elif isinstance(value, list):
            values += value
    return length


def _hides(name: str, value: object) -> bool:
    return isinstance(value, str) and is_sensitive(name)
