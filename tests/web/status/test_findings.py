import math
from dataclasses import replace

import pytest

from license_exporter.collector.target_view import TargetView
from license_exporter.config.alerts import Alerts
from license_exporter.config.contract import Contract
from license_exporter.errors import Reason
from license_exporter.model.report import License, LicenseReport, Pool, State
from license_exporter.web.status.attention import Attention
from license_exporter.web.status.findings import Finding, findings
from license_exporter.web.status.pools import pool_rows
from tests.web.status.fleet import DAY, NOW, active, good


def all_findings(view: TargetView) -> list[Finding]:
    return findings(view, pool_rows(view), NOW)


def of_report(report: LicenseReport, **more) -> list[tuple[str, str]]:
    """Attention and text of each finding of a target that is up with this report."""
    found = all_findings(good("t", "v", "P", report, **more))
    return [(finding.attention.value, finding.text) for finding in found]


def of_pools(*pools: Pool) -> list[tuple[str, str]]:
    return of_report(LicenseReport(pools=pools))


def of_licenses(*licenses: License, pool: str = "") -> list[tuple[str, str]]:
    pools = (Pool("users", "users", license=pool),) if pool else ()
    return of_report(LicenseReport(pools=pools, licenses=licenses))


def test_a_target_without_findings_is_ok() -> None:
    assert of_report(LicenseReport()) == [("ok", "Up")]


def test_a_failed_target_tells_why_and_what_to_do() -> None:
    view = TargetView("t", "v", "P", reason=Reason.DNS, message="no address of x.example.com")
    [finding] = all_findings(view)
    assert finding.attention is Attention.DOWN
    assert finding.text == "A host's name cannot be resolved"
    assert finding.detail == "no address of x.example.com"
    assert "name servers" in finding.action


def test_a_target_that_was_never_fetched_waits() -> None:
    [finding] = all_findings(TargetView("t", "v", "P"))
    assert (finding.attention, finding.text) == (Attention.WAITING, "Not fetched yet")


def test_a_failed_optional_document_leaves_the_target_up() -> None:
    assert of_report(LicenseReport(), reason=Reason.SERVER) == [
        ("incomplete", "Part of the data is missing: the server has an error of its own")
    ]


def test_data_that_the_vendor_collected_days_ago_is_stale() -> None:
    old = LicenseReport(data_timestamp=NOW - 5 * 86400)
    assert of_report(old) == [("stale", "The vendor's data is 5 days old")]
    assert of_report(LicenseReport(data_timestamp=NOW - 86400)) == [("ok", "Up")]
    # Some vendors are late by nature.
    assert of_report(old, data_age=5 * 86400) == [("ok", "Up")]
    assert of_report(old, data_age=5 * 86400 - 1) == [("stale", "The vendor's data is 5 days old")]


def test_a_target_that_nothing_scrapes_is_stale() -> None:
    assert of_report(LicenseReport(), next_fetch=NOW - 299) == [("ok", "Up")]
    assert of_report(LicenseReport(), next_fetch=NOW - 600) == [("stale", "Not scraped for 10 min")]


@pytest.mark.parametrize(
    ("used", "limit", "expected"),
    [
        (89, 100, ("ok", "Up")),
        (90, 100, ("near limit", "seats is 90 % full")),
        (100, 100, ("near limit", "seats is 100 % full")),
        (101, 100, ("over limit", "seats is over its limit")),
        (9, 10, ("near limit", "seats is 90 % full")),
        (8.9, 9, ("ok", "Up")),
        (9, 9, ("near limit", "seats is 100 % full")),
        (1, 0, ("over limit", "seats is over its limit")),
        (0, 0, ("ok", "Up")),
        (1e9, math.inf, ("ok", "Up")),
        (5, None, ("ok", "Up")),
        (None, 5, ("ok", "Up")),
    ],
)
def test_a_pool_is_near_its_limit_from_90_percent_a_small_one_at_it_and_over_it_beyond_100(
    used: float | None, limit: float | None, expected: tuple[str, str]
) -> None:
    assert of_pools(Pool("seats", "users", used=used, limit=limit)) == [expected]


def test_a_limit_that_is_reached_by_the_vendors_word_is_told_as_that() -> None:
    assert of_pools(Pool("seats", "users", used=3, limit_reached=True)) == [
        ("over limit", "seats has reached its limit, the vendor says")
    ]


def test_a_pool_over_what_the_contract_allows_is_told() -> None:
    pool = Pool("seats", "users", used=6, limit=10)
    contract = Contract.model_validate({"limits": {"seats/users": 5}})
    assert of_report(LicenseReport(pools=(pool,)), contracts=(contract,)) == [
        ("over limit", "seats is over the limit of the contract")
    ]


def test_an_overage_and_a_warning_of_the_vendor_are_told() -> None:
    assert of_pools(Pool("seats", "users", used=3, limit=10, overage=2)) == [
        ("over limit", "seats is over its limit, the vendor says")
    ]
    assert of_pools(Pool("seats", "users", used=7, limit=10, thresholds={"soft": 7})) == [
        ("near limit", "seats has reached a ceiling at which the vendor warns")
    ]
    assert of_pools(Pool("seats", "users", used=7, limit=10, thresholds={"hard": 7})) == [
        ("ok", "Up")
    ]


def test_pools_alike_share_one_finding_named_after_the_fullest() -> None:
    full = [Pool(f"pool-{n}", "users", used=90 + n, limit=100) for n in range(3)]
    over = [Pool("a", "users", used=2, limit=1), Pool("b", "users", used=3, limit=1)]
    assert of_pools(*full, *over) == [
        ("over limit", "b and 1 more pool are over their limits"),
        ("near limit", "pool-2 and 2 more pools are nearly full"),
    ]


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (State.EXPIRED, "The license has expired"),
        (State.SUSPENDED, "The license is suspended"),
        (State.INVALID, "The license is invalid"),
    ],
)
def test_a_license_that_has_ended_is_told_by_its_state(state: State, text: str) -> None:
    assert of_licenses(License(states=frozenset({state}))) == [("not in force", text)]


def test_expiry_is_told_from_30_days_before() -> None:
    assert of_licenses(active(30.1)) == [("ok", "Up")]
    assert of_licenses(active(29.9)) == [("expiring", "The license expires in 29 days")]
    assert of_licenses(active(-2.5)) == [("not in force", "The license has expired, 2 days ago")]
    assert of_licenses(active(math.inf)) == [("ok", "Up")]
    assert of_licenses(License()) == [("ok", "Up")]


def test_other_dates_of_a_license_are_told_from_30_days_before() -> None:
    deadlines = {"support": NOW + 5 * DAY, "trial_end": NOW + 31 * DAY, "maintenance": NOW - DAY}
    license = replace(active(100), deadlines=deadlines)
    assert of_licenses(license) == [("expiring", 'The license has the date "support" in 5 days')]


def test_a_license_in_its_grace_period_is_expiring() -> None:
    grace = License(expiry=NOW - DAY, states=frozenset({State.GRACE}))
    assert of_licenses(grace) == [("expiring", "The license is in its grace period")]


def test_an_exceeded_license_is_over_its_limit() -> None:
    exceeded = License(states=frozenset({State.EXCEEDED}))
    assert of_licenses(exceeded) == [("over limit", "The license is exceeded")]


def test_older_licenses_beside_one_in_force_are_history() -> None:
    old, new = replace(active(-100), id="7"), replace(active(100), id="8")
    assert of_licenses(old, new) == [("ok", "Up")]
    assert of_licenses(old, new, pool="8") == [("ok", "Up")]
    assert of_licenses(replace(active(-1), current=False), new) == [("ok", "Up")]


def test_a_license_that_the_vendor_has_superseded_is_not_about_to_end() -> None:
    superseded = replace(active(5), id="7", current=False)
    assert of_licenses(superseded, replace(active(100), id="8", current=True)) == [("ok", "Up")]


def test_an_ended_license_of_a_pool_matters_beside_one_in_force() -> None:
    old, new = replace(active(-100), id="7"), replace(active(100), id="8")
    assert of_licenses(old, new, pool="7") == [
        ("not in force", "License 7 has expired, 100 days ago")
    ]


def test_the_contract_fills_in_what_the_vendor_does_not_tell() -> None:
    contract = Contract(limits={"mfa/users": 100}, expiry="2026-12-01")
    report = LicenseReport(pools=(Pool("mfa", "users", used=95),))
    assert of_report(report, contracts=(contract,)) == [
        ("expiring", "The license expires in 9 days"),
        ("near limit", "mfa is 95 % full"),
    ]


def test_a_product_without_a_license_may_be_a_free_edition_unless_one_was_bought() -> None:
    absent = LicenseReport(licenses=(License(states=frozenset({State.ABSENT})),))
    assert of_report(absent) == [("no license", "The license is absent")]
    bought = of_report(absent, contracts=(Contract(limits={"mfa/users": 100}),))
    assert bought == [("not in force", "The license is absent")]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"expiry": "2026-12-01"}, [("expiring", "Contract A ends in 9 days")]),
        ({"expiry": "2026-11-20"}, [("expiring", "Contract A has ended 35 h ago")]),
        ({"expiry": "2027-12-01"}, [("ok", "Up")]),
        ({"expiry": "2026-12-01", "auto_renew": True}, [("ok", "Up")]),
        (
            {"expiry": "2026-11-20", "auto_renew": True},
            [("incomplete", "Contract A has renewed by itself")],
        ),
    ],
)
def test_the_end_of_a_contract_is_told_beside_that_of_the_license(said, found) -> None:
    contract = Contract.model_validate({"name": "A", **said})
    report = LicenseReport(licenses=(License(expiry=NOW + 400 * DAY),))
    assert of_report(report, contracts=(contract,)) == found


def test_a_contract_that_renews_by_itself_ends_no_license() -> None:
    contract = Contract.model_validate({"expiry": "2026-12-01", "auto_renew": True})
    assert of_report(LicenseReport(), contracts=(contract,)) == [("ok", "Up")]


def test_notice_of_the_contract_is_due_until_the_end_of_its_day() -> None:
    due = [("expiring", "Notice of the contract is due")]
    assert of_report(LicenseReport(), contracts=(Contract(notice="2026-11-22"),)) == due
    assert of_report(LicenseReport(), contracts=(Contract(notice="2026-12-20"),)) == due
    assert of_report(LicenseReport(), contracts=(Contract(notice="2026-11-21"),)) == [("ok", "Up")]
    assert of_report(LicenseReport(), contracts=(Contract(notice="2027-03-01"),)) == [("ok", "Up")]


def test_what_is_nearly_full_and_due_follows_the_targets_own_thresholds() -> None:
    full = {"used": 9.8, "limit": 10, "limit_reached": True, "thresholds": {"warning": 9}}
    pools = (Pool("named", "users", **full), Pool("float", "users", used=8, limit=10))
    license = License(expiry=NOW + 20 * 86400)
    alerts = {
        "near_limit": "80%",
        "pools": {"named/users": {"near_limit": "never"}},
        "expiring": {"info": "15d"},
    }
    report = LicenseReport(pools=pools, licenses=(license,))
    assert of_report(report, alerts=Alerts.model_validate(alerts)) == [
        ("near limit", "float is 80 % full")
    ]


def test_what_the_configuration_names_in_vain_is_told() -> None:
    found = of_report(LicenseReport(), unmatched=("contract names pool 'MFA'",))
    assert found == [("incomplete", "Contract names pool 'MFA'")]
