"""The renewals as a calendar to subscribe to (RFC 5545).

An entry is known by what ends, not by when: one whose date moves moves in the calendars of those
who subscribe, and one that is no longer told goes. Nothing in it depends on the moment at which it
is asked for, so that equal calendars are equal to the byte.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from license_exporter.config.alerts import expiring_spans
from license_exporter.web.status.endings import Ending
from license_exporter.web.status.renewals import Renewals, day_of

if TYPE_CHECKING:
    from icalendar import Alarm, Event

_NAME = "License renewals"
_REFRESH = timedelta(hours=12)


def calendar(found: Renewals) -> bytes:
    """The dated renewals as all-day events, with alarms by the spans of the alerts."""
    from icalendar import Calendar, vDuration

    written = Calendar()
    written.add("prodid", "-//license_exporter//renewals//EN")
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", _NAME)
    written.add("refresh-interval", vDuration(_REFRESH), {"value": "DURATION"})
    written.add("x-published-ttl", vDuration(_REFRESH))
    for ending in _distinct(found.dated):
        written.add_component(_event(ending))
    return bytes(written.to_ical())


def uid(ending: Ending) -> str:
    """What the entry of an ending is known by, whatever its date is."""
    told = "\0".join((ending.view.name, ending.kind, ending.thing))
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    return f"{digest[:32]}@license-exporter"


def _distinct(endings: Iterable[Ending]) -> Iterator[Ending]:
    """Those whose day a calendar has; of several with one id, the first to end."""
    seen = set()
    for ending in endings:
        name = uid(ending)
        if name not in seen:
            try:
                # The day after it is its end.
                day_of(ending) + timedelta(days=1)
            except (OverflowError, OSError, ValueError):
                continue
            seen.add(name)
            yield ending


def _event(ending: Ending) -> "Event":
    from icalendar import Event

    day = day_of(ending).date()
    event = Event()
    event.add("uid", uid(ending))
    # Required, and meant for when it was written: here it may change with the date alone.
    event.add("dtstamp", datetime.combine(day, time(), UTC))
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", _printable(_summary(ending)))
    event.add("description", "\n".join(map(_printable, _description(ending))))
    event.add("transp", "TRANSPARENT")
    event.add("categories", ["License renewal"])
    for span in sorted(set(expiring_spans(ending.view.alerts).values()), reverse=True):
        if span:
            event.add_component(_alarm(ending, timedelta(seconds=span)))
    return event


def _alarm(ending: Ending, span: timedelta) -> "Alarm":
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _printable(_summary(ending)))
    alarm.add("trigger", -span)
    return alarm


def _summary(ending: Ending) -> str:
    view = ending.view
    if ending.kind == "notice":
        return f"{view.product}: last day for notice ({view.name})"
    return f"{view.product}: {ending.text[0].lower()}{ending.text[1:]} ends ({view.name})"


def _description(ending: Ending) -> Iterator[str]:
    """What is told beside the date: nothing that changes from one answer to the next."""
    contract = ending.contract
    said = {
        "What": ending.text,
        "Target": ending.view.name,
        "Owner": ending.owner,
        "Supplier": contract.supplier if contract else "",
        "Reference": contract.reference if contract else "",
    }
    yield from (f"{name}: {text}" for name, text in said.items() if text)
    if contract and contract.auto_renew is not None:
        yield "Renews by itself" if contract.auto_renew else "Ends by itself"
    for currency, price in ending.price.limit.items():
        if price is not None:
            yield f"Price a year at the limit: {price:,.2f} {currency}".rstrip()


def _printable(text: str) -> str:
    """The text without control characters, which a calendar cannot hold."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
