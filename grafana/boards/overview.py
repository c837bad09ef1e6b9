"""Licenses / Overview: the whole fleet, and what needs attention."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.parts import queries as q
from grafana.parts.board import scoped, target_link
from grafana.parts.panels import Panel, bars, number, states
from grafana.parts.style import (
    BAD_ABOVE_ZERO,
    DAY,
    DAYS_LEFT,
    NEVER,
    SEVERITIES,
    SHARE,
    UNLIMITED,
    WARN_ABOVE_ZERO,
    bad_if_one,
)
from grafana.parts.tables import Column, Rows, grid

_NEAR = "(license:near_limit_ratio:threshold or vector(0.9))"
# An alert that no exporter is there has no job.
_ALERTS = 'ALERTS{alertname=~"License.*", alertstate="firing", job=~"$job|"}'
_POOL = "vendor, target, pool, unit"
_LICENSE = "vendor, target, license"

_OVER = f"{q.value('license_used')} > {q.POOL} group_left () {q.limit()}"
_CLOSE = f"({q.utilization()} <= 1) >= on () group_left () {_NEAR}"
_ENDED = f"{q.expiry()} <= time()"
_ENDING = f"({q.expiry()} > time()) < time() + 30 * 86400"


def build() -> Dashboard:
    return (
        scoped(
            "license-overview",
            "Overview",
            "Every license of the company: what is over its limit, close to it, ending or unknown.",
        )
        .with_row(Row("Now"))
        .with_panel(_targets())
        .with_panel(_down())
        .with_panel(_over())
        .with_panel(_near())
        .with_panel(_expired())
        .with_panel(_expiring())
        .with_panel(_bad_states())
        .with_panel(_firing())
        .with_panel(_alerts())
        .with_panel(_utilization())
        .with_row(Row("Owners and pools"))
        .with_panel(_owners())
        .with_panel(_pools())
        .with_row(Row("Dates and targets"))
        .with_panel(_calendar())
        .with_panel(_failures())
    )


def _targets() -> Panel:
    return number(
        "Targets",
        "Configured products. If one is missing, look into the exporter's configuration.",
        f"count({q.owned(q.value('license_up'))})",
    )


def _down() -> Panel:
    return number(
        "Down",
        "Targets without a good answer: their values are missing. The dashboard Target shows why.",
        q.count(f"{q.value('license_up')} == 0"),
        steps=BAD_ABOVE_ZERO,
    )


def _over() -> Panel:
    return number(
        "Over the limit",
        "Pools with more units in use than entitled. Release units or order more.",
        q.count(_OVER),
        steps=BAD_ABOVE_ZERO,
    )


def _near() -> Panel:
    return number(
        "Close to the limit",
        "Pools at 90 % of their limit and more, those over it not included. Plan the next order.",
        q.count(_CLOSE),
        steps=WARN_ABOVE_ZERO,
    )


def _expired() -> Panel:
    return number(
        "Expired",
        "Licenses that have ended, those superseded or withdrawn not counted. Install the renewal.",
        q.count(_ENDED),
        steps=BAD_ABOVE_ZERO,
    )


def _expiring() -> Panel:
    return number(
        "Ending in 30 days",
        "Licenses that end within 30 days. Order the renewal; see Expiry and renewals.",
        q.count(_ENDING),
        steps=WARN_ABOVE_ZERO,
    )


def _bad_states() -> Panel:
    bad = q.in_force("license_state", 'state=~"suspended|exceeded"')
    none = q.value("license_state", 'state=~"absent|invalid"')
    good = q.value("license_state", 'state=~"active|grace|pending"')
    return number(
        "In a bad state",
        "Licenses that the vendor calls suspended or exceeded, and absent or invalid ones where a"
        " target has no good one. Ask the vendor.",
        q.count(f"max without (state) ({bad} == 1 or {none} == 1 unless {q.TARGET} {good} == 1)"),
        steps=BAD_ABOVE_ZERO,
    )


def _firing() -> Panel:
    return number(
        "Alerts",
        "License alerts that are firing, listed below. Each has a runbook.",
        f"count({_ALERTS}) or vector(0)",
        steps=WARN_ABOVE_ZERO,
    )


def _alerts() -> Panel:
    labels = "alertname, vendor, target, pool, license"
    rank = " or ".join(
        _ALERTS.replace("{", f'{{severity="{severity}", ') + f" * {number}"
        for severity, number in (("critical", 3), ("warning", 2), ("info", 1))
    )
    worst = q.by(labels, rank)
    return grid(
        "Firing alerts",
        "What needs attention, the worst first. Each alert's runbook says what to do about it.",
        {"which": worst, "severity": worst},
        [
            Column("severity", "Severity", mapping=SEVERITIES, width=90),
            Column("alertname", "Alert", width=230),
            Column("target", "Target", link=True),
            Column("pool", "Pool"),
            Column("license", "License", width=110),
        ],
        hidden=["vendor"],
        sort="Severity",
        no_data="No license alert is firing.",
        span=12,
        height=11,
        rows=Rows(worst, labels, told_in="alertname"),
    )


def _utilization() -> Panel:
    return (
        bars(
            "Utilization, the 20 fullest pools",
            "Used share of the limit. Orange is close to it, red at it or over: order more. Pools"
            " without a finite limit are not shown.",
            f"sort_desc({q.shown(f'topk(20, {q.owned(q.utilization())})')})",
            "{{target}} {{shown}} ({{unit}})",
            unit="percentunit",
            steps=SHARE,
            high=1,
            no_data="No pool has a limit.",
        )
        .height(11)
        .data_links([target_link("${__field.labels.target}")])
    )


def _owners() -> Panel:
    return grid(
        "By owner",
        "What each owner has to look after: the label owner of a target, or else its team. Choose"
        " one above to see only what is theirs; give a target without one an owner.",
        {
            "targets": q.per_owner(q.value("license_up")),
            "down": q.per_owner(f"{q.value('license_up')} == 0"),
            "pools": q.per_owner(q.value("license_pool_info")),
            "over": q.per_owner(_OVER),
            "near": q.per_owner(_CLOSE),
            "ended": q.per_owner(_ENDED),
            "ending": q.per_owner(_ENDING),
        },
        [
            Column("owner", "Owner"),
            Column("targets", "Targets"),
            Column("down", "Down", steps=BAD_ABOVE_ZERO),
            Column("pools", "Pools"),
            Column("over", "Over the limit", steps=BAD_ABOVE_ZERO),
            Column("near", "Close to the limit", steps=WARN_ABOVE_ZERO),
            Column("ended", "Expired", steps=BAD_ABOVE_ZERO),
            Column("ending", "Ending in 30 days", steps=WARN_ABOVE_ZERO),
        ],
        sort="Targets",
        no_data="No target is configured.",
        height=7,
    )


def _pools() -> Panel:
    return grid(
        "Pools, the fullest first",
        "The 100 fullest pools with their use and limit; choose a target to see its history, or an"
        " owner, vendor or target above to see the rest. Free is the rest to the limit and negative"
        " over it; peak is the greatest use of 30 days, as prometheus/rules.yml keeps it.",
        {
            "info": q.by(f"{_POOL}, window, shown, owner", q.with_owner(q.pools(q.FIRST))),
            "used": q.of_pools(_POOL, "license_used"),
            "limit": f"clamp_max({q.of_pools(_POOL, 'license_limit')}, {q.UNLIMITED})",
            "free": q.by(_POOL, q.free(q.FIRST)),
            "share": q.share_of_pools(_POOL),
            "peak": q.by(_POOL, q.peak() + q.FIRST),
        },
        [
            Column("owner", "Owner", width=110),
            Column("vendor", "Vendor", width=130),
            Column("target", "Target", link=True),
            Column("shown", "Pool", width=200),
            Column("pool", "Key", width=190),
            Column("unit", "Unit", width=90),
            Column("window", "Anew each", width=90),
            Column("used", "Used", unit="sishort", width=85),
            Column("limit", "Limit", unit="sishort", mapping=UNLIMITED, width=90),
            Column("free", "Free", unit="sishort", steps=[(None, "red"), (0, "text")]),
            Column("peak", "Peak 30 d", unit="sishort", width=90),
            Column("share", "Utilization", unit="percentunit", steps=SHARE, gauge=True, width=180),
        ],
        sort="Utilization",
        no_data="No pools: is a target up?",
        height=14,
        rows=Rows(
            q.fullness(_POOL),
            _POOL,
            told_in="shown",
        ),
    )


def _calendar() -> Panel:
    expiry = q.by(_LICENSE, q.expiry())
    owned = q.by(_LICENSE, q.owned(q.expiry()))
    return grid(
        "Expiry calendar",
        "When each license in force ends, the next first; of a target that is down, the last date"
        " known. Order what ends within 30 days.",
        {
            "info": q.by(f"{_LICENSE}, owner", q.with_owner(f"clamp_max({q.expiry()}, 1)")),
            "date": q.last_day(expiry),
            "days": f"clamp_max(({expiry} - time()) / 86400, {q.UNLIMITED})",
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("license", "License"),
            Column("date", "Good until", unit=DAY, mapping=NEVER),
            Column("days", "Days left", decimals=0, steps=DAYS_LEFT, mapping=NEVER, width=110),
        ],
        hidden=["vendor"],
        sort="Days left",
        descending=False,
        no_data="No license has a date of expiry.",
        span=12,
        height=10,
        rows=Rows(owned, _LICENSE, told_in="license", lowest=True),
    )


def _failures() -> Panel:
    return states(
        "Failures over time",
        "When and why targets could not be read, the 20 that failed most; no bar is a good answer."
        " The exporter's status page says what to do for each reason.",
        q.most_failed("target, reason", 20),
        "{{target}} {{reason}}",
        bad_if_one("good", "failed"),
        no_data="No target failed in this time.",
    ).height(10)
