"""Licenses / Expiry and renewals: every date, the next first."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.parts import queries as q
from grafana.parts.board import scoped, target_link
from grafana.parts.panels import Panel, bars, number
from grafana.parts.style import (
    BAD_ABOVE_ZERO,
    DAY,
    DAYS_LEFT,
    NEVER,
    PLAIN,
    STATE_NAMES,
    STATES,
    WARN_ABOVE_ZERO,
    Steps,
)
from grafana.parts.tables import Column, Rows, grid

_EXPIRY = q.expiry()
_NOTICE = q.value("license_contract_notice_timestamp_seconds") + " + 86400"
_LICENSE = "vendor, target, license"
_DATE = f"{_LICENSE}, contract, entitlement, kind"


def build() -> Dashboard:
    board = scoped(
        "license-expiry",
        "Expiry and renewals",
        "What ends when, and until when notice of a contract can be given.",
    ).with_row(Row("Licenses in force"))
    board = board.with_panel(
        number(
            "Ended",
            "Licenses past their date. Install the renewal, or remove the license.",
            q.count(f"{_EXPIRY} <= time()"),
            steps=BAD_ABOVE_ZERO,
        )
    )
    for low, high, steps, advice in (
        (0, 7, BAD_ABOVE_ZERO, "Install the renewal now."),
        (7, 30, WARN_ABOVE_ZERO, "The renewal should be ordered."),
        (30, 60, PLAIN, "Order the renewal."),
        (60, 90, PLAIN, "Get an offer."),
        (90, 120, PLAIN, "Review what is really used; see Usage and cost planning."),
    ):
        board = board.with_panel(_ending(low, high, steps, advice))
    return (
        board.with_panel(
            number(
                "Later",
                "Licenses that end in more than 120 days. Nothing to do.",
                q.count(f"({_EXPIRY} >= time() + 120 * 86400) < Inf"),
            )
        )
        .with_panel(
            number(
                "Never",
                "Licenses that the vendor calls perpetual. Their maintenance may still end.",
                q.count(f"{_EXPIRY} == Inf"),
            )
        )
        .with_row(Row("Dates"))
        .with_panel(_calendar())
        .with_panel(_by_month())
        .with_panel(_days_left())
        .with_row(Row("States"))
        .with_panel(_states())
    )


def _ending(low: int, high: int, steps: Steps, advice: str) -> Panel:
    title = f"In {low} to {high} days" if low else f"In {high} days"
    return number(
        title,
        f"Licenses that end in {low} to {high} days. {advice}",
        q.count(f"({_EXPIRY} > time() + {low} * 86400) <= time() + {high} * 86400"),
        steps=steps,
    )


def _dates() -> str:
    """Every date that ends something, with its `kind`."""
    return " or ".join(
        (
            _kind(_EXPIRY, "license"),
            _kind(q.contract_ends(), "contract"),
            _kind(_NOTICE, "notice"),
            _kind(q.value("license_entitlement_expiry_timestamp_seconds"), "entitlement"),
            q.in_force("license_deadline_timestamp_seconds"),
        )
    )


def _kind(expression: str, kind: str) -> str:
    return f'label_replace({expression}, "kind", "{kind}", "", "")'


def _calendar() -> Panel:
    every = q.by(_DATE, f"({_dates()})")
    return grid(
        "Calendar, the next first",
        "Every date of licenses in force, their entitlements and contracts. Notice is the last day"
        " to end a contract; decide before it. Of a target that is down, the last expiry known.",
        {
            "info": q.by(f"{_DATE}, owner", q.with_owner(f"clamp_max({_dates()}, 1)")),
            "date": q.last_day(every),
            "days": f"clamp_max(({every} - time()) / 86400, {q.UNLIMITED})",
        },
        [
            Column("owner", "Owner"),
            Column("vendor", "Vendor"),
            Column("target", "Target", link=True),
            Column("kind", "What ends"),
            Column("license", "License"),
            Column("contract", "Contract"),
            Column("entitlement", "Entitlement"),
            Column("date", "Good until", unit=DAY, mapping=NEVER),
            Column("days", "Days left", decimals=0, steps=DAYS_LEFT, mapping=NEVER),
        ],
        sort="Days left",
        descending=False,
        no_data="No vendor and no contract gives a date.",
        height=16,
        rows=Rows(q.by(_DATE, q.owned(_dates())), _DATE, told_in="license", lowest=True),
    )


def _by_month() -> Panel:
    def dated(dates: str, months: str) -> str:
        """Dates to come, counted for each owner and month."""
        coming = f"({dates}) < time() + {months} * 86400 >= time() - 31 * 86400"
        return q.month("owner", q.told(q.with_owner(q.owned(coming))))

    contract = " or ".join(
        (
            _kind(q.contract_ends(), "contract"),
            _kind(_NOTICE, "notice"),
        )
    )
    year = "366"
    return grid(
        "By month and owner",
        "How many dates each owner has in each month of the year to come, and in the last one.",
        {
            "all": dated(_dates(), year),
            "licenses": dated(_EXPIRY, year),
            "contracts": dated(contract, year),
        },
        [
            Column("month", "Month"),
            Column("owner", "Owner"),
            Column("all", "Dates"),
            Column("licenses", "Licenses"),
            Column("contracts", "Contracts and notices"),
        ],
        sort="Month",
        descending=False,
        no_data="Nothing ends within a year.",
        span=12,
        height=12,
    )


def _days_left() -> Panel:
    left = f"(({_EXPIRY}) - time()) / 86400"
    return (
        bars(
            "Days left, the 20 licenses that end next",
            "Time to the end of each license; 0 and less has ended. How it went over time, renewals"
            " too, is on the dashboard Target.",
            f"sort(bottomk(20, {q.owned(left)}) < Inf)",
            "{{target}} {{license}}",
            unit="none",
            no_data="No license has a date of expiry.",
            steps=DAYS_LEFT,
        )
        .height(12)
        .decimals(0)
        .data_links([target_link("${__field.labels.target}")])
    )


def _states() -> Panel:
    # The number of the first state is 0: what is active needs no row.
    worst = f"{q.worst_state(_LICENSE, STATES)} > 0"
    return grid(
        "Licenses that are not active",
        "The state that the vendor gives to each license that is not simply active, the worst if"
        " there are several. Old licenses are here too; ask the vendor about what is not expected.",
        {
            "info": q.by(f"{_LICENSE}, owner", q.with_owner(f"{q.value('license_state')} == 1")),
            "state": worst,
        },
        [
            Column("owner", "Owner"),
            Column("vendor", "Vendor"),
            Column("target", "Target", link=True),
            Column("license", "License"),
            Column("state", "State", mapping=STATE_NAMES),
        ],
        sort="State",
        no_data="No vendor tells another state than active.",
        rows=Rows(
            q.by(_LICENSE, q.owned(q.worst_state(f"job, {_LICENSE}", STATES) + " > 0")),
            _LICENSE,
            told_in="license",
        ),
    )
