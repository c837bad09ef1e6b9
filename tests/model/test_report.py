import math

import pytest

from license_exporter.model.report import License, LicenseReport, Pool


@pytest.mark.parametrize(
    "known",
    [
        {"used": 0.0},
        {"limit": math.inf},
        {"limit_reached": False},
        {"available": -1.0},
        {"overage": 0.0},
        {"peak_used": 0.0},
        {"assignments": 0.0},
        {"thresholds": {"soft": 0.0}},
        {"units": {"enabled": 0.0}},
        {"periods": {"2026": 0.0}},
    ],
)
def test_a_pool_tells_something_by_any_of_its_values_even_if_it_is_0(known):
    assert Pool("p", "users", **known).tells


def test_a_name_and_a_window_alone_tell_nothing():
    assert not Pool("p", "users", display_name="P", window="month", window_start=0.0).tells


def test_a_limit_is_filled_in_where_the_pool_has_none():
    report = LicenseReport(pools=(Pool("a", "users"), Pool("a", "bytes", used=1.0)))
    assert report.with_limit("a", "bytes", 5.0).pools == (
        Pool("a", "users"),
        Pool("a", "bytes", used=1.0, limit=5.0),
    )


def test_a_limit_that_the_vendor_tells_stays():
    report = LicenseReport(pools=(Pool("a", "users", limit=0.0),))
    assert report.with_limit("a", "users", 5.0) is report


@pytest.mark.parametrize(
    ("licenses", "license"),
    [((), "default"), ((License(),), "default"), ((License("1"), License("2")), "")],
)
def test_a_limit_of_a_pool_of_locations_adds_it_to_the_license_if_there_is_but_one(
    licenses, license
):
    report = LicenseReport(licenses=licenses, locations={("a", "users", "x", ""): 1.0})
    assert report.with_limit("a", "users", 5.0).pools == (
        Pool("a", "users", license=license, limit=5.0),
    )


def test_a_limit_of_a_pool_that_is_not_there_is_no_pool():
    report = LicenseReport(pools=(Pool("a", "users"),))
    assert report.with_limit("A", "users", 5.0) is report


def test_a_pool_that_only_locations_name_is_a_pool_too():
    locations = {("a", "bytes", "x", ""): 1.0, ("b", "bytes", "x", ""): 2.0, ("", "", "x", ""): 3.0}
    report = LicenseReport(pools=(Pool("a", "bytes", used=1.0),), locations=locations)
    assert report.with_pools_of_locations().pools == (
        Pool("a", "bytes", used=1.0),
        Pool("b", "bytes", license="default"),
    )


def test_locations_of_known_pools_add_none():
    report = LicenseReport(pools=(Pool("a", "bytes"),), locations={("a", "bytes", "x", ""): 1.0})
    assert report.with_pools_of_locations() is report


def test_an_expiry_is_filled_in_where_no_license_has_one():
    report = LicenseReport(licenses=(License("default", edition="E"), License("2")))
    assert report.with_expiry(9.0).licenses == (
        License("default", edition="E", expiry=9.0),
        License("2"),
    )


def test_filling_in_keeps_all_others_in_their_order():
    pools = tuple(Pool(name, "users", used=1.0) for name in "abc")
    filled = LicenseReport(pools=pools).with_limit("b", "users", 5.0)
    assert filled.pools == (pools[0], Pool("b", "users", used=1.0, limit=5.0), pools[2])
    licenses = (License("1"), License(), License("2"))
    filled = LicenseReport(licenses=licenses).with_expiry(9.0)
    assert filled.licenses == (License("1"), License(expiry=9.0), License("2"))


def test_an_expiry_that_the_vendor_tells_of_any_license_stays():
    report = LicenseReport(licenses=(License("2", expiry=math.inf),))
    assert report.with_expiry(9.0) is report


def test_an_expiry_without_a_license_describes_none():
    (license,) = LicenseReport().with_expiry(9.0).licenses
    assert (license.id, license.expiry, license.described) == ("default", 9.0, False)
