"""What is in use, and of how much."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, columns, graph, query
from grafana.parts.style import BAD_ABOVE_ZERO, SHARE, UNLIMITED, bad_if_one
from grafana.parts.tables import Column, grid

_POOL = "pool, unit"


def utilization() -> Panel:
    return graph(
        "Utilization",
        "Used share of each limit; at 100 % nothing is left. Pools without a finite limit are not"
        " shown.",
        query(q.utilization(), "{{pool}} {{unit}}"),
        unit="percentunit",
        steps=SHARE,
        no_data="No pool of this target has a limit.",
        span=24,
    )


def use() -> Panel:
    unit = 'unit=~"$unit"'
    return (
        graph(
            "Use and limits in $unit",
            "What is in use, with limits and the vendor's other ceilings dashed. Unlimited pools"
            " have no dashed line. Growth towards a limit: see Usage and cost planning.",
            query(q.value("license_used", unit), "{{pool}}"),
            query(f"{q.value('license_limit', unit)} < Inf", "{{pool}} limit", ref="limit"),
            query(f"{q.value('license_threshold', unit)} < Inf", "{{pool}} {{kind}}", ref="more"),
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
        "Pools",
        "Every pool of the target. Remaining and overage are the vendor's own words, free is the"
        " rest to the limit and negative over it.",
        {
            "info": q.by(f"{_POOL}, name, window, parent", q.value("license_pool_info")),
            "used": q.by(_POOL, q.value("license_used")),
            "limit": f"clamp_max({q.by(_POOL, q.value('license_limit'))}, {q.UNLIMITED})",
            "contract": q.by(_POOL, q.value("license_contract_limit")),
            "free": q.by(_POOL, q.free()),
            "share": q.by(_POOL, q.utilization()),
            "peak": q.by(_POOL, f"max_over_time({q.select('license_used')}[30d])"),
            "remaining": f"clamp_max({q.by(_POOL, q.value('license_available'))}, {q.UNLIMITED})",
            "overage": q.by(_POOL, q.value("license_overage")),
            "assigned": q.by(_POOL, q.value("license_assignments")),
            "reached": q.by(_POOL, q.value("license_limit_reached")),
        },
        [
            Column("pool", "Pool"),
            Column("name", "Name"),
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
        sort="Pool",
        descending=False,
        no_data="This target names no pool.",
    )


def periods() -> Panel:
    return columns(
        "Use by period",
        "The vendor's own history, the present period included. Compare before ordering.",
        q.by("pool, period", q.value("license_period_used")),
        rows="period",
        series="pool",
        unit="sishort",
        no_data="The vendor keeps no history.",
    )
