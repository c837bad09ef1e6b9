"""What an answer says, and what a vendor is: all that the author of a plug-in imports."""

from license_exporter.errors import FetchError, Reason, SchemaError
from license_exporter.model.answer import Answer, Record
from license_exporter.model.report import (
    Daemon,
    DeadlineKind,
    Entitlement,
    License,
    LicenseReport,
    LocationKey,
    Pool,
    Server,
    State,
    ThresholdKind,
    UnitState,
    Window,
)
from license_exporter.model.values import flag, limit, mask_emails, number, state, text, timestamp
from license_exporter.model.vendor import (
    Document,
    Format,
    HeaderKey,
    OutputFile,
    Paging,
    Run,
    SignIn,
    Vendor,
)

__all__ = [
    "Answer",
    "Daemon",
    "DeadlineKind",
    "Document",
    "Entitlement",
    "FetchError",
    "Format",
    "HeaderKey",
    "License",
    "LicenseReport",
    "LocationKey",
    "OutputFile",
    "Paging",
    "Pool",
    "Reason",
    "Record",
    "Run",
    "SchemaError",
    "Server",
    "SignIn",
    "State",
    "ThresholdKind",
    "UnitState",
    "Vendor",
    "Window",
    "flag",
    "limit",
    "mask_emails",
    "number",
    "state",
    "text",
    "timestamp",
]
