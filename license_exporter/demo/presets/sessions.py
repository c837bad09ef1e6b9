"""What is signed in to, and out of: Tableau, and Veeam Backup & Replication."""

import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from license_exporter.demo.config import login
from license_exporter.demo.fleet.product import CUSTOMER, USER, Product
from license_exporter.demo.moments import DAY, around, iso
from license_exporter.demo.presets.product import OPTIONS
from license_exporter.demo.presets.server import SignInServer
from license_exporter.process.clock import Clock

_SITE_ID = "9a8b7c6d-5e4f-3a2b-1c0d-9e8f7a6b5c4d"


def tableau(clock: Clock) -> Product:
    """A site with more viewers than it may have."""
    secret, explorers = secrets.token_hex(20), around(27, 2)

    async def accepts(request: web.Request) -> bool:
        said = (await request.json())["credentials"]
        token = said["personalAccessTokenName"], said["personalAccessTokenSecret"]
        return token == (USER, secret) and said["site"] == {"contentUrl": "marketing"}

    def told(token: str) -> object:
        site = {"id": _SITE_ID, "contentUrl": "marketing"}
        return {"credentials": {"site": site, "user": {"id": "7"}, "token": token}}

    def site(time: float) -> object:
        used = round(explorers(time))
        usage = {
            "numUsers": 4 + used + 52,
            "numCreators": 4,
            "numExplorers": used,
            "numViewers": 52,
            "storage": 64_210,
        }
        quotas = {
            "userQuota": 85,
            "tierCreatorCapacity": 5,
            "tierExplorerCapacity": 30,
            "tierViewerCapacity": 50,
            "storageQuota": 102_400,
        }
        return {"site": {"id": _SITE_ID, "state": "Active", **quotas, "usage": usage}}

    server = SignInServer(
        clock,
        {f"/api/3.6/sites/{_SITE_ID}": site},
        path="/api/3.6/auth/signin",
        accepts=accepts,
        answer=told,
        name="X-Tableau-Auth",
        prefix="",
        ends="/api/3.6/auth/signout",
    )
    return Product(
        "tableau",
        "tableau",
        "more viewers than the site may have",
        (server,),
        login(USER, secret),
        {**OPTIONS, "variables": {"site": "marketing"}},
    )


def veeam(clock: Clock) -> Product:
    """A backup server with more instances than licensed, and a license about to end."""
    now, password = clock.time(), secrets.token_hex(12)
    used = around(92, 2)

    def license(time: float) -> object:
        return {
            "status": "Valid",
            "edition": "EnterprisePlus",
            "type": "Subscription",
            "licensedTo": CUSTOMER,
            "expirationDate": iso(now + 35 * DAY),
            "supportExpirationDate": iso(now + 35 * DAY),
            "instanceLicenseSummary": {
                "licensedInstancesNumber": 85,
                "usedInstancesNumber": round(used(time)),
                "newInstancesNumber": 3,
            },
            "socketLicenseSummary": [{"licensedSocketsNumber": 0, "usedSocketsNumber": 0}],
            "capacityLicenseSummary": {"licensedCapacityTb": 20, "usedCapacityTb": 12.5},
        }

    server = SignInServer(
        clock,
        {"/api/v1/license": license},
        path="/api/oauth2/token",
        accepts=_by_password(password),
        answer=lambda token: {"access_token": token, "token_type": "bearer", "expires_in": 900},
        ends="/api/oauth2/logout",
    )
    return Product(
        "veeam",
        "veeam",
        "more instances than are licensed, and a license that ends in 35 days",
        (server,),
        login(USER, password),
        OPTIONS,
    )


def _by_password(password: str) -> Callable[[web.Request], Awaitable[bool]]:
    async def accepts(request: web.Request) -> bool:
        form = await request.post()
        said = form.get("grant_type"), form.get("username"), form.get("password")
        return said == ("password", USER, password) and "x-api-version" in request.headers

    return accepts
