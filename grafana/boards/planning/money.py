"""What is paid, for whom, and when it must be decided: the prices are those of contract:."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, number
from grafana.parts.style import BAD_ABOVE_ZERO, DAY, DAYS_LEFT
from grafana.parts.tables import Column, Rows, grid

_TARGET = "vendor, target"
_NO_PRICES = "No target has a price in contract:."

_PRICE = q.value("license_contract_unit_price")
_LIMIT = q.held_limit()
_ENTITLED = q.by("job, target, vendor, pool, unit", q.select("pool:license_limit:max"))
_PEAK = q.by("job, target, vendor, pool, unit", q.peak())
_USED = q.by("job, target, vendor, pool, unit", q.select("pool:license_used:max"))
_FLAT = q.value("license_contract_price")
AT_USE = f"{q.top_level(f'{_PRICE} * {q.POOL} group_left () {_USED}')} or {_FLAT}"
AT_LIMIT = f"{q.top_level(f'{_PRICE} * {q.POOL} group_left () {_LIMIT}')} or {_FLAT}"
UNUSED = q.top_level(f"{_PRICE} * {q.POOL} group_left () clamp_min({_LIMIT} - {q.POOL} {_PEAK}, 0)")
_OVER = q.top_level(
    f"{_PRICE} * {q.POOL} group_left () clamp_min({_USED} - {q.POOL} {_ENTITLED}, 0)"
)

# The next day on which something of a target ends, or on which notice of it must be given.
_ENDS = " or ".join(
    (
        q.value("license_contract_notice_timestamp_seconds") + " + 86400",
        f'label_replace({q.contract_ends()}, "kind", "contract", "", "")',
        q.expiry(),
        q.in_force("license_deadline_timestamp_seconds"),
    )
)
_DECIDE = f"min by (job, target, vendor) (({_ENDS}) > time() < Inf)"

_MONEY = [
    Column("use", "At today's use", unit="locale", decimals=0, width=115),
    Column("limit", "At the limit", unit="locale", decimals=0, width=105),
    Column("unused", "Never used", unit="locale", decimals=0, width=105),
    Column("over", "Overage", unit="locale", decimals=0, steps=BAD_ABOVE_ZERO, width=95),
    Column("currency", "Currency", width=80),
]
_PRICES = {"use": AT_USE, "limit": AT_LIMIT, "unused": UNUSED, "over": _OVER}


def unused() -> Panel:
    return number(
        "Unused, a year",
        "Price of the units above the peak of 30 days, for pools with a price in contract:. Pools"
        " that are part of another are not added. Order less at the next renewal.",
        f"sum by (currency) ({q.owned(UNUSED)})",
        unit="locale",
        legend="{{currency}}",
        no_data="no prices",
        decimals=0,
        span=4,
    )


def overage() -> Panel:
    return number(
        "Overage, a year",
        "Price of the units in use beyond the limit, for pools with a price in contract:. Release"
        " them, or expect the bill.",
        f"sum by (currency) ({q.owned(_OVER)})",
        unit="locale",
        steps=BAD_ABOVE_ZERO,
        legend="{{currency}}",
        no_data="no prices",
        decimals=0,
        span=4,
    )


def decisions() -> Panel:
    """Months come from dates, and so do the money's: a target is in the month of its next date."""
    owned = q.told(q.with_owner(q.owned(f"{_DECIDE} < time() + 366 * 86400")))
    months = q.month("job, target, vendor, owner", owned)

    def monthly(price: str) -> str:
        dated = f"({price}) * {q.TARGET} group_left (owner, month) {months}"
        return f"sum by (month, owner, currency) ({dated})"

    return grid(
        "To decide, by month and owner",
        "Targets whose next day of notice or end is in that month, and what they cost a year: if"
        " only what is used today is renewed, and if all that is entitled is.",
        {
            "targets": f"sum by (month, owner) ({months})",
            **{ref: monthly(price) for ref, price in _PRICES.items()},
        },
        [
            Column("month", "Month", width=90),
            Column("owner", "Owner"),
            Column("targets", "Targets", width=80),
            *_MONEY,
        ],
        sort="Month",
        descending=False,
        no_data="Nothing ends within a year.",
        span=12,
        height=10,
    )


def owners() -> Panel:
    return grid(
        "By owner",
        "What each owner's licenses cost a year at today's use and at the limit, what nobody used"
        " in 30 days, and what is over the limit. Currencies stand apart and are never added.",
        {
            "targets": q.per_owner(q.select("target:license_up:max")),
            **{ref: q.per_owner(price, "currency", "sum") for ref, price in _PRICES.items()},
        },
        [Column("owner", "Owner"), Column("targets", "Targets", width=80), *_MONEY],
        sort="Owner",
        descending=False,
        no_data=_NO_PRICES,
        span=12,
        height=10,
    )


def renewals() -> Panel:
    next_day = q.by(_TARGET, _DECIDE)
    product = f"{_DECIDE} * {q.TARGET} group_left (product) {q.value('license_target_info')}"

    def priced(price: str) -> str:
        return f"sum by ({_TARGET}, currency) ({price})"

    return grid(
        "Renewals, the next first",
        "For each target the next day of notice or end, and what it costs a year: at today's use,"
        " at the limit, and for the units that nobody used in 30 days.",
        {
            "info": q.by(f"{_TARGET}, product, owner", q.with_owner(product)),
            "date": q.last_day(next_day),
            "days": f"({next_day} - time()) / 86400",
            **{ref: priced(price) for ref, price in _PRICES.items()},
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("product", "Product"),
            Column("date", "Decide by", unit=DAY, width=110),
            Column("days", "In days", decimals=0, steps=DAYS_LEFT, width=90),
            *_MONEY,
        ],
        hidden=["vendor"],
        sort="In days",
        descending=False,
        no_data="No vendor and no contract gives a date to come.",
        height=11,
        rows=Rows(q.by(_TARGET, q.owned(_DECIDE)), _TARGET, told_in="product", lowest=True),
    )
