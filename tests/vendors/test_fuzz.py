"""Every parser against documents changed at every path."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz import (
    assert_valid_exposition,
    edits,
    every_edit,
    fuzz,
    planted,
    samples,
    target_of,
)
from tests.vendors.answers import ANSWERS, vendor_of

CASES = [(name, index) for name, answers in ANSWERS.items() for index in range(len(answers))]

# Where a value of another type makes it another document.
CONTAINERS = {
    ("licenseusage",),
    ("license",),
    ("license", "data"),
    ("license", "data", "license"),
    ("licenses",),
    ("licenseStatus",),
    ("_license",),
    ("_license", "license"),
    ("subscribedSkus",),
    ("subscribedSkus", 0),
    ("subscribedSkus", 0, "value"),
    ("licenses", "licenses"),
    ("sys/license/status",),
    ("sys/license/status", "data"),
    ("sys/license/status", "data", "autoloaded"),
    ("sys/license/status", "data", "autoloaded", "license_id"),
}


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def answer(request):
    name, index = request.param
    return target_of(vendor_of(name)), ANSWERS[name][index]


@pytest.mark.fuzz
def test_no_single_value_takes_the_rest_of_a_documented_answer_with_it(answer):
    target, documents = answer
    refused = {path for path, edited in every_edit(documents) if samples(target, edited) is None}
    assert refused <= CONTAINERS


def test_secrets_at_every_object_of_an_answer_are_nowhere(answer):
    target, documents = answer
    assert samples(target, {name: planted(value) for name, value in documents.items()})


@fuzz
@given(data=st.data())
def test_any_edits_of_a_documented_answer_make_a_valid_exposition(answer, data):
    target, documents = answer
    exported = samples(target, data.draw(edits(documents)))
    if exported is not None:
        assert_valid_exposition(exported)
