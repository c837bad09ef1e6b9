"""Seer Box: the license and its monthly requests, from GET /api/v1/license."""

from license_exporter.errors import SchemaError
from license_exporter.model import Entitlement, License, LicenseReport, Pool, State
from license_exporter.reading import Answer, Record
from license_exporter.vendors import Document, SignIn, Vendor

_LICENSE = "license"
_REQUESTS = "monitored_monthly_requests"
_DAY = 86400.0


def parse(answer: Answer) -> LicenseReport:
    """Read the license, if one is inserted, and this month's count. Raises SchemaError."""
    data = answer.record(_LICENSE, "data")
    value = data.value.get("license")
    if not (value is None or isinstance(value, dict)):
        raise SchemaError(_LICENSE, "expected an object or nothing at license.data.license")
    record = data.record("license") if value else None
    entitlements = dict(record.entries("entitlements")) if record else {}
    requests = entitlements.get(_REQUESTS)
    pools = (
        Pool(
            _REQUESTS,
            "requests",
            display_name=requests.text("name") if requests else "",
            license="default",
            window="month",
            used=data.number("monthly_tx_counter"),
            limit=requests.limit("max_uses") if requests else None,
            limit_reached=data.flag("monthly_tx_limit_reached"),
        ),
        Pool(
            "machines",
            "machines",
            license="default",
            limit=record.limit("max_machines") if record else None,
        ),
    )
    license = (
        _license(record, entitlements)
        if record
        else License(described=False, states=frozenset({State.ABSENT}))
    )
    return LicenseReport(pools=tuple(pool for pool in pools if pool.tells), licenses=(license,))


def _license(record: Record, entitlements: dict[str, Record]) -> License:
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
        entitlements=tuple(
            Entitlement(name, granted=True, limit=entry.limit("max_uses"))
            for name, entry in entitlements.items()
        ),
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
    accounts=(
        "A user of the exporter's own (login) with no more privileges than to view the license; "
        "not admin."
    ),
    yields=(
        "Requests monitored this month and their limit, the limit of machines, expiry, state, "
        "grace, and every entitlement with its limit."
    ),
)
