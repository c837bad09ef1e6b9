"""Tokens of RSA ID Plus: signed with an administrator's API key, or got by an OAuth client.

Sources: "Authentication for the Cloud Administration APIs" (community.rsa.com, ta-p/623068 and
a04e3fb9), and RFC 7523 for the assertion by which the OAuth client authenticates.

Keys are read and used in a thread: the library's import takes 0.1 s and a key's checks 40 ms.
"""

import asyncio
import base64
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from yarl import URL

from license_exporter.auth.tokens import Token, ask, lifetime, token_at
from license_exporter.config.addresses import base_url
from license_exporter.config.auth_config import RsaAdminKey, RsaOAuth
from license_exporter.config.credentials import Secret
from license_exporter.errors import FetchError, Reason
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client
from license_exporter.sources.http.errors import server_name

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# RSA refuses a token that lives for more than an hour by its own clock.
_ADMIN_LIFETIME = 3300
_ASSERTION_LIFETIME = 300
_OAUTH_LIFETIME = 3600.0

# By the type of a JWK, or the curve of one of type EC.
_ALGORITHMS = {"RSA": "RS256", "P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_PEM = re.compile(r"-----BEGIN [A-Z ]+-----(.*?)-----END [A-Z ]+-----", re.DOTALL)
_BREAKS = re.compile(r"\\[nr]|\s")


@dataclass(frozen=True, slots=True, repr=False)
class _AdminKey:
    """The content of an API key file; `access_key` is a private key in PEM."""

    access_id: str
    access_key: str
    url: str


@dataclass(frozen=True, slots=True, repr=False)
class _SigningKey:
    """What an assertion is signed with; `key` is a private key of the library."""

    key: Any
    algorithm: str
    headers: Mapping[str, str]


def admin_api_url(config: RsaAdminKey) -> str:
    """The base address of the API, which the key file names. Raises FetchError `config`."""
    secret, place = _source(config.secret("key"), "rsa_admin_key.key")
    try:
        return base_url(_admin_key(secret.read(), place).url)
    except ValueError as error:
        raise FetchError(Reason.CONFIG, f"{place}: adminRestApiUrl {error}") from None


def check_admin_key(config: RsaAdminKey) -> None:
    """Raise FetchError `config` for a key with which no token can be signed."""
    secret, place = _source(config.secret("key"), "rsa_admin_key.key")
    admin_api_url(config)
    _private_key(_admin_key(secret.read(), place).access_key, place)


def check_jwk(config: RsaOAuth) -> None:
    """Raise FetchError `config` for a key with which no assertion can be signed."""
    secret, place = _source(config.secret("jwk"), "rsa_oauth.jwk")
    _signing_key(secret.read(), place)


class AdminKeySigner:
    """Makes tokens with the API key of `config`; nothing is sent for them."""

    def __init__(self, config: RsaAdminKey, clock: Clock) -> None:
        secret, self._place = _source(config.secret("key"), "rsa_admin_key.key")
        self.secrets = (secret,)
        self._clock = clock
        # A key is read once, for as long as its file stays as it is.
        self._private_key = lru_cache(maxsize=1)(_private_key)

    async def fetch(self, secrets: Sequence[str]) -> Token:
        """Sign a token. Raises FetchError `config`."""
        return await asyncio.to_thread(self._sign, secrets[0])

    def _sign(self, content: str) -> Token:
        import jwt

        key = _admin_key(content, self._place)
        issued = int(self._clock.time())
        expires = issued + _ADMIN_LIFETIME
        claims = {"sub": key.access_id, "aud": key.url, "iat": issued, "exp": expires}
        private_key = self._private_key(key.access_key, self._place)
        return Token(jwt.encode(claims, private_key, algorithm="RS256"), ends=expires)


class OAuthClient:
    """Gets tokens from the issuer of `config`, authenticating by its private key."""

    def __init__(self, config: RsaOAuth, client: Client, clock: Clock) -> None:
        secret, self._place = _source(config.secret("jwk"), "rsa_oauth.jwk")
        self.secrets = (secret,)
        self._config = config
        self._client = client
        self._clock = clock
        self._endpoint = f"{config.issuer}/token"
        self._signing_key = lru_cache(maxsize=1)(_signing_key)

    async def fetch(self, secrets: Sequence[str]) -> Token:
        """Ask for a token. Raises FetchError."""
        assertion = await asyncio.to_thread(self._assertion, secrets[0])
        server = server_name(URL(self._endpoint))
        answer = await ask(
            self._client,
            self._endpoint,
            server,
            self._clock,
            form={
                "grant_type": "client_credentials",
                "client_id": self._config.client_id,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion,
                "scope": self._config.scope,
            },
        )
        return Token(
            token_at(answer, ("access_token",), server),
            lifetime=lifetime(answer, default=_OAUTH_LIFETIME),
        )

    def _assertion(self, content: str) -> str:
        import jwt

        signing = self._signing_key(content, self._place)
        issued = int(self._clock.time())
        claims = {
            "iss": self._config.client_id,
            "sub": self._config.client_id,
            "aud": self._endpoint,
            "jti": str(uuid.uuid4()),
            "iat": issued,
            "exp": issued + _ASSERTION_LIFETIME,
        }
        return jwt.encode(
            claims, signing.key, algorithm=signing.algorithm, headers=dict(signing.headers)
        )


def _source(secret: Secret | None, option: str) -> tuple[Secret, str]:
    """The secret that holds a key, and what messages call it."""
    assert secret
    return secret, str(secret.file or option)


def _json_object(content: str, place: str) -> dict[str, Any]:
    try:
        # Not strict: a key pasted with its line breaks is as good.
        said = json.loads(content, strict=False)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise FetchError(Reason.CONFIG, f"{place} is not a JSON object")
    return said


def _admin_key(content: str, place: str) -> _AdminKey:
    said = _json_object(content, place)
    texts = []
    for name in ("accessID", "accessKey", "adminRestApiUrl"):
        text = said.get(name)
        if not isinstance(text, str) or not text.strip():
            raise FetchError(Reason.CONFIG, f"{place} has no {name}; use the file as downloaded")
        texts.append(text.strip())
    return _AdminKey(*texts)


def _private_key(pem: str, place: str) -> "RSAPrivateKey":
    """Read a PEM, PKCS#1 or PKCS#8, whether its line breaks are there, spelled out or lost."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    framed = _PEM.search(pem)
    try:
        der = base64.b64decode(_BREAKS.sub("", framed[1] if framed else pem), validate=True)
        key = load_der_private_key(der, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise FetchError(
            Reason.CONFIG, f"{place}: accessKey is not an RSA private key in PEM, not encrypted"
        )
    return key


def _signing_key(content: str, place: str) -> _SigningKey:
    """Read a private key in JWK (RFC 7517)."""
    import jwt

    said = _json_object(content, place)
    kind = said.get("kty")
    algorithm = _ALGORITHMS.get(str(said.get("crv") if kind == "EC" else kind))
    if algorithm is None:
        raise FetchError(
            Reason.CONFIG, f"{place} must be a JWK of type RSA, or EC with P-256, P-384 or P-521"
        )
    if "d" not in said:
        raise FetchError(Reason.CONFIG, f"{place} has only the public part of a key")
    try:
        key = jwt.PyJWK(said, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
        raise FetchError(Reason.CONFIG, f"{place} is a damaged JWK") from None
    kid = said.get("kid")
    return _SigningKey(key, algorithm, {} if kid is None else {"kid": str(kid)})
