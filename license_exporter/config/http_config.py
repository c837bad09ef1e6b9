"""How a server is reached: TLS, proxy and headers, in the words of Prometheus' `http_config`.

A block that works in prometheus.yml works here, and means the same. `auth_config.py` has the
blocks that authenticate.

Source: https://prometheus.io/docs/prometheus/latest/configuration/configuration/#http_config
"""

import re
import ssl
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from license_exporter.config import values
from license_exporter.config.addresses import ProxyURL
from license_exporter.config.credentials import Secret
from license_exporter.config.options import (
    SHOWN,
    File,
    HeaderSecret,
    InlineSecret,
    Options,
    PairFile,
)
from license_exporter.config.tls_versions import TLSVersion
from license_exporter.config.values import Flag, Text

# The headers that Prometheus reserves, and those that the client sets itself.
_RESERVED_HEADERS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "www-authenticate",
        "x-prometheus-scrape-timeout-seconds",
    }
)
# A token of HTTP (RFC 9110, section 5.6.2), such as the name of a header.
HTTP_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)


class TLSConfig(Options):
    """TLS towards a server."""

    ca: InlineSecret | None = Field(
        default=None, description="Certificates (PEM) of the authorities to trust, in place."
    )
    ca_file: PairFile = Field(
        default=None,
        validate_default=True,
        description="File with the certificates (PEM) of the authorities to trust, instead of "
        "those of the system.",
    )
    cert: InlineSecret | None = Field(
        default=None, description="Client certificate (PEM), in place."
    )
    cert_file: PairFile = Field(
        default=None, validate_default=True, description="File with the client certificate (PEM)."
    )
    key: InlineSecret | None = Field(
        default=None, description="Private key (PEM) of the client certificate, in place."
    )
    key_file: PairFile = Field(
        default=None,
        validate_default=True,
        description="File with the private key (PEM) of the client certificate.",
    )
    server_name: Annotated[Text | None, SHOWN] = Field(
        default=None,
        description="Name that the server's certificate must have, if it is not that of the url.",
    )
    insecure_skip_verify: Flag = Field(
        default=False,
        description="true: any certificate of the server is accepted. Prefer ca_file.",
    )
    min_version: Annotated[TLSVersion, SHOWN] = Field(
        default="TLS12", description="Oldest version of TLS to accept."
    )
    max_version: Annotated[TLSVersion | None, SHOWN] = Field(
        default=None, description="Newest version of TLS to accept."
    )

    ciphers: Annotated[Text, SHOWN] = Field(
        default="DEFAULT",
        description="Ciphers of TLS 1.2 and older, as OpenSSL writes them. Old servers may need "
        "DEFAULT:@SECLEVEL=1, or 0.",
    )
    legacy_renegotiation: Flag = Field(
        default=False,
        description="true: servers are accepted that know only the old renegotiation, without RFC "
        "5746.",
    )

    @field_validator("ciphers")
    @classmethod
    def _check_ciphers(cls, ciphers: str) -> str:
        if ciphers != "DEFAULT":
            try:
                ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).set_ciphers(ciphers)
            except ssl.SSLError:
                raise ValueError("names no cipher that OpenSSL has") from None
        return ciphers

    @field_validator("key_file")
    @classmethod
    def _check_pair(cls, key_file: Path | None, info: ValidationInfo) -> Path | None:
        said = info.data
        has_cert = said.get("cert") is not None or said.get("cert_file") is not None
        has_key = said.get("key") is not None or key_file is not None
        if has_cert and not has_key:
            raise ValueError("is missing: a client certificate needs its key")
        if has_key and not has_cert and {"cert", "cert_file"} <= said.keys():
            raise ValueError("stands alone: give cert_file, the client certificate, too")
        return key_file

    @field_validator("max_version")
    @classmethod
    def _check_order(cls, newest: str | None, info: ValidationInfo) -> str | None:
        oldest = info.data.get("min_version")
        if newest and oldest and newest < oldest:
            raise ValueError(f"{newest} is older than min_version, which is {oldest}")
        return newest


def _token(value: object) -> str:
    name = values.text(value)
    if not HTTP_TOKEN.fullmatch(name):
        raise ValueError("is not the name of a header")
    return name


def header_name(value: object) -> str:
    """Read the name of a header that is not the client's own. Raises ValueError."""
    name = _token(value)
    if name.lower() in _RESERVED_HEADERS or name.lower().startswith("proxy-"):
        raise ValueError("is the client's own header and cannot be set")
    return name


def _header(value: object) -> object:
    """A header of one value may be given as that value."""
    return {"values": [value]} if isinstance(value, str | int) else value


class Header(Options):
    """The values of a header: all of them are sent, in this order."""

    values: tuple[HeaderSecret, ...] = Field(default=(), description="Values, in place.")
    secrets: tuple[HeaderSecret, ...] = Field(
        default=(), description="Further values, in place, that are secrets."
    )
    files: tuple[File, ...] = Field(default=(), description="Files, each with a further value.")

    @property
    def sources(self) -> tuple[Secret, ...]:
        """All values, whichever way they are given."""
        return (*self.values, *self.secrets, *(Secret(file=file) for file in self.files))


def _distinct(headers: dict[str, Header]) -> dict[str, Header]:
    if len({name.lower() for name in headers}) < len(headers):
        raise ValueError("names a header twice (upper and lower case are the same); keep one")
    return headers


HeaderName = Annotated[str, PlainValidator(header_name), WithJsonSchema({"type": "string"})]
HTTPHeaders = Annotated[
    dict[
        HeaderName,
        Annotated[Header, BeforeValidator(_header, json_schema_input_type=Header | str | int)],
    ],
    AfterValidator(_distinct),
]
# To a proxy, credentials are what such a header is for.
AnyHeaderName = Annotated[str, PlainValidator(_token), WithJsonSchema({"type": "string"})]
ConnectHeaders = dict[AnyHeaderName, tuple[HeaderSecret, ...]]


class ProxyConfig(Options):
    """The proxy towards a server; none is used unless one of these options says so."""

    proxy_url: ProxyURL | None = Field(
        default=None, description="Address of the proxy; a user name and password may be in it."
    )
    no_proxy: Annotated[Text | None, SHOWN] = Field(
        default=None,
        description="Hosts, domains, IP addresses and networks, separated by commas, that are "
        "reached without the proxy of proxy_url.",
    )
    proxy_from_environment: Flag = Field(
        default=False,
        description="true: the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY name the proxy.",
    )
    proxy_connect_header: ConnectHeaders = Field(
        default={}, description="Headers that are sent to the proxy with CONNECT."
    )

    @field_validator("no_proxy")
    @classmethod
    def _check_no_proxy(cls, no_proxy: str | None, info: ValidationInfo) -> str | None:
        if no_proxy and info.data.get("proxy_url", "") is None:
            raise ValueError("needs proxy_url")
        return no_proxy

    @field_validator("proxy_from_environment")
    @classmethod
    def _check_environment(cls, wanted: bool, info: ValidationInfo) -> bool:
        if wanted and (info.data.get("proxy_url") or info.data.get("no_proxy")):
            raise ValueError("excludes proxy_url and no_proxy")
        return wanted

    @field_validator("proxy_connect_header")
    @classmethod
    def _check_connect_header(cls, headers: ConnectHeaders, info: ValidationInfo) -> ConnectHeaders:
        has_proxy = info.data.get("proxy_url", "") is not None
        if headers and not has_proxy and not info.data.get("proxy_from_environment", True):
            raise ValueError("needs proxy_url or proxy_from_environment")
        return headers
