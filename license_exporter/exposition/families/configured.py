"""What the operator wrote of a target: its contracts, and when to alert."""

from license_exporter.exposition.families.family import Family, members

CONTRACT_LIMIT = Family(
    "license_contract_limit",
    "Units entitled by the contract, from the configuration.",
    ("pool", "unit", "contract"),
)
CONTRACT_UNIT_PRICE = Family(
    "license_contract_unit_price",
    "Price of one unit of the pool a year, from the configuration.",
    ("pool", "unit", "currency", "contract"),
)
CONTRACT_EXPIRY = Family(
    "license_contract_expiry_timestamp_seconds",
    "Last day on which the contract is in force, from the configuration.",
    ("contract",),
)
CONTRACT_NOTICE = Family(
    "license_contract_notice_timestamp_seconds",
    "Last day on which notice of the contract can be given, from the configuration.",
    ("contract",),
)
CONTRACT_PRICE = Family(
    "license_contract_price",
    "Flat price of the contract a year, from the configuration.",
    ("contract", "currency"),
)
CONTRACT_INFO = Family(
    "license_contract_info",
    "Always 1, for every contract of which the configuration says who has to do with it or how it "
    "is renewed.",
    ("contract", "owner", "supplier", "reference", "auto_renew", "term"),
)
ALERT_NEAR_LIMIT = Family(
    "license_alert_near_limit_ratio",
    "Share of its limit from which on a pool is near it, from the configuration; +Inf is never. "
    "With no pool, it holds for all others of the target.",
    ("pool", "unit"),
)
ALERT_UNDERUSED = Family(
    "license_alert_underused_ratio",
    "Share of its limit below which a pool is little used, from the configuration; 0 is never. "
    "With no pool, it holds for all others of the target.",
    ("pool", "unit"),
)
ALERT_EXPIRING = Family(
    "license_alert_expiring_seconds",
    "How long before an expiry people are told of it, by severity, from the configuration; "
    "0 is never.",
    ("severity",),
)

MEMBERS = members(globals())
