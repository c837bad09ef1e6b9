"""The families of metrics: name, help and labels, in the order of the exposition.

A family's name, unit and meaning never change; labels may be added at the end. docs/metrics.md is
written from this table, and tests/exposition/families.txt holds the project to it. The
exporter's own metrics that are not counted by target are not here: the client library keeps them.
"""

from dataclasses import dataclass
from typing import Literal

CACHED = " An answer may be as old as the target's min_interval."


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A family of samples; with `of_target`, `labels` are those that follow `target` and `vendor`.

    The name of a counter ends in `_total`, as its samples do.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    type: Literal["gauge", "counter"] = "gauge"
    of_target: bool = True


def _answer(name: str, help: str, *labels: str) -> Family:
    """A family whose values come from a vendor's answer, which may be a cached one."""
    return Family(name, help + CACHED, labels)


UP = Family("license_up", "1 if this scrape has a good answer of the target, else 0.")
TARGET_INFO = Family(
    "license_target_info",
    "Always 1, for every configured target, with the product and the target's own labels.",
    ("product",),
)
USED = _answer("license_used", "Units of the pool in use.", "pool", "unit")
LIMIT = _answer(
    "license_limit", "Units of the pool that are entitled; +Inf is unlimited.", "pool", "unit"
)
THRESHOLD = _answer(
    "license_threshold",
    "Another ceiling of the pool that the vendor names: warning, soft, hard or maximum.",
    "pool",
    "unit",
    "kind",
)
LIMIT_REACHED = _answer(
    "license_limit_reached",
    "1 where the vendor itself says that the pool's limit is reached, else 0.",
    "pool",
    "unit",
)
AVAILABLE = _answer(
    "license_available",
    "Units of the pool that remain by the vendor's own count; can be negative.",
    "pool",
    "unit",
)
OVERAGE = _answer(
    "license_overage", "Units over the pool's limit, as the vendor reports them.", "pool", "unit"
)
PEAK_USED = _answer(
    "license_peak_used", "Greatest use of the pool, as the vendor reports it.", "pool", "unit"
)
UNITS = _answer(
    "license_units",
    "Entitled units of the pool by lifecycle: enabled, warning, suspended, locked_out, expiring "
    "or unused.",
    "pool",
    "unit",
    "state",
)
POOL_INFO = _answer(
    "license_pool_info",
    "Always 1, for every pool: its display name, its license, the parent whose units it shares or "
    "counts again, and the window with which license_used starts anew.",
    "pool",
    "unit",
    "name",
    "license",
    "parent",
    "window",
)
WINDOW_START = _answer(
    "license_window_start_timestamp_seconds",
    "Start of the window to which license_used belongs.",
    "pool",
    "unit",
)
WINDOW_END = _answer(
    "license_window_end_timestamp_seconds",
    "End of the window to which license_used belongs.",
    "pool",
    "unit",
)
PERIOD_USED = _answer(
    "license_period_used",
    "Units of the pool used in a period (ISO 8601), the current one included.",
    "pool",
    "unit",
    "period",
)
ASSIGNMENTS = _answer(
    "license_assignments",
    "Things to which a license of the pool is assigned.",
    "pool",
    "unit",
)
RESERVED = _answer(
    "license_reserved",
    "Units of the pool that are set aside for named users, hosts or groups and used by none of "
    "them now. FlexLM counts them in license_used as well.",
    "pool",
    "unit",
)
QUEUED = _answer(
    "license_queued", "Units of the pool for which requests wait; not in use.", "pool", "unit"
)
BORROWED = _answer(
    "license_borrowed",
    "Units of the pool that are taken along for use without the server; they are in use.",
    "pool",
    "unit",
)
CHECKOUTS = _answer(
    "license_checkouts", "Checkouts of the pool that the license manager lists.", "pool", "unit"
)
USERS = _answer(
    "license_users",
    "Distinct users among the checkouts of the pool, by name in any case.",
    "pool",
    "unit",
)
DENIALS = Family(
    "license_denials_total",
    "Requests refused for want of a license since the license manager's daemon started, by its own "
    "count." + CACHED,
    ("pool", "unit", "daemon"),
    type="counter",
)
USER_USED = _answer(
    "license_user_used",
    "Units of the pool that a user has checked out, where the configuration asks for it "
    '(show_users). Those beyond max_users are added up as user="other".',
    "pool",
    "unit",
    "user",
)
SERVER_UP = _answer(
    "license_server_up",
    "1 for each license server (host:port) that answers the license manager's tool, else 0.",
    "server",
)
SERVER_PRIMARY = _answer(
    "license_server_primary",
    "1 for the master of redundant license servers, 0 for the others.",
    "server",
)
DAEMON_UP = _answer(
    "license_daemon_up",
    "1 for each vendor daemon or ISV server that runs, by the license manager's word, else 0.",
    "daemon",
)
LOCATION_USED = _answer(
    "license_location_used",
    "Units of the pool used at a location.",
    "pool",
    "unit",
    "location",
    "location_type",
)
LOCATIONS = _answer("license_locations", "Distinct locations that the vendor reports.")
LOCATIONS_FOLDED = _answer(
    "license_locations_folded",
    'Locations that are folded into location="other", because of max_locations.',
)
INFO = _answer(
    "license_info",
    "Always 1, for every license that the vendor describes.",
    "license",
    "product",
    "edition",
    "customer",
    "policy",
)
CURRENT = _answer(
    "license_current",
    "1 for the license in force, 0 for older ones, where the vendor tells them apart.",
    "license",
)
STATE = _answer(
    "license_state",
    "1 for each state in which the vendor says the license is, else 0.",
    "license",
    "state",
)
TRIAL = _answer("license_trial", "1 if the license is a trial, else 0.", "license")
EXPIRY = _answer(
    "license_expiry_timestamp_seconds",
    "When the license ends; +Inf where the vendor says that it never does.",
    "license",
)
DEADLINE = _answer(
    "license_deadline_timestamp_seconds",
    "When something else of the license ends: its maintenance, support, grace or trial, say.",
    "license",
    "kind",
)
START = _answer("license_start_timestamp_seconds", "When the license begins.", "license")
CREATED = _answer("license_created_timestamp_seconds", "When the license was created.", "license")
UPDATED = _answer(
    "license_updated_timestamp_seconds", "When the license was last changed.", "license"
)
VALIDATED = _answer(
    "license_validated_timestamp_seconds",
    "When the product last validated the license.",
    "license",
)
GRACE_PERIOD = _answer(
    "license_grace_period_seconds", "Tolerated time after the license's expiry.", "license"
)
GRACE_USAGE = _answer(
    "license_grace_usage_ratio",
    "Tolerated share over the license's limit; 0.1 is 10 %.",
    "license",
)
ENTITLEMENT_GRANTED = _answer(
    "license_entitlement_granted",
    "1 if the license grants the entitlement, else 0.",
    "license",
    "entitlement",
)
ENTITLEMENT_ENABLED = _answer(
    "license_entitlement_enabled",
    "1 if the entitlement is switched on, else 0, where the vendor tells that from granted.",
    "license",
    "entitlement",
)
ENTITLEMENT_LIMIT = _answer(
    "license_entitlement_limit",
    "Limit of the entitlement; +Inf is unlimited.",
    "license",
    "entitlement",
    "unit",
)
ENTITLEMENT_EXPIRY = _answer(
    "license_entitlement_expiry_timestamp_seconds",
    "When the entitlement ends; +Inf where the vendor says that it never does.",
    "license",
    "entitlement",
)
ENTITLEMENT_STATE = _answer(
    "license_entitlement_state",
    "1 for each state in which the vendor says the entitlement is, else 0.",
    "license",
    "entitlement",
    "state",
)
WARNINGS = _answer("license_warnings", "Warnings that the vendor sends with its answer.")
PENDING_BYTES = _answer(
    "license_pending_bytes", "Scanned data in bytes that is not yet accounted for."
)
PENDING_SCANS = _answer("license_pending_scans", "Scans that are not yet accounted for.")
DATA_TIMESTAMP = _answer(
    "license_data_timestamp_seconds", "When the vendor collected the data, by its own word."
)
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
SCRAPE_DURATION = Family(
    "license_scrape_duration_seconds", "Time that the last fetch of the target took."
)
SCRAPE_ERROR = Family(
    "license_scrape_error",
    "1 for each document that failed, with the reason; absent on success.",
    ("document", "reason"),
)
SKIPPED_VALUES = _answer(
    "license_skipped_values",
    "Values of the answer that could not be read and were left out.",
)
LAST_SUCCESS = Family(
    "license_last_success_timestamp_seconds",
    "When the target was last fetched with success; absent before the first time.",
)
NEXT_FETCH = Family(
    "license_next_fetch_timestamp_seconds",
    "The target is not fetched before this time; a scrape before it is served from the cache.",
)
FETCHES = Family(
    "license_exporter_fetches_total",
    "Fetches of the target since the exporter started.",
    ("target", "result"),
    type="counter",
    of_target=False,
)
CACHE_REQUESTS = Family(
    "license_exporter_cache_requests_total",
    "Scrapes of the target that were served from the cache (hit) or needed a fetch (miss).",
    ("target", "result"),
    type="counter",
    of_target=False,
)
PROBE_SUCCESS = Family(
    "probe_success", "1 if the probed target has a good answer, else 0.", of_target=False
)
PROBE_DURATION = Family(
    "probe_duration_seconds", "Time that the probe took, in the exporter.", of_target=False
)

# All of the above, in their order: nobody can forget to list a new one.
FAMILIES = tuple(value for value in globals().values() if isinstance(value, Family))
