"""Every parser against documents changed at every path."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.registry import find_vendors
from tests.documents import document
from tests.fuzz import assert_valid_exposition, edits, every_edit, fuzz, planted, samples

VENDORS = find_vendors()

ANSWERS: dict[str, tuple[str, Mapping[str, Any]]] = {
    "rsa": ("rsa", {"licenseusage": document("rsa/licenseusage")}),
    "seerbox": ("seerbox", {"license": document("seerbox/license")}),
    "immuta": (
        "immuta",
        {
            "license": [*document("immuta/license"), document("immuta/added") | {"id": 2}],
            "licenseStatus": document("immuta/licenseStatus"),
            "usage": document("immuta/usage"),
        },
    ),
} | {
    model: ("enterprise_recon", {"licenses": document(f"enterprise_recon/{model}")})
    for model in ("per_target", "sitewide", "non_sitewide")
}

# Where a value of another type makes it another document.
CONTAINERS = {
    ("licenseusage",),
    ("license",),
    ("license", "data"),
    ("license", "data", "license"),
    ("licenses",),
    ("licenseStatus",),
}


@pytest.fixture(params=ANSWERS)
def answer(request):
    name, documents = ANSWERS[request.param]
    return VENDORS[name], documents


def test_no_single_value_takes_the_rest_of_a_documented_answer_with_it(answer):
    vendor, documents = answer
    refused = {path for path, edited in every_edit(documents) if samples(vendor, edited) is None}
    assert refused <= CONTAINERS


def test_secrets_at_every_object_of_an_answer_are_nowhere(answer):
    vendor, documents = answer
    assert samples(vendor, {name: planted(value) for name, value in documents.items()})


@fuzz
@given(data=st.data())
def test_any_edits_of_a_documented_answer_make_a_valid_exposition(answer, data):
    vendor, documents = answer
    exported = samples(vendor, data.draw(edits(documents)))
    if exported is not None:
        assert_valid_exposition(exported)
