"""One file of the configuration: its content, and all that is found to be wrong with it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import BaseModel

from license_exporter.config import strict_yaml, validation
from license_exporter.config.positions import location as located
from license_exporter.config.strict_yaml import Location, dotted

_Model = TypeVar("_Model", bound=BaseModel)

_NOTHING: Mapping[str, object] = MappingProxyType({})


class CheckedFile:
    """A file that is being checked: `value` is what it holds, `lines` tells what is wrong with it.

    `name` is the file's, for what is wrong with the file as a whole. `prefix` stands before each
    path, to tell files apart.
    """

    def __init__(self, name: str, content: strict_yaml.Content, prefix: str = "") -> None:
        self.value = content.value
        self._name = name
        self._prefix = prefix
        self._unread = {problem.location for problem in content.problems}
        self._unread.update(content.unknown)
        # By how they begin: there can be many, as there can be targets.
        self._unread_of: defaultdict[Location, list[Location]] = defaultdict(list)
        for place in self._unread:
            for length in range(3):
                self._unread_of[place[:length]].append(place)
        self._lines = [(p.location, self._line(p.location, p.message)) for p in content.problems]

    def note(self, location: Location, message: str) -> None:
        """Note a problem, unless the value, or what is around it, could not even be read."""
        lengths = range(len(location) + 1)
        if self._unread.isdisjoint(location[:length] for length in lengths):
            self._lines.append((location, self._line(location, message)))

    def note_below(self, location: Location, lines: Iterable[str]) -> None:
        """Note problems that begin with their path below a location: `variables.org: is wrong`."""
        for line in lines:
            path, _, message = line.partition(": ")
            self.note((*location, *located(path)), message)

    def check(
        self,
        model: type[_Model],
        value: object,
        at: Location,
        folder: Path,
        stand_ins: Mapping[str, object] = _NOTHING,
    ) -> validation.Checked[_Model]:
        """Check a value against a model, and note what is wrong with it.

        `at` is the location of the value in this file, `folder` is where relative paths start.
        `stand_ins` take the places of options that are required and wrong.
        """
        checked = validation.check(model, value, folder, self.unread(at), stand_ins)
        for problem in checked.problems:
            self.note((*at, *problem.location), problem.message)
        return checked

    def unread(self, at: Location) -> list[Location]:
        """The locations of the values that could not be read, as they are below a location."""
        return [place[len(at) :] for place in self._unread_of.get(at[:2], ()) if _leads(at, place)]

    def place(self, location: Location) -> str:
        """The location as it stands in errors: the prefix, and a path such as `targets[2].url`."""
        return self._prefix + dotted(location)

    def lines(self) -> list[str]:
        """The problems in the order of their paths."""
        return [line for _, line in sorted(self._lines, key=lambda noted: _order(noted[0]))]

    def _line(self, location: Location, message: str) -> str:
        return f"{self.place(location) if location else self._name}: {message}"


def _leads(path: Location, location: Location) -> bool:
    return location[: len(path)] == path


def _order(location: Location) -> list[tuple[int, str]]:
    """Sorts by path, and targets[2] before targets[10]."""
    return [(step, "") if isinstance(step, int) else (-1, step) for step in location]
