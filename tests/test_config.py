from pathlib import Path
from typing import Any

import pytest

from license_exporter.config import Entry, Target, ways_of
from tests.config_vendors import PLUG, VENDORS, PlugOptions


def target(vendor: str = "rsa", **said: Any) -> Target:
    entry = Entry.model_validate(
        {"name": "a", "vendor": vendor, "url": "https://a.example.com"} | said
    )
    return Target.of(entry, VENDORS[vendor], where="targets[0]")


@pytest.mark.parametrize(
    ("vendor", "ways"),
    [
        ("rsa", ("rsa_admin_key", "rsa_oauth", "basic_auth", "authorization", "oauth2")),
        ("seerbox", ("basic_auth", "authorization", "oauth2", "login")),
        ("enterprise_recon", ("basic_auth", "authorization", "oauth2")),
        ("immuta", ("basic_auth", "authorization", "oauth2", "api_key")),
    ],
)
def test_each_vendor_takes_the_ways_of_every_api_and_its_own(
    vendor: str, ways: tuple[str, ...]
) -> None:
    assert ways_of(VENDORS[vendor]) == ways


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
    contract = target(vendor, contract={"limits": {"a": 1, "b/bytes": 2}}).contract
    assert contract is not None
    assert contract.limits == {("a", unit): 1.0, ("b", "bytes"): 2.0}


def test_a_pool_with_a_unit_of_its_own_has_that() -> None:
    contract = target(contract={"prices": {"sms_voice_tokencodes": 0.5}}).contract
    assert contract is not None
    assert contract.prices == {("sms_voice_tokencodes", "messages"): 0.5}


def test_a_pools_name_may_hold_a_slash_if_its_unit_follows() -> None:
    contract = target(contract={"limits": {"a/b/users": 1}}).contract
    assert contract is not None
    assert contract.limits == {("a/b", "users"): 1.0}


def test_a_contracts_days_are_midnight_utc() -> None:
    contract = target(contract={"expiry": "2027-01-31", "notice": "2026-10-31"}).contract
    assert contract is not None
    assert (contract.expiry, contract.notice) == (1801353600.0, 1793404800.0)


def test_targets_are_equal_if_they_say_the_same_wherever_they_stand() -> None:
    entry = Entry.model_validate({"name": "a", "vendor": "plug", "url": "https://a.example.com"})
    here = Target.of(entry, PLUG, PlugOptions(variables={"a": "b"}), "targets[0]")
    there = Target.of(entry, VENDORS["rsa"], PlugOptions(variables={"a": "b"}), "targets[7]")
    assert here == there
    assert here != Target.of(entry, PLUG, PlugOptions(variables={"a": "c"}), "targets[0]")
    assert here != "a"


@pytest.mark.parametrize(
    "said",
    [
        {"timeout": "11s"},
        {"basic_auth": {"username": "u", "password": "p"}},
        {"labels": {"a": "b"}},
        {"contract": {"limits": {"mfa": 1}}},
        {"http_headers": {"X": "y"}},
        {"tls_config": {"ca": "x"}},
    ],
)
def test_targets_that_say_something_else_are_not_equal(said: dict[str, Any]) -> None:
    assert target(**said) != target()
    assert target(**said) == target(**said)


def test_a_targets_files_are_known_by_their_options() -> None:
    with_files = target(
        "immuta",
        api_key={"key_file": "k"},
        tls_config={"ca_file": "ca", "cert": "c", "key_file": "key"},
        http_headers={"X": {"files": ["h"]}},
    )
    assert dict(with_files.files()) == {
        "api_key.key_file": Path("k"),
        "tls_config.ca_file": Path("ca"),
        "tls_config.key_file": Path("key"),
        "http_headers.X.files[0]": Path("h"),
    }
    assert set(with_files.secret_files()) == {Path("k"), Path("ca"), Path("key"), Path("h")}
