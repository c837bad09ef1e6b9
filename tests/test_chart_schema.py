"""The schema of the chart's values, which holds that of the exporter's configuration."""

import json
import runpy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parent.parent
TARGET = {"name": "a", "vendor": "immuta", "url": "https://a.example.com", "api_key": {"key": "k"}}
# Helm 3.17 checks as draft 7 does, Helm 4 as 2020-12: both must see the same.
VALIDATORS = [jsonschema.Draft7Validator, jsonschema.Draft202012Validator]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "deploy/chart_schema.py"))


@pytest.fixture(scope="module")
def made(script: dict[str, Any]) -> str:
    return script["chart_schema"]()


def test_it_is_what_the_code_writes(script: dict[str, Any], made: str) -> None:
    assert made == script["WRITTEN"].read_text(), "the code has changed: run `make docs`"


def test_it_knows_every_value_of_the_chart(script: dict[str, Any]) -> None:
    schema = yaml.safe_load((script["HELM"] / "values.schema.yaml").read_text())
    values = yaml.safe_load((script["HELM"] / "license-exporter/values.yaml").read_text())
    assert set(schema["properties"]) - {"global"} == set(values) - {"config"}
    for name, value in schema["properties"].items():
        if "properties" in value:
            assert set(value["properties"]) == set(values[name])


def test_it_is_a_schema_of_its_dialect(script: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(script["WRITTEN"].read_text()))


def test_the_chart_links_every_dashboard(script: dict[str, Any]) -> None:
    links = script["HELM"] / "license-exporter/files/dashboards"
    boards = set((ROOT / "grafana/dashboards").glob("*.json"))
    assert {link.resolve() for link in links.iterdir()} == boards, "run `make dashboards`"


@pytest.mark.parametrize("validator", VALIDATORS)
def test_options_of_other_vendors_are_refused(made: str, validator: Any) -> None:
    judge = validator(json.loads(made))
    mapping = {"vendor": "json", "as": "x", "mapping": {}}
    assert judge.is_valid({"config": {"targets": [TARGET]}})
    assert not judge.is_valid({"config": {"targets": [TARGET | {"nme": 1}]}})
    assert not judge.is_valid({"config": {"targets": [TARGET | {"as": "x", "mapping": {}}]}})
    errors = list(judge.iter_errors({"config": {"targets": [TARGET | mapping]}}))
    assert not [error for error in errors if "additional" in error.message.lower()]
