"""Licenses / Overview: the whole fleet, and what needs attention."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.parts import queries as q
from grafana.parts.board import scoped, target_link
from grafana.parts.panels import Panel, bars, number, states
from grafana.parts.style import (
    BAD_ABOVE_ZERO,
    DAYS_LEFT,
    NEVER,
    SEVERITIES,
    SHARE,
    UNLIMITED,
    WARN_ABOVE_ZERO,
    good_if_one,
)
from grafana.parts.tables import Column, grid

_NEAR = "(license:near_limit_ratio:threshold or vector(0.9))"
# An alert that no exporter is there has no job.
_ALERTS = 'ALERTS{alertname=~"License.*", alertstate="firing", job=~"$job|"}'
_POOL = "vendor, target, pool, unit"


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
        .with_row(Row("Pools"))
        .with_panel(_pools())
        .with_row(Row("Dates and targets"))
        .with_panel(_calendar())
        .with_panel(_up())
    )


def _targets() -> Panel:
    return number(
        "Targets",
        "Configured products. If one is missing, look into the exporter's configuration.",
        f"count({q.value('license_up')})",
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
        q.count(f"{q.value('license_used')} > {q.POOL} group_left () {q.limit()}"),
        steps=BAD_ABOVE_ZERO,
    )


def _near() -> Panel:
    return number(
        "Close to the limit",
        "Pools at 90 % of their limit and more, those over it not included. Plan the next order.",
        q.count(f"({q.utilization()} <= 1) >= on () group_left () {_NEAR}"),
        steps=WARN_ABOVE_ZERO,
    )


def _expired() -> Panel:
    return number(
        "Expired",
        "Licenses that have ended, those superseded or withdrawn not counted. Install the renewal.",
        q.count(f"{q.expiry()} <= time()"),
        steps=BAD_ABOVE_ZERO,
    )


def _expiring() -> Panel:
    return number(
        "Ending in 30 days",
        "Licenses that end within 30 days. Order the renewal; see Expiry and renewals.",
        q.count(f"time() < {q.expiry()} < time() + 30 * 86400"),
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
    rank = " or ".join(
        _ALERTS.replace("{", f'{{severity="{severity}", ') + f" * {number}"
        for severity, number in (("critical", 3), ("warning", 2), ("info", 1))
    )
    labels = "alertname, severity, vendor, target, pool, license"
    return grid(
        "Firing alerts",
        "What needs attention, the worst first. docs/runbooks.md says what to do about each.",
        {"A": q.by(labels, rank)},
        [
            Column("A", "Severity", mapping=SEVERITIES, width=90),
            Column("alertname", "Alert", width=230),
            Column("target", "Target", link=True),
            Column("pool", "Pool"),
            Column("license", "License", width=110),
        ],
        hidden=["severity", "vendor"],
        sort="Severity",
        no_data="No license alert is firing.",
        span=12,
        height=11,
    )


def _utilization() -> Panel:
    return (
        bars(
            "Utilization, the 20 fullest pools",
            "Used share of the limit. Orange is close to it, red at it or over: order more. Pools"
            " without a finite limit are not shown.",
            f"sort_desc(topk(20, {q.utilization()}))",
            "{{target}} {{pool}}",
            unit="percentunit",
            steps=SHARE,
            high=1,
            no_data="No pool has a limit.",
        )
        .height(11)
        .data_links([target_link("${__field.labels.target}")])
    )


def _pools() -> Panel:
    return grid(
        "All pools",
        "Every pool with its use and limit; choose a target to see its history. Free is the rest to"
        " the limit and negative over it; peak is the greatest use of 30 days.",
        {
            "info": q.by(f"{_POOL}, window", q.value("license_pool_info")),
            "used": q.by(_POOL, q.value("license_used")),
            "limit": f"clamp_max({q.by(_POOL, q.value('license_limit'))}, {q.UNLIMITED})",
            "free": q.by(_POOL, q.free()),
            "share": q.by(_POOL, q.utilization()),
            "peak": q.by(_POOL, f"max_over_time({q.select('license_used')}[30d])"),
        },
        [
            Column("vendor", "Vendor"),
            Column("target", "Target", link=True),
            Column("pool", "Pool", width=210),
            Column("unit", "Unit", width=90),
            Column("window", "Anew each", width=90),
            Column("used", "Used", unit="sishort"),
            Column("limit", "Limit", unit="sishort", mapping=UNLIMITED),
            Column("free", "Free", unit="sishort", steps=[(None, "red"), (0, "text")]),
            Column("peak", "Peak 30 d", unit="sishort"),
            Column("share", "Utilization", unit="percentunit", steps=SHARE, gauge=True),
        ],
        sort="Utilization",
        no_data="No pools: is a target up?",
        height=14,
    )


def _calendar() -> Panel:
    labels = "vendor, target, license"
    expiry = q.by(labels, q.expiry())
    return grid(
        "Expiry calendar",
        "When each license in force ends, the next first; of a target that is down, the last date"
        " known. Order what ends within 30 days.",
        {
            "date": f"clamp_max({expiry} * 1000, {q.UNLIMITED})",
            "days": f"clamp_max(({expiry} - time()) / 86400, {q.UNLIMITED})",
        },
        [
            Column("target", "Target", link=True),
            Column("license", "License"),
            Column("date", "Ends", unit="dateTimeAsIso", mapping=NEVER),
            Column("days", "Days left", decimals=0, steps=DAYS_LEFT, mapping=NEVER, width=110),
        ],
        hidden=["vendor"],
        sort="Days left",
        descending=False,
        no_data="No license has a date of expiry.",
        span=12,
        height=10,
    )


def _up() -> Panel:
    return states(
        "Targets over time",
        "When each target could be read. A gap means that the exporter itself was not scraped.",
        q.by("target", q.value("license_up")),
        "{{target}}",
        good_if_one("down", "up"),
        no_data="No target is configured.",
    ).height(10)
