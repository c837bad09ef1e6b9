"""What the vendor lists: licenses, their states, their entitlements."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, graph, query, states
from grafana.parts.style import DAY, DAYS_LEFT, NEVER, STATE_NAMES, STATES, UNLIMITED, YES_NO
from grafana.parts.tables import Column, Rows, grid

_LICENSE = "license"
_ENTITLEMENT = "license, entitlement"
_EXPIRY = q.by(_LICENSE, q.value("license_expiry_timestamp_seconds"))


def licenses() -> Panel:
    details = f"{_LICENSE}, product, edition, customer, policy"
    return grid(
        "Licenses",
        "Every license that the vendor lists, old ones too. Remove what has ended and is replaced.",
        {
            "info": q.by(details, q.value("license_info")),
            "current": q.by(_LICENSE, q.value("license_current")),
            "trial": q.by(_LICENSE, q.value("license_trial")),
            "start": q.by(_LICENSE, q.value("license_start_timestamp_seconds")) + " * 1000",
            "date": q.last_day(_EXPIRY),
            "days": f"clamp_max(({_EXPIRY} - time()) / 86400, {q.UNLIMITED})",
            "grace": q.by(_LICENSE, q.value("license_grace_period_seconds")),
            "checked": q.by(_LICENSE, q.value("license_validated_timestamp_seconds")) + " * 1000",
        },
        [
            Column("license", "License"),
            Column("product", "Product"),
            Column("edition", "Edition"),
            Column("customer", "Customer"),
            Column("policy", "Policy"),
            Column("current", "In force", mapping=YES_NO),
            Column("trial", "Trial", mapping=YES_NO),
            Column("start", "Begins", unit="dateTimeAsIso"),
            Column("date", "Good until", unit=DAY, mapping=NEVER),
            Column("days", "Days left", decimals=0, steps=DAYS_LEFT, mapping=NEVER),
            Column("grace", "Grace", unit="s"),
            Column("checked", "Last checked", unit="dateTimeAsIso"),
        ],
        sort="Days left",
        descending=False,
        no_data="The vendor tells nothing of its licenses.",
        height=7,
        rows=Rows(
            f"{_EXPIRY} or on (license) {q.by(_LICENSE, q.value('license_info'))} * {q.UNLIMITED}",
            _LICENSE,
            told_in="license",
            at_most=200,
            lowest=True,
        ),
    )


def state_history() -> Panel:
    latest = f"{_EXPIRY} or on (license) {q.by(_LICENSE, q.value('license_state'))} * 0"
    return states(
        "States over time",
        "The state that the vendor gave to each license, the worst if there were several; of many"
        " licenses, of the 15 that end last.",
        f"({q.worst_state(_LICENSE, STATES)}) and on (license) topk(15, {q.at_end(latest)})",
        "{{license}}",
        STATE_NAMES,
        no_data="The vendor tells no state.",
    ).height(7)


def days_left() -> Panel:
    left = f"(({_EXPIRY} < Inf) - time()) / 86400"
    return graph(
        "Days left",
        "Time to the end of each license. A line that jumps up is a renewal; one that goes below 0"
        " is a license that has ended. Perpetual licenses are not shown, and of many the next 15.",
        query(f"({left}) and on (license) bottomk(15, {q.at_end(left)})", "{{license}}"),
        unit="none",
        no_data="No license has a date of expiry.",
        low=None,
        steps=DAYS_LEFT,
    ).height(7)


def entitlements() -> Panel:
    limits = q.value("license_entitlement_limit")
    limit = q.by(_ENTITLEMENT + ", unit", limits)
    expiry = q.by(_ENTITLEMENT, q.value("license_entitlement_expiry_timestamp_seconds"))
    return grid(
        "Entitlements",
        "Features that a license grants. What is granted and not enabled is paid for and not used.",
        {
            "granted": q.by(_ENTITLEMENT, q.value("license_entitlement_granted")),
            "enabled": q.by(_ENTITLEMENT, q.value("license_entitlement_enabled")),
            "limit": f"clamp_max({limit}, {q.UNLIMITED})",
            "date": q.last_day(expiry),
        },
        [
            Column("license", "License"),
            Column("entitlement", "Entitlement"),
            Column("granted", "Granted", mapping=YES_NO),
            Column("enabled", "Enabled", mapping=YES_NO),
            Column("limit", "Limit", unit="sishort", mapping=UNLIMITED),
            Column("unit", "Unit"),
            Column("date", "Good until", unit=DAY, mapping=NEVER),
        ],
        sort="Entitlement",
        descending=False,
        no_data="The vendor tells no entitlements.",
        rows=Rows(
            q.by(_ENTITLEMENT, f"{q.value('license_entitlement_granted')} or {limits}"),
            _ENTITLEMENT,
            told_in="entitlement",
            at_most=200,
        ),
        height=7,
    )
