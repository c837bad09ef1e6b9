import pytest
import yaml
from pydantic import ValidationError

from license_exporter.config.checks import ended
from license_exporter.config.contract import Contract
from license_exporter.config.masking import masked
from license_exporter.config.target import Config
from license_exporter.errors import ConfigError
from tests.config.vendors import VENDORS
from tests.fakes import target


@pytest.mark.parametrize(
    ("vendor", "unit"),
    [
        ("rsa", "users"),
        ("seerbox", "requests"),
        ("enterprise_recon", "licenses"),
        ("immuta", "users"),
    ],
)
def test_a_pool_alone_has_the_vendors_usual_unit(vendor: str, unit: str) -> None:
    contract = Contract.model_validate({"limits": {"a": 1, "b/bytes": 2}})
    contract = contract.of(VENDORS[vendor], None)
    assert contract.limits == {("a", unit): 1.0, ("b", "bytes"): 2.0}


def test_a_pool_with_a_unit_of_its_own_has_that() -> None:
    contract = Contract.model_validate({"prices": {"sms_voice_tokencodes": 0.5}})
    contract = contract.of(VENDORS["rsa"], None)
    assert contract.prices == {("sms_voice_tokencodes", "messages"): 0.5}


def test_a_pools_name_may_hold_a_slash_if_its_unit_follows() -> None:
    contract = Contract.model_validate({"limits": {"a/b/users": 1}})
    assert contract.limits == {("a/b", "users"): 1.0}


def test_a_contracts_days_are_midnight_utc() -> None:
    contract = Contract.model_validate({"expiry": "2027-01-31", "notice": "2026-10-31"})
    assert (contract.expiry, contract.notice) == (1801353600.0, 1793404800.0)


@pytest.mark.parametrize("key", ["seats/", "/users", "/", ""])
def test_a_key_that_names_no_pool_or_no_unit_is_refused(key: str) -> None:
    with pytest.raises(ValidationError, match=r"is not pool/unit|is empty"):
        Contract.model_validate({"limits": {key: 1}})


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"currency": "EURO"}, "is not a currency of ISO 4217; write a code such as EUR or USD"),
        ({"currency": "eur"}, "is not a currency of ISO 4217; write EUR"),
        ({"expiry": "2027-01-31", "notice": "2027-02-01"}, "is after expiry"),
        ({"term": "12m"}, "must be a day or longer"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(said, problem) -> None:
    with pytest.raises(ValidationError, match=problem):
        Contract.model_validate(said)


@pytest.mark.parametrize(
    ("contracts", "problem"),
    [
        ([{"expiry": "2027-01-31"}], r"contract\[0\]\.name: is missing; each of several"),
        ([{"name": "a"}, {"name": "a"}], r"contract\[1\]\.name: 'a' is another contract's too"),
        (
            [{"name": "a", "limits": {"x": 1}}, {"name": "b", "limits": {"x/licenses": 1}}],
            r"contract\[1\]\.limits: names x, which contract a has too",
        ),
        ([{"name": "a", "expiry": "soon"}], r"contract\[0\]\.expiry: 'soon' is not a date"),
        ({"expiry": "soon"}, r"contract\.expiry: 'soon' is not a date"),
    ],
)
def test_several_contracts_are_checked_together_each_at_its_place(contracts, problem) -> None:
    with pytest.raises(ConfigError, match=problem):
        target(contract=contracts)


def test_contracts_are_shown_as_they_stand_in_the_file() -> None:
    single = {"limits": {"x/licenses": 5}, "term": "1y", "auto_renew": False, "price": 9}
    several = [{"name": "a", "covers": ["x"], "supplier": "Reseller"}, {"name": "b"}]
    for said in (single, several):
        shown = yaml.safe_load(masked(Config((target(contract=said),))))
        assert shown["targets"][0]["contract"] == said


def test_the_last_good_day_of_a_contract_is_the_last_that_is_not_warned_of() -> None:
    config = Config((target(contract={"expiry": "2027-01-31"}),))
    assert ended(config, 1801353600.0 + 86399) == []
    problem = "targets[0].contract.expiry: was 2027-01-31; write what holds now"
    assert ended(config, 1801353600.0 + 86400) == [problem]
