"""The shape of a document: where there are rows, and which values stand in each of them.

A group is the place of a row set: the document itself, or the rows of an array or of an object
whose values are alike. Names that could be a person's or a secret are not followed.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from license_exporter.mapping.draft.words import END, LEFT, LIMIT, USE, words
from license_exporter.mapping.names import is_sensitive
from license_exporter.model.answer import plain

# What is deeper, or more, is no answer about licenses; it would only take time.
_LEVELS, _LOOPS, _NAMES, _ROWS = 10, 3, 400, 5000

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# A column of a table has blanks in its name: "Seats (used)", "Cost/Unit".
_COLUMN = re.compile(r"[A-Za-z][A-Za-z0-9 _.()/#%&:$+-]{0,63}", re.ASCII)
_ALIKE = USE | LIMIT | LEFT | (END - {"end"}) | {"state", "status", "enabled", "licensed"}

# Names that only say that a value stands there.
_HOLDERS = frozenset({"text", "value", "description", "content", "raw"})

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a row: the names that lead to it, its expression, and what it is in each row.

    What is missing, or null, is None.
    """

    path: tuple[str, ...]
    expression: str
    values: tuple[object, ...]

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def called(self) -> str:
        """The name that says what it is: the one around it for {expires: {text: …, zone: …}}."""
        held = len(self.path) > 1 and self.name.lower() in _HOLDERS
        return self.path[-2] if held else self.name

    @property
    def is_whole(self) -> bool:
        """Whether every row has it."""
        return None not in self.values

    def options(self, more: Mapping[str, object] | None = None) -> dict[str, object]:
        """The options of a value that is found here; it is optional where a row lacks it."""
        return {**(more or {}), **({} if self.is_whole else {"optional": True})}


@dataclass(frozen=True, slots=True)
class Group:
    """Rows, and what stands in them: scalars, lists of scalars, and objects.

    `names` lead to the rows, the document's first. `keyed` rows are the entries of an object, whose
    `keys` name them. `parent` is the group around them, of which `within` has the index for each
    row. There are rows, or none yet, within these if it `has_rows`; `lengths` are how many.
    """

    document: str
    names: tuple[str, ...]
    loops: tuple[str, ...]
    rows: int
    fields: tuple[Field, ...]
    lists: tuple[Field, ...]
    objects: tuple[Field, ...]
    keyed: bool = False
    parent: "Group | None" = None
    within: tuple[int, ...] = ()
    has_rows: bool = False
    keys: tuple[str, ...] = ()
    lengths: frozenset[int] = frozenset()

    @property
    def is_named(self) -> bool:
        """Whether the keys of keyed rows are names, rather than addresses, say."""
        return self.keyed and all(plain(key) == key for key in self.keys)


def groups(document: str, pages: Sequence[object]) -> Iterator[Group]:
    """The groups of a document, of which there are several pages or one, the outer ones first."""
    samples = [page for page in pages if page is not None]
    if samples and all(isinstance(page, dict) for page in samples):
        objects = [page for page in samples if isinstance(page, dict)]
        yield from _Walk(document, (document,), (), objects).groups()
    elif samples and all(isinstance(page, list) for page in samples):
        rows = _objects(row for page in samples if isinstance(page, list) for row in page)
        if rows:
            yield from _Walk(document, (document,), ("@",), rows).groups()


def quoted(name: str) -> str:
    """A name in an expression."""
    return name if _IDENTIFIER.fullmatch(name) else json.dumps(name)


class _Walk:
    """Walks through the rows of one group, and finds those within it."""

    def __init__(
        self, document: str, names: tuple[str, ...], loops: tuple[str, ...], rows: Sequence[Row], *,
        keyed: bool = False, parent: Group | None = None, within: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        self._document, self._names, self._loops = document, names, loops
        self._rows = rows[:_ROWS]
        self._keyed, self._parent, self._within = keyed, parent, within[:_ROWS]
        self._fields: list[Field] = []
        self._lists: list[Field] = []
        self._objects: list[Field] = []
        self._inner: list[Field] = []

    def groups(self) -> Iterator[Group]:
        start: list[object] = list(self._rows if self._loops else self._rows[:1])
        if self._keyed:
            self._look(("value",), [row["value"] for row in self._rows], _LEVELS)
        else:
            self._look((), start, _LEVELS)
        group = Group(
            self._document, self._names, self._loops, len(start), tuple(self._fields),
            tuple(self._lists), tuple(self._objects), self._keyed, self._parent, self._within,
            bool(self._inner) or any([] in each.values for each in self._lists), self._keys(),
            frozenset(len(v) for each in self._inner for v in each.values if isinstance(v, list)),
        )  # fmt: skip
        yield group
        if len(self._loops) < _LOOPS:
            for inner in self._inner:
                yield from self._within_rows(group, inner)

    def _keys(self) -> tuple[str, ...]:
        return tuple(str(row["name"]) for row in self._rows) if self._keyed else ()

    def _look(self, path: tuple[str, ...], found: list[object], levels: int) -> None:
        """Note what stands in the objects found, one for each row."""
        if not levels:
            return
        objects = [value if isinstance(value, dict) else {} for value in found]
        if path != ("value",) or not self._keyed:
            self._objects.append(self._field(path, found))
        for name in dict.fromkeys(name for each in objects for name in each):
            if len(self._fields) + len(self._inner) >= _NAMES:
                return
            if isinstance(name, str):
                self._note((*path, name), [each.get(name) for each in objects], levels)

    def _note(self, path: tuple[str, ...], found: list[object], levels: int) -> None:
        name, known = path[-1], [value for value in found if value is not None]
        if all(isinstance(value, str | int | float) for value in known):
            if plain(name) == name or _COLUMN.fullmatch(name):
                self._fields.append(self._field(path, found))
        elif plain(name) != name:
            return
        elif all(isinstance(value, dict) for value in known):
            if _is_one_of_several(path) or _are_alike(known):
                self._inner.append(self._field(path, found))
            else:
                self._look(path, found, levels - 1)
        elif all(isinstance(value, list) for value in known):
            items = [item for value in known for item in value]  # type: ignore[attr-defined]
            if items and all(isinstance(item, dict) for item in items):
                self._inner.append(self._field(path, found))
            elif all(isinstance(item, str) for item in items):
                self._lists.append(self._field(path, found))

    def _within_rows(self, outer: Group, inner: Field) -> Iterator[Group]:
        if any(is_sensitive(name) for name in inner.path):
            return
        found = list(inner.values)
        if not self._loops:  # rows of all pages, while the document is read of the first alone
            found = [_at(page, inner.path) for page in self._rows]
        keyed = any(isinstance(value, dict) for value in found)
        if keyed and _is_one_of_several(inner.path):
            found = [[value] if isinstance(value, dict) else value for value in found]
            keyed = False
        rows: list[Row] = []
        within: list[int] = []
        for index, value in enumerate(found):
            each = _entries(value) if isinstance(value, dict) else value
            members = _objects(each) if isinstance(each, list) else []
            rows += members
            within += [index] * len(members)
        names = (
            *self._names,
            *(name for name in inner.path if not (self._keyed and name == "value")),
        )
        loop = f"entries({inner.expression})" if keyed else inner.expression
        loops = (*self._loops, loop)
        if rows:
            yield from _Walk(
                self._document, names, loops, rows,
                keyed=keyed, parent=outer, within=tuple(within),
            ).groups()  # fmt: skip

    @staticmethod
    def _field(path: tuple[str, ...], found: Sequence[object]) -> Field:
        return Field(path, ".".join(map(quoted, path)) or "@", tuple(found))


def _is_one_of_several(path: Sequence[str]) -> bool:
    """Whether an object is the only row of what XML repeats: {licenses: {license: {…}}}."""
    *_, around, name = ("", *path)
    told = words(name)
    return around != name and bool(told) and told == words(around)


def _are_alike(objects: Sequence[object]) -> bool:
    """Whether the values of objects are rows, which their keys name."""
    for each in objects:
        if not isinstance(each, dict):
            return False
        values = list(each.values())
        members = [value for value in values if isinstance(value, dict)]
        if (
            members
            and len(members) == len(values)
            and all(plain(str(name)) == "*" for name in each)
        ):
            continue  # such as addresses: names that only the rows themselves can have
        if len(members) < 2 or len(members) < 0.8 * len(values):
            return False
        names = [frozenset(member) for member in members]
        shared = frozenset.intersection(*names)
        told = {
            name
            for name in frozenset.union(*names)
            if sum(name in each for each in names) >= 0.6 * len(names)
            and not _ALIKE.isdisjoint(words(name) if isinstance(name, str) else ())
        }
        same = len(set(names)) == 1 and shared
        if not told or not (same or len(members) > 2):
            return False
    return bool(objects)


def _entries(value: Mapping[str, object]) -> list[object]:
    return [{"name": name, "value": each} for name, each in value.items() if isinstance(name, str)]


def _objects(values: Iterator[object] | Sequence[object]) -> list[Row]:
    return [value for value in values if isinstance(value, dict)]


def _at(value: object, path: Sequence[str]) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
