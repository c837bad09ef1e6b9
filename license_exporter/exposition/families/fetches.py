"""How fetches and scrapes of a target went."""

from license_exporter.exposition.families.family import Family, answer, members

SCRAPE_DURATION = Family(
    "license_scrape_duration_seconds", "Time that the last fetch of the target took."
)
SCRAPE_ERROR = Family(
    "license_scrape_error",
    "1 for each document that failed, with the reason; absent on success.",
    ("document", "reason"),
)
SKIPPED_VALUES = answer(
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

MEMBERS = members(globals())
