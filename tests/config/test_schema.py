from pathlib import Path
from typing import Any

import jsonschema
import pytest
import re2

from license_exporter.config import strict_yaml
from license_exporter.config.schema import schema
from license_exporter.errors import ConfigError
from license_exporter.model.vendor import Vendor
from tests.config.vendors import VENDORS

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "tests/config/fixtures"

# What is wrong there does not show in one file's values.
BEYOND = {"duplicate_keys", "proxies", "target_files", "variables"}
BAD = [path for path in sorted((CONFIGS / "bad").glob("*.yaml")) if path.stem not in BEYOND]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return schema(VENDORS)


IMMUTA = {"name": "a", "vendor": "immuta", "url": "https://a.example.com", "api_key": {"key": "k"}}


def problems(document: dict[str, Any], path: Path) -> list[str]:
    validator = jsonschema.Draft202012Validator(document)
    value = strict_yaml.read(path).value
    return [error.json_path for error in validator.iter_errors(value)]


def test_it_is_a_schema_of_its_dialect(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(document)


@pytest.mark.parametrize("path", [ROOT / "config.yaml", CONFIGS / "full.yaml"], ids=str)
def test_good_configurations_are_valid(document: dict[str, Any], path: Path) -> None:
    assert problems(document, path) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_configurations_are_not(document: dict[str, Any], path: Path) -> None:
    assert problems(document, path) != []


def test_every_option_is_described(document: dict[str, Any]) -> None:
    undescribed = [
        f"{block}.{name}"
        for block, definition in document["$defs"].items()
        if not block.startswith("plug.")
        for name, option in definition["properties"].items()
        if "description" not in option
    ]
    assert undescribed == []


def test_defaults_are_shown_as_they_are_written(document: dict[str, Any]) -> None:
    options = document["$defs"]["Entry"]["properties"]
    assert options["timeout"]["default"] == "10s"
    assert options["body_size_limit"]["default"] == "64MB"
    assert options["max_locations"]["default"] == 1000
    assert "default" not in options["tls_config"]


def test_what_says_nothing_is_left_out(document: dict[str, Any]) -> None:
    options = document["$defs"]["Entry"]["properties"]
    assert "default" not in options["labels"]
    assert not [name for name, option in options.items() if "title" in option]


def test_a_target_has_its_vendors_own_options_and_ways_only(document: dict[str, Any]) -> None:
    target = {"name": "a", "url": "https://a.example.com"}
    plug = target | {"vendor": "plug", "variables": {"org": "x"}}
    immuta = target | {"vendor": "immuta", "api_key": {"key": "k"}}
    assert valid(document, plug)
    assert valid(document, immuta)
    assert not valid(document, immuta | {"variables": {"org": "x"}})
    assert not valid(document, immuta | {"vendor": "seerbox"})
    login = {"login": {"username": "u", "password": "p"}}
    assert valid(document, target | {"vendor": "seerbox"} | login)
    assert not valid(document, immuta | {"vendor": "seerbox"} | login)
    assert not valid(document, target | {"vendor": "immuta"})
    assert not valid(document, immuta | {"basic_auth": {"username": "u", "password": "p"}})


def valid(document: dict[str, Any], target: dict[str, Any]) -> bool:
    return jsonschema.Draft202012Validator(document).is_valid({"targets": [target]})


def test_a_vendor_that_cannot_be_loaded_is_known_by_name_only() -> None:
    class OneBroken(dict[str, Vendor]):
        def __getitem__(self, name: str) -> Vendor:
            if name == "plug":
                raise ConfigError(["broken"])
            return super().__getitem__(name)

    document = schema(OneBroken(VENDORS))
    target = {"name": "a", "url": "https://a.example.com", "vendor": "plug", "anything": 1}
    assert valid(document, target)


def patterns(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(patterns, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["pattern"]} if isinstance(schema.get("pattern"), str) else set()
    return own.union(*map(patterns, schema.values()), schema.get("patternProperties", {}))


def test_validators_in_go_know_its_patterns(document: dict[str, Any]) -> None:
    """RE2, which Go's regexp follows, has no look-ahead and no look-behind."""
    assert patterns(document)
    for pattern in patterns(document):
        re2.compile(pattern)


@pytest.mark.parametrize(
    "written", ["0s", "30s", "5m", "1h30m", "100ms", "1y2w3d4h5m6s7ms", "007s"]
)
def test_a_duration_is_valid(document: dict[str, Any], written: str) -> None:
    assert valid(document, IMMUTA | {"timeout": written})


@pytest.mark.parametrize(
    "written", ["", "5", "1m1h", "5x", "1s1s", "-1s", "1.5m", "1:30", " 5s", "5S"]
)
def test_what_is_no_duration_is_not(document: dict[str, Any], written: str) -> None:
    assert not valid(document, IMMUTA | {"timeout": written})
