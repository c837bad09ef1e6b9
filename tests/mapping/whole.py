"""A mapping that fills the whole model, and a document that it reads whole."""

from typing import Any

from tests.mapping.mappings import vendor

MAPPING = """\
requests: {doc: {}}
licenses:
  - id: id
    edition: plan
    customer: company
    policy: {value: floating}
    current: current
    trial: trial
    state: status
    expiry: {path: dates.expiry, never: never}
    start: dates.start
    created: dates.created
    updated: dates.updated
    validated: dates.validated
    grace_period: {path: grace.days, scale: days}
    grace_usage_ratio: {path: grace.percent, scale: percent}
    deadlines: {support: dates.support, grace_end: dates.grace}
pools:
  - rows: pools
    name: name
    unit: unit
    display_name: title
    license: root().doc.id
    parent: parent
    window: {path: every, map: {monthly: month}}
    window_start: from
    window_end: to
    used: used
    limit: limit
    limit_reached: full
    available: left
    overage: over
    peak_used: peak
    assignments: assigned
    thresholds: {warning: warn, hard: hard}
    units: {enabled: active, locked_out: locked}
entitlements:
  - rows: entries(features)
    license: root().doc.id
    name: name
    granted: value.granted
    enabled: value.enabled
    limit: value.limit
    unit: value.unit
    expiry: value.ends
    state: value.state
locations:
  - rows: pools[0].places
    pool: {value: seats}
    unit: {value: nodes}
    location: where
    location_type: kind
    used: n
periods:
  - {rows: months, pool: {value: seats}, unit: {value: nodes}, period: month, used: n}
report:
  - {warnings: length(warnings), pending_bytes: pending.bytes,
     pending_scans: pending.scans, data_timestamp: as_of}
"""

DOCUMENT: dict[str, Any] = {
    "id": 7,
    "plan": "gold",
    "company": "Acme",
    "current": True,
    "trial": False,
    "status": "active",
    "dates": {
        "expiry": "never",
        **dict.fromkeys(["start", "created", "updated", "validated"], "2030-01-01T00:00:05Z"),
        "support": "2030-01-02",
        "grace": "2030-01-03",
    },
    "grace": {"days": 2, "percent": 10},
    "pools": [
        {
            "name": "seats",
            "unit": "nodes",
            "title": "Seats",
            "parent": "all",
            "every": "monthly",
            "from": "2030-01-01",
            "to": "2030-02-01",
            "used": 5,
            "limit": "unlimited",
            "full": False,
            "left": -1,
            "over": 1,
            "peak": 6,
            "assigned": 4,
            "warn": 8,
            "hard": 9,
            "active": 3,
            "locked": 0,
            "places": [{"where": "Rome", "kind": "site", "n": 2}],
        }
    ],
    "features": {
        "sso": {
            "granted": True,
            "enabled": False,
            "limit": 3,
            "unit": "hosts",
            "ends": "2030-01-02",
            "state": "expired",
        }
    },
    "months": [{"month": "2021-02", "n": 3}],
    "warnings": [],
    "pending": {"bytes": 10, "scans": 2},
    "as_of": "2030-01-01T00:00:09Z",
}

VENDOR = vendor(MAPPING)
