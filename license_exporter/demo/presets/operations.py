"""What operations run: Elasticsearch, Vault and Redis Enterprise."""

import secrets

from license_exporter.demo.config import api_key, basic_auth
from license_exporter.demo.fleet.product import CUSTOMER, USER, YEAR, Product
from license_exporter.demo.moments import DAY, Curve, around, iso, month_starts
from license_exporter.demo.presets.product import preset_product
from license_exporter.demo.presets.server import Document, basic, header
from license_exporter.process.clock import Clock


def elasticsearch(clock: Clock) -> Product:
    """A cluster whose trial is about to end."""
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
    return preset_product(
        clock,
        "elasticsearch",
        "a trial that ends in 10 days",
        documents,
        header("Authorization", f"ApiKey {key}"),
        api_key(key),
    )


def vault(clock: Clock) -> Product:
    """Vault with nearly all clients of the contract in use, and a license about to end."""
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
        "/v1/sys/internal/counters/activity/monthly": lambda time: {
            "data": {"clients": round(namespaces["payments/"](time))}
        },
    }
    contract = {"contract": {"limits": {"clients": 500}}}
    return preset_product(
        clock,
        "vault",
        "a license that ends in 25 days, and nearly all clients of the contract in use",
        documents,
        header("X-Vault-Token", token),
        api_key(token),
        contract,
    )


def redis_enterprise(clock: Clock) -> Product:
    """A Redis Enterprise cluster whose limits overlap."""
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
        },
        "/v4/cluster/health": lambda time: {
            "status": "quorum",
            "license": {
                "expired": False,
                "shards_in_use": round(ram(time)) + 12,
                "shards_limit": 400,
            },
        },
    }
    return preset_product(
        clock,
        "redis_enterprise",
        "limits that overlap: add up only pools without a parent",
        documents,
        basic(USER, password),
        basic_auth(USER, password),
        tls=True,
    )
