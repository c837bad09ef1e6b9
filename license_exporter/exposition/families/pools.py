"""What is used of what, where, and what counts it: pools, locations, license servers."""

from license_exporter.exposition.families.family import CACHED, Family, answer, members

USED = answer("license_used", "Units of the pool in use.", "pool", "unit")
LIMIT = answer(
    "license_limit", "Units of the pool that are entitled; +Inf is unlimited.", "pool", "unit"
)
THRESHOLD = answer(
    "license_threshold",
    "Another ceiling of the pool that the vendor names: warning, soft, hard or maximum.",
    "pool",
    "unit",
    "kind",
)
LIMIT_REACHED = answer(
    "license_limit_reached",
    "1 where the vendor itself says that the pool's limit is reached, else 0.",
    "pool",
    "unit",
)
AVAILABLE = answer(
    "license_available",
    "Units of the pool that remain by the vendor's own count; can be negative.",
    "pool",
    "unit",
)
OVERAGE = answer(
    "license_overage", "Units over the pool's limit, as the vendor reports them.", "pool", "unit"
)
PEAK_USED = answer(
    "license_peak_used", "Greatest use of the pool, as the vendor reports it.", "pool", "unit"
)
UNITS = answer(
    "license_units",
    "Entitled units of the pool by lifecycle: enabled, warning, suspended, locked_out, expiring "
    "or unused.",
    "pool",
    "unit",
    "state",
)
POOL_INFO = answer(
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
WINDOW_START = answer(
    "license_window_start_timestamp_seconds",
    "Start of the window to which license_used belongs.",
    "pool",
    "unit",
)
WINDOW_END = answer(
    "license_window_end_timestamp_seconds",
    "End of the window to which license_used belongs.",
    "pool",
    "unit",
)
PERIOD_USED = answer(
    "license_period_used",
    "Units of the pool used in a period (ISO 8601), the current one included.",
    "pool",
    "unit",
    "period",
)
ASSIGNMENTS = answer(
    "license_assignments",
    "Things to which a license of the pool is assigned.",
    "pool",
    "unit",
)
RESERVED = answer(
    "license_reserved",
    "Units of the pool that are set aside for named users, hosts or groups and used by none of "
    "them now. FlexLM counts them in license_used as well.",
    "pool",
    "unit",
)
QUEUED = answer(
    "license_queued", "Units of the pool for which requests wait; not in use.", "pool", "unit"
)
BORROWED = answer(
    "license_borrowed",
    "Units of the pool that are taken along for use without the server; they are in use.",
    "pool",
    "unit",
)
CHECKOUTS = answer(
    "license_checkouts", "Checkouts of the pool that the license manager lists.", "pool", "unit"
)
USERS = answer(
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
USER_USED = answer(
    "license_user_used",
    "Units of the pool that a user has checked out, where the configuration asks for it "
    '(show_users). Those beyond max_users are added up as user="other".',
    "pool",
    "unit",
    "user",
)
SERVER_UP = answer(
    "license_server_up",
    "1 for each license server (host:port) that answers the license manager's tool, else 0.",
    "server",
)
SERVER_PRIMARY = answer(
    "license_server_primary",
    "1 for the master of redundant license servers, 0 for the others.",
    "server",
)
DAEMON_UP = answer(
    "license_daemon_up",
    "1 for each vendor daemon or ISV server that runs, by the license manager's word, else 0.",
    "daemon",
)
LOCATION_USED = answer(
    "license_location_used",
    "Units of the pool used at a location.",
    "pool",
    "unit",
    "location",
    "location_type",
)
LOCATIONS = answer("license_locations", "Distinct locations that the vendor reports.")
LOCATIONS_FOLDED = answer(
    "license_locations_folded",
    'Locations that are folded into location="other", because of max_locations.',
)

MEMBERS = members(globals())
