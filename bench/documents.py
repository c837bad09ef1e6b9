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


def lmstat(features: int, checkouts: int, version: int) -> str:
    """What `lmutil lmstat -a` prints of a large server; the version changes who uses what."""
    each = checkouts // features
    lines = [
        "lmutil - Copyright (c) 1989-2024 Flexera. All Rights Reserved.",
        f"Flexible License Manager status on Mon 1/5/2026 9:{version % 60:02}",
        "",
        "License server status: 27000@lic1.example.com",
        "    License file(s) on lic1.example.com: /opt/flexlm/acme.lic:",
        "",
        "lic1.example.com: license server UP (MASTER) v11.19.6",
        "",
        "Vendor daemon status (on lic1.example.com):",
        "",
        "     acmed: UP v11.19.6",
        "Feature usage info:",
        "",
    ]
    for feature in range(features):
        name = f"acme_feature_{feature:05}"
        used = each + (version + feature) % 3
        lines += [
            f"Users of {name}:  (Total of 100 licenses issued;  Total of {used} licenses in use)",
            "",
            f'  "{name}" v2026.12, vendor: acmed, expiry: 31-dec-2027',
            "  vendor_string: customer=4711:options=abc",
            "  floating license",
            "",
        ]
        lines += [
            f"    user{(feature * 7 + number) % 900:04} ws-{number:04} /dev/pts/1"
            f" (v2026.1) (lic1.example.com/27000 {number}01), start Mon 1/5 8:{number:02}"
            for number in range(each)
        ]
        lines.append("")
    return "\n".join(lines)


def lmstat_ends(features: int) -> str:
    """What `lmutil lmstat -i` prints of the same server."""
    rows = [
        f"{f'acme_feature_{feature:05}':<32}2026.12     100         acmed         31-dec-2027"
        for feature in range(features)
    ]
    head = [
        "NOTE: lmstat -i does not give information from the server,",
        "      but only reads the license file.  For this reason,",
        "      lmstat -a is recommended instead.",
        "",
        "Feature                         Version     #licenses    Vendor        Expires",
        "_______                         _________   _________    ______        ________",
    ]
    return "\n".join([*head, *rows, ""])
