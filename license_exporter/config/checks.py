"""What to tell of a configuration that can be used: its risks, and the files that it lacks."""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from license_exporter.config import values
from license_exporter.config.auth_config import WAYS
from license_exporter.config.credentials import Secret
from license_exporter.config.target import Config, Target
from license_exporter.errors import FetchError


def warnings(config: Config) -> list[str]:
    """What is risky about the configuration, or probably not meant, a line each with its path."""
    return [warning for target in config.targets for warning in _warnings(target)]


def _warnings(target: Target) -> Iterator[str]:
    addresses = {}
    blocks = {"tls_config": target.tls_config}
    if target.http_headers or any(getattr(target, way) for way in WAYS):
        addresses["url"] = target.url
    if target.rsa_oauth:
        addresses["rsa_oauth.issuer"] = target.rsa_oauth.issuer
    if target.oauth2:
        addresses["oauth2.token_url"] = target.oauth2.token_url
        blocks["oauth2.tls_config"] = target.oauth2.tls_config
    for option, address in addresses.items():
        if address and (host := _unencrypted_host(address)):
            yield f"{target.where}.{option}: credentials go to {host} unencrypted; use https"
    for option, tls_config in blocks.items():
        if tls_config.insecure_skip_verify:
            path = f"{target.where}.{option}.insecure_skip_verify"
            yield f"{path}: anyone on the way can read the credentials; give ca_file instead"
    for doubt in target.driver.doubts:
        yield f"{target.where}.mapping.{doubt}"


def ended(config: Config, now: float) -> list[str]:
    """The contracts that have ended before `now` (seconds since the epoch), one line each."""
    return [
        f"{target.where}.contract{place}.expiry: was {values.written_date(contract.expiry)}; "
        "write what holds now"
        for target in config.targets
        for place, contract in target.placed_contracts()
        if contract.expiry is not None and contract.expiry + 86400 <= now
    ]


def _unencrypted_host(url: str) -> str | None:
    """The host to which the address leads without TLS, unless it is this one."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return host if parts.scheme == "http" and not _is_loopback(host) else None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def missing_secrets(config: Config) -> list[str]:
    """The files named by the targets that are missing, unreadable or empty, one line each."""
    return [problem for target in config.targets for problem in _missing(target)]


def is_provided(file: Path) -> bool:
    """Whether a file with a secret can be read, and holds something."""
    try:
        return bool(Secret(file=file).read())
    except FetchError:
        return False


def _missing(target: Target) -> Iterator[str]:
    for option, file in target.files():
        try:
            Secret(file=file).read()
        except FetchError as error:
            path = f"{target.where}.{option}"
            yield f"{path}: {error.message}; provide it, readable for the exporter"
