"""The JSON schema of the configuration file, with the options of every vendor, for editors."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from license_exporter.config.auth_config import WAYS, ways_of
from license_exporter.config.options import annotations, writer
from license_exporter.config.target import Defaults, Entry, File
from license_exporter.errors import ConfigError
from license_exporter.model.vendor import Vendor

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_Schema = dict[str, Any]


def schema(vendors: Mapping[str, Vendor]) -> _Schema:
    """The schema in the dialect 2020-12. A vendor that cannot be loaded is known by name only."""
    document = File.model_json_schema()
    for model in (Defaults, Entry):
        _write_defaults(model, document["$defs"][model.__name__]["properties"])
    document["anyOf"] = [{"required": ["targets"]}, {"required": ["target_files"]}]
    definitions = document["$defs"]
    entry = definitions["Entry"]
    entry["properties"]["vendor"] |= {"enum": list(vendors)}
    # Each vendor's own keys are in its branch below, which additionalProperties does not look into.
    del entry["additionalProperties"]
    entry["unevaluatedProperties"] = False
    entry["allOf"] = []
    for name in vendors:
        try:
            branch = _branch(vendors[name], definitions)
        except ConfigError:
            branch = {"additionalProperties": True}
        entry["allOf"].append(
            {"if": {"properties": {"vendor": {"const": name}}, "required": ["vendor"]}}
            | {"then": branch}
        )
    return {"$schema": DIALECT, **_tidy(document), "title": "license_exporter"}


def _write_defaults(model: type[BaseModel], properties: _Schema) -> None:
    """Give the defaults as they are written in a file, 1m30s instead of 90.0."""
    for name, field in model.model_fields.items():
        write = writer(annotations(field))
        if write and field.default is not None:
            properties[name]["default"] = write(field.default)


def _branch(vendor: Vendor, definitions: _Schema) -> _Schema:
    """What holds for the targets of a vendor: its own keys, and its ways to authenticate."""
    usable = ways_of(vendor) if vendor.asks_http or not vendor.documents else ()
    branch: _Schema = {"properties": {way: False for way in WAYS if way not in usable}}
    if vendor.asks_http:
        branch["anyOf"] = [{"required": ["url"]}, {"required": ["rsa_admin_key"]}]
    elif vendor.documents:
        branch["properties"]["url"] = False
    ways: list[_Schema] = [{"required": [way]} for way in usable]
    if ways and vendor.anonymous:
        ways.append({"not": {"anyOf": ways.copy()}})
    if ways:
        branch["oneOf"] = ways
    if vendor.options:
        options = vendor.options.model_json_schema(
            ref_template=f"#/$defs/{vendor.name}.{{model}}", by_alias=True
        )
        for name, definition in options.pop("$defs", {}).items():
            definitions[f"{vendor.name}.{name}"] = definition
        branch["properties"] |= options["properties"]
        branch["required"] = options.get("required", [])
    return branch


def _tidy(value: Any, of_names: bool = False) -> Any:
    """The schema without pydantic's titles, which repeat the keys, and without empty defaults.

    `of_names` says that the keys of an object are names of properties, not words of the schema.
    """
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _tidy(item, of_names=not of_names and key in ("properties", "$defs"))
        for key, item in value.items()
        if of_names or (key != "title" and (key != "default" or item not in (None, {}, [], "")))
    }
