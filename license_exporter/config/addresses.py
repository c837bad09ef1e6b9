"""Addresses: of an API, of a token endpoint, of a proxy; and which of them are of one server."""

import re
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from yarl import URL

from license_exporter.config import values
from license_exporter.config.credentials import MASK, Secret
from license_exporter.model.vendor import Vendor

# Scheme, host and port, by which servers are told apart.
Origin = tuple[str, str | None, int | None]


def origin(address: URL) -> Origin:
    """The server of an address, however its name and its port are written."""
    return address.scheme, address.host, address.port


def web_address(value: object) -> SplitResult:
    """Split an http(s) address.

    Raises ValueError, which does not show the address, since it may hold a secret.
    """
    written = values.text(value).strip()
    if re.search(r"[\s\x00-\x1f\x7f]", written):
        raise ValueError("holds white space or a control character")
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        raise ValueError("is not an address; write it like https://host.example.com/api") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ValueError("is not an address; write it like https://host.example.com/api")
    return parts


def base_url(value: object) -> str:
    """Read the address of an API; a trailing slash is removed.

    Raises ValueError as `web_address` does, and for a user name, a query and a fragment in it.
    """
    parts = web_address(value)
    if "@" in parts.netloc:
        raise ValueError("holds a user name or password; give them in basic_auth instead")
    if parts.query or parts.fragment:
        raise ValueError("holds a query or fragment; give only the base of the API")
    return parts.geturl().rstrip("/?#")


def _token_url(value: object) -> str:
    parts = web_address(value)
    if "@" in parts.netloc:
        raise ValueError("holds a user name or password; give client_id and client_secret instead")
    if parts.fragment:
        raise ValueError("holds a fragment; leave out the # and what follows")
    return parts.geturl()


def _proxy_url(value: object) -> Secret:
    if values.text(value).strip().lower().startswith("socks"):
        raise ValueError("is of a SOCKS proxy, which is not supported; give one that speaks HTTP")
    parts = web_address(value)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("is more than an address; write it like http://proxy.example.com:3128")
    return Secret(parts.geturl())


def without_query(url: str) -> str:
    """The address or path without its query, which may hold a secret."""
    address, query, _ = url.partition("?")
    return f"{address}?{MASK}" if query else address


def _written_proxy_url(url: Secret) -> str:
    """The address without the user name and the password in it."""
    parts = urlsplit(url.read())
    user, _, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{MASK}@{host}" if user else host).geturl()


_ADDRESS = WithJsonSchema({"type": "string", "pattern": r"^(https?://|\$\{)"})
BaseURL = Annotated[str, PlainValidator(base_url), _ADDRESS]
TokenURL = Annotated[str, PlainValidator(_token_url), PlainSerializer(without_query), _ADDRESS]
# The address of a proxy may hold its user name and password.
ProxyURL = Annotated[
    Secret, PlainValidator(_proxy_url), PlainSerializer(_written_proxy_url), _ADDRESS
]


def pasted_path(url: str, vendor: Vendor) -> str:
    """What is too much at the end of a url that is a document's and not the API's; "" if nothing.

    Of a mapping in the configuration, one word alone may be the base's own.
    """
    parts = urlsplit(url)
    for document in vendor.documents:
        path = document.path.partition("?")[0].strip("/")
        if document.source != "http" or not path or (vendor.anonymous and "/" not in path):
            continue
        tail = f"/{path}"
        if parts.path.endswith(tail):
            base = f"/{vendor.base_path}" if vendor.base_path else ""
            return base + tail if parts.path.endswith(base + tail) else tail
    return ""
