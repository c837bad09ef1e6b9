"""The TLS context of the server, made from `tls_server_config`."""

import ipaddress
import ssl
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from license_exporter.config.regular_file import SECRET_LIMIT, read_regular
from license_exporter.config.tls_versions import is_deprecated, set_versions
from license_exporter.errors import ConfigError
from license_exporter.sources.http.pem import pem_file
from license_exporter.web.config import CIPHER_SUITES, CURVES, TLSServerConfig

_SECTION = "tls_server_config"

_VERIFY = {
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}


class LiveContext(ssl.SSLContext):
    """A context that follows the configuration: each connection is made with the one in force.

    asyncio calls `wrap_bio` once a connection. The settings of a context that is in use cannot be
    exchanged as a whole; a context can.
    """

    current: Callable[[], ssl.SSLContext]

    @classmethod
    def following(cls, current: Callable[[], ssl.SSLContext]) -> "LiveContext":
        context = cls(ssl.PROTOCOL_TLS_SERVER)
        context.current = current
        return context

    def wrap_bio(self, *args: Any, **kwargs: Any) -> ssl.SSLObject:
        return self.current().wrap_bio(*args, **kwargs)


def server_context(config: TLSServerConfig) -> ssl.SSLContext:
    """The context of a server; reads the certificates and the key.

    Raises ConfigError for each file that cannot be used; no content is shown.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    set_versions(context, config.min_version, config.max_version)
    _set_ciphers(context, config)
    for curve in config.curve_preferences:
        context.set_ecdh_curve(CURVES[curve])
    if not config.prefer_server_cipher_suites:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    problems: list[str] = []
    with _noting(problems):
        _load_certificate(context, config)
    with _noting(problems):
        _load_client_ca(context, config)
    if problems:
        raise ConfigError(problems)
    return context


def unreadable(config: TLSServerConfig) -> list[str]:
    """The files of the options that cannot be read, one line each."""
    problems: list[str] = []
    for name in ("cert", "key", "client_ca"):
        with _noting(problems):
            _pem(config, name)
    return problems


def allowed(certificate: Mapping[str, Any] | None, names: Collection[str]) -> bool:
    """Whether one of the alternative names of a peer's certificate is among `names`.

    `certificate` is as `ssl.SSLSocket.getpeercert` gives it.
    """
    return any(name in names for name in _alternative_names(certificate or {}))


def _alternative_names(certificate: Mapping[str, Any]) -> Iterator[str]:
    for kind, name in certificate.get("subjectAltName", ()):
        if kind in ("DNS", "email", "URI"):
            yield name
        elif kind == "IP Address":
            try:
                yield str(ipaddress.ip_address(name))
            except ValueError:
                continue


def _set_ciphers(context: ssl.SSLContext, config: TLSServerConfig) -> None:
    old = is_deprecated(config.min_version)
    names = config.cipher_suites or (tuple(CIPHER_SUITES) if old else ())
    suites = [suite for name in names if (suite := CIPHER_SUITES[name])]
    if suites:
        # Below TLS 1.2, signatures rest on SHA-1, which OpenSSL allows on its lowest level only.
        context.set_ciphers(":".join([*suites, "@SECLEVEL=0"] if old else suites))
    elif names:
        context.minimum_version = ssl.TLSVersion.TLSv1_3


@contextmanager
def _noting(problems: list[str]) -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        problems += error.problems


def _load_certificate(context: ssl.SSLContext, config: TLSServerConfig) -> None:
    problems: list[str] = []
    certificate = key = ""
    with _noting(problems):
        certificate = _pem(config, "cert")
    with _noting(problems):
        key = _pem(config, "key")
    if problems:
        raise ConfigError(problems)
    with pem_file(certificate) as certificate_file, pem_file(key) as key_file:
        try:
            # Without a password here, OpenSSL would ask for one on the terminal.
            context.load_cert_chain(certificate_file, key_file, password="")
        except ssl.SSLError as error:
            raise ConfigError([f"{_SECTION}: {_key_problem(error)}"]) from None


def _key_problem(error: ssl.SSLError) -> str:
    if error.reason == "KEY_VALUES_MISMATCH":
        return "the key does not belong to the certificate"
    return (
        "the certificate and its key cannot be loaded; expected a certificate and an unencrypted"
        f" private key, both PEM ({error.reason or 'unknown format'})"
    )


def _load_client_ca(context: ssl.SSLContext, config: TLSServerConfig) -> None:
    verify = _VERIFY.get(config.client_auth_type)
    if verify is None:
        return
    context.verify_mode = verify
    # As in Go: a certificate that is trusted ends the chain, self-signed or not.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    if not (config.client_ca or config.client_ca_file):
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
        return
    with pem_file(_pem(config, "client_ca")) as authorities:
        try:
            context.load_verify_locations(authorities)
        except ssl.SSLError:
            where = _where(config, "client_ca")
            raise ConfigError([f"{where}: holds no PEM certificate"]) from None


def _pem(config: TLSServerConfig, name: str) -> str:
    """The text of the option `name`, or of the file that `name`_file names."""
    path = getattr(config, f"{name}_file")
    try:
        if path:
            return read_regular(Path(path), SECRET_LIMIT).decode("latin-1")
        return str(getattr(config, name))
    except OSError as error:
        raise ConfigError([f"{_where(config, name)}: {path}: {error.strerror}"]) from None


def _where(config: TLSServerConfig, name: str) -> str:
    return f"{_SECTION}.{name}_file" if getattr(config, f"{name}_file") else f"{_SECTION}.{name}"
