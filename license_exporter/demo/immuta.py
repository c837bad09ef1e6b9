"""A simulated Immuta instance: its API keys and the license calls of its Admin API.

The calls and fields are those of Immuta's "Admin API Reference Guide" (Add an Immuta license key,
View license keys, Get the status of a license, Delete a license key) and, for `usage`, of its
edition for Immuta SaaS; authentication is that of "Authenticate with the API". The guide notes that
answers may hold undocumented fields: with `undocumented_fields` the list of licenses shows those
that the guide's other calls show, some of them secret, and the deleted licenses too.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web

from license_exporter.demo.moments import DAY, Curve, iso
from license_exporter.demo.serving import json_object
from license_exporter.process.clock import Clock

# The fields that "Delete a license key" does not show.
_NOT_OF_DELETED = frozenset({"renewalToken", "classifyUsername", "classifyToken"})
# The fields of "Get a list of all license keys"; the others are undocumented there.
_LISTED = (
    "id",
    "uuid",
    "features",
    "handlers",
    "expires",
    "seats",
    "createdAt",
    "notice",
    "noticeOnExpire",
)


@dataclass(frozen=True, slots=True)
class ImmutaLicense:
    """What a license key grants; times in seconds since the epoch, `expires` None for never.

    `features` is an array of names, as the guide's tables say, or the object that its examples
    show: for each name, whether the feature is enabled.
    """

    uuid: str
    created: float
    expires: float | None
    seats: int
    soft_seats: int = 0
    features: Mapping[str, bool] | tuple[str, ...] | None = None
    hard_expiration: bool = False


@dataclass(frozen=True, slots=True)
class _Installed:
    id: int
    key: str
    license: ImmutaLicense
    updated: float
    deleted: bool = False


class Immuta:
    """An instance with one API key, its users and the licenses that were added to it.

    `license_keys` are the licenses that can be added, by their key; `installed` are the keys added
    so far, in the order of their ids, from 1, and `deleted` the ids of those deleted since.
    `active_users` gives the number of active users. `usage_status` is the status with which
    `admin/license/usage` answers: 200, 404 on a server that is older than the call, or an error. A
    token is good for `token_lifetime` seconds.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        api_key: str,
        license_keys: Mapping[str, ImmutaLicense],
        installed: tuple[str, ...],
        deleted: tuple[int, ...] = (),
        active_users: Curve,
        usage_status: int = 200,
        undocumented_fields: bool = True,
        token_lifetime: float = DAY,
    ) -> None:
        self.usage_status = usage_status
        self.tokens_given = 0
        self._clock = clock
        self._api_key = api_key
        self._license_keys = license_keys
        self._active_users = active_users
        self._undocumented_fields = undocumented_fields
        self._token_lifetime = token_lifetime
        self._tokens: dict[str, float] = {}
        self._licenses: dict[int, _Installed] = {}
        for key in installed:
            self._add(key, license_keys[key].created)
        for id in deleted:
            self._delete(id)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/bim/apikey/authenticate", self._authenticate)
        app.router.add_post("/admin/license", self._add_license)
        app.router.add_get("/admin/license", self._list_licenses)
        app.router.add_get("/admin/license/licenseStatus", self._license_status)
        app.router.add_get("/admin/license/usage", self._license_usage)
        app.router.add_delete(r"/admin/license/{id:\d+}", self._delete_license)
        return app

    def sign_out_all(self) -> None:
        """Forget all tokens."""
        self._tokens.clear()

    async def _authenticate(self, request: web.Request) -> web.Response:
        if (await json_object(request)).get("apikey") != self._api_key:
            return _error(401, "Unauthorized", "The API key is not valid.")
        now = self._clock.time()
        self._tokens = {token: expires for token, expires in self._tokens.items() if expires > now}
        token = secrets.token_hex(16)
        expires = now + self._token_lifetime
        self._tokens[token] = expires
        self.tokens_given += 1
        return web.json_response(
            {"authenticated": True, "token": token, "tokenExpiration": iso(expires)}
        )

    async def _add_license(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            return _unauthorized()
        payload = await json_object(request)
        # The guide's table writes licenseKey, its example payload licensekey.
        key = payload.get("licenseKey", payload.get("licensekey"))
        if not isinstance(key, str) or key not in self._license_keys:
            return _error(400, "Bad Request", "The license key is not valid.")
        return web.json_response(self._described(self._add(key, self._clock.time())))

    async def _list_licenses(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            return _unauthorized()
        return web.json_response(
            [
                self._listed(installed)
                for installed in self._licenses.values()
                if self._undocumented_fields or not installed.deleted
            ]
        )

    async def _license_status(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            return _unauthorized()
        granting = [each.license for each in self._licenses.values() if self._grants_seats(each)]
        hard_seats = sum(license.seats for license in granting)
        seats = hard_seats + sum(license.soft_seats for license in granting)
        active = self._active_user_count()
        return web.json_response(
            {
                "activeUserCount": active,
                "licenseSeats": seats,
                "canAddUser": active < seats,
                "hardSeats": hard_seats,
            }
        )

    async def _license_usage(self, request: web.Request) -> web.Response:
        if self.usage_status == 404:
            return _error(404, "Not Found", "Not Found")
        if not self._authorized(request):
            return _unauthorized()
        if self.usage_status != 200:
            return _error(self.usage_status, "Internal Server Error", "An error occurred.")
        offset = int(request.query.get("offset", "0"))
        size = int(request.query.get("size", "10"))
        active = self._active_user_count()
        users = [_user(number, active) for number in range(1, active + active // 10 + 1)]
        return web.json_response(
            {
                "users": users[offset : offset + size],
                "summary": {
                    "dataConsumers": _count(users, "dataConsumer"),
                    "policyOwners": _count(users, "policyOwner"),
                },
            }
        )

    async def _delete_license(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            return _unauthorized()
        installed = self._licenses.get(int(request.match_info["id"]))
        if installed is None or installed.deleted:
            return _error(404, "Not Found", "There is no such license.")
        described = self._described(self._delete(installed.id))
        shown = {key: value for key, value in described.items() if key not in _NOT_OF_DELETED}
        return web.json_response({**shown, "hardDelete": False})

    def _authorized(self, request: web.Request) -> bool:
        """Whether the request has the API key itself, or a token as Bearer."""
        authorization = request.headers.get("Authorization", "")
        if authorization == self._api_key:
            return True
        scheme, _, token = authorization.partition(" ")
        return scheme == "Bearer" and self._tokens.get(token, 0.0) > self._clock.time()

    def _add(self, key: str, time: float) -> _Installed:
        id = len(self._licenses) + 1
        self._licenses[id] = _Installed(id, key, self._license_keys[key], updated=time)
        return self._licenses[id]

    def _delete(self, id: int) -> _Installed:
        deleted = replace(self._licenses[id], deleted=True, updated=self._clock.time())
        self._licenses[id] = deleted
        return deleted

    def _expired(self, license: ImmutaLicense) -> bool:
        return license.expires is not None and license.expires <= self._clock.time()

    def _grants_seats(self, installed: _Installed) -> bool:
        license = installed.license
        return not installed.deleted and not (license.hard_expiration and self._expired(license))

    def _active_user_count(self) -> int:
        return round(self._active_users(self._clock.time()))

    def _listed(self, installed: _Installed) -> dict[str, object]:
        described = self._described(installed)
        if self._undocumented_fields:
            return described
        return {key: described[key] for key in _LISTED}

    def _described(self, installed: _Installed) -> dict[str, object]:
        license = installed.license
        return {
            "id": installed.id,
            "licenseKey": installed.key,
            "seats": license.seats,
            "softSeats": license.soft_seats,
            "expires": None if license.expires is None else iso(license.expires),
            "uuid": license.uuid,
            "deleted": installed.deleted,
            "invalidated": False,
            "features": _features(license),
            "handlers": {},
            "hardExpiration": license.hard_expiration,
            "renewalToken": None,
            "notice": None,
            "noticeOnExpire": None,
            "classifyUsername": None,
            "classifyToken": None,
            "createdAt": iso(license.created),
            "updatedAt": iso(installed.updated),
            "expired": self._expired(license),
        }


def _features(license: ImmutaLicense) -> object:
    if isinstance(license.features, Mapping):
        return {name: {"enabled": enabled} for name, enabled in license.features.items()}
    return license.features


def _user(number: int, active: int) -> dict[str, object]:
    """One of the users: every eighth owns policies; those beyond `active` have not been seen."""
    return {
        "userType": "policyOwner" if number % 8 == 0 else "dataConsumer",
        "name": f"User {number}",
        "email": f"user{number}@example.com",
        "iamid": "bim",
        "userid": f"user{number}@example.com",
        "active": number <= active,
    }


def _count(users: list[dict[str, object]], user_type: str) -> dict[str, int]:
    active = [user["active"] for user in users if user["userType"] == user_type]
    return {"totalCount": len(active), "activeCount": active.count(True)}


def _unauthorized() -> web.Response:
    return _error(401, "Unauthorized", "Authentication is required.")


def _error(status: int, error: str, message: str) -> web.Response:
    body = {"statusCode": status, "error": error, "message": message}
    return web.json_response(body, status=status)
