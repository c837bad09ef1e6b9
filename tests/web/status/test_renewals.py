import csv
import io
import math

import aiohttp
import pytest

from license_exporter.collector.target_view import TargetView
from license_exporter.config.contract import Contract
from license_exporter.model.report import Entitlement, License, LicenseReport, Pool
from license_exporter.web.status.downloads import pools_csv, renewals_csv
from license_exporter.web.status.endings import endings
from license_exporter.web.status.rendering import Pages
from license_exporter.web.status.renewals import Filter, renewals
from license_exporter.web.status.site import Site
from tests.web.status.fleet import DAY, HOSTILE, NOW
from tests.web.status.test_page import serving


def known(report: LicenseReport, name: str = "t", **more) -> TargetView:
    return TargetView(
        name, "v", "P", up=True, report=report, known=report, last_success=NOW, **more
    )


def contract(**said) -> Contract:
    return Contract.model_validate(said)


def told(view: TargetView) -> list[tuple[str, str]]:
    return [(ending.text, ending.state(NOW)) for ending in endings(view, NOW)]


def prices(view: TargetView) -> list[tuple[str, dict, dict]]:
    return [
        (each.text, dict(each.price.today), dict(each.price.limit)) for each in endings(view, NOW)
    ]


def test_all_that_ends_is_told_never_and_unknown_apart():
    report = LicenseReport(
        licenses=(
            License("1", expiry=NOW + 10 * DAY, deadlines={"maintenance": NOW + 40 * DAY}),
            License("2", expiry=math.inf, entitlements=(Entitlement("sso", expiry=NOW + DAY),)),
            License("3"),
            License("old", expiry=NOW - DAY),
        )
    )
    assert told(known(report)) == [
        ("License 1", "due"),
        ("Maintenance of license 1", "coming"),
        ("License 2", "never"),
        ("Entitlement sso of license 2", "due"),
        ("License 3", "unknown"),
    ]


def test_a_license_that_ended_is_told_where_none_is_in_force():
    assert told(known(LicenseReport(licenses=(License(expiry=NOW - DAY),)))) == [
        ("License", "ended")
    ]


def test_a_contracts_last_day_is_good_to_its_end_and_is_the_end_of_a_license_without_one():
    view = known(
        LicenseReport(licenses=(License(),)),
        contracts=(contract(expiry="2026-11-22", notice="2026-11-21"),),
    )
    assert told(view) == [("Contract", "due"), ("Notice of contract", "past")]


def test_a_contract_of_a_part_tells_nothing_of_the_license():
    contracts = (
        contract(name="A", covers=["sso"], expiry="2027-01-31"),
        contract(name="B", price=1, currency="EUR"),
    )
    view = known(LicenseReport(licenses=(License(),)), contracts=contracts)
    assert told(view) == [("Contract A", "coming"), ("License", "unknown")]


def test_without_any_answer_the_end_is_unknown_but_by_contract():
    assert told(TargetView("t", "v", "P")) == [("All of it: no answer yet", "unknown")]
    view = TargetView("t", "v", "P", contracts=(contract(expiry="2027-01-31"),))
    assert told(view) == [("Contract", "coming")]


def test_the_last_good_answer_is_told_while_the_target_is_down():
    report = LicenseReport(licenses=(License(expiry=NOW + 3 * DAY),))
    assert told(TargetView("t", "v", "P", known=report)) == [("License", "due")]


def test_a_flat_price_and_units_at_use_and_at_the_limit_are_one_sum():
    bought = contract(
        price=100,
        limits={"a/users": 10},
        prices={"a/users": 5},
        currency="EUR",
        expiry="2027-01-31",
    )
    view = known(LicenseReport(pools=(Pool("a", "users", used=4),)), contracts=(bought,))
    assert prices(view) == [("Contract", {"EUR": 120.0}, {"EUR": 150.0})]


def test_units_have_the_limit_that_only_the_contract_tells():
    bought = contract(limits={"a/users": 10}, expiry="2027-01-31")
    view = known(LicenseReport(pools=(Pool("a", "users", used=4),)), contracts=(bought,))
    (ending,) = endings(view, NOW)
    assert ending.pools == (Pool("a", "users", used=4, limit=10),)


def test_currencies_are_never_added_and_each_contract_has_its_own_pools():
    contracts = (
        contract(name="A", prices={"a/users": 5}, currency="EUR", expiry="2027-01-31"),
        contract(name="B", prices={"b/users": 7}, currency="USD", expiry="2027-02-28"),
    )
    pools = (Pool("a", "users", used=1, limit=2), Pool("b", "users", used=1, limit=2))
    report = LicenseReport(pools=pools, licenses=(License(expiry=NOW + DAY),))
    assert prices(known(report, contracts=contracts)) == [
        ("Contract A", {"EUR": 5.0}, {"EUR": 10.0}),
        ("Contract B", {"USD": 7.0}, {"USD": 14.0}),
        ("License", {"EUR": 5.0, "USD": 7.0}, {"EUR": 10.0, "USD": 14.0}),
    ]


@pytest.mark.parametrize("limit", [None, math.inf])
def test_a_sum_of_which_a_part_is_unknown_or_endless_is_not_known(limit):
    bought = contract(prices={"a/users": 5, "b/users": 1}, currency="EUR", expiry="2027-01-31")
    pools = (Pool("a", "users", used=1, limit=limit), Pool("b", "users", used=1, limit=1))
    view = known(LicenseReport(pools=pools), contracts=(bought,))
    assert prices(view) == [("Contract", {"EUR": 6.0}, {"EUR": None})]


def test_filters_are_by_owner_vendor_label_and_span():
    views = [
        known(
            LicenseReport(licenses=(License(expiry=NOW + days * DAY),)),
            name,
            labels={"owner": owner, "site": "x"},
        )
        for name, owner, days in (("a", "ann", 10), ("b", "bob", 100))
    ]

    def found(**query: str) -> list[str]:
        asked = Filter.of(query)
        return [ending.view.name for ending in renewals(views, NOW, asked).dated]

    assert found() == ["a", "b"]
    assert found(owner="bob") == ["b"]
    assert found(vendor="other") == []
    assert found(q="SITE=x ann") == ["a"]
    assert found(days="30") == ["a"]
    assert found(days="-1") == ["a", "b"]
    assert renewals(views, NOW, Filter(owner="ann")).owners == ("ann", "bob")


def test_endings_are_grouped_by_quarter_and_month():
    licenses = tuple(License(str(days), expiry=NOW + days * DAY) for days in (70, 5, 45, 1e6, 1))
    found = renewals([known(LicenseReport(licenses=licenses))], NOW, Filter())
    grouped = [
        (quarter, [(month, len(items)) for month, items in months])
        for quarter, months in found.quarters(99)
    ]
    assert grouped == [
        ("2026, quarter 4", [("November 2026", 2)]),
        ("2027, quarter 1", [("January 2027", 2)]),
        ("4764, quarter 4", [("October 4764", 1)]),
    ]


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8"), newline="")))


def test_the_table_has_a_line_for_each_ending_and_currency_of_its_price():
    bought = contract(price=10, currency="EUR", expiry="2027-01-31", supplier="Reseller, Inc.")
    report = LicenseReport(licenses=(License("1", expiry=math.inf), License("2")))
    found = renewals([known(report, contracts=(bought,))], NOW, Filter())
    body = renewals_csv(found, NOW)
    assert body.count(b"\r\n") == body.count(b"\n")
    rows = [
        (row["date"], row["what"], row["price_at_limit"], row["currency"]) for row in rows_of(body)
    ]
    assert rows == [("2027-01-31", "Contract", "10", "EUR"), ("never", "License 1", "", "")]
    assert rows_of(body)[0]["supplier"] == "Reseller, Inc."


def test_the_first_2000_rows_are_shown_and_in_a_page_that_stands_alone_all():
    ends = tuple(License(str(each), expiry=NOW + each * DAY) for each in range(1, 2006))
    found = renewals([known(LicenseReport(licenses=ends))], NOW, Filter())
    shown, alone = (
        Pages(site).renewals(found, Filter(), "", NOW).decode() for site in (Site(), None)
    )
    assert "and 5 more, which end later" in shown
    assert (shown.count("License 2003"), alone.count("License 2003")) == (0, 1)
    assert "which end later" not in alone


def test_several_values_of_a_cell_are_parted_by_what_names_do_not_have():
    pools = (Pool("Big Server", "licenses"), Pool("Big Server", "bytes"), Pool("b", "licenses"))
    report = LicenseReport(pools=pools, licenses=(License(expiry=NOW + DAY),))
    view = known(report, labels={"site": "New York", "team": "a"})
    (row,) = rows_of(renewals_csv(renewals([view], NOW, Filter()), NOW))
    assert (row["pools"], row["labels"]) == ("Big Server; b", "site=New York; team=a")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\uff1d1"])
def test_no_cell_is_a_formula(text):
    pool = Pool(text, "users", display_name=text, used=-1.5, limit=math.inf)
    (row,) = rows_of(pools_csv([known(LicenseReport(pools=(pool,)), labels={"owner": text})]))
    assert row["pool"] == row["name"] == row["owner"] == f"'{text}"
    assert (row["used"], row["limit"]) == ("-1.5", "unlimited")


async def test_page_and_tables_are_served_and_no_text_of_a_vendor_is_markup():
    pools = (Pool(HOSTILE, "users", used=1, limit=2),)
    report = LicenseReport(pools=pools, licenses=(License(HOSTILE, expiry=NOW + DAY), License("x")))
    async with (
        serving([known(report, labels={"owner": HOSTILE})]) as url,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(f"{url}/renewals?q={'x' * 10}&owner=%3Cb%3E") as answer:
            assert "Nothing with a date matches" in await answer.text()
        async with session.get(f"{url}/renewals") as answer:
            assert answer.status == 200
            assert "script" not in answer.headers["Content-Security-Policy"]
            page = await answer.text()
        async with session.get(f"{url}/renewals.csv") as answer:
            assert answer.content_type == "text/csv"
            assert len(rows_of(await answer.read())) == 2
        async with session.get(f"{url}/pools.csv") as answer:
            assert len(rows_of(await answer.read())) == 1
    assert "<script" not in page
    assert "1 with a date, 0 that never end, 1 of which no end is known" in page
