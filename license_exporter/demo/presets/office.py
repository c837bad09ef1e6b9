"""What everyone uses: Microsoft 365, and PagerDuty for those on call."""

import secrets

from license_exporter.demo.config import api_key, client_credentials
from license_exporter.demo.fleet.product import USER, YEAR, Product, day
from license_exporter.demo.moments import DAY, around, iso
from license_exporter.demo.presets.product import OPTIONS, preset_product
from license_exporter.demo.presets.server import OAuthDocumentServer, header
from license_exporter.process.clock import Clock

_TOKEN_PATH = "/example.com/oauth2/v2.0/token"  # noqa: S105 - a path, not a token
_SCOPE = "https://graph.microsoft.com/.default"


def microsoft_graph(clock: Clock) -> Product:
    """A tenant with a subscription in its grace, and a trial."""
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
        token_path=_TOKEN_PATH,
        client_id=USER,
        client_secret=secret,
    )
    return Product(
        "microsoft_graph",
        "microsoft_graph",
        "a subscription that has run out and is in its grace, and a trial",
        (server,),
        client_credentials(USER, secret, _TOKEN_PATH, _SCOPE),
        OPTIONS,
    )


def pagerduty(clock: Clock) -> Product:
    """PagerDuty with two licenses of one role group, and stakeholders without a limit."""
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

    return preset_product(
        clock,
        "pagerduty",
        "two licenses that share one number of allocations, and stakeholders without a limit",
        {"/licenses": licenses},
        header("Authorization", f"Token token={key}"),
        api_key(key),
        {"contract": {"expiry": day(clock.time() + 150 * DAY)}},
    )
