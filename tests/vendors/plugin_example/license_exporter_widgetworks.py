"""Widgetworks: seats and the license, from GET /api/v2/license."""

from license_exporter.model import (
    Answer,
    Document,
    Entitlement,
    HeaderKey,
    License,
    LicenseReport,
    Pool,
    Record,
    Vendor,
)


def parse(answer: Answer) -> LicenseReport:
    """Read the seats and the license. Raises SchemaError where the document is another one."""
    root = answer.record("license", one_of=("seats", "plan"))
    seats = root.record("seats")
    return LicenseReport(
        pools=(_seats(seats),) if seats else (),
        licenses=(_license(root),),
        data_timestamp=root.timestamp("as_of"),
    )


def _seats(seats: Record) -> Pool:
    return Pool("seats", "users", used=seats.number("used"), limit=seats.limit("purchased"))


def _license(root: Record) -> License:
    state = root.state("status")
    return License(
        edition=root.text("plan"),
        states=frozenset({state}) if state else None,
        expiry=root.expiry("expires"),
        entitlements=tuple(
            Entitlement(name, granted=True, enabled=feature.flag("on"))
            for name, feature in root.entries("features")
        ),
    )


VENDOR = Vendor(
    name="widgetworks",
    product="Widgetworks",
    documents=(Document("license", "license"),),
    parse=parse,
    base_path="api/v2",
    api_key=HeaderKey("X-Api-Key"),
    accounts="An API key with the scope license:read.",
    yields="Seats, expiry, state and features.",
)
