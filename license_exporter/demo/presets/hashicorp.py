"""What of HashiCorp's products beside Vault is licensed: Consul, Nomad and Terraform."""

import secrets

from license_exporter.demo.config import api_key, bearer
from license_exporter.demo.fleet.product import YEAR, Product
from license_exporter.demo.moments import DAY, around, iso
from license_exporter.demo.presets.product import preset_product
from license_exporter.demo.presets.server import Document, header
from license_exporter.process.clock import Clock


def consul(clock: Clock) -> Product:
    """Consul with a license about to end, and a warning of it."""
    now, token = clock.time(), secrets.token_hex(12)
    license = {
        "license_id": "2afbf681-0d1a-4b1e-9c3e-000000000001",
        "product": "consul",
        "flags": {"package": "premium"},
        "start_time": iso(now - YEAR),
        "expiration_time": iso(now + 9 * DAY),
        "termination_time": iso(now + 9 * DAY + YEAR),
        "features": ["Automated Backups", "Namespaces", "Audit Logging"],
        "temporary": False,
    }
    answer = {"Valid": True, "License": license, "Warnings": ["license expires soon"]}
    documents: dict[str, Document] = {"/v1/operator/license": lambda _time: answer}
    return preset_product(
        clock,
        "consul",
        "a license that ends in 9 days, with a warning",
        documents,
        header("X-Consul-Token", token),
        api_key(token),
    )


def nomad(clock: Clock) -> Product:
    """Nomad with a license for another half year."""
    now, token = clock.time(), secrets.token_hex(12)
    license = {
        "LicenseID": "1f5f6c0e-0d1a-4b1e-9c3e-000000000002",
        "Product": "nomad",
        "StartTime": iso(now - YEAR / 2),
        "ExpirationTime": iso(now + YEAR / 2),
        "TerminationTime": iso(now + YEAR / 2),
        "Features": ["Audit Logging", "Resource Quotas"],
        "Modules": ["governance-policy"],
    }
    documents: dict[str, Document] = {"/v1/operator/license": lambda _time: {"License": license}}
    return preset_product(
        clock,
        "nomad",
        "a license for another half year",
        documents,
        header("X-Nomad-Token", token),
        api_key(token),
    )


def terraform_enterprise(clock: Clock) -> Product:
    """An organization with nearly all users that it may have."""
    token, users = secrets.token_hex(20), around(23, 1)
    attributes = {"operations": True, "teams": True, "sso": False, "user-limit": 25}
    organization = "/api/v2/organizations/example"
    documents: dict[str, Document] = {
        f"{organization}/entitlement-set": lambda _time: {"data": {"attributes": attributes}},
        f"{organization}/organization-memberships": lambda time: {
            "data": [],
            "meta": {"pagination": {"total-count": round(users(time))}},
        },
    }
    return preset_product(
        clock,
        "terraform_enterprise",
        "nearly as many users as the organization may have",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
        {"variables": {"organization": "example"}},
    )
