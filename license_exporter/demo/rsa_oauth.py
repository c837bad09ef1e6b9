"""The OAuth authorization server of a simulated RSA ID Plus tenant.

RSA's "Accessing the Cloud Administration APIs" names the OAuth client as the recommended way to
authenticate, and "Authentication for the Cloud Administration APIs" tells how: the client
credentials grant (RFC 6749, section 4.4) with a signed assertion in place of a secret (RFC 7523,
`private_key_jwt`). The token endpoint is on another host than the API. Errors have the form of
RFC 6749, section 5.2; a scope that the client may not have is answered with 403.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from license_exporter.process.clock import Clock

USAGE_SCOPE = "rsa.report.license.usage"

_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_CLOCK_SKEW = 60


class OAuthError(Exception):
    """A refused request for a token: the error code of RFC 6749 and the HTTP status."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """An API client as the administration console registers it."""

    key: RSAPublicKey | EllipticCurvePublicKey
    key_id: str
    scopes: frozenset[str] = frozenset({USAGE_SCOPE})

    @property
    def algorithm(self) -> str:
        return "RS256" if isinstance(self.key, RSAPublicKey) else "ES256"


@dataclass(frozen=True, slots=True)
class _Grant:
    expires: float
    scopes: frozenset[str]


class AuthorizationServer:
    """Gives bearer tokens to registered clients, for `lifetime` seconds each."""

    def __init__(
        self, clock: Clock, clients: Mapping[str, OAuthClient], *, lifetime: int = 3600
    ) -> None:
        self.lifetime = lifetime
        self.tokens_given = 0
        self._clock = clock
        self._clients = clients
        self._grants: dict[str, _Grant] = {}
        self._seen_assertions: dict[str, float] = {}

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/oauth/token", self._token)
        return app

    def scopes(self, token: str) -> frozenset[str]:
        """What a bearer token permits; nothing if it was not given here or has expired."""
        grant = self._grants.get(token)
        if grant is None or grant.expires <= self._clock.time():
            return frozenset()
        return grant.scopes

    def revoke_all(self) -> None:
        """Forget all tokens, as when an administrator revokes them."""
        self._grants.clear()

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        fields = {key: value for key, value in form.items() if isinstance(value, str)}
        headers = {"Cache-Control": "no-store"}
        try:
            answer = self._grant(fields, str(request.url.with_query(None)))
        except OAuthError as error:
            body = {"error": error.error, "error_description": error.description}
            return web.json_response(body, status=error.status, headers=headers)
        return web.json_response(answer, headers=headers)

    def _grant(self, form: Mapping[str, str], endpoint: str) -> dict[str, object]:
        if form.get("grant_type") != "client_credentials":
            raise OAuthError(400, "unsupported_grant_type", "Only client_credentials is supported.")
        if form.get("client_assertion_type") != _ASSERTION_TYPE:
            raise OAuthError(400, "invalid_request", "A client assertion is required.")
        client = self._authenticate(form, endpoint)
        scopes = frozenset(form.get("scope", "").split())
        if not scopes or not scopes <= client.scopes:
            raise OAuthError(403, "invalid_scope", "The scope is not enabled for this client.")
        now = self._clock.time()
        self._grants = {
            token: grant for token, grant in self._grants.items() if grant.expires > now
        }
        token = secrets.token_urlsafe(32)
        self._grants[token] = _Grant(now + self.lifetime, scopes)
        self.tokens_given += 1
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "scope": " ".join(sorted(scopes)),
        }

    def _authenticate(self, form: Mapping[str, str], endpoint: str) -> OAuthClient:
        """The client whose assertion this is (RFC 7523, section 3). Raises OAuthError."""
        client_id = form.get("client_id", "")
        client = self._clients.get(client_id)
        if client is None:
            raise _invalid_client("The client is not known.")
        try:
            assertion = jwt.decode_complete(
                form.get("client_assertion", ""),
                client.key,
                algorithms=[client.algorithm],
                audience=endpoint,
                issuer=client_id,
                subject=client_id,
                # The times are judged by the clock that was passed in.
                options={
                    "require": ["iss", "sub", "aud", "exp", "jti"],
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except jwt.InvalidTokenError as error:
            raise _invalid_client("The client assertion is not valid.") from error
        if assertion["header"].get("kid") != client.key_id:
            raise _invalid_client("The client assertion is signed with another key.")
        claims = assertion["payload"]
        now = self._clock.time()
        if type(claims["exp"]) is not int or claims["exp"] <= now - _CLOCK_SKEW:
            raise _invalid_client("The client assertion has expired.")
        self._seen_assertions = {
            seen: expires for seen, expires in self._seen_assertions.items() if expires > now
        }
        if claims["jti"] in self._seen_assertions:
            raise _invalid_client("The client assertion was used before.")
        self._seen_assertions[claims["jti"]] = claims["exp"] + _CLOCK_SKEW
        return client


def _invalid_client(description: str) -> OAuthError:
    return OAuthError(401, "invalid_client", description)
