"""What software is built and watched with: Artifactory, Nexus, JetBrains' editors and Splunk."""

import secrets
from datetime import UTC, datetime

from license_exporter.demo.config import api_key, basic_auth, bearer
from license_exporter.demo.fleet.product import CUSTOMER, USER, YEAR, Product, day
from license_exporter.demo.moments import DAY, around, iso
from license_exporter.demo.presets.product import preset_product
from license_exporter.demo.presets.server import Document, basic, header
from license_exporter.process.clock import Clock

_GIB = 1024**3


def artifactory(clock: Clock) -> Product:
    """A cluster of which one license is to spare."""
    now, token = clock.time(), secrets.token_hex(20)
    valid = datetime.fromtimestamp(now + 70 * DAY, UTC).strftime("%b %d, %Y")
    licenses = [
        {"type": "Enterprise", "validThrough": valid, "licensedTo": CUSTOMER, "nodeId": node}
        for node in ("art1", "art2", "Not in use")
    ]
    documents: dict[str, Document] = {
        "/artifactory/api/system/licenses": lambda _time: {"licenses": licenses}
    }
    return preset_product(
        clock,
        "artifactory",
        "a cluster of two nodes with a license to spare, which ends in 70 days",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def nexus(clock: Clock) -> Product:
    """A Nexus Repository, which does not tell how many users it has."""
    now, password = clock.time(), secrets.token_hex(12)
    license = {
        "contactCompany": CUSTOMER,
        "licenseType": "Nexus Repository Pro",
        "effectiveDate": iso(now - YEAR),
        "expirationDate": iso(now + 40 * DAY),
        "licensedUsers": "200",
        "fingerprint": "a fingerprint, which nobody must see",
    }
    documents: dict[str, Document] = {"/service/rest/v1/system/license": lambda _time: license}
    return preset_product(
        clock,
        "nexus",
        "a limit of users without their number, and an end in 40 days",
        documents,
        basic(USER, password),
        basic_auth(USER, password),
        tls=True,
    )


def jetbrains(clock: Clock) -> Product:
    """Editors of which some are assigned to nobody."""
    now, key = clock.time(), secrets.token_hex(20)
    products = {"II": ("IntelliJ IDEA Ultimate", 12, 9), "PC": ("PyCharm Professional", 5, 5)}
    licenses = [
        {
            "licenseId": f"{code}{seat}",
            "product": {"code": code, "name": name},
            "assignee": {"type": "USER", "name": "a name"} if seat < assigned else None,
            "isSuspended": False,
            "subscription": {"validUntilDate": day(now + 55 * DAY).isoformat()},
        }
        for code, (name, seats, assigned) in products.items()
        for seat in range(seats)
    ]
    documents: dict[str, Document] = {"/api/v1/customer/licenses": lambda _time: licenses}
    return preset_product(
        clock,
        "jetbrains",
        "licenses that are assigned to nobody, two months before their end",
        documents,
        header("X-Api-Key", key),
        api_key(key),
        {"http_headers": {"X-Customer-Code": "1234567"}},
    )


def splunk(clock: Clock) -> Product:
    """A Splunk that takes in nearly what it may in a day."""
    now, token = clock.time(), secrets.token_hex(20)
    used = around(91 * _GIB, 4 * _GIB)
    license = {
        "label": "Splunk Enterprise",
        "type": "enterprise",
        "group_id": "Enterprise",
        "stack_id": "enterprise",
        "status": "VALID",
        "quota": 100 * _GIB,
        "creation_time": round(now - YEAR),
        "expiration_time": round(now + 120 * DAY),
        "max_users": 4294967295,
        "features": ["Auth", "Alerting"],
    }

    def pool(time: float) -> dict[str, object]:
        today = round(used(time))
        return {
            "effective_quota": 100 * _GIB,
            "quota": "MAX",
            "stack_id": "enterprise",
            "is_unlimited": False,
            "used_bytes": today,
            "peers_usage_bytes": {"indexer-1": today // 2, "indexer-2": today - today // 2},
        }

    licenser = "/services/licenser"
    documents: dict[str, Document] = {
        f"{licenser}/licenses": lambda _time: {"entry": [{"name": "A1", "content": license}]},
        f"{licenser}/pools": lambda time: {
            "entry": [{"name": "auto_generated_pool_enterprise", "content": pool(time)}]
        },
        f"{licenser}/messages": lambda _time: {"entry": []},
    }
    return preset_product(
        clock,
        "splunk",
        "nearly as many bytes a day as are allowed",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )
