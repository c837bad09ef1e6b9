import math

import pytest

from license_exporter.errors import FetchError, Reason, SchemaError
from license_exporter.model.answer import Answer
from license_exporter.model.report import Entitlement, License, Pool, State
from tests.documents import document, parsed
from tests.vendors.answers import answer_of, vendor_of

GITLAB = vendor_of("gitlab")


def read(**license):
    """The report on a license of which some values are changed, without the list of all."""
    return parsed(GITLAB, {"license": document("gitlab/license") | license})


def test_the_documented_examples_are_read_whole():
    report, answer = parsed(GITLAB, answer_of("gitlab"))
    assert report.pools == (
        Pool(
            "users",
            "users",
            license="2",
            used=300.0,
            limit=100.0,
            overage=200.0,
            peak_used=300.0,
        ),
    )
    current, former = report.licenses
    assert current == License(
        "2",
        edition="ultimate",
        customer="GitLab",
        current=True,
        states=frozenset([State.ACTIVE]),
        expiry=1643241600.0,
        start=1517011200.0,
        created=1519773718.674,
        entitlements=(
            Entitlement("GitLab_FileLocks", granted=True, limit=1.0),
            Entitlement("GitLab_Auditor_User", granted=True, limit=1.0),
        ),
    )
    assert (former.id, former.edition, former.current) == ("1", "premium", False)
    assert former.expiry == 1643241600.0
    assert answer.skipped == 0
    assert answer.failed == {}


@pytest.mark.parametrize(("user_limit", "limit"), [(0, math.inf), (None, None), ("100", 100.0)])
def test_a_limit_of_0_is_unlimited_and_null_is_unknown(user_limit, limit):
    report, answer = read(user_limit=user_limit)
    assert report.pools[0].limit == limit
    assert answer.skipped == 0


@pytest.mark.parametrize(("count", "granted"), [(7, True), (0, False)])
def test_an_add_on_is_granted_and_counted(count, granted):
    report, _ = read(add_ons={"GitLab_Auditor_User": count})
    assert report.licenses[0].entitlements == (
        Entitlement("GitLab_Auditor_User", granted=granted, limit=float(count)),
    )


def test_an_add_on_without_a_count_is_not_said_to_be_granted():
    report, answer = read(add_ons={"GitLab_Auditor_User": None, "GitLab_FileLocks": 1})
    assert [add_on.name for add_on in report.licenses[0].entitlements] == ["GitLab_FileLocks"]
    assert answer.skipped == 0


@pytest.mark.parametrize(
    ("changed", "states"),
    [
        ({"expired": True}, {State.EXPIRED}),
        ({"starts_at": "2030-01-01"}, {State.PENDING}),
        ({"expired": None}, None),
    ],
)
def test_the_state_is_what_the_license_says(changed, states):
    assert read(**changed)[0].licenses[0].states == states


def test_a_license_that_is_yet_to_start_is_read_again_when_it_does():
    assert read(starts_at="2030-01-01")[0].valid_until == 1893456000.0
    assert read()[0].valid_until is None


@pytest.mark.parametrize("documents", [{"licenses": []}, {"license": None, "licenses": []}])
def test_no_license_and_none_in_the_list_is_absent(documents):
    report, answer = parsed(GITLAB, documents)
    assert report.licenses == (License(described=False, states=frozenset([State.ABSENT])),)
    assert report.pools == ()
    assert answer.skipped == 0


def test_licenses_none_of_which_is_in_force_are_not_absent():
    report, _ = parsed(GITLAB, {"licenses": document("gitlab/licenses")})
    assert [(license.id, license.current) for license in report.licenses] == [
        ("1", False),
        ("2", False),
    ]


def test_a_server_that_knows_no_licenses_is_not_found():
    with pytest.raises(FetchError) as caught:
        parsed(GITLAB, {})
    assert caught.value.reason is Reason.NOT_FOUND


def test_a_list_of_another_shape_fails_alone():
    report, answer = parsed(GITLAB, answer_of("gitlab", licenses={"error": "forbidden"}))
    assert [license.id for license in report.licenses] == ["2"]
    assert answer.failed["licenses"].reason is Reason.SCHEMA


@pytest.mark.parametrize("license", [{}, [], 5, {"message": "x"}])
def test_a_license_of_another_shape_fails_the_target(license):
    with pytest.raises(SchemaError):
        GITLAB.parse(Answer({"license": license, "licenses": []}, 0.0))


def test_add_ons_may_be_missing():
    license = document("gitlab/license")
    del license["add_ons"]
    report, answer = parsed(GITLAB, {"license": license})
    assert report.licenses[0].entitlements == ()
    assert answer.skipped == 0
