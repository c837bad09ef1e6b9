"""All features: how full they are, what waits and what is refused."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, number
from grafana.parts.style import SHARE, UNLIMITED, WARN_ABOVE_ZERO
from grafana.parts.tables import Column, Rows, grid

_FEATURE = "vendor, target, pool, unit"
_QUEUED = q.value("license_queued")
_FULL = f"{q.value('license_used')} >= {q.POOL} group_left () {q.finite_limit()}"
_REFUSED = (
    f"sum without (instance, pod, daemon)"
    f" (increase({q.select('license_denials_total')}[$__range])) > 0"
)
_NONE = "No license manager is read, or none tells this."


def features() -> Panel:
    return number(
        "Features",
        "Features that the license managers serve.",
        q.count(q.value("license_used")),
    )


def full() -> Panel:
    return number(
        "At their limit",
        "Features of which no unit is left at this moment: the next request waits or is refused.",
        q.count(_FULL),
        steps=WARN_ABOVE_ZERO,
    )


def queued() -> Panel:
    return number(
        "Waiting",
        "Units that requests wait for now. They are not in use.",
        f"sum({q.owned(_QUEUED)})",
        steps=WARN_ABOVE_ZERO,
        no_data="not told",
    )


def refused() -> Panel:
    return number(
        "Refused",
        "Requests refused in the time shown for want of a license, where the manager counts them.",
        f"sum({q.owned(_REFUSED)})",
        steps=WARN_ABOVE_ZERO,
        no_data="none told",
        decimals=0,
    )


def total(title: str, metric: str, meaning: str) -> Panel:
    return number(
        title,
        f"Units {meaning}; where they are many, ask whether they must be.",
        f"sum({q.owned(q.value(metric))})",
        no_data="not told",
    )


def by_load() -> Panel:
    return grid(
        "Features by load",
        "The 100 fullest features; choose one above to see its week. Set aside counts as used with"
        " FlexLM. The peak is that of 30 days, as prometheus/rules.yml keeps it.",
        {
            "info": q.by(f"{_FEATURE}, shown, owner", q.with_owner(q.pools(q.FIRST))),
            "used": q.of_pools(_FEATURE, "license_used"),
            "limit": f"clamp_max({q.of_pools(_FEATURE, 'license_limit')}, {q.UNLIMITED})",
            "peak": q.by(_FEATURE, q.peak() + q.FIRST),
            "queued": q.of_pools(_FEATURE, "license_queued"),
            "reserved": q.of_pools(_FEATURE, "license_reserved"),
            "borrowed": q.of_pools(_FEATURE, "license_borrowed"),
            "checkouts": q.of_pools(_FEATURE, "license_checkouts"),
            "users": q.of_pools(_FEATURE, "license_users"),
            "share": q.share_of_pools(_FEATURE),
        },
        [
            Column("owner", "Owner", width=110),
            Column("target", "Target", link=True, width=140),
            Column("shown", "Feature", width=200),
            Column("used", "Used", unit="sishort"),
            Column("limit", "Limit", unit="sishort", mapping=UNLIMITED),
            Column("peak", "Peak 30 d", unit="sishort"),
            Column("queued", "Waiting", unit="sishort", steps=WARN_ABOVE_ZERO),
            Column("reserved", "Set aside", unit="sishort"),
            Column("borrowed", "Borrowed", unit="sishort"),
            Column("checkouts", "Checkouts", unit="sishort"),
            Column("users", "Users", unit="sishort"),
            Column("share", "Utilization", unit="percentunit", steps=SHARE, gauge=True, width=200),
        ],
        hidden=["vendor", "pool", "unit"],
        sort="Utilization",
        no_data=_NONE,
        height=14,
        rows=Rows(
            q.fullness(_FEATURE),
            _FEATURE,
            told_in="shown",
        ),
    )


def waiting() -> Panel:
    rank = q.by(_FEATURE, q.owned(f"{_REFUSED} or {q.POOL} {_QUEUED} > 0"))
    return grid(
        "Waiting and refused",
        "Features that requests waited for now, or were refused in the time shown. Order more, or"
        " free what idle people hold.",
        {
            "info": q.by(f"{_FEATURE}, owner", q.with_owner(q.pools())),
            "refused": q.by(_FEATURE, _REFUSED),
            "queued": q.by(_FEATURE, f"{_QUEUED} > 0"),
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("pool", "Feature"),
            Column("queued", "Waiting", unit="sishort", steps=WARN_ABOVE_ZERO),
            Column("refused", "Refused", unit="sishort", decimals=0, steps=WARN_ABOVE_ZERO),
        ],
        hidden=["vendor", "unit"],
        sort="Refused",
        no_data="Nothing waits, and nothing was refused.",
        span=12,
        rows=Rows(rank, _FEATURE, told_in="pool", at_most=50),
    )


def owners() -> Panel:
    return grid(
        "By owner",
        "Features of each owner, those at their limit, and what waited or was refused.",
        {
            "features": q.per_owner(q.value("license_used")),
            "full": q.per_owner(_FULL),
            "queued": q.per_owner(_QUEUED, aggregation="sum"),
            "refused": q.per_owner(_REFUSED, aggregation="sum"),
        },
        [
            Column("owner", "Owner"),
            Column("features", "Features"),
            Column("full", "At their limit", steps=WARN_ABOVE_ZERO),
            Column("queued", "Waiting", steps=WARN_ABOVE_ZERO),
            Column("refused", "Refused", decimals=0, steps=WARN_ABOVE_ZERO),
        ],
        sort="Features",
        no_data=_NONE,
        span=12,
    )
