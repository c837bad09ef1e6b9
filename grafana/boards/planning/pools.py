"""How full pools are, how they have grown, and what of them nobody uses."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, number
from grafana.parts.style import BAD_ABOVE_ZERO, DAY, DAYS_LEFT, SHARE, WARN_ABOVE_ZERO
from grafana.parts.tables import Column, Rows, grid

_POOL = "vendor, target, pool, unit"
_RULES = "Nothing recorded yet: load prometheus/rules.yml."
_WEEKS = 8

_LIMIT = q.held_limit()
_PEAK = q.peak()
_PEAK_SHARE = f"{_PEAK} / {q.POOL} group_left () {_LIMIT}"
_FORECAST = q.select("pool:license_exhaustion_timestamp_seconds:forecast")
_ENTITLED = f"({q.by('job, target, vendor, pool, unit', q.select('pool:license_limit:max'))} < Inf)"
_PRICES = q.top_level(q.select("license_contract_unit_price"))
_PRICE = q.by("job, target, vendor, pool, unit", _PRICES)
_INFO = q.by(f"{_POOL}, shown, owner", q.with_owner(q.pools(q.FIRST)))
_RANK = q.by(_POOL, q.owned(_PEAK_SHARE))
_NAMES = [
    Column("owner", "Owner", width=100),
    Column("target", "Target", link=True, width=130),
    Column("shown", "Pool", width=190),
    Column("pool", "Key", width=190),
    Column("unit", "Unit", width=90),
]


def _over(first: str = "") -> str:
    used = f"({q.select('pool:license_used:max')}{first})"
    return f"clamp_min({used} - {q.POOL} group_left () {_ENTITLED}, 0)"


def half_used() -> Panel:
    return number(
        "Less than half used",
        "Pools whose peak of 30 days is below half of the limit. Candidates for a smaller order.",
        q.count(f"{_PEAK_SHARE} < 0.5"),
        steps=WARN_ABOVE_ZERO,
        span=4,
    )


def over() -> Panel:
    return number(
        "Over the limit",
        "Pools with more units in use than entitled. Release units or order more.",
        q.count(f"{_over()} > 0"),
        steps=BAD_ABOVE_ZERO,
        span=4,
    )


def exhausted(days: int) -> Panel:
    return number(
        f"Used up in {days} days",
        f"Pools that reach their limit within {days} days if they grow as they do. Order in time.",
        q.count(f"{_FORECAST} < time() + {days} * 86400"),
        steps=WARN_ABOVE_ZERO,
        span=4,
    )


def plan() -> Panel:
    week, before = q.weekly_peak(), q.weekly_peak(4)
    return grid(
        "Plan, the fullest first",
        "The 100 pools whose peak of 30 days is nearest to the limit: what is over it, how the peak"
        " of a week has changed in four weeks, and when the limit will be reached (only growing"
        " pools have a date).",
        {
            "info": _INFO,
            "limit": q.by(_POOL, _LIMIT + q.FIRST),
            "peak": q.by(_POOL, _PEAK + q.FIRST),
            "over": q.by(_POOL, _over(q.FIRST)),
            "change": q.by(_POOL, f"({week}{q.FIRST}) / ({before} > 0) - 1"),
            "date": q.by(_POOL, _FORECAST) + " * 1000",
            "days": f"({q.by(_POOL, _FORECAST)} - time()) / 86400",
            "share": q.by(_POOL, f"({_PEAK}{q.FIRST}) / {q.POOL} group_left () {_LIMIT}"),
        },
        [
            *_NAMES,
            Column("limit", "Limit", unit="sishort"),
            Column("peak", "Peak 30 d", unit="sishort"),
            Column("over", "Over", unit="sishort", steps=[(None, "text"), (1e-9, "red")]),
            Column("change", "Change 4 w", unit="percentunit", decimals=0),
            Column("date", "Used up on", unit=DAY, width=110),
            Column("days", "In days", decimals=0, steps=DAYS_LEFT),
            Column("share", "Peak share", unit="percentunit", steps=SHARE, gauge=True),
        ],
        hidden=["vendor"],
        sort="Peak share",
        no_data=_RULES,
        height=12,
        rows=Rows(_RANK, _POOL, told_in="shown"),
    )


def never_used() -> Panel:
    """Money first; where there is no price, the share that nobody used, which is below 1."""
    unused = f"{_LIMIT} - {q.POOL} group_right () {q.RECORDED_PEAK}"
    weight = f"({_PRICE} or {q.POOL} 1 / {_LIMIT})"
    rank = q.by(_POOL, q.owned(f"({unused}) * {q.POOL} group_left () {weight} > 0"))
    every = q.by(_POOL, q.owned(f"({unused}) > 0 unless {q.POOL} ({_PRICE} == 0)"))
    first = f"({q.RECORDED_PEAK}{q.FIRST})"
    shown = f"clamp_min({_LIMIT} - {q.POOL} group_right () {first}, 0)"
    cost = f"{q.select('license_contract_unit_price')} * {q.POOL} group_left () {shown}"
    quarter = " or ".join(
        (
            q.RECORDED_PEAK,
            f'label_replace({q.peak_before("30d")}, "before", "1", "", "")',
            f'label_replace({q.peak_before("60d")}, "before", "2", "", "")',
        )
    )
    return grid(
        "Units that nobody used in 30 days, the dearest first",
        "The 100 pools of which most stayed unused above the peak of 30 days: by price a year, then"
        " by share. The peak of 90 days tells whether it is only a quiet month.",
        {
            "info": _INFO,
            "limit": q.by(_POOL, _LIMIT + q.FIRST),
            "peak": q.by(_POOL, first),
            "quarter": q.by(_POOL, f"({quarter})"),
            "unused": q.by(_POOL, shown),
            "cost": q.by(f"{_POOL}, currency", q.top_level(cost)),
            "share": f"1 - {q.by(_POOL, f'{first} / {q.POOL} group_left () {_LIMIT}')}",
            "rank": rank,
        },
        [
            *_NAMES,
            Column("limit", "Limit", unit="sishort"),
            Column("peak", "Peak 30 d", unit="sishort"),
            Column("quarter", "Peak 90 d", unit="sishort"),
            Column("unused", "Never used", unit="sishort"),
            Column("share", "Share", unit="percentunit", decimals=0),
            Column("cost", "A year", unit="locale", decimals=0),
            Column("currency", "Currency", width=90),
            Column("rank", "Rank", unit="locale", width=90),
        ],
        hidden=["vendor"],
        sort="Rank",
        no_data=_RULES,
        height=12,
        rows=Rows(rank, _POOL, told_in="shown", every=every),
    )


def weekly_peaks() -> Panel:
    def share(weeks: int) -> str:
        peak = q.weekly_peak(weeks)
        return q.by(_POOL, f"({peak}{q.FIRST}) / {q.POOL} group_left () {_LIMIT}")

    # By the peak of 30 days, as the plan is.
    return grid(
        "Weekly peaks, the 20 fullest pools",
        "The greatest use of each week as a share of today's limit. A row that climbs needs an"
        " order; one that stays low can be reduced. The days of one target are on Target.",
        {"info": _INFO, **{f"w{weeks}": share(weeks) for weeks in range(_WEEKS, -1, -1)}},
        [
            *_NAMES,
            *(
                Column(
                    f"w{weeks}",
                    f"-{weeks} w" if weeks else "Now",
                    unit="percentunit",
                    decimals=0,
                    steps=SHARE,
                    background=True,
                    width=72,
                )
                for weeks in range(_WEEKS, -1, -1)
            ),
        ],
        hidden=["vendor"],
        sort="Now",
        no_data=_RULES,
        height=12,
        rows=Rows(_RANK, _POOL, told_in="shown", at_most=20),
    )
