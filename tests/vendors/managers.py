"""License managers' answers under tests/vendors/fixtures, read as a target would."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from license_exporter.collector.samples import report_samples
from license_exporter.config.target import Entry, Target
from license_exporter.exposition.families import FAMILIES
from license_exporter.exposition.rendering import render
from license_exporter.exposition.text import encode
from license_exporter.model import (
    Answer,
    FetchError,
    License,
    LicenseReport,
    Pool,
    Reason,
    Vendor,
)
from license_exporter.vendors.registry import find_vendors
from tests.documents import FIXTURES

_FOUND = find_vendors()

# 2026-01-05 09:12 UTC
NOW = 1767604320.0

DAY = 86400.0

# 2027-01-31, 00:00 UTC
JAN_31 = 1801353600.0


def day(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp()


def servers_of(name: str) -> dict[str, list[str]]:
    return {"servers": ["lic1"]} if name == "sentinel_rms" else {"servers": ["4084@lic1"]}


def recorded(path: str) -> str:
    """The text of a recorded answer, by its path under tests/vendors/fixtures."""
    return (FIXTURES / path).read_text(encoding="utf-8")


def configured(name: str, **options: Any) -> Vendor:
    """The vendor of a target with these keys; of one server, unless they say otherwise."""
    vendor = _FOUND[name]
    assert vendor.options
    assert vendor.configure
    by_tool = "servers" in vendor.options.model_fields
    if by_tool and not options.keys() & {"servers", "output_file", "license_file"}:
        options["servers"] = ["4084@lic1"]
    given = vendor.options.model_validate(options, context={"folder": Path("/etc/exporter")})
    return vendor.configure(given)


class Read:
    """What a manager's answer says."""

    def __init__(self, name: str, documents: Mapping[str, object], **options: Any) -> None:
        self.vendor = configured(name, **options)
        self.answer = Answer(dict(documents), NOW)
        self.report: LicenseReport = self.vendor.parse(self.answer)
        self.pools: dict[str, Pool] = {pool.name: pool for pool in self.report.pools}
        self.licenses: dict[str, License] = {each.id: each for each in self.report.licenses}
        assert len(self.pools) == len(self.report.pools)
        assert len(self.licenses) == len(self.report.licenses)

    @property
    def skipped(self) -> int:
        return self.answer.skipped

    def counts(self, license: str) -> float | None:
        """How many licenses end with the license of this id."""
        entitlements = self.licenses[license].entitlements
        return entitlements[0].limit if entitlements else None

    def samples(self) -> str:
        """The lines of the exposition that are samples."""
        lines = self.exposition().splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith("#"))

    def exposition(self) -> str:
        """All that is exported, as text."""
        target = Target.of(
            Entry.model_validate({"name": "t", "vendor": self.vendor.name}), self.vendor
        )
        samples = report_samples(self.report, target, self.answer.skipped)
        assert set(samples) <= set(FAMILIES)
        chunks = render([encode(samples, "t", self.vendor.name)], openmetrics=False)
        return b"".join(chunk.text for chunk in chunks).decode()


def read(name: str, text: str, *, expiry: str | None = None, **options: Any) -> Read:
    """Read an answer; `expiry` is the second document of those who have one."""
    documents = {"status": text} if expiry is None else {"status": text, "expiry": expiry}
    return Read(name, documents, **options)


def said(name: str, path: str, **options: Any) -> Read:
    """Read a recorded answer."""
    return read(name, recorded(path), **servers_of(name), **options)


def refused(name: str, text: str, **options: Any) -> FetchError | None:
    """The error that a text says."""
    refusal = configured(name, **options).documents[0].refusal
    assert refusal
    return refusal(text)


def told(name: str, text: str) -> tuple[Reason, str] | None:
    """The reason and the message of the error that a text says."""
    error = refused(name, text, **servers_of(name))
    return (error.reason, error.message) if error else None


def unread(name: str, text: str) -> tuple[Reason, str, str]:
    """Why a text cannot be read: the reason, the document and the message."""
    try:
        read(name, text, **servers_of(name))
    except FetchError as error:
        return error.reason, error.document, error.message
    raise AssertionError("it can be read")


_GARBAGE = [
    "",
    " ",
    "...",
    "Users of ",
    "Users of :  (Total of x licenses issued;  Total of  licenses in use)",
    "Users of x:  (Total of 1 licenses issued;  Total of 99999999999999999999 licenses in use)",
    '"',
    '"a" v1, vendor: b, expiry: 31-jun-2026',
    "a b c (v1) (x/1 2), start Mon 1/5 8:01, 10e999 licenses",
    "1e400 RESERVATIONs for GROUP a (x/1)",
    "count: many, # reservations: -, inuse: 1e999, exp: 1-jan-99999",
    "x v1.0",
    "\x00\ud800 \u2028 \x85",
    "<", "<FEATURE NAME='x' USED_LICENSES='",
    "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>",
    "|- Feature name : \"",
    "   |- Maximum concurrent user(s) : -5",
    "{\"fid\":", "/*JSON:features*/", "*/", "'" * 300,
    "LICENSE GROUP",
    "x 12/31/2026 - - - | -",
    "Feature,Inuse,Count\n,,,,,\n\"",
    "9" * 5000,
]  # fmt: skip


def garbled(text: str) -> st.SearchStrategy[str]:
    """The text with lines cut, repeated, out of order, and lines of garbage among them."""
    lines = text.split("\n")
    line = st.one_of(
        st.sampled_from(lines),
        st.sampled_from(_GARBAGE),
        st.sampled_from(lines).flatmap(
            lambda whole: st.integers(0, len(whole)).map(lambda end: whole[:end])
        ),
        st.text(max_size=40),
    )
    return st.lists(line, max_size=60).map("\n".join)
