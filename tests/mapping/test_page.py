"""docs/mapping.md against the code."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from license_exporter.collector.samples import report_samples
from license_exporter.config import strict_yaml
from license_exporter.config.load import load_config
from license_exporter.exposition.rendering import render
from license_exporter.exposition.text import encode
from license_exporter.mapping import dates, kinds, requests, sections, sign_in, spec
from license_exporter.mapping.functions import Scope
from license_exporter.mapping.spec import Mapping
from license_exporter.model.answer import Answer
from license_exporter.vendors.registry import find_vendors

PAGE = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
STANDARD_FUNCTIONS = set(Scope.__mro__[1].FUNCTION_TABLE)


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def series(exposition):
    return {
        (sample.name, *sorted(sample.labels.items()), sample.value)
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
    }


def test_the_example_yields_the_metrics_that_the_page_shows(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(blocks("yaml")[0], encoding="utf-8")
    (target,) = load_config(file, {}, find_vendors()).targets
    (document,) = map(json.loads, blocks("json"))
    answer = Answer({"account/plans": document}, 0.0)
    samples = report_samples(target.driver.parse(answer), target, answer.skipped)
    chunks = render([encode(samples, target.name, target.driver.name)], openmetrics=False)
    exposition = b"".join(chunk.text for chunk in chunks).decode()
    shown = series(blocks("text")[0])
    assert len(shown) == 6
    assert shown <= series(exposition)
    assert answer.skipped == 0


@pytest.mark.parametrize("block", blocks("yaml")[1:])
def test_the_other_examples_are_parts_of_a_mapping(block):
    written = {"requests": {"doc": {}}, "pools": [{"name": "n", "used": "u"}]}
    assert Mapping.model_validate(written | strict_yaml.parse(block.encode()).value)


@pytest.mark.parametrize(
    "model",
    [
        Mapping,
        requests.Request,
        requests.PagingOptions,
        requests.ForEach,
        requests.LatestDay,
        sign_in.SignInOptions,
        spec.ApiKeyHeader,
        sections.LicenseRows,
        sections.PoolRows,
        sections.EntitlementRows,
        sections.LocationRows,
        sections.AssignmentRows,
        sections.PeriodRows,
        sections.ReportRows,
        kinds.TextValue,
        kinds.NumberValue,
        dates.PeriodValue,
        dates.EndValue,
        kinds.StateValue,
    ],
)
def test_every_key_of_a_mapping_is_on_the_page(model):
    keys = set(model.model_fields)
    assert {key for key in keys if f"`{key}`" not in PAGE and f"`{key}:" not in PAGE} <= {"by"}


def test_every_function_is_on_the_page():
    own = set(Scope.FUNCTION_TABLE) - STANDARD_FUNCTIONS
    assert {name for name in own if f"`{name}(" not in PAGE} == set()
