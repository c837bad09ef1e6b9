"""What the answer says as a whole, and how it was got."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, graph, number, query, states, words
from grafana.parts.style import NEVER, WARN_ABOVE_ZERO, bad_if_one, good_if_one


def up() -> Panel:
    return number(
        "Status",
        "Whether the last scrape has a good answer. If not, see Errors below for the reason.",
        q.by("target", q.value("license_up")),
        mapping=good_if_one("down", "up"),
        no_data="not configured",
        span=2,
    )


def product() -> Panel:
    return words(
        "Product",
        "What the target is, from its configuration.",
        q.by("product", q.value("license_target_info")),
        "product",
        no_data="unknown",
        span=3,
    )


def owner() -> Panel:
    return words(
        "Owner",
        "Whose target it is: its label owner, or else its team, from the configuration.",
        q.by("owner", q.told(q.owners())),
        "owner",
        no_data="not configured",
    )


def state() -> Panel:
    current = q.in_force("license_state")
    return words(
        "State",
        "The states that the vendor gives to the licenses in force. Anything but active asks for a"
        " look.",
        q.by("state", f"{current} == 1 or {q.TARGET} {q.value('license_state')} == 1"),
        "state",
        no_data="not told",
    )


def ends() -> Panel:
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


def answer_age() -> Panel:
    return number(
        "Age of the answer",
        "Time since the last good fetch; up to min_interval is normal. If it is long, see Errors.",
        f"time() - max({q.value('license_last_success_timestamp_seconds')})",
        unit="s",
        steps=[(None, "green"), (6 * 3600, "orange")],
        no_data="never fetched",
        decimals=0,
    )


def data_age() -> Panel:
    return number(
        "Age of the data",
        "Age of the vendor's data by its own date. If it is long, the product's report is late.",
        f"time() - max({q.value('license_data_timestamp_seconds')})",
        unit="s",
        steps=[(None, "green"), (3 * 86400, "orange")],
        no_data="not told",
        decimals=0,
        span=3,
    )


def warnings() -> Panel:
    return number(
        "Warnings",
        "Warnings that the vendor sends with its answer. Read them in the product.",
        f"max({q.value('license_warnings')})",
        steps=WARN_ABOVE_ZERO,
        no_data="not told",
        span=2,
    )


def pending() -> Panel:
    return number(
        "Pending",
        "Scanned data that is not yet counted; the use will rise by it when the scans are done.",
        f"max({q.value('license_pending_bytes')})",
        unit="decbytes",
        steps=WARN_ABOVE_ZERO,
        no_data="not told",
        span=2,
    )


def errors() -> Panel:
    return states(
        "Errors",
        "Documents that could not be read, and why. The runbook of LicenseTargetDown says what"
        " to do for each reason.",
        q.by("document, reason", q.value("license_scrape_error")),
        "{{document}} {{reason}}",
        bad_if_one("good", "failed"),
        no_data="No error in this time.",
    )


def up_history() -> Panel:
    return states(
        "Status over time",
        "When the target could be read. A gap means that the exporter itself was not scraped.",
        q.by("target", q.value("license_up")),
        "{{target}}",
        good_if_one("down", "up"),
        no_data="This target is not configured.",
    ).height(7)


def fetch_time() -> Panel:
    return graph(
        "Duration of a fetch",
        "How long the vendor's answers take. If it nears the target's timeout, raise that.",
        query(q.by("target", q.value("license_scrape_duration_seconds")), "{{target}}"),
        unit="s",
        no_data="Not fetched yet.",
    ).height(7)
