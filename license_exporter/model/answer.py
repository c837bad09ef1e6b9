"""The documents of one fetch, as a vendor reads them.

A value that cannot be read is left out and counted; it never takes the rest of the answer with it.
Only a document of another shape altogether is an error.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TypeVar

from license_exporter.errors import FetchError, SchemaError
from license_exporter.model.allowance import Allowance
from license_exporter.model.report import State
from license_exporter.model.values import (
    end,
    flag,
    limit,
    mask_emails,
    number,
    state,
    text,
    timestamp,
)

_T = TypeVar("_T")

_PLAIN_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)

# The paths of skipped values are for one debug line each: all are counted, the first are named.
_NAMED_PATHS = 100

# From this length on, and with so many digits, a key may be a token.
_LEAST_RANDOM = 16
_MANY_DIGITS = re.compile(r"\d(?:.*?\d){2}", re.DOTALL)

# After so many rows it is asked whether to go on.
_ROWS = 1024


class Answer:
    """The documents of one fetch, with a tally of what could not be read of them.

    `documents` holds what was decoded, a text as it is, by the document's name; a document that
    failed, or that the vendor says does not exist, is not in it. `now` is the time of the fetch,
    in seconds. `skipped` counts what was left out, `stand_ins` those of them that say "no date".
    """

    def __init__(
        self, documents: Mapping[str, object], now: float, allowance: Allowance | None = None
    ) -> None:
        self.now = now
        self.allowance = allowance or Allowance()
        self.skipped = 0
        self.stand_ins = 0
        self.skipped_paths: list[str] = []
        self.unread: dict[str, str] = {}
        self.failed: dict[str, FetchError] = {}
        self.documents = documents

    def __contains__(self, document: str) -> bool:
        return document in self.documents

    def value(self, document: str) -> object:
        """The decoded JSON of a document, None if it is not there."""
        return self.documents.get(document)

    def text(self, document: str) -> str:
        """The text of a document whose format is text. Raises SchemaError."""
        value = self.documents.get(document)
        if not isinstance(value, str):
            raise SchemaError(document, f"expected a text at {document}, got {_kind(value)}")
        return value

    def record(self, document: str, *path: str, one_of: tuple[str, ...] = ()) -> "Record":
        """The object at the path (object keys) of a document, at its root without a path.

        `one_of` are keys of which at least one is there, if it is the right document. Raises
        SchemaError.
        """
        value = self.documents.get(document)
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        where = ".".join((document, *path))
        if not isinstance(value, dict):
            raise SchemaError(document, f"expected an object at {where}, got {_kind(value)}")
        if one_of and not any(key in value for key in one_of):
            raise SchemaError(document, f"expected one of {', '.join(one_of)} at {where}")
        return Record(value, where, self)

    def records(self, document: str) -> Iterator["Record"]:
        """The objects of a document that is an array. Raises SchemaError."""
        value = self.documents.get(document)
        if not isinstance(value, list):
            raise SchemaError(document, f"expected an array at {document}, got {_kind(value)}")
        if value and not any(isinstance(item, dict) for item in value):
            raise SchemaError(document, f"expected objects in the array at {document}")
        return self.objects(value, document)

    @contextmanager
    def optional(self, document: str) -> Iterator[None]:
        """Note a SchemaError of this block against `document` instead of failing the answer."""
        try:
            yield
        except SchemaError as error:
            self.failed[document] = error

    def skip(self, path: str, why: str = "") -> None:
        """Count a value that cannot be read; `path` and `why` never hold its content.

        `unread` keeps, by path, why the first value there could not be read.
        """
        self.skipped += 1
        if why and len(self.unread) < _NAMED_PATHS:
            self.unread.setdefault(path, why)
        if len(self.skipped_paths) < _NAMED_PATHS:
            self.skipped_paths.append(path)

    def objects(self, values: list[object], path: str) -> Iterator["Record"]:
        """The objects among `values`; any other value is skipped and counted."""
        for index, value in enumerate(values):
            if not index % _ROWS:
                self.allowance.check()
            if isinstance(value, dict):
                yield Record(value, f"{path}[{index}]", self)
            else:
                self.skip(f"{path}[{index}]")


class Record:
    """An object of a document, its path and the answer that it is part of."""

    __slots__ = ("answer", "path", "value")

    def __init__(self, value: dict[str, object], path: str, answer: Answer) -> None:
        self.value = value
        self.path = path
        self.answer = answer

    def number(self, key: str, factor: float = 1.0) -> float | None:
        """The number at the key, times the factor that makes it one of a base unit."""
        return self._read(key, lambda value: _scaled(number(value), factor))

    def limit(self, key: str) -> float | None:
        return self._read(key, limit)

    def timestamp(self, key: str) -> float | None:
        return self._read(key, timestamp)

    def end(self, key: str) -> float | None:
        """The date at the key, on which something ends."""
        return self._read(key, end)

    def expiry(self, key: str) -> float | None:
        """The date at the key, where a vendor means "never" (+Inf) by a null."""
        if key in self.value and self.value[key] is None:
            return math.inf
        return self.end(key)

    def flag(self, key: str) -> bool | None:
        return self._read(key, flag)

    def text(self, key: str) -> str:
        return self._read(key, text) or ""

    def name(self, key: str) -> str:
        """The text that names this object; "" and counted as well where nothing is said."""
        try:
            name = text(self.value.get(key))
        except ValueError:
            name = ""
        if not name:
            self.skip(key)
        return name

    def state(self, key: str, words: Mapping[str, State] | None = None) -> State | None:
        return self._read(key, lambda value: state(value, words))

    def record(self, key: str) -> "Record | None":
        """The object at the key; None where there is none."""
        value = self.value.get(key)
        if isinstance(value, dict):
            return Record(value, f"{self.path}.{key}", self.answer)
        if value is not None:
            self.skip(key)
        return None

    def array(self, key: str) -> list[object] | None:
        """The array at the key, None where there is none. An object stands for an array of it."""
        value = self.value.get(key)
        if isinstance(value, list):
            return value
        if isinstance(value, dict):
            return [value]
        if value is not None:
            self.skip(key)
        return None

    def records(self, key: str) -> Iterator["Record"]:
        """The objects of the array at the key."""
        return self.answer.objects(self.array(key) or [], f"{self.path}.{key}")

    def entries(self, key: str) -> Iterator[tuple[str, "Record"]]:
        """The names and objects of the map at the key, each name once; a null is an empty one."""
        map_ = self.record(key)
        names = set()
        for raw_name, value in map_.value.items() if map_ else ():
            name = mask_emails(raw_name)
            path = f"{self.path}.{key}.{plain(raw_name)}"
            if name in names or not (value is None or isinstance(value, dict)):
                self.answer.skip(path)
                continue
            names.add(name)
            yield name, Record(value or {}, path, self.answer)

    def skip(self, key: str) -> None:
        """Count the value at the key as one that could not be read."""
        self.answer.skip(f"{self.path}.{key}")

    def _read(self, key: str, read: Callable[[object], _T]) -> _T | None:
        value = self.value.get(key)
        if value is None:  # as often as not, and nothing for all readers
            return None
        try:
            return read(value)
        except ValueError:
            self.skip(key)
            return None


@lru_cache(1024)
def plain(key: str) -> str:
    """A key of a vendor's map as it may stand in a path: `*` where it could be personal or secret.

    A long one with digits all over is no name that somebody gave, but a token, say.
    """
    if len(key) >= _LEAST_RANDOM and _MANY_DIGITS.search(key):
        return "*"
    usual = key.isidentifier() and key.isascii() and len(key) <= 64  # told without the pattern
    return key if usual or _PLAIN_KEY.fullmatch(key) else "*"


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean"}
    return "nothing" if value is None else names.get(type(value), "a number")


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else number(value * factor)  # which may be none any more
