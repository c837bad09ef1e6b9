"""What teams of Atlassian's products run: Jira, Confluence and Bitbucket."""

import secrets

from license_exporter.demo.config import basic_auth, bearer
from license_exporter.demo.fleet.product import CUSTOMER, USER, Product
from license_exporter.demo.moments import DAY, around
from license_exporter.demo.presets.product import preset_product
from license_exporter.demo.presets.server import Document, basic, header
from license_exporter.process.clock import Clock

_SEATS = 500


def _roles(clock: Clock) -> Document:
    users = around(462, 9)

    def roles(time: float) -> object:
        used = round(users(time))
        return [
            {
                "key": "jira-software",
                "name": "Jira",
                "numberOfSeats": _SEATS,
                "remainingSeats": _SEATS - used,
                "userCount": used,
                "hasUnlimitedSeats": False,
            },
            {
                "key": "jira-servicedesk",
                "name": "Jira Service Management",
                "numberOfSeats": -1,
                "remainingSeats": -1,
                "userCount": 12,
                "hasUnlimitedSeats": True,
            },
        ]

    return roles


def jira_cloud(clock: Clock) -> Product:
    """Jira Cloud with one product whose seats are nearly all in use, and one without a limit."""
    password = secrets.token_hex(12)
    plans = {"jira-software": "PAID", "jira-servicedesk": "PAID", "jira-core": "UNLICENSED"}
    applications = [{"id": id, "plan": plan} for id, plan in plans.items()]
    documents: dict[str, Document] = {
        "/rest/api/3/applicationrole": _roles(clock),
        "/rest/api/3/instance/license": lambda _time: {"applications": applications},
        "/rest/api/3/license/approximateLicenseCount": lambda _time: {"value": "471"},
    }
    return preset_product(
        clock,
        "jira_cloud",
        "seats of one product that are nearly all in use, and of one without a limit",
        documents,
        basic(USER, password),
        basic_auth(USER, password),
        tls=True,
    )


def jira_data_center(clock: Clock) -> Product:
    """Jira Data Center with an evaluation beside a license that is bought."""
    now, token = clock.time(), secrets.token_hex(20)

    def license(kind: str, days: float, users: int) -> Document:
        answer = {
            "valid": True,
            "evaluation": kind == "Evaluation",
            "licenseType": kind,
            "organizationName": CUSTOMER,
            "maximumNumberOfUsers": users,
            "expiryDate": round((now + days * DAY) * 1000),
        }
        return lambda _time: answer

    installed = "/rest/plugins/applications/1.0/installed"
    documents: dict[str, Document] = {
        "/rest/api/2/applicationrole": _roles(clock),
        f"{installed}/jira-software/license": license("Commercial", 200, _SEATS),
        f"{installed}/jira-servicedesk/license": license("Evaluation", 20, -1),
    }
    return preset_product(
        clock,
        "jira_data_center",
        "an evaluation that ends in 20 days beside a license that is bought",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def confluence_data_center(clock: Clock) -> Product:
    """Confluence Data Center, which ends in two months."""
    now, token, users = clock.time(), secrets.token_hex(20), around(451, 6)
    ends = round((now + 60 * DAY) * 1000)
    license = "/rest/license/1.0/license"
    documents: dict[str, Document] = {
        f"{license}/details": lambda _time: {"expiryDate": ends, "maintenanceExpiryDate": ends},
        f"{license}/userCount": lambda time: {"count": round(users(time))},
        f"{license}/maxUsers": lambda _time: {"count": _SEATS},
        f"{license}/remainingSeats": lambda time: {"count": _SEATS - round(users(time))},
    }
    return preset_product(
        clock,
        "confluence_data_center",
        "a license that ends in two months",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )


def bitbucket_data_center(clock: Clock) -> Product:
    """Bitbucket Data Center, perpetual, whose maintenance has ended."""
    now, token, users = clock.time(), secrets.token_hex(20), around(88, 3)
    documents: dict[str, Document] = {
        "/rest/api/1.0/admin/license": lambda time: {
            "creationDate": round((now - 500 * DAY) * 1000),
            "purchaseDate": round((now - 500 * DAY) * 1000),
            "numberOfDaysBeforeExpiry": 2147483647,
            "maintenanceExpiryDate": round((now - 10 * DAY) * 1000),
            "maximumNumberOfUsers": 100,
            "unlimitedNumberOfUsers": False,
            "license": "the license itself, which nobody must see",
            "status": {"currentNumberOfUsers": round(users(time))},
        }
    }
    return preset_product(
        clock,
        "bitbucket_data_center",
        "a license without an end, whose maintenance has ended",
        documents,
        header("Authorization", f"Bearer {token}"),
        bearer(token),
    )
