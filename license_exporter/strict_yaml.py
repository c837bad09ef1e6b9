"""YAML as the project reads it: plain data, no key twice, errors that name the place."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from license_exporter.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader, which refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _problem("a key is a list or a mapping", key_node)
            key = self.construct_object(key_node)
            if key in seen:
                raise _problem(f"key {key!r} stands twice", key_node)
            seen.add(key)
        return super().construct_mapping(node, deep)


def _problem(text: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, text, node.start_mark)


def read_yaml(path: Path) -> object:
    """The content of a YAML file; None if it is empty. Raises ConfigError."""
    try:
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - derived from SafeLoader
    except OSError as error:
        raise ConfigError([f"{path}: {error.strerror}"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ConfigError([f"{where}: {getattr(error, 'problem', None) or 'not YAML'}"]) from None
    except (ValueError, RecursionError):
        raise ConfigError([f"{path}: not YAML"]) from None


def problems_of(error: ValidationError) -> list[str]:
    """What is wrong, one text for each problem, with its path; no value is shown."""
    return [f"{_path(item['loc'])}: {_message(item)}" for item in error.errors()]


def _path(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).lstrip(".") or "the file"


def _message(item: Any) -> str:
    if item["type"] == "extra_forbidden":
        return "unknown key"
    return str(item["msg"]).removeprefix("Value error, ")
