import pytest

from license_exporter.collector.target_view import TargetView
from license_exporter.collector.unmatched import of_defaults, unmatched
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
    assert unmatched(target(**options), REPORT) == (told, frozenset())


def test_an_answer_without_pools_has_none_and_one_with_many_shows_the_first():
    named = target(contract={"limits": {"x": 1}})
    assert unmatched(named, LicenseReport())[0][0].endswith("; it has none")
    pools = tuple(Pool(f"p{number:02}", "licenses") for number in range(20))
    assert unmatched(named, LicenseReport(pools[:12]))[0][0].endswith("p10, p11")
    assert unmatched(named, LicenseReport(pools))[0][0].endswith("p10, p11 and 8 more")


def test_what_defaults_name_is_for_what_other_targets_have():
    contract = {"limits": {"MFA": 1}, "covers": ["saml"]}
    said = target(contract=contract, alerts={"pools": MFA}, pools={"exclude": ["old"]})
    named = {
        "contract": {"contract names pool 'MFA'", "contract covers 'saml'"},
        "alerts": {"alerts names pool 'MFA'"},
        "pools": {"pools names pool 'old'"},
    }
    for inherited in named:
        own, in_vain = unmatched(said.with_inherited(frozenset({inherited})), REPORT)
        assert in_vain == {(inherited, name) for name in named[inherited]}
        assert {sentence.partition(",")[0] for sentence in own} == {
            name for block in named.keys() - {inherited} for name in named[block]
        }


def heir(*blocks: str, named: str = "", **more) -> TargetView:
    in_vain = frozenset(
        (block, f"{block} names pool {name!r}") for block in blocks for name in named
    )
    values = {"known": REPORT, "inherited": frozenset(blocks), "in_vain": in_vain, **more}
    return TargetView("t", "v", "P", **values)


@pytest.mark.parametrize(
    ("views", "told"),
    [
        # One target that has it is enough.
        ([heir("alerts", named="x"), heir("alerts")], []),
        (
            [heir("alerts", named="xy"), heir("alerts", named="yz"), heir("alerts", named="xyz")],
            ["alerts names pool 'y'"],
        ),
        # Blocks of their own do not count.
        ([heir("alerts", named="x"), heir("pools")], ["alerts names pool 'x'"]),
        ([heir("alerts", named="x"), heir()], ["alerts names pool 'x'"]),
        # Those that failed from the start, or answer in part, do not either; others may come.
        (
            [heir("alerts", named="x"), heir("alerts", known=None, in_vain=None, reason="auth")],
            ["alerts names pool 'x'"],
        ),
        ([heir("alerts", named="x"), heir("alerts", known=None, in_vain=None)], []),
        ([heir("alerts", in_vain=None)], []),
    ],
)
def test_what_defaults_name_is_in_vain_where_no_target_has_it(views, told):
    assert of_defaults(views) == [f"defaults: {each}, which no target has" for each in told]
