"""What everyone uses: Microsoft 365, Google Workspace, Adobe, and PagerDuty for those on call."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import jwt
from aiohttp import web

from license_exporter.demo.config import api_key, client_credentials, service_account
from license_exporter.demo.fleet.product import USER, YEAR, Product, day
from license_exporter.demo.keys import new_rsa_key
from license_exporter.demo.moments import DAY, Curve, around, iso
from license_exporter.demo.presets.product import OPTIONS, preset_product
from license_exporter.demo.presets.server import (
    Document,
    OAuthDocumentServer,
    SignInServer,
    header,
)
from license_exporter.process.clock import Clock

_TOKEN_PATH = "/example.com/oauth2/v2.0/token"  # noqa: S105 - a path, not a token
_SCOPE = "https://graph.microsoft.com/.default"
_ADOBE_TOKEN_PATH = "/ims/token/v3"  # noqa: S105 - a path, not a token
_GOOGLE_TOKEN_PATH = "/token"  # noqa: S105 - a path, not a token
_GOOGLE_SCOPE = "https://www.googleapis.com/auth/admin.reports.usage.readonly"
# Of the latest days there is no report yet.
_GOOGLE_AGE = 3 * DAY


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


def adobe(clock: Clock) -> Product:
    """An organization with a profile that has more members than licenses, in two pages."""
    secret, members = secrets.token_hex(20), around(118, 3)

    def profile(name: str, product: str, used: float, quota: str) -> dict[str, object]:
        return {
            "type": "PRODUCT_PROFILE",
            "groupName": name,
            "productName": product,
            "memberCount": round(used),
            "licenseQuota": quota,
        }

    people = {"type": "SYSADMIN_GROUP", "groupName": "_org_admin", "memberCount": 3}
    documents: dict[str, Document] = {
        "/v2/usermanagement/groups/12345@AdobeOrg/0": lambda time: {
            "lastPage": False,
            "result": "success",
            "groups": [people, profile("Design", "All Apps", members(time), "120")],
        },
        "/v2/usermanagement/groups/12345@AdobeOrg/1": lambda _time: {
            "lastPage": True,
            "result": "success",
            "groups": [
                profile("Marketing", "Photoshop (Single App)", 26, "25"),
                profile("Everyone", "Acrobat Reader", 480, "UNLIMITED"),
            ],
        },
    }
    server = OAuthDocumentServer(
        clock, documents, token_path=_ADOBE_TOKEN_PATH, client_id=USER, client_secret=secret
    )
    return Product(
        "adobe",
        "adobe",
        "a profile with more members than licenses, and one without a limit",
        (server,),
        client_credentials(USER, secret, _ADOBE_TOKEN_PATH, "user_management_sdk"),
        {**OPTIONS, "variables": {"org": "12345@AdobeOrg", "client": USER}},
    )


@dataclass(frozen=True, slots=True)
class _Reports:
    """The reports of a Google Workspace account, one a day."""

    clock: Clock
    used: Curve

    def of(self, request: web.Request) -> Callable[[float], object]:
        asked, last = request.match_info["date"], day(self.clock.time() - _GOOGLE_AGE)
        if date.fromisoformat(asked) > last:
            message = (
                f"Data for dates later than {last} is not yet available. Please check back later"
            )
            error = {"error": {"code": 400, "message": message}}
            return lambda _time: web.json_response(error, status=400)
        counts = {"num_users": 402, "gsuite_enterprise_total_licenses": 400}

        def report(time: float) -> object:
            told = counts | {"gsuite_enterprise_used_licenses": round(self.used(time))}
            parameters = [
                {"name": f"accounts:{name}", "intValue": str(count)} for name, count in told.items()
            ]
            return {"usageReports": [{"date": asked, "parameters": parameters}]}

        return report


def google_workspace(clock: Clock) -> Product:
    """An account with nearly all licenses in use, whose reports are three days old."""
    key = new_rsa_key()

    async def accepts(request: web.Request) -> bool:
        """Whether an assertion is the client's (RFC 7523, section 3)."""
        form = await request.post()
        try:
            claims = jwt.decode(
                str(form.get("assertion", "")),
                key.public_key(),
                algorithms=["RS256"],
                audience=str(request.url.with_query(None)),
                issuer=USER,
                # The times are judged by the clock that was passed in.
                options={
                    "require": ["iss", "sub", "aud", "exp"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.InvalidTokenError:
            return False
        return claims.get("scope") == _GOOGLE_SCOPE and claims["exp"] > clock.time()

    server = SignInServer(
        clock,
        {"/admin/reports/v1/usage/dates/{date}": _Reports(clock, around(391, 3))},
        path=_GOOGLE_TOKEN_PATH,
        accepts=accepts,
        answer=lambda token: {"access_token": token, "token_type": "Bearer", "expires_in": 3599},
    )
    return Product(
        "google_workspace",
        "google_workspace",
        "nearly all licenses in use, by a report that is three days old",
        (server,),
        service_account(USER, key, _GOOGLE_TOKEN_PATH, _GOOGLE_SCOPE),
        OPTIONS,
    )
