import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from license_exporter.collector.samples import (
    report_samples,
)
from license_exporter.config.target import Entry, Target
from license_exporter.errors import FetchError, Reason
from license_exporter.exposition import families
from license_exporter.exposition.families import FAMILIES, Family
from license_exporter.model.report import (
    Daemon,
    Entitlement,
    License,
    LicenseReport,
    Pool,
    Server,
    State,
)
from license_exporter.model.vendor import Vendor

_VENDOR = Vendor("acme", "Acme Suite", (), lambda answer: LicenseReport(), units={"mails": "mails"})


def _target(**options: Any) -> Target:
    entry = Entry.model_validate({"name": "t", "vendor": "acme", **options})
    return Target.of(entry, _VENDOR)


def _rows(
    report: LicenseReport, family: Family, **options: Any
) -> Mapping[tuple[str, ...], float] | None:
    return report_samples(report, _target(**options)).get(family)


def test_all_that_a_pool_says_is_exported_and_nothing_else() -> None:
    pool = Pool(
        "users",
        "seats",
        display_name="Users",
        license="l1",
        parent="all",
        window="month",
        window_start=100.0,
        window_end=200.0,
        used=0.0,
        limit=math.inf,
        limit_reached=False,
        available=-2.0,
        overage=2.0,
        peak_used=9.0,
        assignments=3.0,
        reserved=1.0,
        queued=2.0,
        borrowed=0.0,
        checkouts=5.0,
        users=4.0,
        denials={"acmed": 6.0, "otherd": 0.0},
        user_used={"ann": 3.0},
        thresholds={"soft": 7.0},
        units={"suspended": 1.0},
        periods={"2026-10": 4.0},
    )

    samples = report_samples(LicenseReport(pools=(pool,)), _target())

    key = ("users", "seats")
    assert samples == {
        families.USED: {key: 0.0},
        families.LIMIT: {key: math.inf},
        families.LIMIT_REACHED: {key: 0.0},
        families.AVAILABLE: {key: -2.0},
        families.OVERAGE: {key: 2.0},
        families.PEAK_USED: {key: 9.0},
        families.WINDOW_START: {key: 100.0},
        families.WINDOW_END: {key: 200.0},
        families.ASSIGNMENTS: {key: 3.0},
        families.RESERVED: {key: 1.0},
        families.QUEUED: {key: 2.0},
        families.BORROWED: {key: 0.0},
        families.CHECKOUTS: {key: 5.0},
        families.USERS: {key: 4.0},
        families.DENIALS: {(*key, "acmed"): 6.0, (*key, "otherd"): 0.0},
        families.USER_USED: {(*key, "ann"): 3.0},
        families.THRESHOLD: {(*key, "soft"): 7.0},
        families.UNITS: {(*key, "suspended"): 1.0},
        families.PERIOD_USED: {(*key, "2026-10"): 4.0},
        families.POOL_INFO: {(*key, "Users", "l1", "all", "month"): 1.0},
        families.SKIPPED_VALUES: {(): 0.0},
        families.LOCATION_USED: {},
    }


def test_a_pool_of_which_nothing_is_known_has_its_info_alone() -> None:
    samples = report_samples(LicenseReport(pools=(Pool("users", "seats"),)), _target())

    assert {family for family, rows in samples.items() if rows} == {
        families.POOL_INFO,
        families.SKIPPED_VALUES,
    }


def test_all_that_a_license_says_is_exported() -> None:
    license = License(
        id="l1",
        edition="Gold",
        customer="Acme",
        policy="strict",
        current=True,
        trial=False,
        expiry=math.inf,
        start=1.0,
        created=2.0,
        updated=3.0,
        validated=4.0,
        grace_period=86400.0,
        grace_usage_ratio=0.1,
        deadlines={"support": 5.0},
        entitlements=(Entitlement("sso", granted=True, enabled=False, expiry=6.0),),
    )
    report = LicenseReport(
        licenses=(license,), warnings=0.0, pending_bytes=1.0, pending_scans=2.0, data_timestamp=3.0
    )

    samples = report_samples(report, _target(), skipped=4)

    assert {family: rows for family, rows in samples.items() if rows} == {
        families.INFO: {("l1", "Acme Suite", "Gold", "Acme", "strict"): 1.0},
        families.CURRENT: {("l1",): 1.0},
        families.TRIAL: {("l1",): 0.0},
        families.EXPIRY: {("l1",): math.inf},
        families.START: {("l1",): 1.0},
        families.CREATED: {("l1",): 2.0},
        families.UPDATED: {("l1",): 3.0},
        families.VALIDATED: {("l1",): 4.0},
        families.GRACE_PERIOD: {("l1",): 86400.0},
        families.GRACE_USAGE: {("l1",): 0.1},
        families.DEADLINE: {("l1", "support"): 5.0},
        families.ENTITLEMENT_GRANTED: {("l1", "sso"): 1.0},
        families.ENTITLEMENT_ENABLED: {("l1", "sso"): 0.0},
        families.ENTITLEMENT_EXPIRY: {("l1", "sso"): 6.0},
        families.WARNINGS: {(): 0.0},
        families.PENDING_BYTES: {(): 1.0},
        families.PENDING_SCANS: {(): 2.0},
        families.DATA_TIMESTAMP: {(): 3.0},
        families.SKIPPED_VALUES: {(): 4.0},
    }


def test_a_license_that_the_vendor_does_not_describe_has_no_info() -> None:
    report = LicenseReport(licenses=(License(described=False, expiry=1.0),))

    assert _rows(report, families.INFO) is None


def test_each_of_the_nine_states_has_a_sample_where_the_vendor_sends_a_state() -> None:
    states = frozenset({State.ACTIVE, State.SUSPENDED})
    entitlements = (Entitlement("sso", states=frozenset({State.EXPIRED})), Entitlement("api"))
    report = LicenseReport(licenses=(License(states=states, entitlements=entitlements),))

    assert _rows(report, families.STATE) == {
        ("default", state): float(state in states) for state in State
    }
    assert _rows(report, families.ENTITLEMENT_STATE) == {
        ("default", "sso", state): float(state is State.EXPIRED) for state in State
    }
    assert _rows(LicenseReport(licenses=(License(),)), families.STATE) is None


def test_an_entitlement_with_limits_in_two_units_keeps_both() -> None:
    entitlements = (
        Entitlement("scans", granted=True, limit=5.0, unit="hosts"),
        Entitlement("scans", granted=True, limit=math.inf, unit="bytes"),
        Entitlement("scans", granted=True, limit=1.0, unit="\ud800"),
    )
    report = LicenseReport(licenses=(License(entitlements=entitlements),))

    assert _rows(report, families.ENTITLEMENT_LIMIT) == {
        ("default", "scans", "hosts"): 5.0,
        ("default", "scans", "bytes"): math.inf,
        ("default", "scans", "\ufffd"): 1.0,
    }
    assert _rows(report, families.ENTITLEMENT_GRANTED) == {("default", "scans"): 1.0}


def test_of_entitlements_that_are_one_by_their_labels_the_first_value_stays_and_others_count() -> (
    None
):
    entitlements = tuple(
        Entitlement("scans", granted=granted, limit=limit, unit="hosts")
        for granted, limit in ((True, 5.0), (False, 6.0), (False, 7.0))
    )
    report = LicenseReport(licenses=(License(entitlements=entitlements),))

    samples = report_samples(report, _target(), skipped=1)

    assert samples[families.ENTITLEMENT_GRANTED] == {("default", "scans"): 1.0}
    assert samples[families.ENTITLEMENT_LIMIT] == {("default", "scans", "hosts"): 5.0}
    assert samples[families.SKIPPED_VALUES] == {(): 5.0}


def test_of_two_pools_or_licenses_that_are_one_by_their_labels_the_first_is_exported_whole() -> (
    None
):
    report = LicenseReport(
        pools=(Pool("p", "u", used=1.0), Pool("p", "u", display_name="P", used=2.0, limit=3.0)),
        licenses=(License(edition="A"), License(edition="B", expiry=1.0)),
    )

    samples = report_samples(report, _target(), skipped=1)

    assert samples[families.USED] == {("p", "u"): 1.0}
    assert len(samples[families.POOL_INFO]) == 1
    assert len(samples[families.INFO]) == 1
    assert families.LIMIT not in samples
    assert families.EXPIRY not in samples
    assert samples[families.SKIPPED_VALUES] == {(): 3.0}


def test_history_can_be_left_out() -> None:
    report = LicenseReport(pools=(Pool("p", "u", periods={"2026-10": 4.0}),))

    assert _rows(report, families.PERIOD_USED, history=False) is None


_LOCATIONS = {
    ("p", "bytes", "small", "server"): 1.0,
    ("p", "bytes", "great", "server"): 30.0,
    ("q", "bytes", "middle", "server"): 20.0,
    ("q", "bytes", "b-equal", "server"): 10.0,
    ("p", "bytes", "a-equal", "server"): 10.0,
}


def test_the_greatest_locations_stay_and_the_rest_of_each_pool_is_folded() -> None:
    report = LicenseReport(locations=_LOCATIONS)

    samples = report_samples(report, _target(max_locations=3))

    assert samples[families.LOCATION_USED] == {
        ("p", "bytes", "great", "server"): 30.0,
        ("q", "bytes", "middle", "server"): 20.0,
        ("p", "bytes", "a-equal", "server"): 10.0,
        ("q", "bytes", "other", ""): 10.0,
        ("p", "bytes", "other", ""): 1.0,
    }
    assert samples[families.LOCATIONS] == {(): 5.0}
    assert samples[families.LOCATIONS_FOLDED] == {(): 2.0}


def test_of_each_pool_but_one_all_locations_may_be_folded() -> None:
    samples = report_samples(LicenseReport(locations=_LOCATIONS), _target(max_locations=1))

    assert samples[families.LOCATION_USED] == {
        ("p", "bytes", "great", "server"): 30.0,
        ("p", "bytes", "other", ""): 11.0,
        ("q", "bytes", "other", ""): 30.0,
    }
    assert samples[families.LOCATIONS_FOLDED] == {(): 4.0}


@pytest.mark.parametrize("most", [0, 5, 6])
def test_no_location_is_folded_where_all_may_stay(most: int) -> None:
    samples = report_samples(LicenseReport(locations=_LOCATIONS), _target(max_locations=most))

    assert samples[families.LOCATION_USED] == _LOCATIONS
    assert samples[families.LOCATIONS_FOLDED] == {(): 0.0}


def test_locations_can_be_left_out_but_stay_counted() -> None:
    samples = report_samples(LicenseReport(locations=_LOCATIONS), _target(locations=False))

    assert not samples[families.LOCATION_USED]
    assert samples[families.LOCATIONS] == {(): 5.0}
    assert samples[families.LOCATIONS_FOLDED] == {(): 0.0}


def test_no_locations_are_counted_only_where_the_vendor_tells_them() -> None:
    assert _rows(LicenseReport(locations={}), families.LOCATIONS) == {(): 0.0}
    assert _rows(LicenseReport(), families.LOCATIONS) is None
    assert _rows(LicenseReport(), families.LOCATIONS_FOLDED) is None


def test_more_samples_than_the_limit_fail_the_target() -> None:
    report = LicenseReport(locations=_LOCATIONS)
    count = sum(map(len, report_samples(report, _target()).values()))

    assert report_samples(report, _target(sample_limit=count))
    with pytest.raises(FetchError, match=f"{count} samples, sample_limit is {count - 1}") as error:
        report_samples(report, _target(sample_limit=count - 1))

    assert error.value.reason is Reason.TOO_LARGE


MUCH = r"^the answer makes some 12\d{6} bytes of samples, exposition_size_limit is 1048576"


def test_more_text_than_a_target_may_add_to_a_scrape_fails_it() -> None:
    locations = {("p", "u", f"{number}{'x' * 500}", ""): 1.0 for number in range(20_000)}
    report = LicenseReport(locations=locations)

    assert report_samples(report, _target(max_locations=0))
    with pytest.raises(FetchError, match=MUCH) as error:
        report_samples(report, _target(max_locations=0, exposition_size_limit="1MB"))

    assert error.value.reason is Reason.TOO_LARGE


def test_the_contract_fills_what_the_answer_does_not_tell() -> None:
    contract = {"limits": {"mails": 5, "p/u": 6}, "expiry": "2027-01-31"}
    report = LicenseReport(pools=(Pool("mails", "mails", used=9.0), Pool("p", "u", limit=1.0)))

    samples = report_samples(report, _target(contract=contract))

    assert samples[families.LIMIT] == {("mails", "mails"): 5.0, ("p", "u"): 1.0}
    assert samples[families.EXPIRY] == {("default",): 1801440000.0}  # the end of that day


def test_of_several_contracts_the_one_about_everything_tells_the_expiry() -> None:
    part = {"limits": {"mails": 5}, "expiry": "2026-12-31"}
    whole = {"expiry": "2027-01-31"}

    def expiry(*contracts: Mapping[str, Any]) -> Mapping[tuple[str, ...], float] | None:
        return _rows(LicenseReport(), families.EXPIRY, contract=list(contracts))

    assert expiry(part, whole) == {("default",): 1801440000.0}
    assert expiry(part) == {("default",): 1798761600.0}
    assert expiry(part, {**part, "limits": {"p/u": 6}}) is None


def test_every_pool_that_a_location_names_has_its_info() -> None:
    report = LicenseReport(locations={("server", "bytes", "x", ""): 1.0})
    samples = report_samples(report, _target())
    assert list(samples[families.POOL_INFO]) == [("server", "bytes", "", "default", "", "")]
    assert families.POOL_INFO not in report_samples(report, _target(locations=False))


def test_servers_and_daemons_are_exported_each_once() -> None:
    report = LicenseReport(
        servers=(
            Server("27000@a", up=True, primary=False),
            Server("b", up=False),
            Server("b", True),
        ),
        daemons=(Daemon("acmed", up=True), Daemon("other-d", up=False, denials=4.0)),
    )

    samples = report_samples(report, _target())

    assert samples[families.SERVER_UP] == {("27000@a",): 1.0, ("b",): 0.0}
    assert samples[families.SERVER_PRIMARY] == {("27000@a",): 0.0}
    assert samples[families.DAEMON_UP] == {("acmed",): 1.0, ("other-d",): 0.0}
    assert samples[families.DENIALS] == {("", "", "other-d"): 4.0}
    assert samples[families.SKIPPED_VALUES] == {(): 1.0}


_USERS = LicenseReport(
    pools=(
        Pool("solver", "licenses", user_used={"ann": 5.0, "bob": 1.0, "cid": 2.0, "other": 1.0}),
        Pool("mesh", "licenses", user_used={"ann": 1.0, "bob": 7.0}),
    )
)


def test_the_greatest_users_stay_and_the_rest_of_each_pool_is_folded() -> None:
    assert _rows(_USERS, families.USER_USED, max_users=2) == {
        ("solver", "licenses", "ann"): 5.0,
        ("mesh", "licenses", "bob"): 7.0,
        ("solver", "licenses", "other"): 4.0,
        ("mesh", "licenses", "other"): 1.0,
    }


def test_of_each_pool_but_one_all_users_may_be_folded() -> None:
    assert _rows(_USERS, families.USER_USED, max_users=1) == {
        ("mesh", "licenses", "bob"): 7.0,
        ("solver", "licenses", "other"): 9.0,
        ("mesh", "licenses", "other"): 1.0,
    }


@pytest.mark.parametrize("most", [0, 6])
def test_no_user_is_folded_where_all_may_stay(most: int) -> None:
    rows = _rows(_USERS, families.USER_USED, max_users=most)

    assert rows and len(rows) == 6


def test_the_families_are_those_that_were_promised() -> None:
    """A change of this list breaks dashboards; only new families and labels at the end are fine."""
    promised = (
        (Path(__file__).parents[1] / "exposition" / "families.txt")
        .read_text(encoding="utf-8")
        .splitlines()
    )

    assert [_line(family) for family in FAMILIES] == promised


def _line(family: Family) -> str:
    common = ("target", "vendor") if family.of_target else ()
    return " ".join((family.name, family.type, *common, *family.labels))
