"""Where in a file a problem's path leads: the line, and the name of the target around it."""

import re
from dataclasses import dataclass

import yaml

from license_exporter.config.strict_yaml import Location

_STEP = re.compile(r"\.?(?P<key>[\w-]+)|\[(?P<index>\d+)\]|\['(?P<quoted>[^']*)'\]")
_TARGET = re.compile(r"targets\[\d+\]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def location(path: str) -> Location:
    """The location of a path as people write it, `targets[2].basic_auth`."""
    steps = (step.groupdict() for step in _STEP.finditer(path))
    return tuple(
        int(step["index"]) if step["index"] else step["key"] or step["quoted"] for step in steps
    )


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file; `target` is the name of the target there, "" where it has none."""

    line: int
    target: str


class Positions:
    """The places of one file's values. A file that is no YAML has none."""

    def __init__(self, content: bytes) -> None:
        self._root: yaml.Node | None
        try:
            self._root = yaml.compose(content.decode("utf-8-sig"), _Loader)
        except (UnicodeDecodeError, yaml.YAMLError, RecursionError):
            self._root = None

    def of(self, path: str) -> Position | None:
        """Where `targets[2].basic_auth` stands, or what is around it if that is missing.

        None for a path outside of the targets.
        """
        if self._root is None or not _TARGET.match(path):
            return None
        node, name, line = self._root, "", 0
        for depth, step in enumerate(_STEP.finditer(path)):
            found = _child(node, step)
            if found is None:
                break
            line, node = found
            if depth == 1:
                name = _name(node)
        return Position(line, name) if line else None


def _child(node: yaml.Node, step: re.Match[str]) -> tuple[int, yaml.Node] | None:
    """The line and the node at a step."""
    if step["index"] is not None:
        index = int(step["index"])
        if isinstance(node, yaml.SequenceNode) and index < len(node.value):
            item = node.value[index]
            return item.start_mark.line + 1, item
        return None
    wanted = step["key"] or step["quoted"]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == wanted:
                return key.start_mark.line + 1, value
    return None


def _name(node: yaml.Node) -> str:
    """The name of the target in a node."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "name" and isinstance(value, yaml.ScalarNode):
                return str(value.value)
    return ""
