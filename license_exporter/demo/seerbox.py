"""A simulated Seer Box instance: its sign-in and its license.

The calls, messages and fields are those of the Seer Box API documentation, pages "Sign in" and
"License" (Get license, Insert license key). Every answer is an envelope of `data`, `message` and
`status`. The spelling "succesfully" is Seer Box's own.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from license_exporter.demo.moments import HOUR, Curve, iso
from license_exporter.demo.serving import json_object
from license_exporter.process.clock import Clock

MaxUses = int | str | None

# Key, display name, whether it is limited, and how often it may be used if nothing else is agreed.
_ENTITLEMENTS: tuple[tuple[str, str, bool, MaxUses], ...] = (
    ("monitored_monthly_requests", "Monitored monthly requests", True, "unlimited"),
    ("monitored_hosts", "Monitored hosts", True, "unlimited"),
    ("detection_inj", "Detection - Injection", False, None),
    ("detection_bac", "Detection - Broken Access Control", False, None),
    ("detection_iaaf", "Detection - Brute Force & Bot", False, None),
    ("traffic_storage", "Traffic storage", True, "unlimited"),
    ("metrics_storage", "Metrics storage", True, "unlimited"),
    ("network_rules", "Protection - Network rules", True, "unlimited"),
    ("application_rules", "Protection - Application rules", True, "unlimited"),
    ("notification", "Notification", True, "unlimited"),
    ("rules_automation", "Rules automation", False, None),
    ("audit_logs", "Audit logs", False, "null"),
    ("reports", "Reports", False, None),
)


@dataclass(frozen=True, slots=True)
class SeerBoxLicense:
    """A license as it is sold; times in seconds since the epoch, `expiry` None for perpetual.

    `max_uses` holds what differs from the usual entitlements, `status` the status until the expiry.
    """

    id: str
    customer: str
    created: float
    expiry: float | None
    max_uses: Mapping[str, MaxUses] = field(default_factory=dict)
    max_machines: int | None = 1
    policy: str | None = None
    status: str = "active"
    suspended: bool = False


class SeerBox:
    """An instance with its users, and the license that is inserted in it, if there is one.

    `users` maps user names to passwords; those in `unprivileged` may sign in, but not see the
    license. `license_keys` are the licenses that can be inserted, by their key. `requests` gives
    the transactions of the current month. A token is good for `token_lifetime` seconds.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        users: Mapping[str, str],
        license_keys: Mapping[str, SeerBoxLicense],
        installed: str | None,
        requests: Curve,
        unprivileged: frozenset[str] = frozenset(),
        token_lifetime: float = HOUR,
    ) -> None:
        self._clock = clock
        self._users = users
        self._license_keys = license_keys
        self._installed = installed
        self._inserted: float | None = None
        self._requests = requests
        self._unprivileged = unprivileged
        self._token_lifetime = token_lifetime
        self._tokens: dict[str, tuple[str, float]] = {}
        self.sign_ins = 0

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/api/v1/signin", self._sign_in)
        app.router.add_get("/api/v1/license", self._get_license)
        app.router.add_post("/api/v1/license", self._insert_license)
        return app

    def sign_out_all(self) -> None:
        """Forget all tokens, as a restart of the instance does."""
        self._tokens.clear()

    async def _sign_in(self, request: web.Request) -> web.Response:
        credentials = await json_object(request)
        name = credentials.get("username")
        password = credentials.get("password")
        if not isinstance(name, str) or name not in self._users or password != self._users[name]:
            return _answer(401, "Invalid username or password")
        now = self._clock.time()
        self._tokens = {token: grant for token, grant in self._tokens.items() if grant[1] > now}
        token = secrets.token_urlsafe(32)
        self._tokens[token] = (name, now + self._token_lifetime)
        self.sign_ins += 1
        user = {
            "username": name,
            "permissions": [] if name in self._unprivileged else ["license:read"],
            "groups": [],
            "is_disabled": False,
            "access_limits": None,
        }
        return _answer(200, "User signed in", {"token": token, "user": user})

    async def _get_license(self, request: web.Request) -> web.Response:
        if not self._permitted(request):
            return _answer(403, "Forbidden")
        return _answer(200, "License info", self._data(with_key=True))

    async def _insert_license(self, request: web.Request) -> web.Response:
        if not self._permitted(request):
            return _answer(403, "Forbidden")
        key = (await json_object(request)).get("license_key")
        if not isinstance(key, str) or key not in self._license_keys:
            return _answer(400, "Error inserting license key")
        self._installed = key
        self._inserted = self._clock.time()
        return _answer(200, "License succesfully inserted", self._data(with_key=False))

    def _permitted(self, request: web.Request) -> bool:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        user, expires = self._tokens.get(token, ("", 0.0))
        return (
            scheme == "Bearer" and expires > self._clock.time() and user not in self._unprivileged
        )

    def _data(self, *, with_key: bool) -> dict[str, object]:
        count = int(self._requests(self._clock.time()))
        if self._installed is None:
            return {
                "license": None,
                "monthly_tx_counter": count,
                "monthly_tx_limit_reached": False,
                "status": "inactive",
            }
        license = self._license_keys[self._installed]
        limit = license.max_uses.get("monitored_monthly_requests")
        body = self._license(license)
        if with_key:
            body["key"] = self._installed
        return {
            "license": body,
            "monthly_tx_counter": count,
            "monthly_tx_limit_reached": isinstance(limit, int) and count >= limit,
            "status": self._status(license),
        }

    def _status(self, license: SeerBoxLicense) -> str:
        expired = license.expiry is not None and license.expiry <= self._clock.time()
        return "expired" if expired else license.status

    def _license(self, license: SeerBoxLicense) -> dict[str, object]:
        now = self._clock.time()
        return {
            "created": iso(license.created),
            "customer_name": license.customer,
            "delay_expiry_days": 10,
            "delay_max_uses_perc": 10,
            "entitlements": {
                key: {
                    "is_limited": limited,
                    "max_uses": license.max_uses.get(key, max_uses),
                    "name": name,
                }
                for key, name, limited, max_uses in sorted(_ENTITLEMENTS)
            },
            "expiry": None if license.expiry is None else iso(license.expiry),
            "id": license.id,
            "last_validated": iso(now - now % HOUR),
            "max_machines": license.max_machines,
            "ordered_entitlements_keys": [key for key, *_ in _ENTITLEMENTS],
            "policy": license.policy,
            "status": self._status(license),
            "suspended": license.suspended,
            "updated": iso(license.created if self._inserted is None else self._inserted),
        }


def _answer(status: int, message: str, data: object = None) -> web.Response:
    body = {"data": data, "message": message, "status": "ok" if status == 200 else "error"}
    return web.json_response(body, status=status)
