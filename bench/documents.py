"""What the fixture servers answer: one document of many locations, and many small ones."""

import json

_COMPANY = {
    "company": "Example Ltd",
    "edition": "Enterprise Recon PII",
    "expires": 1893456000,
    "state": "licensed",
    "summary": [
        {
            "type": "server",
            "comment": "Server & DB License (Data Allowance)",
            "total": "1125899906842624",
            "usage": "562949953421312",
        }
    ],
    "targets": [],
}


def locations(count: int, version: int) -> bytes:
    """A license answer of Enterprise Recon with so many locations; each version differs."""
    rows = [
        {
            "location": f"server-{number:07}.example.com:/srv/data",
            "type": "File path",
            "attribution": "server",
            "bytes": 1_000_000_007 * (number % 997 + 1) + version,
        }
        for number in range(count)
    ]
    return json.dumps({**_COMPANY, "datausage": rows}).encode()


_LIMITED = ("application_rules", "metrics_storage", "monitored_hosts", "network_rules")
_UNLIMITED = ("audit_logs", "detection_bac", "detection_iaaf", "detection_inj", "reports")
_REQUESTS = "monitored_monthly_requests"


def small(version: int) -> bytes:
    """A license answer of Seer Box, as its documentation shows it; each version differs."""
    entitlements = {
        **{name: _entitlement(name, True, "unlimited") for name in _LIMITED},
        **{name: _entitlement(name, False, None) for name in _UNLIMITED},
        _REQUESTS: _entitlement(_REQUESTS, True, 900),
    }
    license = {
        "created": "2023-11-17T09:20:30.783Z",
        "customer_name": "Example Ltd",
        "delay_expiry_days": 10,
        "delay_max_uses_perc": 10,
        "entitlements": entitlements,
        "expiry": "2040-01-16T09:20:30.785Z",
        "id": "example",
        "last_validated": None,
        "max_machines": 1,
        "policy": None,
        "status": "active",
        "suspended": False,
        "updated": "2023-12-05T09:52:08.473Z",
    }
    data = {
        "license": license,
        "monthly_tx_counter": version,
        "monthly_tx_limit_reached": False,
        "status": "active",
    }
    return json.dumps({"data": data, "status": "ok"}).encode()


def _entitlement(name: str, limited: bool, limit: float | str | None) -> dict[str, object]:
    return {"name": name.replace("_", " "), "is_limited": limited, "max_uses": limit}
