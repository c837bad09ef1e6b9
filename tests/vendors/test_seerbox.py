import math
from dataclasses import replace

import pytest

from license_exporter.errors import SchemaError
from license_exporter.model.report import Entitlement, License, LicenseReport, Pool, State
from license_exporter.vendors.seerbox import VENDOR
from tests.documents import document, parsed


def read(**changes):
    """The documented example with changes to its license."""
    answer = document("seerbox/license")
    answer["data"]["license"].update(changes)
    return parsed(VENDOR, {"license": answer})


def license_of(**changes):
    return read(**changes)[0].licenses[0]


def pools_of(**changes):
    return {pool.name: pool for pool in read(**changes)[0].pools}


def entitlements_of(entitlements):
    return {e.name: e for e in license_of(entitlements=entitlements).entitlements}


def test_the_documented_example_is_read_whole():
    report, answer = parsed(VENDOR, {"license": document("seerbox/license")})
    requests, machines = report.pools
    assert requests == Pool(
        "monitored_monthly_requests",
        "requests",
        display_name="Monitored monthly requests",
        license="default",
        window="month",
        used=0.0,
        limit=900.0,
        limit_reached=False,
    )
    assert machines == Pool("machines", "machines", license="default", limit=1.0)
    (license,) = report.licenses
    assert replace(license, entitlements=()) == License(
        customer="Test License",
        states=frozenset({State.ACTIVE}),
        expiry=2210318430.785,
        created=1700212830.783,
        updated=1701769928.473,
        grace_period=10 * 86400.0,
        grace_usage_ratio=0.1,
    )
    assert answer.skipped == 0


def test_the_fields_that_are_null_in_the_example_are_read_where_they_are_not():
    license = license_of(policy="Enterprise", last_validated="2023-12-05T09:52:08.473Z")
    assert (license.policy, license.validated) == ("Enterprise", 1701769928.473)


def test_a_license_of_which_little_is_told_is_described_by_that_alone():
    answer = {"data": {"license": {"customer_name": "Acme"}, "monthly_tx_counter": 7}}
    report, tally = parsed(VENDOR, {"license": answer})
    assert report == LicenseReport(
        pools=(
            Pool(
                "monitored_monthly_requests",
                "requests",
                license="default",
                window="month",
                used=7.0,
            ),
        ),
        licenses=(License(customer="Acme"),),
    )
    assert tally.skipped == 0


def test_every_entitlement_is_granted_and_limited_only_by_a_number_or_unlimited():
    entitlements = {e.name: e for e in license_of().entitlements}
    assert len(entitlements) == 13
    assert all(e.granted is True and e.unit == "" for e in entitlements.values())
    assert {name: e.limit for name, e in entitlements.items() if e.limit is not None} == {
        "monitored_monthly_requests": 900.0,
        "application_rules": math.inf,
        "metrics_storage": math.inf,
        "monitored_hosts": math.inf,
        "network_rules": math.inf,
        "notification": math.inf,
        "traffic_storage": math.inf,
    }


def test_a_license_inserted_later_is_read_alike():
    report, answer = parsed(VENDOR, {"license": document("seerbox/inserted")})
    assert len(report.licenses[0].entitlements) == 13
    assert answer.skipped == 0


@pytest.mark.parametrize(
    ("max_uses", "limit"),
    [
        (5, 5.0),
        ("5", 5.0),
        (0, 0.0),
        ("unlimited", math.inf),
        ("Unlimited", math.inf),
        (" UNLIMITED ", math.inf),
        (None, None),
        ("null", None),
        ("", None),
    ],
)
def test_a_limit_is_read_in_each_of_its_forms(max_uses, limit):
    assert entitlements_of({"new_thing": {"max_uses": max_uses}}) == {
        "new_thing": Entitlement("new_thing", granted=True, limit=limit)
    }


def test_a_limit_that_cannot_be_read_is_counted_once():
    report, answer = read(entitlements={"monitored_monthly_requests": {"max_uses": "many"}})
    assert report.pools[0].limit is None
    assert answer.skipped_paths == [
        "license.data.license.entitlements.monitored_monthly_requests.max_uses"
    ]


def test_is_limited_does_not_make_a_limit():
    (entitlement,) = entitlements_of({"x": {"is_limited": True}}).values()
    assert entitlement.limit is None


def test_unlimited_requests_are_an_infinite_limit_of_the_pool():
    pools = pools_of(entitlements={"monitored_monthly_requests": {"max_uses": "unlimited"}})
    assert pools["monitored_monthly_requests"].limit == math.inf


def test_a_display_name_that_changes_changes_no_entitlement():
    assert list(entitlements_of({"reports": {"name": "Reports!"}})) == ["reports"]


def test_a_null_entitlement_is_granted_and_any_other_value_is_skipped():
    report, answer = read(entitlements={"a": None, "b": False, "c": 5, "d": {"max_uses": 1}})
    assert [e.name for e in report.licenses[0].entitlements] == ["a", "d"]
    assert answer.skipped == 2


def test_use_may_exceed_the_limit_and_is_not_clamped():
    answer = document("seerbox/license")
    answer["data"].update(monthly_tx_counter="1234", monthly_tx_limit_reached=True)
    report, _ = parsed(VENDOR, {"license": answer})
    assert report.pools[0].used == 1234.0
    assert report.pools[0].limit == 900.0
    assert report.pools[0].limit_reached is True


def test_a_null_expiry_is_never_and_a_missing_one_unknown():
    assert license_of(expiry=None).expiry == math.inf
    answer = document("seerbox/license")
    del answer["data"]["license"]["expiry"]
    assert parsed(VENDOR, {"license": answer})[0].licenses[0].expiry is None


@pytest.mark.parametrize("expiry", ["soon", "2040-13-01", 5, True, {}])
def test_an_expiry_that_cannot_be_read_is_skipped_alone(expiry):
    report, answer = read(expiry=expiry)
    assert report.licenses[0].expiry is None
    assert report.licenses[0].created == 1700212830.783
    assert answer.skipped_paths == ["license.data.license.expiry"]


def test_a_null_limit_of_machines_is_unknown():
    assert "machines" not in pools_of(max_machines=None)
    assert pools_of(max_machines="unlimited")["machines"].limit == math.inf


@pytest.mark.parametrize(
    ("status", "suspended", "states"),
    [
        ("ACTIVE", False, {State.ACTIVE}),
        ("Expiring", False, {State.ACTIVE}),
        ("EXPIRED", False, {State.EXPIRED}),
        ("SUSPENDED", True, {State.SUSPENDED}),
        ("active", True, {State.ACTIVE, State.SUSPENDED}),
        ("BANNED", False, {State.INVALID}),
        ("INACTIVE", False, {State.UNKNOWN}),
        ("something else", None, {State.UNKNOWN}),
        (None, True, {State.SUSPENDED}),
        (None, False, None),
        ("", None, None),
    ],
)
def test_the_state_is_that_of_the_license(status, suspended, states):
    assert license_of(status=status, suspended=suspended).states == states


def test_the_states_of_the_envelope_are_not_the_licenses():
    answer = document("seerbox/license")
    answer["data"]["license"]["status"] = None
    answer["data"]["license"]["suspended"] = None
    assert parsed(VENDOR, {"license": answer})[0].licenses[0].states is None


@pytest.mark.parametrize("license", [None, {}, "missing"])
def test_no_license_is_the_state_absent_and_nothing_else_of_it(license):
    answer = document("seerbox/license")
    answer["data"].update(license=license, monthly_tx_counter=7)
    if license == "missing":
        del answer["data"]["license"]
    report, skipped = parsed(VENDOR, {"license": answer})
    assert report.licenses == (License(described=False, states=frozenset({State.ABSENT})),)
    assert report.pools == (
        Pool(
            "monitored_monthly_requests",
            "requests",
            license="default",
            window="month",
            used=7.0,
            limit_reached=False,
        ),
    )
    assert skipped.skipped == 0


def test_grace_settings_are_seconds_and_a_ratio():
    license = license_of(delay_expiry_days="3", delay_max_uses_perc=2.5)
    assert license.grace_period == 259200.0
    assert license.grace_usage_ratio == 0.025


def test_days_beyond_all_seconds_are_skipped_and_not_infinite():
    report, answer = read(delay_expiry_days=1e308)
    assert report.licenses[0].grace_period is None
    assert answer.skipped == 1


@pytest.mark.parametrize(
    "wrong",
    [None, [], "x", 1, {}, {"data": None}, {"data": []}, {"data": {"license": "none"}}],
)
def test_another_shape_is_a_schema_error(wrong):
    with pytest.raises(SchemaError) as error:
        parsed(VENDOR, {"license": wrong})
    assert error.value.document == "license"
