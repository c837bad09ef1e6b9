"""Vendors that mappings make: presets, and those of `vendor: json` targets."""

import re
from collections.abc import Mapping as Variables
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import AfterValidator, Field, create_model

from license_exporter.config import strict_yaml, validation
from license_exporter.config.options import SHOWN, Options
from license_exporter.config.strict_yaml import dotted
from license_exporter.config.values import Text
from license_exporter.errors import ConfigError
from license_exporter.mapping.parser import compile_mapping
from license_exporter.mapping.quotes import doubtful_quotes
from license_exporter.mapping.requests import Request
from license_exporter.mapping.spec import SECTIONS, Mapping, Unfinished
from license_exporter.model.vendor import Format, HeaderKey, ParamKey, SignIn, Vendor

# What most products call it that have a header of their own for an API key.
USUAL_API_KEY = HeaderKey("X-API-Key")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name; use small letters, digits and _")
    return name


class JsonOptions(Options):
    """The keys of a target with a mapping of its own."""

    as_: Annotated[Text, AfterValidator(_name), SHOWN] = Field(
        alias="as", description="Name of the product, the label `vendor`, such as zoom."
    )
    variables: dict[str, Text] = Field(
        default={}, repr=False, description="What stands for {name} in the requests."
    )
    mapping: Mapping = Field(description="The requests, and what their answers mean.")


class UnfinishedOptions(JsonOptions):
    """Those of a target whose mapping is being written."""

    mapping: Unfinished = Field(description="The requests, and what their answers mean.")


class AskingOptions(JsonOptions):
    """Those of a target that is asked for one path, before it has a mapping."""

    as_: Annotated[Text, AfterValidator(_name), SHOWN] = Field(alias="as", default="json")
    mapping: Unfinished | None = Field(  # type: ignore[assignment] # there may be none yet
        default=None, description="The requests, and what their answers mean."
    )


def configure_asking(options: AskingOptions, path: str) -> Vendor:
    """The vendor of a target that asks for this path, with its query, and reads nothing of it.

    How the product is asked is what the target's mapping says. Raises ConfigError.
    """
    path, _, query = path.lstrip("/").partition("?")
    request = Request(path=path, params=dict(parse_qsl(query, keep_blank_values=True)))
    kept = options.mapping or Unfinished(requests={path: request})
    row_sets = dict.fromkeys(SECTIONS, ())
    mapping = kept.model_copy(update={**row_sets, "requests": {path or "document": request}})
    return configure_json(options.model_copy(update={"mapping": mapping}))


def configure_json(options: JsonOptions) -> Vendor:
    """The vendor of a target with a mapping of its own. Raises ConfigError."""
    vendor = _vendor(options.as_, options.mapping, options.variables, at="mapping.", usual=None)
    return replace(vendor, anonymous=True, api_key=vendor.api_key or USUAL_API_KEY)


def preset(name: str, text: str) -> Vendor:
    """The vendor whose mapping stands in a YAML text. Raises ConfigError."""
    mapping = _load(text)
    # Until a target says what its variables are, each stands for itself.
    stand_ins = {variable: f"{{{variable}}}" for variable in mapping.variables}
    vendor = _vendor(name, mapping, stand_ins, stand_ins=True)
    if not mapping.variables:
        return vendor

    def configure(options: Any) -> Vendor:
        given = options.variables.model_dump(exclude_none=True) if options.variables else {}
        configured = _vendor(name, mapping, given)
        if not configured.documents:
            raise ConfigError([f"variables: give some of {', '.join(mapping.variables)}"])
        return configured

    return replace(vendor, options=_preset_options(name, mapping), configure=configure)


def _vendor(
    name: str,
    mapping: Mapping,
    variables: Variables[str, str],
    at: str = "",
    usual: Format | None = "json",
    *,
    stand_ins: bool = False,
) -> Vendor:
    login, api_key = _ways(mapping, variables)
    parser = compile_mapping(mapping, variables, at=at, usual=usual, stand_ins=stand_ins)
    return Vendor(
        name=name,
        product=mapping.product or name,
        documents=parser.documents,
        parse=parser,
        base_path=mapping.base_path.strip("/"),
        bare_hosts=mapping.bare_hosts,
        login=login,
        api_key=api_key,
        unit=mapping.unit,
        units=mapping.units,
        defaults=mapping.defaults,
        accounts=mapping.accounts.strip(),
        data_age=mapping.data_age,
        yields=mapping.yields.strip(),
        kind=mapping.kind,
        checked=mapping.checked,
        snippet=mapping.snippet,
        doubts=tuple(doubtful_quotes(parser.rows)),
    )


def _ways(
    mapping: Mapping, variables: Variables[str, str]
) -> tuple[SignIn | None, HeaderKey | ParamKey | SignIn | None]:
    """How the product signs in, and what it does with an API key."""
    key = mapping.api_key.way() if mapping.api_key else None
    if mapping.login is None:
        return None, key
    # A sign-in is made in any case: what a target does not give is empty in it.
    way = mapping.login.way(dict.fromkeys(mapping.variables, "") | dict(variables))
    return (None, way) if mapping.login.takes_key else (way, key)


def _load(text: str) -> Mapping:
    content = strict_yaml.parse(text.encode())
    checked = validation.check(Mapping, content.value, Path())
    problems = content.problems or checked.problems
    if checked.model is None or problems:
        raise ConfigError([f"{dotted(p.location) or 'mapping'}: {p.message}" for p in problems])
    return checked.model


def _preset_options(name: str, mapping: Mapping) -> type[Options]:
    """The keys that a target of a preset can have: the variables of its mapping."""
    fields: dict[str, Any] = {
        variable: (Annotated[Text | None, SHOWN], Field(default=None, description=description))
        for variable, description in mapping.variables.items()
    }
    variables = create_model(f"{name}_variables", __base__=Options, **fields)
    return create_model(
        f"{name}_options",
        __base__=Options,
        variables=(
            variables | None,
            Field(default=None, description="What the product's requests need beside the url."),
        ),
    )
