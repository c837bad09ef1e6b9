"""YAML as people mean it: one document, each key once, no surprising types, `${VARIABLE}`.

PyYAML reads YAML 1.1 and takes the last of duplicate keys. Here 1:30, yes, 0123, 1_000 and
2027-01-31 stay texts, as in YAML 1.2, keys are always texts, and every problem is reported with
its place.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from license_exporter.config import environment
from license_exporter.config.regular_file import read_regular

# The path of a value: keys of mappings and indices of lists.
Location = tuple[str | int, ...]

_PREFIX = "tag:yaml.org,2002:"
# The tag itself is not shown: it may be a password that begins with an exclamation mark.
_TAGGED = "has a tag; remove it, or quote a text that begins with !"
_NULL, _BOOL, _INT, _FLOAT, _STR, _MERGE = (
    _PREFIX + name for name in ("null", "bool", "int", "float", "str", "merge")
)
# Only what an integer would be written as is one: 007 and +1 stay texts, since they may be
# passwords, of which nothing may get lost.
_SCALARS = {
    _NULL: (re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""]),
    _BOOL: (re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF")),
    _INT: (re.compile(r"0|-?[1-9][0-9]*"), list("-0123456789")),
    _FLOAT: (
        re.compile(
            r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
            r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
        ),
        list("-+.0123456789"),
    ),
    _MERGE: (re.compile(r"<<"), ["<"]),
}
_PLAIN_KEY = re.compile(r"[\w-]+")

# Aliases can make billions of values of a small file. Without them, a file has no more values than
# characters; so many are allowed, and this many more.
_MAX_ALIASED = 100_000
# So many characters of texts with variables in them may aliases repeat: each is made anew.
_MAX_EXPANDED = 16 * 1024**2
_MAX_DEPTH = 100
# Of a file that the configuration names, in bytes.
LARGEST = 1 << 26


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the value at a location, and what to do."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds; `value` lacks what has problems, `unknown` what is set elsewhere."""

    value: Any
    problems: list[Problem]
    unknown: Sequence[Location] = ()


def dotted(location: Location) -> str:
    """The location as people write it: `targets[2].basic_auth`."""
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            path += f".{step}" if path else step
        else:
            path += f"[{step!r}]"
    return path


def read(path: Path, environ: Mapping[str, str] | None = None) -> Content:
    """Read a file as `parse` does; one that cannot be read has one problem, at the location ()."""
    return _parsed(path.read_bytes, environ)


def read_named(path: Path, environ: Mapping[str, str] | None = None) -> Content:
    """As `read`, for a file that the configuration names, which may be anything."""
    return _parsed(lambda: read_regular(path, LARGEST), environ)


def _parsed(content: Callable[[], bytes], environ: Mapping[str, str] | None) -> Content:
    try:
        return parse(content(), environ)
    except OSError as error:
        return _unusable(f"cannot be read: {error.strerror}")


def parse(content: bytes, environ: Mapping[str, str] | None = None) -> Content:
    """Read a YAML document. With `environ`, `${NAME}` in a text stands for a variable of it.

    Raises nothing: a file that is no YAML at all has one problem, at the location ().
    """
    try:
        text = content.decode("utf-8-sig")
        documents = list(yaml.compose_all(text, _Loader))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return _unusable(f"line {line} is not UTF-8; save the file in that encoding")
    except yaml.YAMLError as error:
        return _unusable(_syntax(error))
    except RecursionError:
        return _unusable("is nested too deeply")
    if len(documents) > 1:
        line = documents[1].start_mark.line + 1
        return _unusable(f"a second document stands on line {line}; keep one")
    if not documents:
        return Content(None, [])
    reader = _Reader(text, environ, _MAX_ALIASED + len(content))
    try:
        return Content(reader.value(documents[0], ()), reader.problems, reader.unknown)
    except _EndlessError as error:
        return _unusable(str(error))


def _unusable(message: str) -> Content:
    return Content(None, [Problem((), message)])


def _syntax(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return "is not YAML: it holds a control character"
    problem = getattr(error, "problem", None) or "cannot be read"
    if isinstance(error, yaml.composer.ComposerError):
        # PyYAML without its C library shows the alias: it may be a password that begins with a *.
        problem = problem.partition(" '")[0]
    return (
        f"is not YAML: line {mark.line + 1}, column {mark.column + 1}: {problem}; check the "
        "indentation (no tabs), and quote texts with special characters, as ${...} within {}"
    )


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc] # which base it is, is known at run time only
    """PyYAML's loader, of which only the parser and our types of scalars are used."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - filled below


for _tag, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(_tag, re.compile(rf"(?:{_pattern.pattern})\Z"), _first)


class _EndlessError(Exception):
    """Aliases that name themselves, too many values, or too many levels."""


class _Reader:
    """Turns the nodes of a document into values, and notes the problems."""

    def __init__(self, text: str, environ: Mapping[str, str] | None, max_values: int) -> None:
        self.problems: list[Problem] = []
        self.unknown: list[Location] = []
        self._text = text
        self._environ = environ
        self._values_left = max_values
        self._expanded_left = _MAX_EXPANDED + len(text)
        self._open: set[int] = set()
        self._texts: dict[str, str] = {}

    def value(self, node: yaml.Node, location: Location) -> Any:
        self._values_left -= 1
        if not self._values_left:
            raise _EndlessError("has aliases that make too many values of it")
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, location)
        if id(node) in self._open:
            line = node.start_mark.line + 1
            raise _EndlessError(f"the anchor on line {line} holds itself; remove its alias there")
        if len(self._open) >= _MAX_DEPTH:
            raise _EndlessError(f"is nested deeper than {_MAX_DEPTH} levels")
        self._open.add(id(node))
        try:
            if node.tag not in (_PREFIX + "seq", _PREFIX + "map"):
                return self._note(location, _TAGGED)
            if isinstance(node, yaml.SequenceNode):
                return [
                    self.value(child, (*location, index)) for index, child in enumerate(node.value)
                ]
            return self._mapping(node, location)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.Node, location: Location) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        own: dict[str, Any] = {}
        lines: dict[str, list[int]] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                line = key_node.start_mark.line + 1
                self._note(location, f"has a list or mapping as a key on line {line}; use a text")
                continue
            if self._is_bare(key_node, value_node):
                # Not shown: {password:secret} is such a key.
                line = key_node.start_mark.line + 1
                self._note(
                    location,
                    f"has a key without a value on line {line}; write key: value, "
                    "with a space after the colon",
                )
                continue
            key = self._own(key_node.value)
            lines.setdefault(key, []).append(key_node.start_mark.line + 1)
            if len(lines[key]) > 1:
                continue
            if key_node.tag == _MERGE:
                merged = self._merged(value_node, location)
            else:
                own[key] = self.value(value_node, (*location, key))
        for key, found in lines.items():
            if len(found) > 1:
                places = " and ".join(str(line) for line in dict.fromkeys(found))
                self._note((*location, key), f"stands more than once (line {places}); keep one")
        return merged | own

    def _is_bare(self, key: yaml.Node, value: yaml.Node) -> bool:
        """Whether no colon stands behind a key, and so no value either."""
        begin, end = key.end_mark.index, value.start_mark.index
        return value.value == "" and begin <= end and ":" not in self._text[begin:end]

    def _merged(self, node: yaml.Node, location: Location) -> dict[str, Any]:
        """The keys of `<<`: a mapping, or a list of them of which the first wins."""
        value = self.value(node, location)
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            self._note((*location, "<<"), "must be a mapping or a list of mappings")
            return {}
        return {key: item for part in reversed(parts) for key, item in part.items()}

    def _scalar(self, node: yaml.ScalarNode, location: Location) -> Any:
        text: str = node.value
        if node.tag in (_STR, _MERGE):
            return self._expanded(self._own(text), location)
        if node.tag not in _SCALARS:
            return self._note(location, _TAGGED)
        if not _SCALARS[node.tag][0].fullmatch(text):
            return self._note(location, f"does not fit its tag {_short(node.tag)}; remove the tag")
        if node.tag == _NULL:
            return None
        if node.tag == _BOOL:
            return text.lower() == "true"
        if node.tag == _FLOAT:
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        try:
            return int(text)
        except ValueError:  # Python limits the digits of a number
            return self._note(location, "has too many digits; put it in quotes if it is a text")

    def _own(self, text: str) -> str:
        """A copy of a node's text, one for all equal texts.

        The node's own would lie between the nodes, and keep their memory, ten times as much, from
        being given back.
        """
        own = self._texts.get(text)
        if own is None:
            own = text[:1] + text[1:]
            self._texts[own] = own
        return own

    def _expanded(self, text: str, location: Location) -> str:
        environ = self._environ
        if environ is None or "$" not in text:
            return text
        self._expanded_left -= len(text)
        if self._expanded_left < 0:
            raise _EndlessError("has aliases that make too much text of it")

        filled = environment.filled(text, environ)
        for problem in filled.problems:
            self._note(location, problem)
        if filled.unknown:
            self.unknown.append(location)
        return filled.text

    def _note(self, location: Location, message: str) -> None:
        self.problems.append(Problem(location, message))


def _short(tag: str) -> str:
    return tag.replace(_PREFIX, "!!")
