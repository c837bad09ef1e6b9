"""What is in use, and of how much."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, columns, graph, query
from grafana.parts.style import BAD_ABOVE_ZERO, SHARE, UNLIMITED, bad_if_one
from grafana.parts.tables import Column, Rows, grid

_POOL = "pool, unit"
CHOSEN = 'pool=~"$pool"'
# Pools without a finite limit come behind all that have one.
ANY = f"{q.POOL} {q.value('license_pool_info')} - 2"


def utilization() -> Panel:
    return graph(
        "Utilization",
        "Used share of each limit; at 100 % nothing is left. Pools without a finite limit are not"
        " shown, and of many only the fullest: choose others above.",
        query(q.shown(_last(q.utilization(CHOSEN))), "{{shown}} ({{unit}})"),
        unit="percentunit",
        steps=SHARE,
        no_data="No pool of this target has a limit.",
    )


def daily_peaks() -> Panel:
    daily = f"last_over_time({q.select('pool:license_used:max1d', CHOSEN)}[4h])"
    share = f"{daily} / {q.POOL} group_left () {q.held_limit(CHOSEN)}"
    return graph(
        "Daily peaks",
        "The greatest use of each day as a share of the limit. A line that climbs for weeks needs"
        " an order; one that stays low for months can be reduced.",
        query(q.shown(_last(share)), "{{shown}} ({{unit}})"),
        unit="percentunit",
        steps=SHARE,
        no_data="Nothing recorded yet: load prometheus/rules.yml.",
    )


def _last(expression: str) -> str:
    """The 15 greatest series at the end of the time shown."""
    return f"({expression}) and {q.POOL} topk(15, {q.at_end(expression)})"


def use() -> Panel:
    unit = ('unit=~"$unit"', CHOSEN)
    return (
        graph(
            "Use and limits in $unit",
            "What is in use, with limits and the vendor's other ceilings dashed. Unlimited pools"
            " have no dashed line. Growth towards a limit: see Usage and cost planning.",
            query(_last(q.value("license_used", *unit)), "{{pool}}"),
            query(_last(f"{q.value('license_limit', *unit)} < Inf"), "{{pool}} limit", ref="limit"),
            query(
                f"topk(15, {q.value('license_threshold', *unit)} < Inf)",
                "{{pool}} {{kind}}",
                ref="more",
            ),
            unit="sishort",
            dashed=("limit", "more"),
            no_data="This target names no pool.",
            span=24,
        )
        .repeat("unit")
        .repeat_direction("h")
        .max_per_row(2)
    )


def pools() -> Panel:
    return grid(
        "Pools, the fullest first",
        "The 200 fullest pools of the target. Remaining and overage are the vendor's words, free is"
        " the rest to the limit and negative over it.",
        {
            "info": q.by(f"{_POOL}, shown, window, parent", q.pools()),
            "used": q.by(_POOL, q.value("license_used")),
            "limit": f"clamp_max({q.by(_POOL, q.value('license_limit'))}, {q.UNLIMITED})",
            "contract": q.by(_POOL, q.value("license_contract_limit")),
            "free": q.by(_POOL, q.free()),
            "share": q.by(_POOL, q.utilization()),
            "peak": q.by(_POOL, q.peak()),
            "remaining": f"clamp_max({q.by(_POOL, q.value('license_available'))}, {q.UNLIMITED})",
            "overage": q.by(_POOL, q.value("license_overage")),
            "assigned": q.by(_POOL, q.value("license_assignments")),
            "reached": q.by(_POOL, q.value("license_limit_reached")),
        },
        [
            Column("shown", "Pool", width=190),
            Column("pool", "Key", width=190),
            Column("unit", "Unit"),
            Column("window", "Anew each"),
            Column("parent", "Part of"),
            Column("used", "Used", unit="sishort"),
            Column("limit", "Limit", unit="sishort", mapping=UNLIMITED),
            Column("contract", "By contract", unit="sishort"),
            Column("free", "Free", unit="sishort", steps=[(None, "red"), (0, "text")]),
            Column("peak", "Peak 30 d", unit="sishort"),
            Column("remaining", "Remaining", unit="sishort", mapping=UNLIMITED),
            Column("overage", "Overage", unit="sishort", steps=BAD_ABOVE_ZERO),
            Column("assigned", "Assigned", unit="sishort"),
            Column("reached", "Limit reached", mapping=bad_if_one("no", "yes")),
            Column("share", "Utilization", unit="percentunit", steps=SHARE, gauge=True),
        ],
        sort="Utilization",
        no_data="This target names no pool.",
        rows=Rows(q.by(_POOL, f"{q.utilization()} or {ANY}"), _POOL, told_in="shown", at_most=200),
    )


def periods() -> Panel:
    return columns(
        "Use by period",
        "The vendor's own history, the present period included. Compare before ordering.",
        q.by("pool, period", q.value("license_period_used", CHOSEN)),
        rows="period",
        series="pool",
        unit="sishort",
        no_data="The vendor keeps no history.",
    )
