import pytest

from license_exporter.model.report import Entitlement, License, Pool, State
from tests.documents import document, parsed
from tests.vendors.answers import vendor_of

SONARQUBE = vendor_of("sonarqube")


def read(version, **changed):
    return parsed(SONARQUBE, {"license": document(f"sonarqube/{version}") | changed})


def test_version_1_is_read_whole():
    report, answer = read("v1")
    assert report.pools == (
        Pool("lines_of_code", "lines", license="default", used=120085.0, limit=500000.0),
    )
    assert report.licenses == (
        License(
            edition="Developer Edition",
            states=frozenset([State.ACTIVE]),
            expiry=1526601600.0,
        ),
    )
    assert answer.skipped == 0


def test_version_2_is_read_whole():
    report, answer = read("v2")
    assert report.pools == (
        Pool("lines_of_code", "lines", license="default", used=229000.0, limit=500000.0),
    )
    assert report.licenses == (
        License(
            edition="Enterprise",
            states=frozenset([State.ACTIVE]),
            expiry=1798675200.0,
            start=1767225600.0,
            validated=1795161600.0,
            grace_period=0.0,
            entitlements=(Entitlement("advanced-scans", granted=True, limit=1000.0, unit="scans"),),
        ),
    )
    assert report.data_timestamp is None
    assert answer.skipped == 0


GRACE = {"gracePeriodEndDate": "2018-05-25", "gracePeriodExpired": False}


@pytest.mark.parametrize(
    ("version", "changed", "states"),
    [
        ("v1", {"isExpired": True}, {State.EXPIRED}),
        ("v1", {"isValidEdition": False}, {State.INVALID}),
        ("v1", {"isValidServerId": False}, {State.INVALID}),
        ("v1", {"isExpired": True, **GRACE}, {State.EXPIRED, State.GRACE}),
        ("v1", GRACE, {State.GRACE}),
        ("v1", {"isValidServerId": False, **GRACE}, {State.INVALID, State.GRACE}),
        ("v2", {"validEdition": False}, {State.INVALID}),
        ("v2", {"validServerId": False}, {State.INVALID}),
        ("v1", {"isExpired": True, **GRACE, "gracePeriodExpired": True}, {State.EXPIRED}),
        ("v1", {"gracePeriodEndDate": "2030-01-01"}, {State.GRACE}),
        ("v1", {"gracePeriodEndDate": "2018-05-25"}, {State.ACTIVE}),
        ("v2", {"expired": True}, {State.EXPIRED}),
        ("v2", {"disabled": True}, {State.SUSPENDED}),
        ("v2", {"disabled": True, "expired": True}, {State.SUSPENDED, State.EXPIRED}),
        ("v2", {"expired": None, "disabled": None}, None),
    ],
)
def test_the_state_is_what_the_license_says(version, changed, states):
    report, _ = read(version, **changed)
    assert report.licenses[0].states == states


def test_the_end_of_the_grace_period_is_a_deadline():
    assert read("v1", **GRACE)[0].licenses[0].deadlines == {"grace_end": 1527206400.0}


def test_version_1_is_asked_for_where_there_is_no_version_2():
    (license, _) = SONARQUBE.documents
    assert (license.path, license.fallback.path) == (
        "v2/entitlements/license",
        "editions/show_license",
    )
    assert license.absent_statuses == license.fallback.absent_statuses == {404}


@pytest.mark.parametrize("documents", [{}, {"license": None}])
def test_a_server_without_a_license_is_up(documents):
    report, answer = parsed(SONARQUBE, documents)
    assert report.licenses == (License(described=False, states=frozenset([State.ABSENT])),)
    assert answer.skipped == 0
