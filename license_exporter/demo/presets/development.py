"""What developers use: GitLab, GitHub and SonarQube."""

import secrets
from datetime import UTC, datetime

from license_exporter.demo.config import api_key, bearer
from license_exporter.demo.fleet.product import CUSTOMER, YEAR, Product, day
from license_exporter.demo.moments import DAY, around, iso
from license_exporter.demo.presets.product import preset_product
from license_exporter.demo.presets.server import Document, header
from license_exporter.process.clock import Clock


def gitlab(clock: Clock) -> Product:
    """GitLab with more users than its license allows."""
    now, token = clock.time(), secrets.token_hex(10)

    def license(id: int, plan: str, begin: float, over: int, expired: bool) -> dict[str, object]:
        return {
            "id": id,
            "plan": plan,
            "created_at": iso(begin),
            "starts_at": day(begin).isoformat(),
            "expires_at": day(begin + YEAR).isoformat(),
            "historical_max": 524,
            "maximum_user_count": 524,
            "user_limit": 500,
            "overage": over,
            "expired": expired,
            "licensee": {"Name": "A name", "Email": "name@example.com", "Company": CUSTOMER},
            "add_ons": {"GitLab_FileLocks": 1, "GitLab_Auditor_User": 1},
        }

    users = around(508, 14)

    def current(time: float) -> dict[str, object]:
        over = max(0, round(users(time)) - 500)
        return license(2, "ultimate", now - YEAR / 2, over, expired=False)

    former = license(1, "premium", now - 3 * YEAR / 2, 0, expired=True)
    documents: dict[str, Document] = {
        "/api/v4/license": lambda time: current(time) | {"active_users": round(users(time))},
        "/api/v4/licenses": lambda time: [former, current(time)],
    }
    return preset_product(
        clock,
        "gitlab",
        "more users than the license allows, which GitLab lets pass and bills",
        documents,
        header("PRIVATE-TOKEN", token),
        api_key(token),
    )


def github_enterprise(clock: Clock) -> Product:
    """A GitHub server, an enterprise and an organization, with room in all of them."""
    now, token = clock.time(), secrets.token_hex(20)
    expiry = datetime.fromtimestamp(now + 80 * DAY, UTC).strftime("%Y/%m/%d %H:%M:%S %z")
    used, consumed, copilot = around(1316, 12), around(182, 4, 1), around(61, 3, 2)

    def license(time: float) -> object:
        seats = round(used(time))
        return {
            "seats": 1400,
            "seats_used": seats,
            "seats_available": 1400 - seats,
            "kind": "standard",
            "expire_at": expiry,
        }

    documents: dict[str, Document] = {
        "/api/v3/enterprise/settings/license": license,
        "/api/v3/enterprises/example/consumed-licenses": lambda time: {
            "total_seats_consumed": round(consumed(time)),
            "total_seats_purchased": 200,
            "users": [],
        },
        "/api/v3/orgs/example-eng/copilot/billing": lambda time: {
            "seat_breakdown": {"total": round(copilot(time))},
            "plan_type": "business",
        },
    }
    return preset_product(
        clock,
        "github_enterprise",
        "seats of a server, an enterprise and Copilot, with room in all of them",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
        {"variables": {"enterprise": "example", "org": "example-eng"}},
    )


def sonarqube(clock: Clock) -> Product:
    """SonarQube with nearly all lines of code in use."""
    now, token = clock.time(), secrets.token_hex(20)
    lines = around(486_000, 4_000)
    documents: dict[str, Document] = {
        "/api/v2/entitlements/license": lambda time: {
            "edition": "Enterprise",
            "startDate": iso(now - YEAR),
            "expirationDate": iso(now + 60 * DAY),
            "lastRefreshDate": iso(time - time % DAY),
            "expired": False,
            "disabled": False,
            "loc": round(lines(time)),
            "maxLoc": 500_000,
            "licenseKey": "a license key, which nobody must see",
        }
    }
    return preset_product(
        clock,
        "sonarqube",
        "nearly all lines of code in use",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )
