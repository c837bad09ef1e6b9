"""What is told of the contracts that companies have: page, calendar, tables and metrics at once."""

import csv
import html
import io
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from icalendar import Calendar
from prometheus_client.parser import text_string_to_metric_families as parse_text

from license_exporter.cli.recorded import recorded
from license_exporter.collector.target_view import TargetView
from license_exporter.exporter import Exporter
from license_exporter.exposition.rendering import render
from license_exporter.web.status.calendar import calendar, entries
from license_exporter.web.status.downloads import pools_csv, renewals_csv
from license_exporter.web.status.rendering import Pages
from license_exporter.web.status.renewals import Filter, renewals
from tests.fakes import FakeClock

# A product that tells its pools, licenses and entitlements, each date the last good day.
MAPPING = """
product: Suite
requests: {answer: {}}
pools:
  - {rows: pools, name: name, unit: unit, used: used, limit: {path: limit, optional: true}}
licenses:
  - rows: licenses
    optional: true
    expiry: {path: expiry, end_of_day: true, never: never, optional: true}
    deadlines: {maintenance: {path: maintenance, end_of_day: true, optional: true}}
entitlements:
  - rows: entitlements
    optional: true
    name: name
    granted: {value: true}
    expiry: {path: expiry, end_of_day: true}
"""


@dataclass
class Company:
    """What it has, and what is to be read of it.

    `page` are the cells of the rows with a date, and `never` the line of what never ends.
    `calendar` and `table` are by day; a table's row ends with both prices and their currency.
    `metrics` are lines of the exposition, without the labels of the target.
    """

    today: str
    contract: str
    answer: dict
    page: list[str]
    calendar: list[str]
    table: list[str]
    metrics: list[str]
    pools: list[str] = field(default_factory=list)
    never: str = ""


FLAT_FEE = Company(
    today="2026-12-01",
    contract="""
        price: 48000
        currency: EUR
        expiry: 2027-03-31
        notice: 2026-12-31
        auto_renew: false
        owner: it-assets
        supplier: Example Resale
        reference: PO-1177
    """,
    answer={"pools": [{"name": "users", "unit": "users", "used": 431}]},
    page=[
        (
            "2026-12-31 coming | Notice of contract Example Resale, PO-1177, ends by itself"
            " | it-assets | users 431 | 48,000.00 EUR | 48,000.00 EUR"
        ),
        (
            "2027-03-31 coming | Contract Example Resale, PO-1177, ends by itself | it-assets"
            " | users 431 | 48,000.00 EUR | 48,000.00 EUR"
        ),
    ],
    calendar=[
        "2026-12-31 Suite: last day for notice of contract (acme)",
        "2027-03-31 Suite: contract ends (acme)",
    ],
    table=[
        "2026-12-31,notice,coming,48000,48000,EUR",
        "2027-03-31,contract,coming,48000,48000,EUR",
    ],
    metrics=[
        'license_contract_price{contract="",currency="EUR"} 48000',
        # The last day, as it was written; the license ends when that day does.
        'license_contract_expiry_timestamp_seconds{contract=""} 2027-03-31',
        'license_contract_notice_timestamp_seconds{contract=""} 2026-12-31',
        'license_expiry_timestamp_seconds{license="default"} 2027-04-01',
        (
            'license_contract_info{contract="",owner="it-assets",supplier="Example Resale",'
            'reference="PO-1177",auto_renew="no",term=""} 1'
        ),
    ],
)

SEVERAL_CURRENCIES = Company(
    today="2026-12-01",
    contract="""
        - {name: EU, limits: {seats/seats: 100}, prices: {seats/seats: 120}, currency: EUR,
           expiry: 2027-06-30}
        - {name: US, limits: {api/calls: 1000000}, prices: {api/calls: 0.02}, price: 5000,
           currency: USD, expiry: 2027-01-15}
    """,
    answer={
        "pools": [
            {"name": "seats", "unit": "seats", "used": 80},
            {"name": "api", "unit": "calls", "used": 1250000},
        ],
        "licenses": [{"expiry": "2027-06-30"}],
    },
    page=[
        (
            "2027-01-15 coming | Contract US |  | api 1,250,000 of 1,000,000"
            " | 30,000.00 USD | 25,000.00 USD"
        ),
        "2027-06-30 coming | Contract EU |  | seats 80 of 100 | 9,600.00 EUR | 12,000.00 EUR",
        (
            "2027-06-30 coming | License |  | seats 80 of 100 api 1,250,000 of 1,000,000"
            " | 9,600.00 EUR 25,000.00 USD | 12,000.00 EUR 20,000.00 USD"
        ),
    ],
    calendar=[
        "2027-01-15 Suite: contract US ends (acme)",
        "2027-06-30 Suite: contract EU ends (acme)",
        "2027-06-30 Suite: license ends (acme)",
    ],
    table=[
        "2027-01-15,contract,coming,30000,25000,USD",
        "2027-06-30,contract,coming,9600,12000,EUR",
        # Two lines, since the currencies are never added.
        "2027-06-30,expiry,coming,9600,12000,EUR",
        "2027-06-30,expiry,coming,25000,20000,USD",
    ],
    metrics=[
        'license_contract_unit_price{pool="seats",unit="seats",currency="EUR",contract="EU"} 120',
        'license_contract_unit_price{pool="api",unit="calls",currency="USD",contract="US"} 0.02',
        'license_contract_price{contract="US",currency="USD"} 5000',
        'license_contract_expiry_timestamp_seconds{contract="US"} 2027-01-15',
        'license_limit{pool="api",unit="calls"} 1000000',
    ],
    pools=["api,1250000,1000000,US,0.02,USD", "seats,80,100,EU,120,EUR"],
)

AUTO_RENEWAL = Company(
    today="2026-12-20",
    contract="""
        name: Enterprise
        price: 9999.5
        currency: CHF
        expiry: 2026-12-31
        notice: 2026-09-30
        auto_renew: true
        term: 1y
    """,
    answer={"pools": [{"name": "hosts", "unit": "hosts", "used": 3, "limit": 40}]},
    page=[
        # The day for notice is past, so that this is what will happen.
        (
            "2026-09-30 past | Notice of contract Enterprise renews by itself |  | hosts 3 of 40"
            " | 9,999.50 CHF | 9,999.50 CHF"
        ),
        (
            "2026-12-31 due | Contract Enterprise renews by itself |  | hosts 3 of 40"
            " | 9,999.50 CHF | 9,999.50 CHF"
        ),
    ],
    calendar=[
        "2026-09-30 Suite: last day for notice of contract Enterprise (acme)",
        "2026-12-31 Suite: contract Enterprise renews by itself (acme)",
    ],
    table=[
        "2026-09-30,notice,past,9999.5,9999.5,CHF",
        "2026-12-31,contract,due,9999.5,9999.5,CHF",
    ],
    metrics=[
        (
            'license_contract_info{contract="Enterprise",owner="",supplier="",reference="",'
            'auto_renew="yes",term="1y"} 1'
        ),
    ],
)

RENEWED = Company(
    today="2027-01-01",
    contract="{name: Enterprise, expiry: 2026-12-31, auto_renew: true, term: 1y}",
    answer={"pools": [{"name": "hosts", "unit": "hosts", "used": 3, "limit": 40}]},
    page=["2026-12-31 renewed | Contract Enterprise renews by itself |  | hosts 3 of 40 |  | "],
    calendar=["2026-12-31 Suite: contract Enterprise renews by itself (acme)"],
    table=["2026-12-31,contract,renewed,,,"],
    metrics=['license_contract_expiry_timestamp_seconds{contract="Enterprise"} 2026-12-31'],
)

THREE_ENTITLEMENTS = Company(
    today="2026-12-01",
    contract="""
        - {name: Base, prices: {seats/seats: 240}, currency: EUR, expiry: 2027-02-28, owner: ann}
        - {name: Add-ons, covers: [sso, audit], price: 3600, currency: EUR, expiry: 2027-08-31,
           owner: bob}
    """,
    answer={
        "pools": [{"name": "seats", "unit": "seats", "used": 58, "limit": 60}],
        "licenses": [{"expiry": "2027-02-28"}],
        "entitlements": [
            {"name": "seats", "expiry": "2027-02-28"},
            {"name": "sso", "expiry": "2027-08-31"},
            {"name": "audit", "expiry": "2026-12-15"},
        ],
    },
    page=[
        "2026-12-15 due | Entitlement audit | bob |  |  | ",
        "2027-02-28 coming | Contract Base | ann | seats 58 of 60 | 13,920.00 EUR | 14,400.00 EUR",
        "2027-02-28 coming | License |  | seats 58 of 60 | 13,920.00 EUR | 14,400.00 EUR",
        (
            "2027-08-31 coming | Contract Add-ons covers sso, audit | bob |  | 3,600.00 EUR"
            " | 3,600.00 EUR"
        ),
        "2027-08-31 coming | Entitlement sso | bob |  |  | ",
    ],
    calendar=[
        "2026-12-15 Suite: entitlement audit ends (acme)",
        "2027-02-28 Suite: contract Base ends (acme)",
        "2027-02-28 Suite: license ends (acme)",
        "2027-08-31 Suite: contract Add-ons ends (acme)",
        "2027-08-31 Suite: entitlement sso ends (acme)",
    ],
    table=[
        "2026-12-15,entitlement,due,,,",
        "2027-02-28,contract,coming,13920,14400,EUR",
        "2027-02-28,expiry,coming,13920,14400,EUR",
        "2027-08-31,contract,coming,3600,3600,EUR",
        "2027-08-31,entitlement,coming,,,",
    ],
    metrics=[
        (
            'license_entitlement_expiry_timestamp_seconds{license="default",entitlement="audit"}'
            " 2026-12-16"
        ),
        'license_contract_unit_price{pool="seats",unit="seats",currency="EUR",contract="Base"} 240',
    ],
)

PERPETUAL = Company(
    today="2026-12-01",
    contract="""
        name: Maintenance
        price: 7200
        currency: EUR
        expiry: 2027-01-31
        notice: 2026-12-15
        auto_renew: true
    """,
    answer={
        "pools": [{"name": "solver", "unit": "licenses", "used": 9, "limit": 10}],
        "licenses": [{"expiry": "never", "maintenance": "2027-01-31"}],
    },
    page=[
        (
            "2026-12-15 due | Notice of contract Maintenance renews by itself |  | solver 9 of 10"
            " | 7,200.00 EUR | 7,200.00 EUR"
        ),
        (
            "2027-01-31 coming | Contract Maintenance renews by itself |  | solver 9 of 10"
            " | 7,200.00 EUR | 7,200.00 EUR"
        ),
        "2027-01-31 coming | Maintenance |  | solver 9 of 10 |  | ",
    ],
    never="Never ends: 1 acme License Suite",
    calendar=[
        "2026-12-15 Suite: last day for notice of contract Maintenance (acme)",
        "2027-01-31 Suite: contract Maintenance renews by itself (acme)",
        "2027-01-31 Suite: maintenance ends (acme)",
    ],
    table=[
        "2026-12-15,notice,due,7200,7200,EUR",
        "2027-01-31,contract,coming,7200,7200,EUR",
        "2027-01-31,maintenance,coming,,,",
        "never,expiry,never,,,",
    ],
    metrics=[
        # What the vendor tells is not the contract's to change: the license goes on.
        'license_expiry_timestamp_seconds{license="default"} +Inf',
        'license_deadline_timestamp_seconds{license="default",kind="maintenance"} 2027-02-01',
        'license_contract_expiry_timestamp_seconds{contract="Maintenance"} 2027-01-31',
    ],
)

COMPANIES = {
    "a flat fee": FLAT_FEE,
    "several currencies": SEVERAL_CURRENCIES,
    "a contract that renews by itself": AUTO_RENEWAL,
    "a contract that has renewed by itself": RENEWED,
    "a subscription with three entitlements": THREE_ENTITLEMENTS,
    "a perpetual license with maintenance": PERPETUAL,
}


@pytest.fixture(params=COMPANIES.values(), ids=COMPANIES)
def company(request) -> Company:
    return request.param


@pytest.fixture
async def seen(company, tmp_path) -> tuple[TargetView, str, float]:
    return await answered(company, tmp_path)


async def answered(company: Company, folder: Path) -> tuple[TargetView, str, float]:
    """The target once it has answered, its metrics, and the time of day."""
    now = datetime.fromisoformat(f"{company.today}T12:00:00").replace(tzinfo=UTC).timestamp()
    answer = folder / "answer.json"
    answer.write_text(json.dumps(company.answer))
    file = folder / "config.yaml"
    target = {
        "name": "acme",
        "vendor": "json",
        "as": "suite",
        "url": "http://127.0.0.1:1",
        "mapping": yaml.safe_load(MAPPING),
        "contract": yaml.safe_load(company.contract),
    }
    file.write_text(yaml.safe_dump({"targets": [target]}))
    clock = FakeClock(now)
    exporter = Exporter(file, {}, clock, source=lambda each: recorded(each, [str(answer)]))
    try:
        (collected,) = await exporter.collector.collect(10_000_000.0)
        view = exporter.collector.targets["acme"].view()
    finally:
        await exporter.close()
    chunks = render(collected.blocks, openmetrics=False)
    assert view.up
    assert not view.unmatched
    return view, b"".join(chunk.text for chunk in chunks).decode(), now


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", "", page.replace("<br>", " "))).split())


def rows_of(page: str) -> list[str]:
    """The rows of all tables as the texts of their cells, but that of the target."""
    found = []
    for row in re.findall(r'<tr role="row">(.*?)</tr>', page, re.DOTALL):
        cells = [
            text_of(each) for each in re.findall(r"<t[dh] [^>]*>(.*?)</t[dh]>", row, re.DOTALL)
        ]
        if cells[0] != "Last day":
            found.append(" | ".join([*cells[:2], *cells[3:]]))
    return found


def samples_of(metrics: str) -> set[tuple[str, frozenset[tuple[str, str]], float]]:
    """The samples, without labels that are empty or tell the target."""
    return {
        (
            sample.name,
            frozenset(
                (name, value)
                for name, value in sample.labels.items()
                if value and name not in ("target", "vendor")
            ),
            sample.value,
        )
        for metric in parse_text(metrics)
        for sample in metric.samples
    }


def dated(line: str) -> str:
    """A line of metrics whose value may be a day, of which it becomes the first second."""
    begin, _, value = line.rpartition(" ")
    if "-" in value:
        value = str(datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp())
    return f"{begin} {value}\n"


def test_the_page_tells_each_end_whose_it_is_and_what_it_costs(company, seen):
    view, _, now = seen
    found = renewals([view], now, Filter())
    page = Pages(None).renewals(found, Filter(), "", now).decode()
    assert rows_of(page) == company.page
    assert company.never in text_of(page)
    assert ("Never ends" in text_of(page)) == bool(company.never)


def test_the_calendar_has_the_last_day_of_each(company, seen):
    view, _, now = seen
    read = Calendar.from_ical(calendar(entries(renewals([view], now, Filter()))))
    days = [f"{event.decoded('dtstart')} {event['summary']}" for event in read.walk("VEVENT")]
    assert days == company.calendar


def test_the_tables_have_a_line_for_each_end_and_currency(company, seen):
    view, _, now = seen
    wanted = ("date", "kind", "state", "price_at_use", "price_at_limit", "currency")
    assert lines(renewals_csv(renewals([view], now, Filter()), now), wanted) == company.table
    if company.pools:
        wanted = ("pool", "used", "limit", "contract", "unit_price", "currency")
        assert sorted(lines(pools_csv([view]), wanted)) == company.pools


def test_the_metrics_have_what_was_bought_and_when_it_ends(company, seen):
    _, metrics, _ = seen
    assert samples_of("".join(map(dated, company.metrics))) <= samples_of(metrics)


def lines(body: bytes, columns: tuple[str, ...]) -> list[str]:
    table = csv.DictReader(io.StringIO(body.decode(), newline=""))
    return [",".join(row[name] for name in columns) for row in table]
