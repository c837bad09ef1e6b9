"""The ways to authenticate, as blocks of the configuration; a target has one of them.

`basic_auth`, `authorization` and `oauth2` are those of Prometheus' own `http_config`, the others
are those of single products. `auth.py` has what they do to a target's requests.

Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config
"""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from license_exporter.config.addresses import BaseURL, TokenURL
from license_exporter.config.http_config import HTTP_TOKEN, ProxyConfig, TLSConfig
from license_exporter.config.options import (
    SHOWN,
    HeaderSecret,
    InlineSecret,
    Options,
    PossiblyEmptySecret,
    RequiredPairFile,
)
from license_exporter.config.values import Text
from license_exporter.model.vendor import Vendor

# The ways to authenticate as a target names them, in the order of the documentation.
WAYS = (
    "rsa_admin_key",
    "rsa_oauth",
    "basic_auth",
    "authorization",
    "oauth2",
    "login",
    "api_key",
)
# Those that are there only for the vendors that name them; the others are for every API.
_VENDORS_OWN_WAYS = frozenset({"rsa_admin_key", "rsa_oauth", "login", "api_key"})


def ways_of(vendor: Vendor) -> tuple[str, ...]:
    """The ways to authenticate that a vendor takes: those that every API has, and its own.

    There are none for programs and files.
    """
    if vendor.documents and not vendor.asks_http:
        return ()
    own = set(vendor.ways)
    if vendor.login:
        own.add("login")
    if vendor.api_key:
        own.add("api_key")
    return tuple(way for way in WAYS if way in own or way not in _VENDORS_OWN_WAYS)


class _UserAndPassword(Options):
    """A user name and a password."""

    username: Annotated[Text | None, SHOWN] = Field(default=None, description="The user name.")
    username_file: RequiredPairFile = Field(
        default=None, validate_default=True, description="File with the user name."
    )
    password: PossiblyEmptySecret | None = Field(default=None, description="The password.")
    password_file: RequiredPairFile = Field(
        default=None, validate_default=True, description="File with the password."
    )


class BasicAuth(_UserAndPassword):
    """A user name and a password, sent with each request (HTTP basic authentication)."""

    @field_validator("username")
    @classmethod
    def _check_username(cls, username: str | None) -> str | None:
        if username and ":" in username:
            raise ValueError("holds a colon, which ends the user name in basic authentication")
        return username


class Login(_UserAndPassword):
    """A user name and a password, exchanged for a token where the product signs in."""


class Authorization(Options):
    """The header `Authorization`: a type and credentials, such as a bearer token."""

    type: Annotated[Text, SHOWN] = Field(
        default="Bearer", description="First word of the header; Basic is basic_auth's."
    )
    credentials: HeaderSecret | None = Field(default=None, description="The token.")
    credentials_file: RequiredPairFile = Field(
        default=None, validate_default=True, description="File with the token."
    )

    @model_validator(mode="after")
    def _check_credentials(self) -> "Authorization":
        if self.credentials:
            check_prefix(self.credentials.read(), self.type)
        return self

    @field_validator("type")
    @classmethod
    def _check_type(cls, type: str) -> str:
        if type.lower() == "basic":
            raise ValueError("Basic is not for this option; use basic_auth")
        if not HTTP_TOKEN.fullmatch(type):
            raise ValueError("must be one word, such as Bearer")
        return type


def check_prefix(credentials: str, word: str) -> None:
    """Raise ValueError for credentials that begin with the word that is sent before them."""
    if credentials.lower().startswith(f"{word.lower()} "):
        raise ValueError(f"begins with {word}, which is sent before it anyway; leave that out")


class ApiKey(Options):
    """An API key, sent in the product's own header or exchanged for a token, as its vendor says."""

    key: HeaderSecret | None = Field(default=None, description="The key.")
    key_file: RequiredPairFile = Field(
        default=None, validate_default=True, description="File with the key."
    )


class RsaAdminKey(Options):
    """RSA's legacy API key, with which each token is signed."""

    key: InlineSecret | None = Field(
        default=None, description="Content of the key file (JSON), in place."
    )
    key_file: RequiredPairFile = Field(
        default=None,
        validate_default=True,
        description="The key file (JSON), as downloaded from the Cloud Administration Console.",
    )


class RsaOAuth(Options):
    """RSA's OAuth client, which authenticates by a private key."""

    issuer: Annotated[BaseURL, SHOWN] = Field(
        description="Issuer URL of the client, such as https://acme.auth.securid.com/oauth."
    )
    client_id: Annotated[Text, SHOWN] = Field(description="Id of the client.")
    jwk: InlineSecret | None = Field(
        default=None, description="Private key of the client (a JWK, RSA or EC), in place."
    )
    jwk_file: RequiredPairFile = Field(
        default=None,
        validate_default=True,
        description="File with the private key of the client (a JWK, RSA or EC).",
    )
    scope: Annotated[Text, SHOWN] = Field(
        default="rsa.report.license.usage",
        description="Scopes to ask for, parted by spaces.",
    )


class OAuth2(ProxyConfig):
    """OAuth 2.0 client credentials: a token is fetched from token_url."""

    client_id: Annotated[Text, SHOWN] = Field(description="Id of the client.")
    client_secret: InlineSecret | None = Field(default=None, description="Secret of the client.")
    client_secret_file: RequiredPairFile = Field(
        default=None, validate_default=True, description="File with the secret of the client."
    )
    token_url: TokenURL = Field(repr=False, description="Address that gives the token.")
    scopes: Annotated[tuple[Text, ...], SHOWN] = Field(default=(), description="Scopes to ask for.")
    endpoint_params: dict[str, InlineSecret] = Field(
        default={}, description="Further parameters of the token request."
    )
    tls_config: TLSConfig = Field(
        default_factory=TLSConfig, description="TLS towards the token's server."
    )
