import pytest

from license_exporter.errors import Reason
from license_exporter.model.report import License, Pool, State
from tests.documents import document, parsed
from tests.vendors.answers import answer_of, vendor_of

VAULT = vendor_of("vault")
STATUS = "sys/license/status"
ACTIVITY = "sys/internal/counters/activity"
CLIENTS = Pool(
    "clients",
    "clients",
    license="default",
    window_start=1572566400.0,
    used=220.0,
)
MONTHLY = Pool(
    "monthly_clients", "clients", license="default", parent="clients", window="month", used=42.0
)


def test_the_documented_examples_are_read_whole():
    report, answer = parsed(VAULT, answer_of("vault"))
    (license,) = report.licenses
    assert license.id == "default"
    assert license.expiry == 1652831999.0
    assert license.deadlines == {"termination": 1936828799.0}
    assert license.states is None
    assert len(license.entitlements) == 15
    assert all(feature.granted for feature in license.entitlements)
    assert report.pools == (CLIENTS, MONTHLY)
    assert report.locations == {
        ("clients", "clients", "root", "namespace"): 100.0,
        ("clients", "clients", "ns2/", "namespace"): 100.0,
        ("clients", "clients", "ns1/", "namespace"): 20.0,
    }
    assert answer.skipped == 0


def test_a_server_without_a_license_is_told_and_its_clients_are_still_counted():
    (status, *_) = VAULT.documents
    assert status.absent_statuses == {404}
    assert status.absent_texts == ("unsupported path",)
    report, _ = parsed(VAULT, {ACTIVITY: document(f"vault/{ACTIVITY}")})
    assert report.licenses == (License(described=False, states=frozenset([State.ABSENT])),)
    assert report.pools == (CLIENTS,)


def test_clients_may_fail_alone():
    report, answer = parsed(VAULT, answer_of("vault", **{ACTIVITY: {"data": 5}}))
    assert report.pools == (MONTHLY,)
    assert len(report.licenses) == 1
    assert answer.failed[ACTIVITY].reason is Reason.SCHEMA


def test_a_period_that_goes_on_is_one_of_billing_and_one_that_is_over_starts_nothing_anew():
    activity = document(f"vault/{ACTIVITY}")
    activity["data"] |= {"end_time": "2030-01-31T23:59:59Z"}
    (clients, _) = parsed(VAULT, answer_of("vault", **{ACTIVITY: activity}))[0].pools
    assert (clients.window, clients.window_end) == ("billing", None)
    (clients, _) = parsed(VAULT, answer_of("vault"))[0].pools
    assert (clients.window, clients.window_end) == ("", None)


@pytest.mark.parametrize("place", ["stored", "persisted_autoload"])
def test_a_license_in_storage_is_read_like_one_that_is_loaded(place):
    status = document(f"vault/{STATUS}")
    license = status["data"].pop("autoloaded")
    del license["termination_time"]
    report, answer = parsed(VAULT, {STATUS: {"data": {place: license}}})
    assert report.licenses[0].expiry == 1652831999.0
    assert answer.skipped == 0
