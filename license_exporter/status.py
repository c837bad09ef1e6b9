"""What the status page tells: each target's findings, the most pressing first, and its details."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from license_exporter import human
from license_exporter.config import Contract
from license_exporter.errors import Reason
from license_exporter.metrics import filled
from license_exporter.model import License, LicenseReport, Pool, State
from license_exporter.remedies import REMEDIES

if TYPE_CHECKING:
    from license_exporter.exchange import Step

# An expiry within this time is due; the alert rules begin at the same distance.
SOON = 30 * 86400.0
# The share of a limit from which on a pool is nearly full.
NEARLY = 0.9
# Data that the vendor collected so long ago is old; the alert rules begin at the same age.
_DATA_OLD = 3 * 86400.0
# A target that could have been fetched for this long is scraped by no one.
_UNATTENDED = 5 * 60.0

_DEAD = {
    State.ABSENT: "is absent",
    State.INVALID: "is invalid",
    State.SUSPENDED: "is suspended",
    State.EXPIRED: "has expired",
}


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target as the status page sees it; times are in seconds since the epoch.

    `reason` and `message` are those of the last fetch: with `up` they are of an optional document,
    and both are empty before the first fetch has ended. `report` is the answer that is being
    served, with its greatest locations alone, None if there is none; `contract` is that of the
    configuration.
    """

    name: str
    vendor: str
    product: str
    labels: Mapping[str, str] = field(default_factory=dict)
    up: bool = False
    reason: Reason | None = None
    message: str = ""
    report: LicenseReport | None = None
    last_success: float | None = None
    next_fetch: float | None = None
    duration: float | None = None
    steps: "tuple[Step, ...]" = ()
    contract: Contract | None = None

    @property
    def told(self) -> LicenseReport:
        """What is known of the licenses, with what the contract tells."""
        report = self.report or LicenseReport()
        return filled(report, self.contract) if self.contract else report


class Attention(StrEnum):
    """How pressing a finding is, the most pressing first."""

    DOWN = "down"
    EXPIRED = "expired"
    OVER = "over limit"
    EXPIRING = "expiring"
    NEAR = "near limit"
    STALE = "stale"
    PARTIAL = "incomplete"
    WAITING = "waiting"
    OK = "ok"


_RANK = {attention: rank for rank, attention in enumerate(Attention)}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know of a target, and what to do about it.

    `detail` is what the fetch itself told. Of findings alike, that of the least `order` is the
    most pressing.
    """

    attention: Attention
    text: str
    action: str = ""
    detail: str = ""
    order: float = 0.0

    @property
    def rank(self) -> tuple[int, float]:
        return _RANK[self.attention], self.order


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool; `ratio` is the used share of the limit, None where either is unknown or unlimited."""

    pool: Pool
    ratio: float | None

    @property
    def attention(self) -> Attention:
        if (self.ratio is not None and self.ratio > 1) or self.pool.limit_reached:
            return Attention.OVER
        if self.ratio is not None and self.ratio >= NEARLY:
            return Attention.NEAR
        return Attention.OK


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target in the table: its findings and pools, the most pressing first."""

    view: TargetView
    findings: tuple[Finding, ...]
    pools: tuple[PoolRow, ...]
    expiry: float | None

    @property
    def attention(self) -> Attention:
        return self.findings[0].attention

    @property
    def text(self) -> str:
        """All words of the target that a filter can be meant for, in lower case."""
        view = self.view
        labels = (f"{name}={value}" for name, value in view.labels.items())
        words = (view.name, view.vendor, view.product, view.reason or "", view.message, *labels)
        findings = (f"{finding.attention} {finding.text}" for finding in self.findings)
        return "\n".join((*words, *findings)).lower()


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of the targets that match; `counts` are those of all that match the text."""

    rows: tuple[TargetRow, ...]
    counts: Mapping[Attention, int]
    total: int
    matching: int
    page: int
    pages: int


def overview(
    views: Sequence[TargetView], now: float, text: str, attention: str, page: int, size: int
) -> Overview:
    """The page of targets whose words contain all those of `text`.

    `attention` is a value of Attention, or "" for all; a `page` beyond the last is the last.
    """
    words = text.lower().split()
    rows = (target_row(view, now) for view in views)
    found = [row for row in rows if not words or _contains(row.text, words)]
    counts = Counter(row.attention for row in found)
    chosen = [row for row in found if attention in ("", row.attention)]
    chosen.sort(key=lambda row: (row.findings[0].rank, row.view.name))
    pages = max(1, math.ceil(len(chosen) / size))
    page = min(max(page, 1), pages)
    return Overview(
        rows=tuple(chosen[(page - 1) * size : page * size]),
        counts={attention: counts[attention] for attention in Attention if counts[attention]},
        total=len(views),
        matching=len(chosen),
        page=page,
        pages=pages,
    )


def _contains(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def target_row(view: TargetView, now: float) -> TargetRow:
    """The target with all that is to be said of it; it has one finding at least."""
    report = view.told
    pools = sorted(
        (PoolRow(pool, _ratio(pool)) for pool in report.pools),
        key=lambda row: (_RANK[row.attention], -(row.ratio or 0), row.pool.name, row.pool.unit),
    )
    findings = [
        *_fetch_findings(view, now),
        *_license_findings(report, now),
        *_contract_findings(view.contract, now),
        *_pool_findings(pools),
    ]
    findings.sort(key=lambda finding: finding.rank)
    findings = findings or [Finding(Attention.OK, "Up")]
    return TargetRow(view, tuple(findings), tuple(pools), _expiry(report, now))


def _ratio(pool: Pool) -> float | None:
    if pool.used is None or pool.limit is None or math.isinf(pool.limit):
        return None
    if pool.limit > 0:
        return pool.used / pool.limit
    return math.inf if pool.used > 0 else 0.0


def _fetch_findings(view: TargetView, now: float) -> Iterator[Finding]:
    if view.reason:
        remedy = REMEDIES[view.reason]
        if view.up:
            text = f"Part of the data is missing: {remedy.meaning[0].lower()}{remedy.meaning[1:]}"
            yield Finding(Attention.PARTIAL, text, remedy.action, view.message)
        else:
            yield Finding(Attention.DOWN, remedy.meaning, remedy.action, view.message)
    elif not view.up:
        yield Finding(Attention.WAITING, "Not fetched yet", "It is fetched with the next scrape.")
    elif view.next_fetch is not None and now - view.next_fetch > _UNATTENDED:
        due = human.span(now - view.next_fetch)
        yield Finding(
            Attention.STALE,
            f"Not scraped for {due}",
            "Check that Prometheus is up and scrapes this target.",
            order=view.next_fetch,
        )
    collected = view.report.data_timestamp if view.report else None
    if collected is not None and now - collected > _DATA_OLD:
        yield Finding(
            Attention.STALE,
            f"The vendor's data is {human.span(now - collected)} old",
            "Check with the vendor whether it still collects it.",
            order=collected,
        )


def _license_findings(report: LicenseReport, now: float) -> Iterator[Finding]:
    """What is wrong with licenses.

    One that has ended matters where none is in force, or where a pool still rests on it; else it
    is history.
    """
    in_force, ended = _licenses(report, now)
    pools = {pool.license for pool in report.pools}
    for license in ended:
        if not in_force or license.id in pools:
            yield _ended(license, now)
    for license in in_force:
        name = _name(license)
        states = license.states or ()
        if State.EXCEEDED in states:
            yield Finding(Attention.OVER, f"{name} is exceeded", "Use less, or buy more.")
        if State.GRACE in states:
            yield Finding(
                Attention.EXPIRING, f"{name} is in its grace period", "Renew it now.", order=now
            )
        elif license.expiry is not None and license.expiry - now < SOON:
            when = human.relative(license.expiry, now)
            yield Finding(
                Attention.EXPIRING,
                f"{name} expires {when}",
                f"Renew it before {human.date(license.expiry)}.",
                order=license.expiry,
            )


def _licenses(report: LicenseReport, now: float) -> tuple[list[License], list[License]]:
    """The licenses in force and those that have ended; older ones of the vendor's are neither."""
    in_force: list[License] = []
    ended: list[License] = []
    for license in report.licenses:
        if license.current is not False:
            (ended if _has_ended(license, now) else in_force).append(license)
    return in_force, ended


def _has_ended(license: License, now: float) -> bool:
    states = license.states or frozenset()
    if not states.isdisjoint(_DEAD):
        return True
    return license.expiry is not None and license.expiry <= now and State.GRACE not in states


def _ended(license: License, now: float) -> Finding:
    words = [word for state, word in _DEAD.items() if state in (license.states or ())]
    text = f"{_name(license)} {words[0] if words else 'has expired'}"
    if license.expiry is not None and license.expiry <= now:
        text += f", {human.relative(license.expiry, now)}"
    return Finding(Attention.EXPIRED, text, "Renew or install a license with the vendor.")


def _name(license: License) -> str:
    return "The license" if license.id == "default" else f"License {license.id}"


def _contract_findings(contract: Contract | None, now: float) -> Iterator[Finding]:
    notice = contract.notice if contract else None
    if notice is not None and 0 <= notice + 86400 - now < SOON:
        yield Finding(
            Attention.EXPIRING,
            "Notice of the contract is due",
            f"Decide on the renewal; notice can be given until {human.date(notice)}.",
            order=notice,
        )


def _pool_findings(pools: Sequence[PoolRow]) -> Iterator[Finding]:
    """One finding for all pools over their limits, and one for those nearly full."""
    for attention in (Attention.OVER, Attention.NEAR):
        rows = [row for row in pools if row.attention is attention]
        if rows:
            text = _crowded(rows[0], len(rows) - 1)
            yield Finding(attention, text, "Free some, or buy more.", order=-(rows[0].ratio or 0))


def _crowded(fullest: PoolRow, others: int) -> str:
    name = fullest.pool.name
    over = fullest.attention is Attention.OVER
    if others:
        more = f"{name} and {others} more {'pool' if others == 1 else 'pools'}"
        return f"{more} are {'over their limits' if over else 'nearly full'}"
    if not over:
        return f"{name} is {human.percent(fullest.ratio)} full"
    if fullest.ratio is not None and fullest.ratio > 1:
        return f"{name} is over its limit"
    return f"{name} has reached its limit, the vendor says"


def _expiry(report: LicenseReport, now: float) -> float | None:
    """The next expiry of the licenses in force, else the last of those that have ended."""
    in_force, ended = _licenses(report, now)
    coming = [license.expiry for license in in_force if license.expiry is not None]
    gone = [license.expiry for license in ended if license.expiry is not None]
    return min(coming) if coming else max(gone, default=None)
