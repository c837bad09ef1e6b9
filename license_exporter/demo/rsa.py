"""A simulated RSA ID Plus tenant: the Cloud Administration API for license usage.

The calls and fields are those of RSA's "Cloud Administration Retrieve License Usage API Version 2"
(sections Request Requirements, Response Property Descriptions, Response Codes); the JSON Web Token
of a legacy API key is checked as "Authentication for the Cloud Administration APIs" describes it.
A bearer token of the tenant's authorization server (`rsa_oauth`) is the other way in.

The API tells usage only: neither how many licenses were bought nor when they end.
"""

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jwt
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from license_exporter.demo.moments import HOUR, MINUTE, iso, month_starts
from license_exporter.demo.rsa_oauth import USAGE_SCOPE, AuthorizationServer
from license_exporter.process.clock import Clock

BASE_PATH = "/AdminInterface/restapi"

_USAGE_PATH = f"{BASE_PATH}/v2/licenseusage"
_MONTHS = 13
_LONGEST_LIFETIME = 3600
_CLOCK_SKEW = 60


@dataclass(frozen=True, slots=True)
class MonthlyUsage:
    """What one month counts, up to some moment in it."""

    mfa_licenses: float
    third_party_fido_users: float
    sms_and_voice_tokencodes: float
    active_users: float


class RsaTenant:
    """A tenant and its administration API.

    `usage` gives the counts of the month at a time in seconds since the epoch. `admin_keys` maps
    the access ID of each legacy API key to its public key. The numbers are collected every
    `collected_every` seconds, and no longer after `collected_until`. More than
    `requests_per_minute` requests are answered with 429, and all of them with 500 while `broken`.
    """

    def __init__(
        self,
        clock: Clock,
        usage: Callable[[float], MonthlyUsage],
        *,
        admin_keys: Mapping[str, RSAPublicKey] | None = None,
        authorization: AuthorizationServer | None = None,
        collected_every: float = HOUR,
        collected_until: float = math.inf,
        requests_per_minute: int | None = None,
    ) -> None:
        self.broken = False
        self.requests_per_minute = requests_per_minute
        self._clock = clock
        self._usage = usage
        self._admin_keys = admin_keys or {}
        self._authorization = authorization
        self._collected_every = collected_every
        self._collected_until = collected_until
        self._recent_requests: deque[float] = deque()

    def app(self) -> web.Application:
        app = web.Application(middlewares=[_described_errors])
        app.router.add_get(_USAGE_PATH, self._license_usage)
        return app

    async def _license_usage(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            body = {
                "timestamp": int(self._clock.time() * 1000),
                "status": 403,
                "error": "Forbidden",
                "message": "Server failed to process provided access token",
                "path": request.path,
            }
            return web.json_response(body, status=403)
        if self._too_many_requests():
            return _error(429, "TOO_MANY_REQUESTS", "Too many requests.")
        if self.broken:
            return _error(
                500,
                "INTERNAL_SERVER_ERROR",
                "Internal error occurred when processing the request.",
            )
        return web.json_response(self._rows())

    def _rows(self) -> list[dict[str, object]]:
        """The current month, which alone says when it was collected, and the twelve before it."""
        last_collection = self._clock.time() // self._collected_every * self._collected_every
        collected = min(last_collection, self._collected_until)
        rows: list[dict[str, object]] = []
        end = collected
        for start in month_starts(collected, _MONTHS):
            usage = self._usage(end)
            rows.append(
                {
                    "mfaLicensesUsed": round(usage.mfa_licenses),
                    "smsAndVoiceTokencodesSent": round(usage.sms_and_voice_tokencodes),
                    "month": iso(start)[: len("yyyy-mm")],
                    "activeUsers": round(usage.active_users),
                    "usersWithThirdPartyFidoAuthenticators": round(usage.third_party_fido_users),
                }
            )
            end = start - 1
        rows[0]["lastUpdatedAt"] = iso(collected)
        return rows

    def _too_many_requests(self) -> bool:
        if self.requests_per_minute is None:
            return False
        now = self._clock.time()
        while self._recent_requests and self._recent_requests[0] <= now - MINUTE:
            self._recent_requests.popleft()
        if len(self._recent_requests) >= self.requests_per_minute:
            return True
        self._recent_requests.append(now)
        return False

    def _authorized(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            return False
        if self._authorization and USAGE_SCOPE in self._authorization.scopes(token):
            return True
        return self._signed_by_admin_key(token, f"{request.url.origin()}{BASE_PATH}")

    def _signed_by_admin_key(self, token: str, admin_rest_api_url: str) -> bool:
        """Whether a JWT is one that a legacy API key of this tenant made for this API."""
        try:
            claimed = jwt.decode(token, options={"verify_signature": False})
            claims = jwt.decode(
                token,
                self._admin_keys[str(claimed.get("sub"))],
                algorithms=["RS256"],
                audience=admin_rest_api_url,
                # The times are judged by the clock that was passed in.
                options={
                    "require": ["iat", "exp", "aud"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except (jwt.InvalidTokenError, KeyError):
            return False
        issued, expires = claims["iat"], claims["exp"]
        now = self._clock.time()
        return (
            type(issued) is int
            and type(expires) is int
            and issued - _CLOCK_SKEW <= now < expires + _CLOCK_SKEW
            and expires - issued <= _LONGEST_LIFETIME
        )


@web.middleware
async def _described_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer unknown paths and methods in the form that RSA's other errors have."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        name = error.reason.upper().replace(" ", "_")
        return _error(error.status, name, f"{error.reason}.")


def _error(status: int, name: str, description: str) -> web.Response:
    return web.json_response(
        {"code": f"{status} {name}", "description": description}, status=status
    )
