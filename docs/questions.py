"""The question that each metric answers, and where it helps, the query that asks it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader wants to know; `query` is PromQL, "" where the metric alone is the answer."""

    text: str
    query: str = ""


_LEFT = "({} - time()) / 86400"  # in days

QUESTIONS: Mapping[str, Question] = {
    "license_up": Question("Which targets cannot be read?", "license_up == 0"),
    "license_target_info": Question(
        "Which targets are there, of which product?", "count by (product) (license_target_info)"
    ),
    "license_used": Question(
        "How many are in use, at most in a month?", "max_over_time(license_used[30d])"
    ),
    "license_limit": Question(
        "How many are free?",
        "(license_limit < Inf) - on (instance, target, pool, unit) license_used",
    ),
    "license_threshold": Question(
        "Has a ceiling of the vendor's own been reached?",
        "license_threshold <= on (instance, target, pool, unit) group_left () license_used",
    ),
    "license_limit_reached": Question(
        "Where does the vendor refuse more?", "license_limit_reached == 1"
    ),
    "license_available": Question(
        "How many remain, as the vendor counts?", "sort(license_available)"
    ),
    "license_overage": Question(
        "What may be billed on top, by the vendor's count?", "license_overage > 0"
    ),
    "license_peak_used": Question(
        "Was the limit ever too small?",
        "license_peak_used >= on (instance, target, pool, unit) license_limit",
    ),
    "license_units": Question(
        "Which units cannot be used, or not for long?",
        'license_units{state=~"warning|suspended|locked_out|expiring"} > 0',
    ),
    "license_pool_info": Question(
        "Which pools may be added up?",
        "sum by (vendor, unit) (license_used and on (instance, target, pool, unit) "
        'license_pool_info{parent=""})',
    ),
    "license_window_start_timestamp_seconds": Question("Since when is that use counted?"),
    "license_window_end_timestamp_seconds": Question(
        "When does the count start anew, in days?",
        _LEFT.format("license_window_end_timestamp_seconds"),
    ),
    "license_period_used": Question(
        "Which month had the most use?",
        "topk by (target, pool) (1, license_period_used)",
    ),
    "license_assignments": Question(
        "How many users, hosts or systems have a license?",
        "sum by (target, pool) (license_assignments)",
    ),
    "license_reserved": Question("What do reservations keep from others?", "license_reserved > 0"),
    "license_queued": Question("Does somebody wait for a license?", "license_queued > 0"),
    "license_borrowed": Question("How many are away on laptops?", "license_borrowed > 0"),
    "license_checkouts": Question("How many sessions hold the units?"),
    "license_users": Question(
        "Does one user hold several units?",
        "license_used / on (instance, target, pool, unit) (license_users > 0) > 1",
    ),
    "license_denials_total": Question(
        "Was somebody refused today?", "increase(license_denials_total[1d]) > 0"
    ),
    "license_user_used": Question(
        "Who holds the most?", "topk by (target, pool) (5, license_user_used)"
    ),
    "license_server_up": Question("Which license server is down?", "license_server_up == 0"),
    "license_server_primary": Question(
        "Which server of a triad is the master?", "license_server_primary == 1"
    ),
    "license_daemon_up": Question("Which vendor daemon does not run?", "license_daemon_up == 0"),
    "license_location_used": Question(
        "Where is the most used?", "topk by (unit) (10, license_location_used)"
    ),
    "license_locations": Question("How many locations are there?"),
    "license_locations_folded": Question(
        "Do I see every location?", "license_locations_folded > 0"
    ),
    "license_info": Question(
        "Which editions do I have?", "count by (product, edition) (license_info)"
    ),
    "license_current": Question("Which license is in force?", "license_current == 1"),
    "license_state": Question(
        "Which licenses are not in order?",
        'license_state{state!~"active|pending"} == 1',
    ),
    "license_trial": Question("What is a trial?", "license_trial == 1"),
    "license_expiry_timestamp_seconds": Question(
        "What ends within 60 days, in days?",
        f"sort({_LEFT.format('license_expiry_timestamp_seconds')} < 60)",
    ),
    "license_deadline_timestamp_seconds": Question(
        "When does support or maintenance end, in days?",
        'sort((license_deadline_timestamp_seconds{kind=~"support|maintenance"} - time()) / 86400)',
    ),
    "license_start_timestamp_seconds": Question(
        "What is not yet in force?", "license_start_timestamp_seconds > time()"
    ),
    "license_created_timestamp_seconds": Question("How old is the license?"),
    "license_updated_timestamp_seconds": Question(
        "What was changed in the last week?",
        "time() - license_updated_timestamp_seconds < 7 * 86400",
    ),
    "license_validated_timestamp_seconds": Question(
        "Does the product still reach its license server?",
        "time() - license_validated_timestamp_seconds > 7 * 86400",
    ),
    "license_grace_period_seconds": Question(
        "Until when does it work after its end?",
        "(license_expiry_timestamp_seconds + license_grace_period_seconds) * 1000",
    ),
    "license_grace_usage_ratio": Question(
        "How far over the limit may use go?", "license_grace_usage_ratio > 0"
    ),
    "license_entitlement_granted": Question(
        "Which licenses lack a feature?", "license_entitlement_granted == 0"
    ),
    "license_entitlement_enabled": Question(
        "What is paid for and switched off?",
        "license_entitlement_enabled == 0 and license_entitlement_granted == 1",
    ),
    "license_entitlement_limit": Question("How much of it does the license allow?"),
    "license_entitlement_expiry_timestamp_seconds": Question(
        "Which part of a license ends before the rest, in days?",
        f"sort({_LEFT.format('license_entitlement_expiry_timestamp_seconds')})",
    ),
    "license_entitlement_state": Question(
        "Which parts of a license are not in order?",
        'license_entitlement_state{state!~"active|pending"} == 1',
    ),
    "license_warnings": Question("Does the vendor warn of something?", "license_warnings > 0"),
    "license_pending_bytes": Question(
        "How much data is still to be counted?", "license_pending_bytes > 0"
    ),
    "license_pending_scans": Question(
        "How many scans are still to be counted?", "license_pending_scans > 0"
    ),
    "license_data_timestamp_seconds": Question(
        "How old is what the vendor tells, in days?",
        "(time() - license_data_timestamp_seconds) / 86400",
    ),
    "license_contract_limit": Question(
        "Is more in use than was bought?",
        "license_used > on (instance, target, pool, unit) group_left () "
        "sum by (instance, target, pool, unit) (license_contract_limit)",
    ),
    "license_contract_unit_price": Question(
        "What does a year of the unused units cost?",
        "sum by (currency) (license_contract_unit_price"
        " * on (job, target, vendor, pool, unit) group_left ()"
        " clamp_min((pool:license_limit:max < Inf) - on (job, target, vendor, pool, unit)"
        " last_over_time(pool:license_used:max30d[4h]), 0))",
    ),
    "license_contract_expiry_timestamp_seconds": Question(
        "Which contract ends next, in days?",
        f"sort({_LEFT.format('license_contract_expiry_timestamp_seconds')})",
    ),
    "license_contract_notice_timestamp_seconds": Question(
        "How long can notice still be given, in days?",
        f"{_LEFT.format('license_contract_notice_timestamp_seconds')} > 0",
    ),
    "license_contract_price": Question(
        "What do the flat contracts cost a year?", "sum by (currency) (license_contract_price)"
    ),
    "license_contract_info": Question(
        "Which contracts renew by themselves, and whose are they?",
        'license_contract_info{auto_renew="yes"}',
    ),
    "license_alert_near_limit_ratio": Question("From when is a pool said to be near its limit?"),
    "license_alert_underused_ratio": Question("From when is a pool said to be little used?"),
    "license_alert_expiring_seconds": Question(
        "How many days before an end am I told?", "license_alert_expiring_seconds / 86400"
    ),
    "license_scrape_duration_seconds": Question(
        "Which targets are slow?", "topk(10, license_scrape_duration_seconds)"
    ),
    "license_scrape_error": Question(
        "Why can a target not be read?",
        "license_scrape_error and on (instance, target) license_up == 0",
    ),
    "license_skipped_values": Question(
        "Does an answer hold what nobody understood?", "license_skipped_values > 0"
    ),
    "license_last_success_timestamp_seconds": Question(
        "How old are the values, in seconds?",
        "sort_desc(time() - license_last_success_timestamp_seconds)",
    ),
    "license_next_fetch_timestamp_seconds": Question(
        "When is the vendor asked again, in seconds?",
        "license_next_fetch_timestamp_seconds - time()",
    ),
    "license_exporter_fetches_total": Question(
        "How often did a target fail in a day?",
        'increase(license_exporter_fetches_total{result="failure"}[1d])',
    ),
    "license_exporter_cache_requests_total": Question(
        "How many scrapes does the cache spare a vendor?",
        'sum by (target) (increase(license_exporter_cache_requests_total{result="hit"}[1d]))',
    ),
    "probe_success": Question("Did this probe work?"),
    "probe_duration_seconds": Question("How long did it take?"),
}
