"""The configuration in force as text, without its secrets.

Nothing is shown that is not marked as harmless: numbers, true and false, the names of files, and
the texts of fields that are annotated as SHOWN. Every other text is `<secret>`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel

from license_exporter.config.credentials import MASK, Secret
from license_exporter.config.options import SHOWN, annotations, writer
from license_exporter.config.target import ANSWERS_SIZE_LIMIT, Config, Defaults, Entry, Target
from license_exporter.config.values import written_size

# Marks the options of a vendor of its own, in which the operator can choose the keys: a text whose
# key sounds like a secret's is masked there, even if the field is SHOWN.
_WARY = "wary"
_SENSITIVE = re.compile(r"key|token|secret|passw|credential|auth|cookie", re.IGNORECASE)

# PyYAML's packages have a dumper in C, four times as fast; one that is built by hand may lack it.
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

_FIRST = tuple(name for name in Entry.model_fields if name not in Defaults.model_fields)


def masked(config: Config) -> str:
    """The configuration in force, with the defaults in each target, as YAML without secrets."""
    document: dict[str, Any] = {"targets": [_target(target) for target in config.targets]}
    if config.target_files:
        document = {"target_files": list(config.target_files), **document}
    if config.programs:
        programs = {name: _value(each, frozenset()) for name, each in config.programs.items()}
        document = {"programs": programs, **document}
    if config.answers_size_limit != ANSWERS_SIZE_LIMIT:
        document = {"answers_size_limit": written_size(config.answers_size_limit), **document}
    return str(yaml.dump(document, Dumper=_DUMPER, sort_keys=False, allow_unicode=True))


def shown(block: BaseModel) -> dict[str, Any]:
    """What is given in a block of the configuration, without its secrets."""
    return dict(_value(block, frozenset()))


def _target(target: Target) -> dict[str, Any]:
    told = dict(_fields(target, (*_FIRST, *Defaults.model_fields)))
    if target.options:
        told |= _value(target.options, frozenset({_WARY}))
    return told


def _fields(
    model: BaseModel, names: Iterable[str], marks: frozenset[Any] = frozenset()
) -> Iterator[tuple[str, Any]]:
    for name in names:
        field = type(model).model_fields[name]
        value = _value(getattr(model, name), (marks & {_WARY}) | annotations(field), name)
        if value not in (None, {}, []):
            yield field.alias or name, value


def _value(value: Any, marks: frozenset[Any], key: str = "") -> Any:
    """The value without secrets; `marks` is what its field is annotated with."""
    if value is None or isinstance(value, bool):
        return value
    if write := writer(marks):
        return write(value)
    if isinstance(value, Secret):
        return str(value.file) if value.file else MASK
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, BaseModel):
        given = (name for name in type(value).model_fields if name in value.model_fields_set)
        return dict(_fields(value, given, marks))
    if isinstance(value, Mapping):
        keys = {item: "/".join(item) if isinstance(item, tuple) else str(item) for item in value}
        return {keys[item]: _value(value[item], marks, keys[item]) for item in value}
    if isinstance(value, list | tuple):
        return [_value(item, marks, key) for item in value]
    if isinstance(value, int | float):
        return value
    is_shown = SHOWN in marks and not (_WARY in marks and _SENSITIVE.search(key))
    # As a plain text: a state is a member of an enumeration, which YAML does not know.
    return str(value) if is_shown else MASK
