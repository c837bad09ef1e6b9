"""The ways to authenticate, as blocks of the configuration; a target has one of them.

`basic_auth`, `authorization` and `oauth2` are those of Prometheus' own `http_config`, the others
are those of single products. `auth.py` has what they do to a target's requests.

Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config
"""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from license_exporter.config.addresses import BaseURL, TokenURL
from license_exporter.config.http_config import HTTP_TOKEN, ProxyConfig, TLSConfig
from license_exporter.config.options import (
    SHOWN,
    File,
    HeaderSecret,
    InlineSecret,
    Options,
    PairFile,
    PossiblyEmptySecret,
    RequiredPairFile,
    not_both,
    one_of_both,
)
from license_exporter.config.values import Flag, Text
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

    FORM: ClassVar[str] = "{username: NAME, password_file: PATH}"

    @field_validator("username")
    @classmethod
    def _check_username(cls, username: str | None) -> str | None:
        if username and ":" in username:
            raise ValueError("holds a colon, which ends the user name in basic authentication")
        return username


class Login(_UserAndPassword):
    """A user name and a password, exchanged for a token where the product signs in."""

    FORM: ClassVar[str] = "{username: NAME, password_file: PATH}"

    # No product signs anybody in without one; each attempt would count towards a locked account.
    password: InlineSecret | None = Field(default=None, description="The password.")


class Authorization(Options):
    """The header `Authorization`: a type and credentials, such as a bearer token."""

    FORM: ClassVar[str] = "{credentials_file: PATH}"

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

    FORM: ClassVar[str] = "{key_file: PATH}"

    key: HeaderSecret | None = Field(default=None, description="The key.")
    key_file: RequiredPairFile = Field(
        default=None, validate_default=True, description="File with the key."
    )


class RsaAdminKey(Options):
    """RSA's legacy API key, with which each token is signed."""

    FORM: ClassVar[str] = "{key_file: PATH}"

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

    FORM: ClassVar[str] = "{issuer: URL, client_id: ID, jwk_file: PATH}"

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
        description="Scopes to ask for, separated by spaces.",
    )


JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GrantType = Literal["client_credentials", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
Signature = Literal["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512"]


class OAuth2(ProxyConfig):
    """OAuth 2.0: a token is fetched from token_url, for client credentials or an assertion."""

    FORM: ClassVar[str] = "{client_id: ID, client_secret_file: PATH, token_url: URL}"

    client_id: Annotated[Text, SHOWN] = Field(description="Id of the client.")
    grant_type: Annotated[GrantType, SHOWN] = Field(
        default="client_credentials",
        description="What is exchanged for the token: the client's own credentials, or a signed "
        "assertion (RFC 7523).",
    )
    client_certificate_key: InlineSecret | None = Field(
        default=None, description="Private key (PEM) that signs the assertion, in place."
    )
    client_certificate_key_file: PairFile = Field(
        default=None,
        validate_default=True,
        description="File with the private key (PEM) that signs the assertion. With "
        "client_credentials, it authenticates the client instead of a secret.",
    )
    client_certificate_key_id: Annotated[Text | None, SHOWN] = Field(
        default=None, description="Id of that key, in the assertion's header."
    )
    client_certificate_file: File | None = Field(
        default=None,
        description="File with the certificate (PEM) of that key, whose thumbprint is put in the "
        "assertion's header, as Microsoft Entra wants it.",
    )
    client_assertion_file: File | None = Field(
        default=None,
        description="File with a token of a federated identity (a workload's, say), which "
        "authenticates the client instead of a secret.",
    )
    signature_algorithm: Annotated[Signature, SHOWN] = Field(
        default="RS256", description="How the assertion is signed."
    )
    iss: Annotated[Text | None, SHOWN] = Field(
        default=None, description="Who issues the assertion. Default: client_id."
    )
    audience: Annotated[Text | None, SHOWN] = Field(
        default=None, description="For whom the assertion is. Default: token_url."
    )
    claims: dict[str, Any] = Field(
        default={}, repr=False, description="Further claims of the assertion, such as sub."
    )
    client_certificate_only: Flag = Field(
        default=False,
        description="true: no secret is sent; the client certificate of this tls_config "
        "authenticates the client (RFC 8705).",
    )
    client_secret: InlineSecret | None = Field(default=None, description="Secret of the client.")
    client_secret_file: File | None = Field(
        default=None, validate_default=True, description="File with the secret of the client."
    )
    token_url: TokenURL = Field(repr=False, description="Address that gives the token.")
    scopes: Annotated[tuple[Text, ...], SHOWN] = Field(default=(), description="Scopes to ask for.")
    endpoint_params: dict[str, InlineSecret] = Field(
        default={}, description="Further parameters of the token request."
    )
    tls_config: TLSConfig = Field(
        default_factory=TLSConfig,
        validate_default=True,
        description="TLS towards the token's server.",
    )

    @field_validator("client_secret_file")
    @classmethod
    def _check_credentials(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        said = info.data
        key = said.get("client_certificate_key") or said.get("client_certificate_key_file")
        others = [key, said.get("client_assertion_file"), said.get("client_certificate_only")]
        if said.get("grant_type") == JWT_BEARER:
            if not key:
                raise ValueError("is not enough: grant_type needs client_certificate_key_file")
            return not_both(file, info)
        if not any(others):
            return one_of_both(file, info)
        if len([each for each in (*others, file or said.get("client_secret")) if each]) > 1:
            raise ValueError(
                "stands beside another credential: keep one of client_secret, "
                "client_certificate_key, client_assertion_file and client_certificate_only"
            )
        return file

    @field_validator("tls_config")
    @classmethod
    def _check_certificate(cls, tls: TLSConfig, info: ValidationInfo) -> TLSConfig:
        if info.data.get("client_certificate_only") and not tls.secret("cert"):
            raise ValueError("needs cert_file and key_file, since client_certificate_only says so")
        return tls
