import math
from typing import Any

from license_exporter.collector.configured import configured_samples
from license_exporter.config.target import Entry, Target
from license_exporter.exposition import families
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Vendor

_VENDOR = Vendor("acme", "Acme Suite", (), lambda answer: LicenseReport(), units={"mails": "mails"})


def _target(**options: Any) -> Target:
    entry = Entry.model_validate({"name": "t", "vendor": "acme", **options})
    return Target.of(entry, _VENDOR)


def test_the_contract_and_the_info_of_a_target_need_no_answer() -> None:
    target = _target(
        labels={"team": "identity", "a": "x"},
        contract={
            "limits": {"mails": 5},
            "prices": {"mails": 36, "staff": 1.5},
            "currency": "EUR",
            "expiry": "2027-01-31",
            "notice": "2026-10-31",
        },
    )

    samples = configured_samples(target)

    (info,) = (family for family in samples if family.name == "license_target_info")
    ((labels, value),) = samples.pop(info).items()
    assert value == 1
    assert dict(zip(info.labels, labels, strict=True)) == {
        "product": "Acme Suite",
        "team": "identity",
        "a": "x",
    }
    assert samples == {
        families.CONTRACT_LIMIT: {("mails", "mails", ""): 5.0},
        families.CONTRACT_UNIT_PRICE: {
            ("mails", "mails", "EUR", ""): 36.0,
            ("staff", "users", "EUR", ""): 1.5,
        },
        families.CONTRACT_EXPIRY: {("",): 1801353600.0},
        families.CONTRACT_NOTICE: {("",): 1793404800.0},
    }


def test_a_target_without_a_contract_has_none() -> None:
    (info,) = configured_samples(_target())

    assert info.name == "license_target_info"


def test_thresholds_are_exported_by_pool_and_for_all_others() -> None:
    alerts = {
        "near_limit": "98%",
        "pools": {"mails": {"near_limit": "never"}, "a/b/seats": {"underused": "40%"}},
        "expiring": {"info": "90d", "critical": "never"},
    }
    samples = configured_samples(_target(alerts=alerts))
    assert samples[families.ALERT_NEAR_LIMIT] == {("", ""): 0.98, ("mails", "mails"): math.inf}
    assert samples[families.ALERT_UNDERUSED] == {("a/b", "seats"): 0.4}
    assert samples[families.ALERT_EXPIRING] == {("info",): 90 * 86400.0, ("critical",): 0.0}


def test_thresholds_of_pools_that_are_not_exported_are_not_either() -> None:
    alerts = {"pools": {"mails": {"near_limit": "80%"}, "staff": {"near_limit": "70%"}}}
    samples = configured_samples(_target(alerts=alerts, pools={"include": ["st*"]}))
    assert samples[families.ALERT_NEAR_LIMIT] == {("staff", "users"): 0.7}


def test_each_of_several_contracts_has_its_own_name_dates_and_currency() -> None:
    contract = [
        {"name": "A-1", "limits": {"mails": 5}, "prices": {"mails": 2}, "currency": "EUR"},
        {
            "name": "B-2",
            "covers": ["sso"],
            "price": 12000,
            "currency": "USD",
            "expiry": "2027-01-31",
            "owner": "identity",
            "auto_renew": True,
            "term": "1y",
        },
        {"name": "C-3", "supplier": "Acme"},
        {"name": "D-4", "reference": "4711", "auto_renew": False},
    ]
    samples = configured_samples(_target(contract=contract))
    assert samples[families.CONTRACT_LIMIT] == {("mails", "mails", "A-1"): 5.0}
    assert samples[families.CONTRACT_UNIT_PRICE] == {("mails", "mails", "EUR", "A-1"): 2.0}
    assert samples[families.CONTRACT_PRICE] == {("B-2", "USD"): 12000.0}
    assert samples[families.CONTRACT_EXPIRY] == {("B-2",): 1801353600.0}
    assert samples[families.CONTRACT_INFO] == {
        ("B-2", "identity", "", "", "yes", "1y"): 1,
        ("C-3", "", "Acme", "", "", ""): 1,
        ("D-4", "", "", "4711", "no", ""): 1,
    }
