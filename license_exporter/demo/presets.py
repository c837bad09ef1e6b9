"""A product for each preset: documents as its API's examples show them, with numbers that move."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from license_exporter.clock import Clock
from license_exporter.demo.config import Access, api_key, basic_auth, bearer, client_credentials
from license_exporter.demo.document_server import (
    Credentials,
    Document,
    DocumentServer,
    OAuthDocumentServer,
    basic,
    header,
)
from license_exporter.demo.fleet.product import CUSTOMER, USER, YEAR, Product, day
from license_exporter.demo.moments import DAY, Curve, around, iso, month_starts

_GRAPH_TOKEN_PATH = "/example.com/oauth2/v2.0/token"  # noqa: S105 - a path, not a token
_GRAPH_SCOPE = "https://graph.microsoft.com/.default"


def presets(clock: Clock) -> tuple[Product, ...]:
    """A product for each preset, as it is at the clock's time."""
    return (
        _gitlab(clock),
        _elasticsearch(clock),
        _vault(clock),
        _github_enterprise(clock),
        _microsoft_graph(clock),
        _redis_enterprise(clock),
        _sonarqube(clock),
        _pagerduty(clock),
    )


def _gitlab(clock: Clock) -> Product:
    now, token = clock.time(), secrets.token_hex(10)

    def license(id: int, plan: str, begin: float, over: int, expired: bool) -> dict[str, object]:
        return {
            "id": id,
            "plan": plan,
            "created_at": iso(begin),
            "starts_at": _date(begin),
            "expires_at": _date(begin + YEAR),
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
    return _product(
        clock,
        "gitlab",
        "more users than the license allows, which GitLab lets pass and bills",
        documents,
        header("PRIVATE-TOKEN", token),
        api_key(token),
    )


def _elasticsearch(clock: Clock) -> Product:
    now, key = clock.time(), secrets.token_hex(20)
    issued, ends = now - 20 * DAY, now + 10 * DAY
    license = {
        "status": "active",
        "type": "trial",
        "issue_date": iso(issued),
        "issue_date_in_millis": round(issued * 1000),
        "expiry_date": iso(ends),
        "expiry_date_in_millis": round(ends * 1000),
        "max_nodes": 1000,
        "issued_to": CUSTOMER,
        "issuer": "elasticsearch",
        "start_date_in_millis": -1,
    }
    names = ("ccr", "graph", "ml", "security", "sql", "watcher")
    features = {name: {"available": True, "enabled": name != "graph"} for name in names}
    nodes = around(9, 1)
    documents: dict[str, Document] = {
        "/_license": lambda _time: {"license": license},
        "/_xpack": lambda _time: {"features": features},
        "/_cluster/health": lambda time: {"status": "green", "number_of_nodes": round(nodes(time))},
    }
    return _product(
        clock,
        "elasticsearch",
        "a trial that ends in 10 days",
        documents,
        header("Authorization", f"ApiKey {key}"),
        api_key(key),
    )


def _vault(clock: Clock) -> Product:
    now, token = clock.time(), secrets.token_hex(12)
    autoloaded = {
        "license_id": "060d7820-fa59-f95c-832b-395db0aeb9ba",
        "start_time": iso(now - YEAR),
        "expiration_time": iso(now + 25 * DAY),
        "termination_time": iso(now + 25 * DAY + YEAR / 2),
        "features": ["HSM", "DR Replication", "Namespaces", "Performance Standby", "Sentinel"],
        "performance_standby_count": 9999,
    }
    namespaces: dict[str, Curve] = {
        "": around(310, 8),
        "payments/": around(120, 5, 1),
        "data/": around(64, 4, 2),
    }

    def activity(time: float) -> object:
        clients = {path: round(curve(time)) for path, curve in namespaces.items()}
        return {
            "data": {
                "start_time": iso(month_starts(time, 6)[-1]),
                "end_time": iso(time),
                "total": {"clients": sum(clients.values())},
                "by_namespace": [
                    {
                        "namespace_id": path.strip("/") or "root",
                        "namespace_path": path,
                        "counts": {"clients": count},
                    }
                    for path, count in clients.items()
                ],
            }
        }

    documents: dict[str, Document] = {
        "/v1/sys/license/status": lambda _time: {"data": {"autoloaded": autoloaded}},
        "/v1/sys/internal/counters/activity": activity,
    }
    contract = {"contract": {"limits": {"clients": 500}}}
    return _product(
        clock,
        "vault",
        "a license that ends in 25 days, and nearly all clients of the contract in use",
        documents,
        header("X-Vault-Token", token),
        api_key(token),
        contract,
    )


def _github_enterprise(clock: Clock) -> Product:
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
    return _product(
        clock,
        "github_enterprise",
        "seats of a server, an enterprise and Copilot, with room in all of them",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
        {"variables": {"enterprise": "example", "org": "example-eng"}},
    )


def _microsoft_graph(clock: Clock) -> Product:
    now, secret = clock.time(), secrets.token_hex(20)
    premium, visio = around(231, 6), around(14, 2, 1)

    def sku(name: str, status: str, used: float, **units: int) -> dict[str, object]:
        return {
            "skuPartNumber": name,
            "appliesTo": "User",
            "capabilityStatus": status,
            "consumedUnits": round(used),
            "prepaidUnits": {"enabled": 0, "warning": 0, "suspended": 0, "lockedOut": 0} | units,
            "subscriptionIds": [f"sub-{name.lower()}"],
        }

    def subscription(name: str, status: str, next_in: float, trial: bool) -> dict[str, object]:
        return {
            "id": f"sub-{name.lower()}",
            "skuPartNumber": name,
            "status": status,
            "isTrial": trial,
            "createdDateTime": iso(now - YEAR),
            "nextLifecycleDateTime": iso(now + next_in),
        }

    subscriptions = [
        subscription("ENTERPRISEPREMIUM", "Enabled", 140 * DAY, trial=False),
        subscription("VISIOCLIENT", "Warning", 12 * DAY, trial=False),
        subscription("POWER_BI_PRO", "Enabled", 21 * DAY, trial=True),
    ]
    server = OAuthDocumentServer(
        clock,
        {
            "/v1.0/subscribedSkus": lambda time: {
                "value": [
                    sku("ENTERPRISEPREMIUM", "Enabled", premium(time), enabled=250),
                    sku("VISIOCLIENT", "Warning", visio(time), warning=25),
                    sku("POWER_BI_PRO", "Enabled", 3, enabled=25),
                ]
            },
            "/v1.0/directory/subscriptions": lambda _time: {"value": subscriptions},
        },
        token_path=_GRAPH_TOKEN_PATH,
        client_id=USER,
        client_secret=secret,
    )
    return Product(
        "microsoft_graph",
        "microsoft_graph",
        "a subscription that has run out and is in its grace, and a trial",
        (server,),
        client_credentials(USER, secret, _GRAPH_TOKEN_PATH, _GRAPH_SCOPE),
        _options(),
    )


def _redis_enterprise(clock: Clock) -> Product:
    now, password = clock.time(), secrets.token_hex(12)
    ram = around(262, 9)
    documents: dict[str, Document] = {
        "/v1/license": lambda time: {
            "expired": False,
            "activation_date": iso(now - YEAR / 2),
            "expiration_date": iso(now + YEAR / 2),
            "ram_shards_in_use": round(ram(time)),
            "ram_shards_limit": 300,
            "flash_shards_in_use": 12,
            "flash_shards_limit": 100,
            "shards_limit": 400,
            "features": ["bigstore"],
            "owner": CUSTOMER,
            "cluster_name": "cluster.example.com",
            "license": "a license file, which nobody must see",
            "key": "a license file, which nobody must see",
        }
    }
    return Product(
        "redis_enterprise",
        "redis_enterprise",
        "limits that overlap: add up only pools without a parent",
        (DocumentServer(clock, documents, basic(USER, password)),),
        basic_auth(USER, password),
        _options(),
        tls=True,
    )


def _sonarqube(clock: Clock) -> Product:
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
    return _product(
        clock,
        "sonarqube",
        "nearly all lines of code in use",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def _pagerduty(clock: Clock) -> Product:
    key = secrets.token_hex(10)
    full, stakeholders = around(236, 3), around(48, 2, 1)

    def licenses(time: float) -> object:
        used, watching = round(full(time)), round(stakeholders(time))
        rows = (
            ("PIP248G", "Business (Full User)", "FullUser", used, 250 - used),
            ("PTHH1SQ", "Business (Full User)", "FullUser", 0, 250 - used),
            ("PQ8W0D0", "Business (Stakeholder)", "Stakeholder", watching, None),
        )
        names = ("id", "name", "role_group", "current_value", "allocations_available")
        return {"licenses": [dict(zip(names, row, strict=True)) for row in rows]}

    return _product(
        clock,
        "pagerduty",
        "two licenses that share one number of allocations, and stakeholders without a limit",
        {"/licenses": licenses},
        header("Authorization", f"Token token={key}"),
        api_key(key),
        {"contract": {"expiry": day(clock.time() + 150 * DAY)}},
    )


def _product(
    clock: Clock,
    name: str,
    shows: str,
    documents: Mapping[str, Document],
    credentials: Credentials,
    access: Access,
    options: Mapping[str, object] | None = None,
) -> Product:
    """The product of the preset of this name."""
    server = DocumentServer(clock, documents, credentials)
    return Product(name, name, shows, (server,), access, _options() | dict(options or {}))


def _options() -> dict[str, object]:
    return {"labels": {"team": "platform"}, "min_interval": "5s"}


def _date(time: float) -> str:
    return day(time).isoformat()
