"""Seer Box: the license and its monthly requests, from GET /api/v1/license."""

from license_exporter.model import (
    Answer,
    Document,
    Entitlement,
    License,
    LicenseReport,
    Pool,
    Record,
    SignIn,
    State,
    Vendor,
)

_LICENSE = "license"
_REQUESTS = "monitored_monthly_requests"
_DAY = 86400.0
_ABSENT = License(described=False, states=frozenset({State.ABSENT}))


def parse(answer: Answer) -> LicenseReport:
    """Read the license, if one is inserted, and this month's count. Raises SchemaError."""
    data = answer.record(_LICENSE, "data")
    if data.value.get("license") in (None, {}):
        return _report(_ABSENT, _requests(data))
    record = answer.record(_LICENSE, "data", "license")
    entries = dict(record.entries("entitlements"))
    entitlements = {
        name: Entitlement(name, granted=True, limit=entry.limit("max_uses"))
        for name, entry in entries.items()
    }
    display_name, limit = "", None
    if _REQUESTS in entries:
        display_name, limit = entries[_REQUESTS].text("name"), entitlements[_REQUESTS].limit
    requests = _requests(data, display_name, limit)
    machines = Pool("machines", "machines", license="default", limit=record.limit("max_machines"))
    return _report(_license(record, tuple(entitlements.values())), requests, machines)


def _requests(data: Record, display_name: str = "", limit: float | None = None) -> Pool:
    """The requests of this month; their name and limit stand among the entitlements."""
    return Pool(
        _REQUESTS,
        "requests",
        display_name=display_name,
        license="default",
        window="month",
        used=data.number("monthly_tx_counter"),
        limit=limit,
        limit_reached=data.flag("monthly_tx_limit_reached"),
    )


def _report(license: License, *pools: Pool) -> LicenseReport:
    return LicenseReport(pools=tuple(pool for pool in pools if pool.tells), licenses=(license,))


def _license(record: Record, entitlements: tuple[Entitlement, ...]) -> License:
    grace_percent = record.number("delay_max_uses_perc")
    return License(
        customer=record.text("customer_name"),
        policy=record.text("policy"),
        states=_states(record),
        expiry=record.expiry("expiry"),
        created=record.timestamp("created"),
        updated=record.timestamp("updated"),
        validated=record.timestamp("last_validated"),
        grace_period=record.number("delay_expiry_days", factor=_DAY),
        grace_usage_ratio=None if grace_percent is None else grace_percent / 100,
        entitlements=entitlements,
    )


def _states(record: Record) -> frozenset[State] | None:
    """The states of status and suspended; None where neither names one."""
    status = record.state("status")
    suspended = State.SUSPENDED if record.flag("suspended") else None
    return frozenset(state for state in (status, suspended) if state) or None


VENDOR = Vendor(
    name="seerbox",
    product="Seer Box",
    documents=(Document(_LICENSE, "license"),),
    parse=parse,
    base_path="api/v1",
    login=SignIn(
        path="signin",
        body={"username": "{username}", "password": "{password}"},
        token=("data", "token"),
    ),
    unit="requests",
    kind="security and identity",
    checked="documents",
    snippet="""\
targets:
  - name: seerbox
    vendor: seerbox
    url: https://seerbox.example.com
    login: {username: license-exporter, password_file: /run/secrets/seerbox.password}
""",
    accounts=(
        "A user of the exporter's own (login) with no more privileges than to view the license; "
        "not admin."
    ),
    yields=(
        "Requests monitored this month and their limit, the limit of machines, expiry, state, "
        "grace, and every entitlement with its limit."
    ),
)
