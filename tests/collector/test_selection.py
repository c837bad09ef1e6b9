"""Pools that are left out, and what goes with them."""

from license_exporter.collector.selection import selected
from license_exporter.config.pools import PoolPatterns
from license_exporter.model.report import Entitlement, License, LicenseReport, Pool

NO_TRIALS = PoolPatterns(exclude=("*_trial",))


def names(items):
    return [item.name for item in items]


def test_locations_go_with_their_pools():
    locations = {(pool, "u", "here", ""): 1.0 for pool in ("a", "b_trial", "c_trial")}
    report = LicenseReport((Pool("a", "u"), Pool("b_trial", "u")), locations=locations)
    left = selected(report, NO_TRIALS)
    assert names(left.pools) == ["a"]
    assert list(left.locations) == [("a", "u", "here", "")]
    assert selected(LicenseReport(), NO_TRIALS).locations is None


def test_an_entitlement_goes_with_the_pool_of_its_name_and_no_other():
    license = License(entitlements=(Entitlement("a"), Entitlement("b"), Entitlement("feature")))
    report = LicenseReport((Pool("a", "u"), Pool("b", "u")), (license,))
    (left,) = selected(report, PoolPatterns(include=("a",))).licenses
    assert names(left.entitlements) == ["a", "feature"]


def test_a_license_of_left_out_pools_alone_goes_with_them():
    licenses = (
        License("a@2027-01-31", entitlements=(Entitlement("a"),)),
        License("b_trial@2027-01-31", entitlements=(Entitlement("b_trial"),)),
        License("maintenance"),
    )
    left = selected(LicenseReport((Pool("a", "u"),), licenses), NO_TRIALS)
    assert [license.id for license in left.licenses] == ["a@2027-01-31", "maintenance"]


def test_the_only_license_stays_with_its_end():
    license = License(expiry=5.0, entitlements=(Entitlement("b_trial"),))
    (left,) = selected(LicenseReport((), (license,)), NO_TRIALS).licenses
    assert (left.expiry, left.entitlements) == (5.0, ())
