from datetime import UTC, date, datetime, time, timedelta

import aiohttp
import pytest
import vobject
from ical.calendar_stream import IcsCalendarStream
from ical.exceptions import CalendarParseError
from icalendar import Calendar, Component

from license_exporter.config.alerts import Alerts
from license_exporter.config.contract import Contract
from license_exporter.model.report import License, LicenseReport, Pool
from license_exporter.web.status.calendar import calendar, entries
from license_exporter.web.status.renewals import Filter, renewals
from tests.web.status.fleet import DAY, NOW
from tests.web.status.test_page import serving
from tests.web.status.test_renewals import known


def judge(body: bytes) -> None:
    """Raise for what two libraries that did not write it find wrong with a calendar."""
    for component in vobject.readComponents(body.decode()):
        component.validate(raiseException=True)
    IcsCalendarStream.calendar_from_ics(body.decode())


def events(*views, now: float = NOW) -> list[Component]:
    """The entries, as the library reads them again; each line is one that RFC 5545 allows."""
    body = calendar(entries(renewals(views, now, Filter())))
    assert body.count(b"\r\n") == body.count(b"\n")
    assert max(map(len, body.split(b"\r\n"))) <= 75
    judge(body)
    read = Calendar.from_ical(body)
    assert not read.errors
    assert read["version"] == "2.0"
    assert read["prodid"]
    found = list(read.walk("VEVENT"))
    assert all({"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= set(event) for event in found)
    assert len({event["uid"] for event in found}) == len(found)
    return found


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b"PRODID:", b"X-NO:"),
        (b"UID:", b"X-NO:"),
        (b"DTSTAMP:", b"X-NO:"),
        (b"TRIGGER:-P30D", b"TRIGGER:soon"),
        (b"ACTION:DISPLAY", b"X-NO:DISPLAY"),
        (b"DTSTART;VALUE=DATE:2026", b"DTSTART;VALUE=DATE:20x6"),
        (b"TRANSP:TRANSPARENT", b"SUMMARY:another"),
        (b"END:VALARM\r\n", b""),
    ],
)
def test_the_judges_see_what_is_wrong_with_a_calendar(good, bad):
    body = calendar(entries(renewals([ending_at(NOW + DAY)], NOW, Filter())))
    judge(body)
    assert good in body
    with pytest.raises((CalendarParseError, vobject.base.VObjectError, ValueError)):
        judge(body.replace(good, bad))


def ending_at(when: float | None, **more):
    return known(LicenseReport(licenses=(License("1", expiry=when),)), **more)


def test_an_end_is_an_event_of_its_whole_day():
    (event,) = events(ending_at(NOW + 10 * DAY))
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (
        date(2026, 12, 2),
        date(2026, 12, 3),
    )
    assert event["summary"] == "P: license 1 ends (t)"
    assert event["dtstart"].params["VALUE"] == "DATE"


@pytest.mark.parametrize(
    "day", [date(1970, 1, 2), date(2000, 10, 9), date(2000, 10, 10), date(2000, 10, 11)]
)
def test_each_day_is_followed_by_the_day_after_it(day):
    end = datetime.combine(day, time(12), UTC).timestamp()
    (event,) = events(ending_at(end), now=end)
    assert event.decoded("dtstart") == day
    assert event.decoded("dtend") == day + timedelta(days=1)
    assert event.decoded("dtstamp").date() == day


def test_a_moved_date_moves_its_entry_and_a_renewed_license_takes_its_own_away():
    (before,) = events(ending_at(NOW + 10 * DAY))
    (after,) = events(ending_at(NOW + 375 * DAY))
    assert before["uid"] == after["uid"]
    old, new = License("a", expiry=NOW - DAY), License("b", expiry=NOW + DAY)
    (renewed,) = events(known(LicenseReport(licenses=(old, new))))
    assert renewed["summary"] == "P: license b ends (t)"


def test_what_never_ends_and_what_is_unknown_or_far_away_is_no_entry():
    assert events(ending_at(None), ending_at(float("inf"))) == []
    assert events(ending_at(1e15)) == []


def test_alarms_are_at_the_spans_of_the_alerts():
    def alarms(**more) -> list[timedelta]:
        (event,) = events(ending_at(NOW + 10 * DAY, **more))
        return [alarm.decoded("trigger") for alarm in event.walk("VALARM")]

    assert alarms() == [timedelta(days=-30), timedelta(days=-14), timedelta(days=-7)]
    said = Alerts.model_validate({"expiring": {"info": "never", "critical": "3d"}})
    assert alarms(alerts=said) == [timedelta(days=-14), timedelta(days=-3)]
    assert alarms(alerts=Alerts.model_validate({"expiring": "never"})) == []


def test_a_contract_tells_whose_it_is_and_what_it_costs():
    said = {
        "price": 12000,
        "currency": "EUR",
        "owner": "ann",
        "reference": "C;1,2\\n",
        "expiry": "2027-01-31",
    }
    view = known(
        LicenseReport(), contracts=(Contract.model_validate({**said, "notice": "2026-12-31"}),)
    )
    notice, contract = events(view)
    assert notice["summary"] == "P: last day for notice of contract (t)"
    assert contract.decoded("dtstart") == date(2027, 1, 31)
    assert contract["description"].split("\n") == [
        "What: Contract",
        "Target: t",
        "Owner: ann",
        "Reference: C;1,2\\n",
        "Price a year at the limit: 12,000.00 EUR",
    ]


def test_no_text_of_a_vendor_adds_a_line_or_an_entry():
    evil = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\x00\ud800" + "ä" * 200
    (event,) = events(known(LicenseReport(licenses=(License(evil, expiry=NOW + DAY),))))
    assert "END:VEVENT" in event["summary"]


async def test_two_subscriptions_differ_in_nothing_though_the_use_does():
    def view(used: float):
        pools = (Pool("a", "users", used=used, limit=9),)
        report = LicenseReport(pools=pools, licenses=(License(expiry=NOW + DAY),))
        bought = Contract.model_validate({"prices": {"a/users": 2}, "currency": "EUR"})
        return known(report, contracts=(bought,))

    bodies = {
        calendar(entries(renewals([view(used)], NOW + used * 60, Filter()))) for used in (1, 2)
    }
    assert len(bodies) == 1
    async with serving([view(1)]) as url, aiohttp.ClientSession() as session:
        async with session.get(f"{url}/renewals.ics") as answer:
            assert answer.content_type == "text/calendar"
            assert await answer.read() in bodies
            etag = answer.headers["ETag"]
        headers = {"If-None-Match": etag}
        async with session.get(f"{url}/renewals.ics", headers=headers) as answer:
            assert (answer.status, answer.headers["ETag"]) == (304, etag)
        headers = {"If-None-Match": '"other"'}
        async with session.get(f"{url}/renewals.ics", headers=headers) as answer:
            assert answer.status == 200
