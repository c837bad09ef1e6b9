"""Licenses / Usage and cost planning: what to order, what to give back, and when.

All of it reads what prometheus/rules.yml records, so that the alerts and the dashboard agree.
"""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.parts import queries as q
from grafana.parts.board import scoped, target_link
from grafana.parts.panels import Panel, bars, graph, number, query
from grafana.parts.style import BAD_ABOVE_ZERO, DAYS_LEFT, SHARE, WARN_ABOVE_ZERO
from grafana.parts.tables import Column, grid

_POOL = "vendor, target, pool, unit"
_RULES = "Nothing recorded yet: load prometheus/rules.yml."

_LIMIT = q.select("pool:license_limit:finite")
_ENTITLED = f"({q.select('pool:license_limit:max')} < Inf)"
_PEAK = q.select("pool:license_used:max30d")
_PEAK_SHARE = f"{_PEAK} / {q.POOL} group_left () {_LIMIT}"
_FORECAST = q.select("pool:license_exhaustion_timestamp_seconds:forecast")
_UNUSED = f"clamp_min({_LIMIT} - {q.POOL} group_right () {_PEAK}, 0)"
_OVER = (
    f"clamp_min({q.select('pool:license_used:max')}"
    f" - {q.POOL} group_left () {q.select('pool:license_limit:max')}, 0)"
)
_UNUSED_COST = q.select("pool:license_unused_cost:year")
_OVERAGE_COST = q.select("pool:license_overage_cost:year")


def build() -> Dashboard:
    return (
        scoped(
            "license-planning",
            "Usage and cost planning",
            "Peaks, unused units, overage and forecasts, from what the recording rules keep.",
            metric="target:license_up:max",
        )
        .with_row(Row("Now"))
        .with_panel(_unused_cost())
        .with_panel(_overage_cost())
        .with_panel(_half_used())
        .with_panel(_over())
        .with_panel(_exhausted(30))
        .with_panel(_exhausted(90))
        .with_row(Row("Pools"))
        .with_panel(_plan())
        .with_row(Row("Peaks"))
        .with_panel(_daily_peaks())
        .with_panel(_least_used())
    )


def _unused_cost() -> Panel:
    return number(
        "Unused, a year",
        "Price of the units above the peak of 30 days, for pools with a price in contract:. Pools"
        " that are part of another are not added. Order less at the next renewal.",
        f"sum by (currency) ({q.top_level(_UNUSED_COST)})",
        unit="locale",
        legend="{{currency}}",
        no_data="no prices",
        decimals=0,
        span=4,
    )


def _overage_cost() -> Panel:
    return number(
        "Overage, a year",
        "Price of the units in use beyond the limit, for pools with a price in contract:. Release"
        " them, or expect the bill.",
        f"sum by (currency) ({q.top_level(_OVERAGE_COST)})",
        unit="locale",
        steps=BAD_ABOVE_ZERO,
        legend="{{currency}}",
        no_data="no prices",
        decimals=0,
        span=4,
    )


def _half_used() -> Panel:
    return number(
        "Less than half used",
        "Pools whose peak of 30 days is below half of the limit. Candidates for a smaller order.",
        q.count(f"{_PEAK_SHARE} < 0.5"),
        steps=WARN_ABOVE_ZERO,
        span=4,
    )


def _over() -> Panel:
    return number(
        "Over the limit",
        "Pools with more units in use than entitled. Release units or order more.",
        q.count(f"{_OVER} > 0"),
        steps=BAD_ABOVE_ZERO,
        span=4,
    )


def _exhausted(days: int) -> Panel:
    return number(
        f"Used up in {days} days",
        f"Pools that reach their limit within {days} days if they grow as they do. Order in time.",
        q.count(f"{_FORECAST} < time() + {days} * 86400"),
        steps=WARN_ABOVE_ZERO,
        span=4,
    )


def _plan() -> Panel:
    month = q.select("pool:license_used:max1d") + "[30d]"
    change = f"avg_over_time({month}) / (avg_over_time({month} offset 30d) > 0) - 1"
    return grid(
        "Plan",
        "For each pool with a finite limit: the peak of 30 days, what stayed unused above it, what"
        " is over the limit, the change of the mean daily peak against the 30 days before, and when"
        " the limit will be reached (only growing pools have a date). Money is a year's.",
        {
            "limit": q.by(_POOL, f"{_ENTITLED} and {q.POOL} {_PEAK}"),
            "peak": q.by(_POOL, f"{_PEAK} and {q.POOL} {_ENTITLED}"),
            "share": q.by(_POOL, _PEAK_SHARE),
            "unused": q.by(_POOL, _UNUSED),
            "over": q.by(_POOL, f"{_OVER} and {q.POOL} {_ENTITLED}"),
            "change": q.by(_POOL, f"({change}) and {q.POOL} {_ENTITLED}"),
            "date": q.by(_POOL, _FORECAST) + " * 1000",
            "days": f"({q.by(_POOL, _FORECAST)} - time()) / 86400",
            "cost": q.by(f"{_POOL}, currency", _UNUSED_COST),
        },
        [
            Column("vendor", "Vendor", width=140),
            Column("target", "Target", link=True),
            Column("pool", "Pool", width=190),
            Column("unit", "Unit", width=90),
            Column("limit", "Limit", unit="sishort"),
            Column("peak", "Peak 30 d", unit="sishort"),
            Column("unused", "Unused", unit="sishort"),
            Column("over", "Over", unit="sishort", steps=[(None, "text"), (1e-9, "red")]),
            Column("change", "Change", unit="percentunit", decimals=0),
            Column("date", "Used up on", unit="dateTimeAsIso", width=170),
            Column("days", "In days", decimals=0, steps=DAYS_LEFT),
            Column("cost", "Unused cost", unit="locale", decimals=0),
            Column("currency", "Currency", width=80),
            Column("share", "Peak share", unit="percentunit", steps=SHARE, gauge=True),
        ],
        sort="Peak share",
        no_data=_RULES,
        height=14,
    )


def _daily_peaks() -> Panel:
    daily = q.select("pool:license_used:max1d")
    return graph(
        "Daily peaks, the 15 fullest pools",
        "The greatest use of each day as a share of today's limit. A line that climbs for weeks"
        " needs an order; one that stays low for months can be reduced.",
        query(
            f"{daily} / {q.POOL} group_left () {_LIMIT}"
            f" and {q.POOL} topk(15, {_PEAK} @ end() / {q.POOL} group_left () {_LIMIT} @ end())",
            "{{target}} {{pool}}",
        ),
        unit="percentunit",
        steps=SHARE,
        no_data=_RULES,
    )


def _least_used() -> Panel:
    return bars(
        "Peak share of 30 days, the 15 least used pools",
        "The greatest use of 30 days as a share of the limit. Order less where it stays low.",
        f"sort(bottomk(15, {_PEAK_SHARE}))",
        "{{target}} {{pool}}",
        unit="percentunit",
        steps=[(None, "blue"), (0.5, "green"), (0.9, "orange"), (1, "red")],
        high=1,
        no_data=_RULES,
    ).data_links([target_link("${__field.labels.target}")])
