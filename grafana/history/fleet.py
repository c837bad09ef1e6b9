"""The invented targets of the history, and what the exporter tells of itself.

In all functions, `begin` and `end` are the epoch seconds between which values change.
"""

import math

from grafana.history.manager import manager
from grafana.history.series import (
    DAY,
    TERA,
    Course,
    Series,
    Target,
    always,
    growing,
    monthly,
    office,
    stepped,
)

_REQUESTS = "monitored_monthly_requests"


def fleet(begin: float, end: float) -> list[Series]:
    """All series."""
    targets = (
        _rsa_prod(begin, end),
        _seerbox_shop(begin, end),
        _seerbox_lab(begin, end),
        _recon_hq(begin, end),
        _immuta_eu(begin, end),
        _helpdesk(begin, end),
        _design_suite(begin, end),
        _cad_floating(begin, end),
        _wiki(begin, end),
        manager(begin, end),
    )
    return [series for target in targets for series in target.series] + _own(begin, end)


def _rsa_prod(begin: float, end: float) -> Target:
    """Monthly use close to the limit of a contract that must soon be given notice."""
    target = Target("rsa-prod", "rsa", "RSA ID Plus", team="identity")
    target.pool("mfa", "users", monthly(14.2), 500, 36, name="MFA licenses", window="month")
    target.pool("sms_voice_tokencodes", "messages", monthly(210), None, window="month")
    target.add("license_contract_notice_timestamp_seconds", end + 20 * DAY)
    target.add("license_contract_expiry_timestamp_seconds", end + 111 * DAY)
    target.add("license_contract_info", 1, owner="identity", supplier="Example Resale", term="1y")
    target.add("license_contract_price", 4800, currency="EUR")
    target.add("license_expiry_timestamp_seconds", end + 111 * DAY, license="default")
    target.add("license_data_timestamp_seconds", lambda now: now - 40000)
    months = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
    for number, month in enumerate(months):
        for pool, unit, size in (("mfa", "users", 380), ("sms_voice_tokencodes", "messages", 5200)):
            used = size * (0.8 + 0.05 * number)
            target.add("license_period_used", round(used), pool=pool, unit=unit, period=month)
    return target


def _seerbox_shop(begin: float, end: float) -> Target:
    """A license that ends in nine days."""
    target = Target("seerbox-shop", "seerbox", "Seer Box", owner="shop")
    target.pool(_REQUESTS, "requests", monthly(410_000), 1e7, name="Requests", window="month")
    target.pool("machines", "machines", None, 12)
    target.add("license_limit_reached", 0, pool=_REQUESTS, unit="requests")
    target.license(end + 9 * DAY, customer="Example Shop", policy="gold")
    target.states(active=1)
    target.add("license_grace_period_seconds", 14 * DAY, license="default")
    for entitlement, limit in (("waf", None), ("api_security", None), (_REQUESTS, 1e7)):
        labels = {"license": "default", "entitlement": entitlement}
        target.add("license_entitlement_granted", 1, **labels)
        target.add("license_entitlement_limit", math.inf if limit is None else limit, **labels)
    return target


def _seerbox_lab(begin: float, end: float) -> Target:
    """A trial that has ended."""
    target = Target("seerbox-lab", "seerbox", "Seer Box")
    target.license(stepped((begin, end - 3 * DAY)), customer="Example Lab", policy="trial")
    ended = stepped((begin, 0), (end - 3 * DAY, 1))
    target.states(active=stepped((begin, 1), (end - 3 * DAY, 0)), expired=ended, suspended=ended)
    target.pool(_REQUESTS, "requests", monthly(2_000), 1e5, name="Requests", window="month")
    return target


def _recon_hq(begin: float, end: float) -> Target:
    """Data that nears its allowance, pending scans, and locations of very different size."""
    target = Target("recon-hq", "enterprise_recon", "Enterprise Recon", owner="privacy")
    data = growing(7.2 * TERA, 11.4 * TERA, begin, end)
    target.pool("server_db_data", "bytes", data, 12 * TERA, name="Server & DB Data Allowance")
    target.pool("workstation", "licenses", 96, 100, 12, name="Workstation licenses")
    target.pool("database", "licenses", 14, 0, name="Database licenses")
    target.add("license_assignments", 96, pool="workstation", unit="licenses")
    target.license(end + 64 * DAY, edition="PRO", customer="Example Corp")
    target.states(active=1, exceeded=1)
    target.add("license_warnings", stepped((begin, 0), (end - 6 * DAY, 2)))
    target.add("license_pending_scans", stepped((begin, 0), (end - 2 * DAY, 2)))
    target.add("license_pending_bytes", stepped((begin, 0), (end - 2 * DAY, 8e10)))
    target.add("license_locations", growing(22, 30, begin, end))
    target.add("license_locations_folded", 6)
    kinds = ("server", "database", "mailbox", "cloud")
    for number in range(24):
        share = 0.8**number / 5
        last = share * 11.4 * TERA
        first = last * (0.45 + number % 5 / 8)
        where = {"location": f"{kinds[number % 4]}-{number:02}.example.com"}
        where |= {"location_type": kinds[number % 4], "pool": "server_db_data", "unit": "bytes"}
        target.add("license_location_used", growing(first, last, begin, end), **where)
    folded = {"location": "other", "pool": "workstation", "unit": "bytes"}
    target.add("license_location_used", growing(2e11, 3e11, begin, end), **folded)
    return target


def _immuta_eu(begin: float, end: float) -> Target:
    """A license that has ended beside one in force, and a document that fails."""
    target = Target("immuta-eu", "immuta", "Immuta", owner="privacy")
    target.pool("users", "users", growing(118, 187, begin, end), 200, 950)
    target.add("license_threshold", 220, pool="users", unit="users", kind="hard")
    target.add("license_limit_reached", 0, pool="users", unit="users")
    consumers = growing(80, 120, begin, end)
    target.pool("data_consumers", "users", consumers)
    target.pool("active_data_consumers", "users", office(3, 70), parent="data_consumers")
    target.license(begin + 20 * DAY, "11", edition="standard")
    target.license(end + 290 * DAY, "12", edition="standard")
    target.states("11", expired=stepped((begin, 0), (begin + 20 * DAY, 1)), invalid=1)
    target.states("12", active=1)
    target.add("license_scrape_error", stepped((end - DAY, 1)), document="usage", reason="server")
    return target


def _helpdesk(begin: float, end: float) -> Target:
    """Seats used in office hours by a few more than there are, and support that ends."""
    target = Target("helpdesk", "json", "Help desk", team="service")
    target.pool("agents", "seats", office(4, 61), 60, 480)
    target.license(math.inf)
    target.add("license_trial", 0, license="default")
    target.add(
        "license_deadline_timestamp_seconds", end + 26 * DAY, license="default", kind="support"
    )
    return target


def _design_suite(begin: float, end: float) -> Target:
    """Many seats that nobody uses, and unlimited ones."""
    target = Target("design-suite", "json", "Design suite", owner="marketing")
    target.pool("editors", "seats", office(2, 44), 120, 540)
    target.pool("viewers", "seats", growing(700, 950, begin, end), math.inf)
    target.license(end + 47 * DAY)
    return target


def _cad_floating(begin: float, end: float) -> Target:
    """Expensive tokens of which few are in use at a time."""
    target = Target("cad-floating", "json", "CAD", owner="engineering")
    target.pool("design", "tokens", office(0, 38), 50, 2100)
    target.pool("simulation", "tokens", office(0, 5), 16, 5200)
    target.license(end + 170 * DAY)
    target.add(
        "license_deadline_timestamp_seconds", end + 170 * DAY, license="default", kind="maintenance"
    )
    return target


def _wiki(begin: float, end: float) -> Target:
    """A target that has been down for two days."""
    failed = end - 2 * DAY
    target = Target("wiki", "json", "Wiki", stepped((begin, 1), (failed, 0)), team="service")
    target.pool("users", "seats", stepped((begin, 310), (failed, None)), 400)
    target.add("license_scrape_error", stepped((failed, 1)), document="license", reason="auth")
    target.add("license_last_success_timestamp_seconds", lambda now: min(now - 30, failed))
    return target


def _own(begin: float, end: float) -> list[Series]:
    """What the exporter tells of itself, and Prometheus of the scrape."""

    def rate(per_second: float) -> Course:
        return lambda now: math.floor((now - begin) * per_second)

    def failing(now: float) -> float:
        return math.floor(max(0.0, now - (end - 2 * DAY)) / 1800)

    made: list[Series] = []

    def add(metric: str, course: Course | float, **labels: str) -> None:
        chosen = course if callable(course) else always(course)
        made.append(Series(metric, tuple(sorted(labels.items())), chosen))

    add("up", 1)
    add("scrape_duration_seconds", lambda now: 0.02 + now / 270 % 11 / 40)
    add("license_exporter_build_info", 1, version="1.0.0")
    add("license_exporter_targets", 10)
    add("license_exporter_config_last_reload_successful", 1)
    add("process_resident_memory_bytes", lambda now: 6.1e7 + now / 270 % 50 * 4e4)
    add("process_cpu_seconds_total", lambda now: (now - begin) * 0.004)
    add("process_open_fds", lambda now: 21 + now / 270 % 5)
    add("process_max_fds", 1024)
    add("license_exporter_upstream_requests_total", rate(0.09), code="200")
    add("license_exporter_upstream_requests_total", failing, code="401")
    add("license_exporter_fetch_errors_total", failing, reason="auth")
    add("license_exporter_fetch_errors_total", rate(1 / 90000), reason="timeout")
    for bound, share in (("0.1", 0.1), ("0.25", 0.6), ("0.5", 0.9), ("1", 0.98), ("+Inf", 1)):
        metric = "license_exporter_upstream_request_duration_seconds_bucket"
        add(metric, rate(0.09 * share), le=bound)
    for target in ("rsa-prod", "recon-hq", "immuta-eu"):
        for result, per_second in (("hit", 0.08), ("miss", 0.008)):
            add(
                "license_exporter_cache_requests_total",
                rate(per_second),
                target=target,
                result=result,
            )
    add("license_exporter_fetches_total", rate(0.008), target="rsa-prod", result="success")
    add("license_exporter_fetches_total", failing, target="wiki", result="failure")
    return made
