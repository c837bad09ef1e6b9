"""Licenses / Target: everything that is known of one target."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row
from grafana_foundation_sdk.models.dashboard import VariableHide

from grafana import queries as q
from grafana.boards import scoped, variable
from grafana.panels import Panel, columns, graph, number, query, states, words
from grafana.style import (
    BAD_ABOVE_ZERO,
    DAYS_LEFT,
    NEVER,
    SHARE,
    STATE_NAMES,
    STATES,
    UNLIMITED,
    WARN_ABOVE_ZERO,
    YES_NO,
    bad_if_one,
    good_if_one,
)
from grafana.tables import Column, grid

_POOL = "pool, unit"
_LICENSE = "license"
_ENTITLEMENT = "license, entitlement"


def build() -> Dashboard:
    board = scoped("license-target", "Target", "One target in full.", one_target=True)
    unit = variable("unit", "Unit", q.select("license_pool_info")).hide(VariableHide.HIDE_VARIABLE)
    return (
        board.with_variable(unit)
        .with_row(Row("Now"))
        .with_panel(_up())
        .with_panel(_product())
        .with_panel(_state())
        .with_panel(_ends())
        .with_panel(_answer_age())
        .with_panel(_data_age())
        .with_panel(_warnings())
        .with_panel(_pending())
        .with_row(Row("Pools"))
        .with_panel(_utilization())
        .with_panel(_use())
        .with_panel(_pools())
        .with_row(Row("Licenses"))
        .with_panel(_licenses())
        .with_panel(_state_history())
        .with_panel(_entitlements())
        .with_row(Row("Months and fetches"))
        .with_panel(_periods())
        .with_panel(_errors())
        .with_panel(_up_history())
        .with_panel(_fetch_time())
    )


def _up() -> Panel:
    return number(
        "Status",
        "Whether the last scrape has a good answer. If not, see Errors below for the reason.",
        q.by("target", q.value("license_up")),
        mapping=good_if_one("down", "up"),
        no_data="not configured",
    )


def _product() -> Panel:
    return words(
        "Product",
        "What the target is, from its configuration.",
        q.by("product", q.value("license_target_info")),
        "product",
        no_data="unknown",
    )


def _state() -> Panel:
    current = q.in_force("license_state")
    return words(
        "State",
        "The states that the vendor gives to the licenses in force. Anything but active asks for a"
        " look.",
        q.by("state", f"{current} == 1 or {q.TARGET} {q.value('license_state')} == 1"),
        "state",
        no_data="not told",
    )


def _ends() -> Panel:
    latest = f"max({q.expiry()})"
    return number(
        "Ends in",
        "Time to the end of the license that ends last. Order the renewal before it is short.",
        f"clamp_max({latest} - time(), {q.UNLIMITED})",
        unit="s",
        steps=[
            (None, "red"),
            (7 * 86400, "orange"),
            (30 * 86400, "yellow"),
            (90 * 86400, "green"),
        ],
        mapping=NEVER,
        no_data="no date",
        decimals=1,
    )


def _answer_age() -> Panel:
    return number(
        "Age of the answer",
        "Time since the last good fetch; up to min_interval is normal. If it is long, see Errors.",
        f"time() - max({q.value('license_last_success_timestamp_seconds')})",
        unit="s",
        steps=[(None, "green"), (6 * 3600, "orange")],
        no_data="never fetched",
        decimals=0,
    )


def _data_age() -> Panel:
    return number(
        "Age of the data",
        "Age of the vendor's data by its own date. If it is long, the product's report is late.",
        f"time() - max({q.value('license_data_timestamp_seconds')})",
        unit="s",
        steps=[(None, "green"), (3 * 86400, "orange")],
        no_data="not told",
        decimals=0,
    )


def _warnings() -> Panel:
    return number(
        "Warnings",
        "Warnings that the vendor sends with its answer. Read them in the product.",
        f"max({q.value('license_warnings')})",
        steps=WARN_ABOVE_ZERO,
        no_data="not told",
    )


def _pending() -> Panel:
    return number(
        "Pending",
        "Scanned data that is not yet counted; the use will rise by it when the scans are done.",
        f"max({q.value('license_pending_bytes')})",
        unit="decbytes",
        steps=WARN_ABOVE_ZERO,
        no_data="not told",
    )


def _utilization() -> Panel:
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


def _use() -> Panel:
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


def _pools() -> Panel:
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


def _licenses() -> Panel:
    expiry = q.by(_LICENSE, q.value("license_expiry_timestamp_seconds"))
    details = f"{_LICENSE}, product, edition, customer, policy"
    return grid(
        "Licenses",
        "Every license that the vendor lists, old ones too. Remove what has ended and is replaced.",
        {
            "info": q.by(details, q.value("license_info")),
            "current": q.by(_LICENSE, q.value("license_current")),
            "trial": q.by(_LICENSE, q.value("license_trial")),
            "start": q.by(_LICENSE, q.value("license_start_timestamp_seconds")) + " * 1000",
            "date": f"clamp_max({expiry} * 1000, {q.UNLIMITED})",
            "days": f"clamp_max(({expiry} - time()) / 86400, {q.UNLIMITED})",
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
            Column("date", "Ends", unit="dateTimeAsIso", mapping=NEVER),
            Column("days", "Days left", decimals=0, steps=DAYS_LEFT, mapping=NEVER),
            Column("grace", "Grace", unit="s"),
            Column("checked", "Last checked", unit="dateTimeAsIso"),
        ],
        sort="Days left",
        descending=False,
        no_data="The vendor tells nothing of its licenses.",
        height=7,
    )


def _state_history() -> Panel:
    return states(
        "States over time",
        "The state that the vendor gave to each license, the worst if there were several.",
        q.worst_state("license", STATES),
        "{{license}}",
        STATE_NAMES,
        no_data="The vendor tells no state.",
    ).height(7)


def _entitlements() -> Panel:
    limit = q.by(_ENTITLEMENT + ", unit", q.value("license_entitlement_limit"))
    expiry = q.by(_ENTITLEMENT, q.value("license_entitlement_expiry_timestamp_seconds"))
    return grid(
        "Entitlements",
        "Features that a license grants. What is granted and not enabled is paid for and not used.",
        {
            "granted": q.by(_ENTITLEMENT, q.value("license_entitlement_granted")),
            "enabled": q.by(_ENTITLEMENT, q.value("license_entitlement_enabled")),
            "limit": f"clamp_max({limit}, {q.UNLIMITED})",
            "date": f"clamp_max({expiry} * 1000, {q.UNLIMITED})",
        },
        [
            Column("license", "License"),
            Column("entitlement", "Entitlement"),
            Column("granted", "Granted", mapping=YES_NO),
            Column("enabled", "Enabled", mapping=YES_NO),
            Column("limit", "Limit", unit="sishort", mapping=UNLIMITED),
            Column("unit", "Unit"),
            Column("date", "Ends", unit="dateTimeAsIso", mapping=NEVER),
        ],
        sort="Entitlement",
        descending=False,
        no_data="The vendor tells no entitlements.",
        span=12,
        height=7,
    )


def _periods() -> Panel:
    return columns(
        "Use by period",
        "The vendor's own history, the present period included. Compare before ordering.",
        q.by("pool, period", q.value("license_period_used")),
        rows="period",
        series="pool",
        unit="sishort",
        no_data="The vendor keeps no history.",
    )


def _errors() -> Panel:
    return states(
        "Errors",
        "Documents that could not be read, and why. docs/runbooks.md, LicenseTargetDown, has what"
        " to do for each reason.",
        q.by("document, reason", q.value("license_scrape_error")),
        "{{document}} {{reason}}",
        bad_if_one("good", "failed"),
        no_data="No error in this time.",
    )


def _up_history() -> Panel:
    return states(
        "Status over time",
        "When the target could be read. A gap means that the exporter itself was not scraped.",
        q.by("target", q.value("license_up")),
        "{{target}}",
        good_if_one("down", "up"),
        no_data="This target is not configured.",
    ).height(7)


def _fetch_time() -> Panel:
    return graph(
        "Duration of a fetch",
        "How long the vendor's answers take. If it nears the target's timeout, raise that.",
        query(q.by("target", q.value("license_scrape_duration_seconds")), "{{target}}"),
        unit="s",
        no_data="Not fetched yet.",
    ).height(7)
