"""Mappings that are no mappings, and documents for which a mapping was not written."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.config import strict_yaml, validation
from license_exporter.errors import ConfigError, FetchError
from license_exporter.mapping.explain import explain, types
from license_exporter.mapping.vendor import JsonOptions, configure_json
from license_exporter.model.answer import Answer
from license_exporter.vendors.registry import find_vendors
from tests.fuzz import (
    SECRET,
    assert_valid_exposition,
    edits,
    every_edit,
    fuzz,
    planted,
    samples,
    target_of,
)
from tests.mapping.whole import DOCUMENT, MAPPING, VENDOR

TARGET = target_of(VENDOR)
VENDORS = find_vendors()
PRESETS = [name for name in VENDORS if VENDORS.preset(name)]


def configured(mapping):
    """The vendor of a target with this mapping; None where it is refused."""
    options = {"as": "acme", "mapping": mapping, "variables": {"enterprise": "a", "org": "b"}}
    checked = validation.check(JsonOptions, options, Path())
    try:
        # What is good of it is read too, to tell what else is wrong.
        vendor = configure_json(checked.model) if checked.model else None
    except ConfigError as error:
        assert error.problems
        return None
    assert vendor or checked.problems
    return None if checked.problems else vendor


@pytest.fixture(params=[*PRESETS, "whole"])
def mapping(request):
    text = MAPPING if request.param == "whole" else VENDORS.preset(request.param)
    return strict_yaml.parse(text.encode()).value


@fuzz
@given(data=st.data())
def test_any_edits_of_a_mapping_make_one_or_are_refused(mapping, data):
    vendor = configured(data.draw(edits({"mapping": mapping}))["mapping"])
    if vendor is not None:
        with suppress(FetchError):
            vendor.parse(Answer({made.name: DOCUMENT for made in vendor.documents}, 0.0))


@pytest.mark.fuzz
def test_any_single_edit_of_a_document_is_read_or_refused():
    for _, documents in every_edit({"doc": DOCUMENT}):
        exported = samples(TARGET, documents)
        assert exported is None or isinstance(exported, dict)


@fuzz
@given(data=st.data())
def test_any_edits_of_a_document_make_a_valid_exposition(data):
    exported = samples(TARGET, data.draw(edits({"doc": DOCUMENT})))
    if exported is not None:
        assert_valid_exposition(exported)


@fuzz
@given(data=st.data())
def test_neither_types_nor_explanations_show_a_text_of_a_document(data):
    document = data.draw(edits({"doc": planted(DOCUMENT)}))["doc"]
    shown = f"{types(document)} {list(explain(VENDOR, Answer({'doc': document}, 0.0)))}"
    assert SECRET not in shown
