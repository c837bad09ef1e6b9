from pathlib import Path
from typing import Any

import jsonschema
import pytest

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
