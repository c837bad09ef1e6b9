"""The servers and daemons that serve the features, and when these end."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, number
from grafana.parts.style import (
    BAD_ABOVE_ZERO,
    DAY,
    DAYS_LEFT,
    NEVER,
    UNLIMITED,
    YES_NO,
    good_if_one,
)
from grafana.parts.tables import Column, Rows, grid

_NONE = "No license manager is read, or none tells this."


def servers_down() -> Panel:
    return number(
        "Servers down",
        "License servers that do not answer. Of a redundant system two must run: start the third.",
        q.count(f"{q.value('license_server_up')} == 0"),
        steps=BAD_ABOVE_ZERO,
    )


def daemons_down() -> Panel:
    return number(
        "Daemons down",
        "Vendor daemons that are down: none of their features can be checked out. Start them.",
        q.count(f"{q.value('license_daemon_up')} == 0"),
        steps=BAD_ABOVE_ZERO,
    )


def servers() -> Panel:
    keys = "vendor, target, server"
    up = q.by(keys, q.value("license_server_up"))
    return grid(
        "Servers",
        "License servers, those that do not answer first. One of each redundant system is master.",
        {
            "info": q.by(f"{keys}, owner", q.with_owner(q.value("license_server_up") + " * 0")),
            "up": up,
            "primary": q.by(keys, q.value("license_server_primary")),
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("server", "Server", width=210),
            Column("up", "Answers", mapping=good_if_one("no", "yes")),
            Column("primary", "Master", mapping=YES_NO),
        ],
        hidden=["vendor"],
        sort="Answers",
        descending=False,
        no_data=_NONE,
        span=12,
        rows=Rows(
            q.by(keys, q.owned(q.value("license_server_up"))), keys, told_in="server", lowest=True
        ),
    )


def daemons() -> Panel:
    keys = "vendor, target, daemon"
    up = q.by(keys, q.value("license_daemon_up"))
    return grid(
        "Daemons",
        "Vendor daemons and ISV servers, those that are down first.",
        {
            "info": q.by(f"{keys}, owner", q.with_owner(q.value("license_daemon_up") + " * 0")),
            "up": up,
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("daemon", "Daemon"),
            Column("up", "Runs", mapping=good_if_one("no", "yes")),
        ],
        hidden=["vendor"],
        sort="Runs",
        descending=False,
        no_data=_NONE,
        span=12,
        rows=Rows(
            q.by(keys, q.owned(q.value("license_daemon_up"))), keys, told_in="daemon", lowest=True
        ),
    )


def ends() -> Panel:
    keys = "vendor, target, license"
    expiry = q.by(keys, q.expiry())
    units = q.by(f"{keys}, entitlement", q.value("license_entitlement_limit"))
    return grid(
        "Ends by feature",
        "The 100 days on which features end next, and how many units end then; old lines of a"
        " feature that has a later one are left out.",
        {
            "info": q.by(f"{keys}, owner", q.with_owner(f"clamp_max({q.expiry()}, 1)")),
            "units": f"clamp_max({q.by(keys, units)}, {q.UNLIMITED})",
            "date": q.last_day(expiry),
            "days": f"clamp_max(({expiry} - time()) / 86400, {q.UNLIMITED})",
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("license", "Feature and end", width=280),
            Column("units", "Units", unit="sishort", mapping=UNLIMITED),
            Column("date", "Good until", unit=DAY, mapping=NEVER),
            Column("days", "Days left", decimals=0, steps=DAYS_LEFT, mapping=NEVER),
        ],
        hidden=["vendor"],
        sort="Days left",
        descending=False,
        no_data="No license manager tells when its features end.",
        rows=Rows(q.by(keys, q.owned(q.expiry())), keys, told_in="license", lowest=True),
    )
