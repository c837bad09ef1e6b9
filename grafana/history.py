"""An invented past of nine targets, as OpenMetrics: what dashboards are looked at with.

    python -m grafana.history --days 60 > history.om
    promtool tsdb create-blocks-from openmetrics --max-block-duration=744h history.om data

The pictures of docs/images/ show all 60 days of it.
"""

import argparse
import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

DAY = 86400
TERA = 10**12

Course = Callable[[float], float | None]  # the value at a time in epoch seconds; None: no sample


@dataclass(frozen=True)
class Series:
    metric: str
    labels: tuple[tuple[str, str], ...]
    course: Course

    def __str__(self) -> str:
        return self.metric + "{" + ",".join(f'{name}="{text}"' for name, text in self.labels) + "}"


def always(value: float) -> Course:
    return lambda _: value


def growing(start: float, end: float, since: float, until: float) -> Course:
    """Grows evenly in whole units."""
    return lambda now: math.floor(start + (end - start) * (now - since) / (until - since))


def office(night: float, day: float) -> Course:
    """In use in business hours of working days, a little differently each day."""

    def course(now: float) -> float:
        moment = datetime.fromtimestamp(now, UTC)
        if moment.weekday() >= 5:
            return night
        daily = random.Random(moment.toordinal()).uniform(0.92, 1)
        hour = moment.hour + moment.minute / 60
        busy = max(0.0, min(1.0, (hour - 6) / 3, (19 - hour) / 3))
        return round(night + (day * daily - night) * busy)

    return course


def monthly(per_day: float) -> Course:
    """A counter that starts anew with each month, in UTC."""

    def course(now: float) -> float:
        moment = datetime.fromtimestamp(now, UTC)
        begin = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return math.floor((now - begin.timestamp()) / DAY * per_day)

    return course


def stepped(*steps: tuple[float, float | None]) -> Course:
    """Pairs of (time from which, value)."""

    def course(now: float) -> float | None:
        found = None
        for since, value in steps:
            if now >= since:
                found = value
        return found

    return course


@dataclass
class Target:
    """Collects the series of one target."""

    name: str
    vendor: str
    product: str
    series: list[Series]

    def add(self, metric: str, course: Course | float, **labels: str) -> None:
        named = {"target": self.name, "vendor": self.vendor, **labels}
        present = tuple((name, text) for name, text in sorted(named.items()) if text)
        chosen = course if callable(course) else always(course)
        self.series.append(Series(metric, present, chosen))

    def pool(
        self,
        pool: str,
        unit: str,
        used: Course | float | None,
        limit: Course | float | None = None,
        price: float | None = None,
        **info: str,
    ) -> None:
        self.add("license_pool_info", 1, pool=pool, unit=unit, **info)
        if used is not None:
            self.add("license_used", used, pool=pool, unit=unit)
        if limit is not None:
            self.add("license_limit", limit, pool=pool, unit=unit)
        if price is not None:
            labels = {"pool": pool, "unit": unit, "currency": "EUR"}
            self.add("license_contract_unit_price", price, **labels)

    def license(self, expiry: Course | float, license: str = "default", **info: str) -> None:
        self.add("license_expiry_timestamp_seconds", expiry, license=license)
        self.add("license_info", 1, license=license, product=self.product, **info)

    def deadline(self, kind: str, when: float) -> None:
        self.add("license_deadline_timestamp_seconds", when, license="default", kind=kind)

    def states(self, license: str = "default", **states: Course | float) -> None:
        for state in ("active", "expired", "exceeded", "suspended", "invalid"):
            self.add("license_state", states.get(state, 0), license=license, state=state)


def fleet(begin: float, end: float) -> list[Series]:
    """All series; `begin` and `end` are the epoch seconds between which they change."""
    series: list[Series] = []

    def target(name: str, vendor: str, product: str, up: Course | float = 1) -> Target:
        made = Target(name, vendor, product, series)
        made.add("license_target_info", 1, product=product)
        made.add("license_up", up)
        made.add("license_skipped_values", 0)
        made.add("license_scrape_duration_seconds", lambda now: 0.2 + now / 270 % 7 / 50)
        if not callable(up):
            made.add("license_last_success_timestamp_seconds", lambda now: now - 30)
        return made

    rsa = target("rsa-prod", "rsa", "RSA ID Plus")
    rsa.pool("mfa", "users", monthly(14.2), 500, 36, name="MFA licenses", window="month")
    rsa.pool("sms_voice_tokencodes", "messages", monthly(210), None, window="month")
    rsa.add("license_contract_notice_timestamp_seconds", end + 20 * DAY)
    rsa.add("license_contract_expiry_timestamp_seconds", end + 111 * DAY)
    rsa.add("license_expiry_timestamp_seconds", end + 111 * DAY, license="default")
    rsa.add("license_data_timestamp_seconds", lambda now: now - 40000)
    months = ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
    for number, month in enumerate(months):
        for pool, unit, size in (("mfa", "users", 380), ("sms_voice_tokencodes", "messages", 5200)):
            used = size * (0.8 + 0.05 * number)
            rsa.add("license_period_used", round(used), pool=pool, unit=unit, period=month)

    shop = target("seerbox-shop", "seerbox", "Seer Box")
    requests = "monitored_monthly_requests"
    shop.pool(requests, "requests", monthly(410_000), 1e7, name="Requests", window="month")
    shop.pool("machines", "machines", None, 12)
    shop.add("license_limit_reached", 0, pool=requests, unit="requests")
    shop.license(end + 9 * DAY, customer="Example Shop", policy="gold")
    shop.states(active=1)
    shop.add("license_grace_period_seconds", 14 * DAY, license="default")
    for entitlement, limit in (("waf", None), ("api_security", None), (requests, 1e7)):
        labels = {"license": "default", "entitlement": entitlement}
        shop.add("license_entitlement_granted", 1, **labels)
        shop.add("license_entitlement_limit", math.inf if limit is None else limit, **labels)

    old = target("seerbox-lab", "seerbox", "Seer Box")
    old.license(stepped((begin, end - 3 * DAY)), customer="Example Lab", policy="trial")
    ended = stepped((begin, 0), (end - 3 * DAY, 1))
    old.states(active=stepped((begin, 1), (end - 3 * DAY, 0)), expired=ended, suspended=ended)
    old.pool(requests, "requests", monthly(2_000), 1e5, name="Requests", window="month")

    recon = target("recon-hq", "enterprise_recon", "Enterprise Recon")
    data = growing(7.2 * TERA, 11.4 * TERA, begin, end)
    recon.pool("server_db_data", "bytes", data, 12 * TERA, name="Server & DB Data Allowance")
    recon.pool("workstation", "licenses", 96, 100, 12, name="Workstation licenses")
    recon.pool("database", "licenses", 14, 0, name="Database licenses")
    recon.add("license_assignments", 96, pool="workstation", unit="licenses")
    recon.license(end + 64 * DAY, edition="PRO", customer="Example Corp")
    recon.states(active=1, exceeded=1)
    recon.add("license_warnings", stepped((begin, 0), (end - 6 * DAY, 2)))
    recon.add("license_pending_scans", stepped((begin, 0), (end - 2 * DAY, 2)))
    recon.add("license_pending_bytes", stepped((begin, 0), (end - 2 * DAY, 8e10)))
    recon.add("license_locations", growing(22, 30, begin, end))
    recon.add("license_locations_folded", 6)
    kinds = ("server", "database", "mailbox", "cloud")
    for number in range(24):
        share = 0.8**number / 5
        last = share * 11.4 * TERA
        first = last * (0.45 + number % 5 / 8)
        where = {"location": f"{kinds[number % 4]}-{number:02}.example.com"}
        where |= {"location_type": kinds[number % 4], "pool": "server_db_data", "unit": "bytes"}
        recon.add("license_location_used", growing(first, last, begin, end), **where)
    folded = {"location": "other", "pool": "workstation", "unit": "bytes"}
    recon.add("license_location_used", growing(2e11, 3e11, begin, end), **folded)

    immuta = target("immuta-eu", "immuta", "Immuta")
    immuta.pool("users", "users", growing(118, 187, begin, end), 200, 950)
    immuta.add("license_threshold", 220, pool="users", unit="users", kind="hard")
    immuta.add("license_limit_reached", 0, pool="users", unit="users")
    consumers = growing(80, 120, begin, end)
    immuta.pool("data_consumers", "users", consumers)
    immuta.pool("active_data_consumers", "users", office(3, 70), parent="data_consumers")
    immuta.license(begin + 20 * DAY, "11", edition="standard")
    immuta.license(end + 290 * DAY, "12", edition="standard")
    immuta.states("11", expired=stepped((begin, 0), (begin + 20 * DAY, 1)), invalid=1)
    immuta.states("12", active=1)
    immuta.add("license_scrape_error", stepped((end - DAY, 1)), document="usage", reason="server")

    desk = target("helpdesk", "json", "Help desk")
    desk.pool("agents", "seats", office(4, 61), 60, 480)
    desk.license(math.inf)
    desk.add("license_trial", 0, license="default")
    desk.add(
        "license_deadline_timestamp_seconds", end + 26 * DAY, license="default", kind="support"
    )

    design = target("design-suite", "json", "Design suite")
    design.pool("editors", "seats", office(2, 44), 120, 540)
    design.pool("viewers", "seats", growing(700, 950, begin, end), math.inf)
    design.license(end + 47 * DAY)

    cad = target("cad-floating", "json", "CAD")
    cad.pool("design", "tokens", office(0, 38), 50, 2100)
    cad.pool("simulation", "tokens", office(0, 5), 16, 5200)
    cad.license(end + 170 * DAY)
    cad.add(
        "license_deadline_timestamp_seconds", end + 170 * DAY, license="default", kind="maintenance"
    )

    failed = end - 2 * DAY
    wiki = target("wiki", "json", "Wiki", stepped((begin, 1), (failed, 0)))
    wiki.pool("users", "seats", stepped((begin, 310), (failed, None)), 400)
    wiki.add("license_scrape_error", stepped((failed, 1)), document="license", reason="auth")
    wiki.add("license_last_success_timestamp_seconds", lambda now: min(now - 30, failed))
    return series + own(begin, end)


def own(begin: float, end: float) -> list[Series]:
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
    add("license_exporter_targets", 9)
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


def exposition(begin: float, end: float, step: float) -> Iterator[str]:
    """The lines of the file: each series with all its samples, the families together."""
    scrape = (("instance", "exporter:10058"), ("job", "license_exporter"))
    for series in sorted(fleet(begin, end), key=lambda series: series.metric):
        name = str(Series(series.metric, (*series.labels, *scrape), series.course))
        now = begin
        while now <= end:
            value = series.course(now)
            if value is not None:
                yield f"{name} {'+Inf' if value == math.inf else repr(float(value))} {now:.0f}\n"
            now += step
    yield "# EOF\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=float, default=60, help="how far back")
    parser.add_argument("--step", type=float, default=270, help="seconds between samples")
    parser.add_argument("--end", type=float, default=time.time(), help="epoch seconds")
    flags = parser.parse_args()
    end = flags.end // flags.step * flags.step
    sys.stdout.writelines(exposition(end - flags.days * DAY, end, flags.step))


if __name__ == "__main__":
    main()
