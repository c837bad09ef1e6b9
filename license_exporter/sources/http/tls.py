"""TLS towards a server, as `tls_config` describes it."""

import ssl
from collections.abc import Callable
from functools import cache
from pathlib import Path

from license_exporter.config.credentials import Secret, held
from license_exporter.config.file_stamp import Stamp, stamp
from license_exporter.config.http_config import TLSConfig
from license_exporter.config.tls_versions import is_deprecated, set_versions
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.pem import pem_file
from license_exporter.sources.threads import Calls

# SSL_OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on.
_LEGACY_SERVER_CONNECT = 0x4


def system_context() -> Callable[[], ssl.SSLContext]:
    """A function that gives the context of targets without a `tls_config`.

    The context is made at the first call and then kept. Targets share it, since it takes 20 ms to
    read the system's authorities.
    """
    return cache(lambda: make_context(TLSConfig()))


class TLSContext:
    """The context of one `tls_config`, made at its first use and again when a file changes.

    `shared` is the `system_context` of all targets.
    """

    def __init__(self, config: TLSConfig, shared: Callable[[], ssl.SSLContext]) -> None:
        self._config = config
        self._shared = shared if config == TLSConfig(server_name=config.server_name) else None
        self._files = tuple(
            file for file in (config.ca_file, config.cert_file, config.key_file) if file
        )
        self._stamps: tuple[Stamp, ...] = ()
        self._context: ssl.SSLContext | None = None
        self._calls = Calls[ssl.SSLContext]("tls")

    async def ready(self) -> ssl.SSLContext:
        """The context, as `get` gives it; however long its files take, nobody else waits."""
        if not self._files:
            return self.get()
        try:
            return await self._calls.result(self, self.get)
        except FetchError as error:
            # Each of those who wait gets one of its own.
            raise error.again() from None

    def get(self) -> ssl.SSLContext:
        """The context to connect with. Raises FetchError `config` as `make_context` does."""
        if self._shared:
            return self._shared()
        stamps = tuple(_stamp(file) for file in self._files)
        if self._context is None or stamps != self._stamps:
            self._context = make_context(self._config)
            self._stamps = stamps
        return self._context


def make_context(config: TLSConfig) -> ssl.SSLContext:
    """Make the context that `config` describes.

    Raises FetchError `config` where a file, a certificate or a key cannot be used.
    """
    # Not create_default_context(): it would write keys to SSLKEYLOGFILE, and from Python 3.13 on
    # refuses the certificates of many private authorities for the lack of an extension.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_alpn_protocols(["http/1.1"])
    # An authority that the operator names is trusted even if it is not a root, as in Go.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    # OpenSSL's own choice by default: Python's leaves out what many servers of TLS 1.2 need.
    ciphers = config.ciphers
    if is_deprecated(config.min_version) and "@SECLEVEL" not in ciphers:
        # OpenSSL's usual level of security leaves no cipher to these versions.
        ciphers = f"{ciphers}:@SECLEVEL=0"
    context.set_ciphers(ciphers)
    if config.legacy_renegotiation:
        context.options |= _LEGACY_SERVER_CONNECT
    set_versions(context, config.min_version, config.max_version)
    if config.insecure_skip_verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    else:
        _load_authorities(context, config.secret("ca"))
    certificate = config.secret("cert")
    key = config.secret("key")
    if certificate and key:
        _load_certificate(context, certificate, key)
    return context


def _stamp(file: Path) -> Stamp:
    try:
        return stamp(file)
    except OSError as error:
        raise FetchError(Reason.CONFIG, f"{file} cannot be read: {error.strerror}") from None


def _load_authorities(context: ssl.SSLContext, authorities: Secret | None) -> None:
    if authorities is None:
        context.load_default_certs()
        return
    place = _place(authorities, "ca")
    try:
        with pem_file(_pem(authorities)) as file:
            context.load_verify_locations(file)
    except ssl.SSLError:
        raise FetchError(Reason.CONFIG, f"{place} holds no certificate in PEM") from None


def _load_certificate(context: ssl.SSLContext, certificate: Secret, key: Secret) -> None:
    places = f"{_place(certificate, 'cert')} and {_place(key, 'key')}"
    try:
        with pem_file(_pem(certificate)) as first, pem_file(_pem(key)) as second:
            # Without a password, the library would ask for one on the terminal.
            context.load_cert_chain(first, second, password=lambda: "")
    except ssl.SSLError:
        raise FetchError(
            Reason.CONFIG,
            f"{places} are not a certificate and its private key, in PEM and not encrypted",
        ) from None


def _pem(secret: Secret) -> str:
    """The PEM; that of a file byte by byte. Raises FetchError for one that cannot be read."""
    if secret.file is None:
        return secret.read()
    try:
        return held(secret.file).decode("latin-1")
    except OSError as error:
        problem = f"{secret.file} cannot be read: {error.strerror}"
        raise FetchError(Reason.CONFIG, problem) from None


def _place(secret: Secret, name: str) -> str:
    return str(secret.file or f"tls_config.{name}")
