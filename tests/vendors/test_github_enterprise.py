import math

import pytest

from license_exporter.errors import Reason
from license_exporter.model.report import Pool
from license_exporter.vendors.registry import find_vendors
from tests.documents import document, parsed
from tests.vendors.answers import answer_of, vendor_of

GITHUB = vendor_of("github_enterprise")


def test_the_documented_examples_are_read_whole():
    report, answer = parsed(GITHUB, answer_of("github_enterprise"))
    assert report.pools == (
        Pool("seats", "users", license="default", used=1316.0, limit=1400.0, available=84.0),
        Pool("consumed_seats", "users", license="default", used=20.0, limit=25.0),
        Pool("copilot_seats", "users", license="default", used=12.0),
        Pool("enterprise_copilot_seats", "users", license="default", used=31.0),
        *(
            Pool(name, "committers", license="default", used=2.0, limit=4.0)
            for name in (
                "advanced_security_committers",
                "enterprise_advanced_security_committers",
            )
        ),
    )
    (license,) = report.licenses
    assert license.expiry == 1454784112.0
    assert license.edition == "standard"
    assert answer.skipped == 0


def test_seats_may_be_unlimited():
    license = document("github_enterprise/license")
    license |= {"seats": "unlimited", "seats_available": "unlimited"}
    report, answer = parsed(GITHUB, {"license": license})
    assert report.pools == (Pool("seats", "users", license="default", used=1316.0, limit=math.inf),)
    assert answer.skipped == 0


def requests(variables):
    """The documents of a target with these variables."""
    vendor = find_vendors()["github_enterprise"]
    return vendor.configure(vendor.options.model_validate({"variables": variables})).documents


@pytest.mark.parametrize(
    ("variables", "names"),
    [
        ({}, {"license"}),
        ({"org": "a"}, {"license", "copilot/billing", "advanced-security"}),
        (
            {"enterprise": "a"},
            {"license", "consumed-licenses", "enterprise/copilot", "enterprise/advanced-security"},
        ),
    ],
)
def test_the_license_of_the_server_is_required_where_nothing_else_is_asked_for(variables, names):
    made = requests(variables)
    assert {each.name for each in made} == names
    assert [each.required for each in made] == [len(made) == 1] * len(made)


def test_a_required_license_that_is_not_found_is_no_absent_one():
    (license,) = requests({})
    assert license.absent_statuses == frozenset()


def test_github_com_has_no_base_path():
    assert GITHUB.base_path == "api/v3"
    assert "api.github.com" in GITHUB.bare_hosts


def test_seats_of_organization_and_enterprise_may_fail_alone():
    report, answer = parsed(
        GITHUB,
        {
            "license": document("github_enterprise/license"),
            "copilot/billing": [1],
            "consumed-licenses": 5,
        },
    )
    assert [pool.name for pool in report.pools] == ["seats"]
    assert {error.reason for error in answer.failed.values()} == {Reason.SCHEMA}
