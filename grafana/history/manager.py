"""An invented license manager: a redundant system of three servers with two daemons."""

import itertools
import math
from datetime import UTC, datetime

from grafana.history.series import DAY, Course, Target, office, stepped

# Feature, units, use at night and by day, units set aside, daemon.
_FEATURES = (
    ("solver", 24, 3, 27, 2, "acmed"),
    ("mesher", 16, 1, 14, 0, "acmed"),
    ("drafting", 60, 0, 52, 4, "draftd"),
    ("viewer", 200, 2, 120, 0, "draftd"),
    ("optimizer", 4, 0, 1, 0, "acmed"),
    ("translator", 8, 0, 0, 0, "draftd"),
)
_USERS = ("ada", "ben", "cho", "dev", "eli", "fay", "gus", "hal")


def manager(begin: float, end: float) -> Target:
    """Features that peak at noon, a queue and denials, a server and a daemon that are down."""
    target = Target("cad-flexlm", "flexlm", "FlexLM", owner="engineering")
    for number, (feature, limit, night, day, reserved, daemon) in enumerate(_FEATURES):
        wanted = office(night, day)
        pool = {"pool": feature, "unit": "licenses"}
        target.pool(feature, "licenses", _capped(wanted, limit), limit)
        target.add("license_queued", _beyond(wanted, limit), **pool)
        target.add("license_reserved", reserved, **pool)
        target.add("license_borrowed", number % 3, **pool)
        target.add("license_checkouts", _capped(wanted, limit), **pool)
        target.add("license_users", _people(wanted), **pool)
        target.add(
            "license_denials_total", _refused(wanted, limit, begin, end), **pool, daemon=daemon
        )
        ends = math.inf if feature == "translator" else end + (23 + 60 * number) * DAY
        _ending(target, feature, ends, limit)
    for number, user in enumerate(_USERS):
        shared = {"pool": "solver", "unit": "licenses", "user": user}
        target.add("license_user_used", office(0, 5 - number // 2), **shared)
    _ending(target, "solver", end - 30 * DAY, 20, current=0)
    for number in (1, 2, 3):
        server = {"server": f"license{number}.example.com:27000"}
        target.add("license_server_up", stepped((begin, 1), (end - 3 * DAY, number != 3)), **server)
        target.add("license_server_primary", number == 1, **server)
    target.add("license_daemon_up", 1, daemon="acmed")
    target.add("license_daemon_up", stepped((begin, 1), (end - DAY / 8, 0)), daemon="draftd")
    return target


def _ending(target: Target, feature: str, end: float, units: float, current: float = 1) -> None:
    last = "permanent" if end == math.inf else str(datetime.fromtimestamp(end, UTC).date())
    license = f"{feature}@{last}"
    target.license(end, license, edition="2026.1")
    target.add("license_current", current, license=license)
    limits = {"license": license, "entitlement": feature, "unit": "licenses"}
    target.add("license_entitlement_limit", units, **limits)


def _capped(wanted: Course, limit: float) -> Course:
    return lambda now: min(wanted(now) or 0, limit)


def _beyond(wanted: Course, limit: float) -> Course:
    return lambda now: max((wanted(now) or 0) - limit, 0)


def _refused(wanted: Course, limit: float, begin: float, end: float) -> Course:
    """A counter that grows, hour by hour, by what is wanted of more than there is."""
    hours = range(int((end - begin) // 3600) + 1)
    hourly = (max((wanted(begin + hour * 3600) or 0) - limit, 0) for hour in hours)
    total = list(itertools.accumulate(hourly))
    return lambda now: total[int((now - begin) // 3600)]


def _people(wanted: Course) -> Course:
    return lambda now: min(math.ceil((wanted(now) or 0) * 0.8), len(_USERS))
