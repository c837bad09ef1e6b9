"""Licenses and their entitlements, and the answer that tells of them."""

from license_exporter.exposition.families.family import answer, members

INFO = answer(
    "license_info",
    "Always 1, for every license that the vendor describes.",
    "license",
    "product",
    "edition",
    "customer",
    "policy",
)
CURRENT = answer(
    "license_current",
    "1 for the license in force, 0 for older ones, where the vendor tells them apart.",
    "license",
)
STATE = answer(
    "license_state",
    "1 for each state in which the vendor says the license is, else 0.",
    "license",
    "state",
)
TRIAL = answer("license_trial", "1 if the license is a trial, else 0.", "license")
EXPIRY = answer(
    "license_expiry_timestamp_seconds",
    "When the license ends; +Inf where the vendor says that it never does.",
    "license",
)
DEADLINE = answer(
    "license_deadline_timestamp_seconds",
    "When something else of the license ends: its maintenance, support, grace or trial, say.",
    "license",
    "kind",
)
START = answer("license_start_timestamp_seconds", "When the license begins.", "license")
CREATED = answer("license_created_timestamp_seconds", "When the license was created.", "license")
UPDATED = answer(
    "license_updated_timestamp_seconds", "When the license was last changed.", "license"
)
VALIDATED = answer(
    "license_validated_timestamp_seconds",
    "When the product last validated the license.",
    "license",
)
GRACE_PERIOD = answer(
    "license_grace_period_seconds", "Tolerated time after the license's expiry.", "license"
)
GRACE_USAGE = answer(
    "license_grace_usage_ratio",
    "Tolerated share over the license's limit; 0.1 is 10 %.",
    "license",
)
ENTITLEMENT_GRANTED = answer(
    "license_entitlement_granted",
    "1 if the license grants the entitlement, else 0.",
    "license",
    "entitlement",
)
ENTITLEMENT_ENABLED = answer(
    "license_entitlement_enabled",
    "1 if the entitlement is switched on, else 0, where the vendor tells that from granted.",
    "license",
    "entitlement",
)
ENTITLEMENT_LIMIT = answer(
    "license_entitlement_limit",
    "Limit of the entitlement; +Inf is unlimited.",
    "license",
    "entitlement",
    "unit",
)
ENTITLEMENT_EXPIRY = answer(
    "license_entitlement_expiry_timestamp_seconds",
    "When the entitlement ends; +Inf where the vendor says that it never does.",
    "license",
    "entitlement",
)
ENTITLEMENT_STATE = answer(
    "license_entitlement_state",
    "1 for each state in which the vendor says the entitlement is, else 0.",
    "license",
    "entitlement",
    "state",
)
WARNINGS = answer("license_warnings", "Warnings that the vendor sends with its answer.")
PENDING_BYTES = answer(
    "license_pending_bytes", "Scanned data in bytes that is not yet accounted for."
)
PENDING_SCANS = answer("license_pending_scans", "Scans that are not yet accounted for.")
DATA_TIMESTAMP = answer(
    "license_data_timestamp_seconds", "When the vendor collected the data, by its own word."
)

MEMBERS = members(globals())
