"""Tokens of OAuth 2.0, as the block `oauth2` describes: by a secret, a certificate, an assertion.

Sources: RFC 6749 (section 4.4), RFC 7523 for assertions, RFC 8705 (section 2.1) for certificates;
Prometheus' `oauth2`, whose words they have.
"""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import quote_plus

from yarl import URL

from license_exporter.auth.sign_in import basic_value
from license_exporter.auth.tokens import Token, ask, lifetime, token_at
from license_exporter.config.auth_config import JWT_BEARER, OAuth2
from license_exporter.config.credentials import Secret
from license_exporter.errors import FetchError, Reason
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client
from license_exporter.sources.http.errors import server_name

# Salesforce takes none that lives for longer than five minutes.
_ASSERTION_LIFETIME = 300
_CLIENT_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class TokenEndpoint(Protocol):
    """Gets tokens for the values of its secrets."""

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What it needs."""

    async def fetch(self, secrets: Sequence[str]) -> Token:
        """Ask for a token. Raises FetchError."""


def token_endpoint(config: OAuth2, client: Client, clock: Clock) -> TokenEndpoint:
    """What gets the tokens that `config` describes."""
    if config.secret("client_certificate_key"):
        return _Signed(config, client, clock)
    if config.client_assertion_file or not config.secret("client_secret"):
        return _Federated(config, client, clock)
    return _ClientCredentials(config, client, clock)


class _ClientCredentials:
    """OAuth 2.0 client credentials (RFC 6749, section 4.4).

    The client's id and secret are sent in a header, and in the form if the server refuses that;
    the way that worked is kept. Prometheus does the same. A secret that was refused in both ways
    is from then on tried in one of them at a time, so that it does not lock the account.
    """

    def __init__(self, config: OAuth2, client: Client, clock: Clock) -> None:
        secret = config.secret("client_secret")
        assert secret
        self.secrets = (secret,)
        self._config = config
        self._client = client
        self._clock = clock
        self._in_header = True
        self._settled = False
        self._refused: str | None = None

    async def fetch(self, secrets: Sequence[str]) -> Token:
        """Ask for a token. Raises FetchError."""
        (secret,) = secrets
        try:
            token = await self._ask(secret)
        except FetchError as error:
            if self._settled or error.reason is not Reason.AUTH:
                raise
            self._in_header = not self._in_header
            if secret == self._refused:
                raise
            self._refused = secret
            token = await self._ask(secret)
        self._settled = True
        return token

    async def _ask(self, client_secret: str) -> Token:
        config = self._config
        form = {"grant_type": "client_credentials"}
        headers = {}
        if self._in_header:
            headers["Authorization"] = basic_value(
                quote_plus(config.client_id), quote_plus(client_secret)
            )
        else:
            form |= {"client_id": config.client_id, "client_secret": client_secret}
        return await _token(config, self._client, self._clock, form, headers)


class _Federated:
    """Client credentials with an assertion from a file, or by a certificate of TLS alone."""

    def __init__(self, config: OAuth2, client: Client, clock: Clock) -> None:
        file = config.client_assertion_file
        self.secrets = (Secret(file=file),) if file else ()
        self._config = config
        self._client = client
        self._clock = clock

    async def fetch(self, secrets: Sequence[str]) -> Token:
        """Ask for a token. Raises FetchError."""
        form = {"grant_type": "client_credentials", "client_id": self._config.client_id}
        for assertion in secrets:
            form |= {"client_assertion_type": _CLIENT_ASSERTION, "client_assertion": assertion}
        return await _token(self._config, self._client, self._clock, form)


class _Signed:
    """A signed assertion: as the grant, or as the client's credentials.

    The key is read and used in a thread: the library's import takes 0.1 s.
    """

    def __init__(self, config: OAuth2, client: Client, clock: Clock) -> None:
        key = config.secret("client_certificate_key")
        assert key
        certificate = config.client_certificate_file
        self.secrets = (key, Secret(file=certificate)) if certificate else (key,)
        self._place = str(key.file or "oauth2.client_certificate_key")
        self._config = config
        self._client = client
        self._clock = clock
        self._key = lru_cache(maxsize=1)(_private_key)

    async def fetch(self, secrets: Sequence[str]) -> Token:
        """Sign an assertion and ask for a token. Raises FetchError."""
        config = self._config
        assertion = await asyncio.to_thread(self._assertion, secrets)
        if config.grant_type == JWT_BEARER:
            form = {"grant_type": JWT_BEARER, "assertion": assertion}
            return await _token(config, self._client, self._clock, form, scopes=False)
        form = {
            "grant_type": "client_credentials",
            "client_id": config.client_id,
            "client_assertion_type": _CLIENT_ASSERTION,
            "client_assertion": assertion,
        }
        return await _token(config, self._client, self._clock, form)

    def _assertion(self, secrets: Sequence[str]) -> str:
        import jwt

        config = self._config
        issued = int(self._clock.time())
        claims: dict[str, Any] = {
            "iss": config.iss or config.client_id,
            "sub": config.client_id,
            "aud": config.audience or config.token_url,
            "jti": str(uuid.uuid4()),
            "iat": issued,
            "exp": issued + _ASSERTION_LIFETIME,
        }
        if config.grant_type == JWT_BEARER and config.scopes:
            claims["scope"] = " ".join(config.scopes)
        headers: dict[str, str] = {}
        if config.client_certificate_key_id:
            headers["kid"] = config.client_certificate_key_id
        if len(secrets) > 1:
            headers |= _thumbprints(secrets[1], str(config.client_certificate_file))
        try:
            return jwt.encode(
                claims | config.claims,
                self._key(secrets[0], self._place),
                algorithm=config.signature_algorithm,
                headers=headers,
            )
        except (jwt.PyJWTError, TypeError, ValueError, AttributeError):
            raise FetchError(
                Reason.CONFIG, f"{self._place} is no key for {config.signature_algorithm}"
            ) from None


async def _token(
    config: OAuth2,
    client: Client,
    clock: Clock,
    form: Mapping[str, str],
    headers: Mapping[str, str] | None = None,
    *,
    scopes: bool = True,
) -> Token:
    """Send the form with what `config` adds to it, and read the token."""
    said = dict(form)
    if scopes and config.scopes:
        said["scope"] = " ".join(config.scopes)
    said |= {name: value.read() for name, value in config.endpoint_params.items()}
    server = server_name(URL(config.token_url))
    answer = await ask(client, config.token_url, server, clock, headers=headers, form=said)
    return Token(
        token_at(answer, ("access_token",), server), lifetime=lifetime(answer, default=None)
    )


def _private_key(pem: str, place: str) -> Any:
    """Read a private key in PEM, also one whose line breaks are spelled out."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise FetchError(
            Reason.CONFIG, f"{place} is not a private key in PEM, not encrypted"
        ) from None


def _thumbprints(pem: str, place: str) -> dict[str, str]:
    """The thumbprints of a certificate (RFC 7515, sections 4.1.7 and 4.1.8)."""
    import base64

    from cryptography.hazmat.primitives import hashes
    from cryptography.x509 import load_pem_x509_certificate

    try:
        certificate = load_pem_x509_certificate(pem.encode())
    except ValueError:
        raise FetchError(Reason.CONFIG, f"{place} is not a certificate in PEM") from None

    def thumbprint(algorithm: hashes.HashAlgorithm) -> str:
        return base64.urlsafe_b64encode(certificate.fingerprint(algorithm)).rstrip(b"=").decode()

    return {
        "x5t": thumbprint(hashes.SHA1()),  # noqa: S303 - what the header is
        "x5t#S256": thumbprint(hashes.SHA256()),
    }
