import pytest
from pydantic import ValidationError

from license_exporter.config.contract import Contract
from tests.config.vendors import VENDORS


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
    contract = contract.in_units_of(VENDORS[vendor])
    assert contract.limits == {("a", unit): 1.0, ("b", "bytes"): 2.0}


def test_a_pool_with_a_unit_of_its_own_has_that() -> None:
    contract = Contract.model_validate({"prices": {"sms_voice_tokencodes": 0.5}})
    contract = contract.in_units_of(VENDORS["rsa"])
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
