"""The renewals as a calendar to subscribe to (RFC 5545).

An entry is known by what ends, not by when: one whose date moves moves in the calendars of those
who subscribe, and one that is no longer told goes. Nothing in it depends on the moment at which it
is asked for, so that equal calendars are equal to the byte.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from icalendar import Alarm, Calendar, Event, vDuration

from license_exporter.config.alerts import expiring_spans
from license_exporter.process import human
from license_exporter.web.status.endings import Ending
from license_exporter.web.status.renewals import Renewals, day_of

_NAME = "License renewals"
_REFRESH = timedelta(hours=12)
# The library takes long for each line, so that those which entries share are written once. So many
# entries are kept, too, of a kilobyte each: all that a fleet of thousands of targets has.
_KEPT = 20_000
# The library writes the lines of this day; those of all others differ in their digits alone. No day
# is before it, so that none that is put in can be taken for it.
_MODEL = date.min
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """An all-day event. `spans` are how long before it its alarms are, in seconds."""

    uid: str
    day: date
    summary: str
    description: str
    spans: tuple[float, ...]


def entries(found: Renewals) -> tuple[Entry, ...]:
    """The dated renewals whose day a calendar has; of several with one id, the first to end."""
    by_uid: dict[str, Entry] = {}
    for ending in found.dated:
        name = uid(ending)
        if name not in by_uid:
            try:
                day = day_of(ending).date()
                # The day after it is its end.
                day + _DAY
            except (OverflowError, OSError, ValueError):
                continue
            spans = set(expiring_spans(ending.view.alerts).values()) - {0}
            by_uid[name] = Entry(
                name,
                day,
                _printable(_summary(ending)),
                "\n".join(map(_printable, _description(ending))),
                tuple(sorted(spans, reverse=True)),
            )
    return tuple(by_uid.values())


def calendar(events: Iterable[Entry]) -> bytes:
    """The calendar that has these entries, which are the same bytes for the same entries."""
    written = Calendar()
    written.add("prodid", "-//license_exporter//renewals//EN")
    written.add("version", "2.0")
    written.add("calscale", "GREGORIAN")
    written.add("x-wr-calname", _NAME)
    written.add("refresh-interval", vDuration(_REFRESH), {"value": "DURATION"})
    written.add("x-published-ttl", vDuration(_REFRESH))
    return _around(bytes(written.to_ical()), map(_event, events))


def uid(ending: Ending) -> str:
    """What the entry of an ending is known by, whatever its date is."""
    told = "\0".join((ending.view.name, ending.kind, ending.thing))
    digest = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
    return f"{digest[:32]}@license-exporter"


@lru_cache(_KEPT)
def _event(entry: Entry) -> bytes:
    own = _written(uid=entry.uid, summary=entry.summary, description=entry.description)
    shared = (_lines_of_day(entry.day), _lines_of_all(), *map(_alarm, entry.spans))
    return _around(own, shared)


@lru_cache(_KEPT)
def _lines_of_day(day: date) -> bytes:
    written = _lines_of_model_day()
    for model, own in ((_MODEL + _DAY, day + _DAY), (_MODEL, day)):
        written = written.replace(_digits(model), _digits(own))
    return written


@lru_cache(1)
def _lines_of_model_day() -> bytes:
    # Required, and meant for when it was written: here it may change with the day alone.
    stamp = datetime.combine(_MODEL, time(), UTC)
    return _lines(_written(dtstamp=stamp, dtstart=_MODEL, dtend=_MODEL + _DAY))


def _digits(day: date) -> bytes:
    return day.isoformat().replace("-", "").encode()


@lru_cache(1)
def _lines_of_all() -> bytes:
    return _lines(_written(transp="TRANSPARENT", categories=["License renewal"]))


def _written(**properties: object) -> bytes:
    """An event with these properties."""
    event = Event()
    for name, value in properties.items():
        event.add(name, value)
    return bytes(event.to_ical())


def _lines(component: bytes) -> bytes:
    """What stands between the first line of a component and its last."""
    return component.partition(b"\r\n")[2].rpartition(b"END:")[0]


@lru_cache(_KEPT)
def _alarm(span: float) -> bytes:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    # Beside it, the title of the entry is shown.
    alarm.add("description", f"License renewal in {human.span(span)}")
    alarm.add("trigger", -timedelta(seconds=span))
    return bytes(alarm.to_ical())


def _around(component: bytes, inner: Iterable[bytes]) -> bytes:
    """The component with more in it, before its last line."""
    begin, end, name = component.rpartition(b"END:")
    return b"".join((begin, *inner, end, name))


def _summary(ending: Ending) -> str:
    view = ending.view
    if ending.kind == "notice":
        return f"{view.product}: last day for {_within(ending.text)} ({view.name})"
    does = "renews by itself" if ending.renews else "ends"
    return f"{view.product}: {_within(ending.text)} {does} ({view.name})"


def _within(text: str) -> str:
    """A text as it stands within a sentence."""
    return f"{text[0].lower()}{text[1:]}"


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
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else "?" for sign in text)
