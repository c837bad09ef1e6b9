import pytest

from license_exporter.collector.unmatched import unmatched
from license_exporter.model.report import Entitlement, License, LicenseReport, Pool
from tests.fakes import target

REPORT = LicenseReport(
    pools=(Pool("mfa", "licenses"), Pool("active_users", "licenses")),
    licenses=(License(entitlements=(Entitlement("sso"),)),),
    locations={("data", "bytes", "x", ""): 1.0},
)
HAS = "which the answer does not have; it has active_users, data, mfa"

UNIT = "contract names pool 'mfa/users', which the answer does not have; it has mfa/licenses"
MFA = {"MFA": {"near_limit": "never"}}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"contract": {"limits": {"mfa": 1, "data/bytes": 2}}}, ()),
        (
            {"contract": {"limits": {"MFA": 1}, "prices": {"MFA": 1}}},
            (f"contract names pool 'MFA', {HAS}",),
        ),
        (
            {"contract": {"limits": {"mfa/users": 1}}},
            (UNIT,),
        ),
        (
            {"contract": [{"name": "a", "covers": ["sso", "mfa", "saml"]}]},
            (f"contract 'a' covers 'saml', {HAS}, sso",),
        ),
        (
            {"alerts": {"pools": {"MFA": {"near_limit": "never"}}}},
            (f"alerts names pool 'MFA', {HAS}",),
        ),
        (
            {"pools": {"include": ["m*", "x*"], "exclude": ["*_trial", "old"]}},
            (f"pools names pool 'x*', {HAS}", f"pools names pool 'old', {HAS}"),
        ),
    ],
)
def test_what_the_answer_does_not_have_is_told_with_what_it_has(options, told):
    assert unmatched(target(**options), REPORT) == told


def test_an_answer_without_pools_has_none_and_one_with_many_shows_the_first():
    named = target(contract={"limits": {"x": 1}})
    assert unmatched(named, LicenseReport())[0].endswith("; it has none")
    many = LicenseReport(pools=tuple(Pool(f"p{number:02}", "licenses") for number in range(20)))
    assert unmatched(named, many)[0].endswith("p10, p11 and 8 more")
