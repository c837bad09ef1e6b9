"""What there is to say of a target on the status page: how pressing it is, and what to do."""

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from license_exporter.collector import unmatched
from license_exporter.collector.target_view import TargetView
from license_exporter.config.alerts import expiring_spans
from license_exporter.config.contract import Contract
from license_exporter.model.report import License, LicenseReport, State
from license_exporter.process import human
from license_exporter.web.status.attention import RANK, Attention
from license_exporter.web.status.force import licenses_by_force
from license_exporter.web.status.pools import PoolRow
from license_exporter.web.status.remedies import REMEDIES

_DAY = 86400.0
# Another date within this time, in seconds, is due, as in the alert rules.
_SOON = 30 * _DAY
# A target whose next fetch has been due for this long, in seconds, is scraped by no one.
_UNATTENDED = 5 * 60.0

_MEND = "Mend the name in the configuration."

# The states in which a license is no longer in force, and how a finding puts it.
_ENDED = {
    State.ABSENT: "is absent",
    State.INVALID: "is invalid",
    State.SUSPENDED: "is suspended",
    State.EXPIRED: "has expired",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know of a target, and what to do about it.

    `detail` is the message of a failed fetch. Of two findings with the same `attention`, the one
    with the lower `order` is more pressing.
    """

    attention: Attention
    text: str
    action: str = ""
    detail: str = ""
    order: float = 0.0

    @property
    def rank(self) -> tuple[int, float]:
        """Sorts findings: the most pressing has the lowest rank."""
        return RANK[self.attention], self.order


def findings(view: TargetView, pools: Sequence[PoolRow], now: float) -> list[Finding]:
    """All there is to say of a target, the most pressing first; at least one finding.

    `pools` are those of the report, as `pool_rows` gives them.
    """
    report, soon = view.filled_report, max(expiring_spans(view.alerts).values())
    ends = {license.expiry for license in report.licenses}
    found = [
        *_fetch_findings(view, now),
        *_license_findings(report, bool(view.contracts), now, soon),
        *(each for contract in view.contracts for each in _of_contract(contract, ends, now, soon)),
        *_unmatched_findings(view),
        *_pool_findings(pools),
    ]
    return sorted(found, key=lambda finding: finding.rank) or [Finding(Attention.OK, "Up")]


def of_defaults(views: Sequence[TargetView]) -> list[Finding]:
    """What there is to say of the configuration's `defaults`, which are no target's own."""
    told = unmatched.of_defaults(views)
    return [Finding(Attention.PARTIAL, _sentence(each), _MEND) for each in told]


def next_expiry(report: LicenseReport, now: float) -> float | None:
    """The next expiry of the licenses in force, else the last of those that have ended.

    In seconds since the epoch; None where no license has one.
    """
    in_force, ended = licenses_by_force(report, now)
    coming = [license.expiry for license in in_force if license.expiry is not None]
    gone = [license.expiry for license in ended if license.expiry is not None]
    return min(coming) if coming else max(gone, default=None)


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
    if collected is not None and now - collected > view.data_age:
        yield Finding(
            Attention.STALE,
            f"The vendor's data is {human.span(now - collected)} old",
            "Check with the vendor whether it still collects it.",
            order=collected,
        )


def _license_findings(
    report: LicenseReport, bought: bool, now: float, soon: float
) -> Iterator[Finding]:
    """What is wrong with licenses, of which those are due that end within `soon` seconds.

    What was not `bought` may be a free edition, which has no license.
    """
    in_force, ended = licenses_by_force(report, now)
    for license in ended:
        if license.states == frozenset({State.ABSENT}) and not bought:
            text = f"{_name(license)} is absent"
            yield Finding(Attention.NONE, text, "Install one, unless this is a free edition.")
        else:
            yield _ended_finding(license, now)
    for license in in_force:
        name = _name(license)
        states = license.states or ()
        if State.EXCEEDED in states:
            yield Finding(Attention.OVER, f"{name} is exceeded", "Use less, or buy more.")
        if State.GRACE in states:
            yield Finding(
                Attention.EXPIRING, f"{name} is in its grace period", "Renew it now.", order=now
            )
        elif license.expiry is not None and license.expiry - now < soon:
            when = human.relative(license.expiry, now)
            yield Finding(
                Attention.EXPIRING,
                f"{name} expires {when}",
                f"It is good until {human.until(license.expiry)}; renew it by then.",
                order=license.expiry,
            )
        for kind, deadline in license.deadlines.items():
            if 0 < deadline - now < _SOON:
                yield Finding(
                    Attention.EXPIRING,
                    f'{name} has the date "{kind}" {human.relative(deadline, now)}',
                    f"Decide by {human.until(deadline)} whether to renew.",
                    order=deadline,
                )


def _ended_finding(license: License, now: float) -> Finding:
    words = [word for state, word in _ENDED.items() if state in (license.states or ())]
    text = f"{_name(license)} {words[0] if words else 'has expired'}"
    if license.expiry is not None and license.expiry <= now:
        text += f", {human.relative(license.expiry, now)}"
    action = (
        "Ask the vendor why it is suspended."
        if State.SUSPENDED in (license.states or ())
        else "Install a valid license."
    )
    return Finding(Attention.ENDED, text, action)


def _name(license: License) -> str:
    return "The license" if license.id == "default" else f"License {license.id}"


def _of_contract(
    contract: Contract, ends: Set[float | None], now: float, soon: float
) -> Iterator[Finding]:
    """What is due of a contract; `ends` are those of licenses, of which is told already."""
    notice = contract.notice
    name = f"contract {contract.name}" if contract.name else "the contract"
    if notice is not None and 0 <= notice + _DAY - now < _SOON:
        yield Finding(
            Attention.EXPIRING,
            f"Notice of {name} is due",
            f"Decide on the renewal; notice can be given until {human.date(notice)}.",
            order=notice,
        )
    end = math.inf if contract.expiry is None else contract.expiry + _DAY
    name = _sentence(name)
    if contract.auto_renew and end <= now:
        text = f"{name} has renewed by itself"
        yield Finding(Attention.PARTIAL, text, "Write its new dates in the configuration.")
    elif not contract.auto_renew and end not in ends and end - now < soon:
        does = "has ended" if end <= now else "ends"
        yield Finding(
            Attention.EXPIRING,
            f"{name} {does} {human.relative(end, now)}",
            "Renew it, and write what holds then in the configuration.",
            order=end,
        )


def _unmatched_findings(view: TargetView) -> Iterator[Finding]:
    for problem in view.unmatched:
        yield Finding(Attention.PARTIAL, _sentence(problem), _MEND)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


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
        if fullest.warned:
            return f"{name} has reached a ceiling at which the vendor warns"
        return f"{name} is {human.percent(fullest.ratio)} full"
    if fullest.excess:
        return f"{name} is over {fullest.excess}"
    return f"{name} has reached its limit, the vendor says"
