"""Licenses / Expiry and renewals: every date, the next first."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.parts import queries as q
from grafana.parts.board import scoped
from grafana.parts.panels import Panel, graph, number, query, states
from grafana.parts.style import (
    BAD_ABOVE_ZERO,
    DAYS_LEFT,
    NEVER,
    PLAIN,
    STATE_NAMES,
    STATES,
    WARN_ABOVE_ZERO,
    Steps,
)
from grafana.parts.tables import Column, grid

_EXPIRY = q.expiry()


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
                q.count(f"time() + 120 * 86400 <= {_EXPIRY} < Inf"),
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
        .with_row(Row("Over time"))
        .with_panel(_days_left())
        .with_panel(_states())
    )


def _ending(low: int, high: int, steps: Steps, advice: str) -> Panel:
    title = f"In {low} to {high} days" if low else f"In {high} days"
    return number(
        title,
        f"Licenses that end in {low} to {high} days. {advice}",
        q.count(f"time() + {low} * 86400 < {_EXPIRY} <= time() + {high} * 86400"),
        steps=steps,
    )


def _calendar() -> Panel:
    labels = "vendor, target, license, entitlement, kind"
    dates = " or ".join(
        (
            _kind(_EXPIRY, "license"),
            _kind(q.value("license_contract_expiry_timestamp_seconds"), "contract"),
            _kind(q.value("license_contract_notice_timestamp_seconds"), "notice"),
            _kind(q.value("license_entitlement_expiry_timestamp_seconds"), "entitlement"),
            q.in_force("license_deadline_timestamp_seconds"),
        )
    )
    every = q.by(labels, f"({dates})")
    return grid(
        "Calendar",
        "Every date of licenses in force, their entitlements and contracts. Notice is the last day"
        " to end a contract; decide before it. Of a target that is down, the last expiry known.",
        {
            "date": f"clamp_max({every} * 1000, {q.UNLIMITED})",
            "days": f"clamp_max(({every} - time()) / 86400, {q.UNLIMITED})",
        },
        [
            Column("vendor", "Vendor"),
            Column("target", "Target", link=True),
            Column("kind", "What ends"),
            Column("license", "License"),
            Column("entitlement", "Entitlement"),
            Column("date", "Date", unit="dateTimeAsIso", mapping=NEVER),
            Column("days", "Days left", decimals=0, steps=DAYS_LEFT, mapping=NEVER),
        ],
        sort="Days left",
        descending=False,
        no_data="No vendor and no contract gives a date.",
        height=16,
    )


def _kind(expression: str, kind: str) -> str:
    return f'label_replace({expression}, "kind", "{kind}", "", "")'


def _days_left() -> Panel:
    left = f"({_EXPIRY} < Inf) - time()"
    return graph(
        "Days left",
        "Time to the end of each license. A line that jumps up is a renewal; one that goes below 0"
        " is a license that has ended. Perpetual licenses are not shown.",
        query(q.by("target, license", f"({left}) / 86400"), "{{target}} {{license}}"),
        unit="none",
        no_data="No license has a date of expiry.",
        low=None,
        steps=DAYS_LEFT,
    )


def _states() -> Panel:
    return states(
        "States over time",
        "The state that the vendor gave to each license, the worst if there were several. Ask the"
        " vendor about what is neither active nor expected.",
        q.worst_state("target, license", STATES),
        "{{target}} {{license}}",
        STATE_NAMES,
        no_data="No vendor tells a state.",
    )
