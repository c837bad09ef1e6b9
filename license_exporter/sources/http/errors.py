"""What the HTTP library and the system raise, as a FetchError for the person who reads it.

A message names the server (host and port), what is wrong and what to do. It never holds a header,
a part of a body, or an address beyond host and port.
"""

import os
import re
import ssl
from collections.abc import Iterator

import aiohttp
from yarl import URL

from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.exchange import status_text

# OpenSSL's codes of failed verification (X509_V_ERR_*), by what the operator can do.
_UNTRUSTED = frozenset({2, 18, 19, 20, 21, 27})
_EXPIRED = frozenset({10})
_OTHER_NAME = frozenset({62, 64})
_WEAK = frozenset({66, 67, 68})

_PARSERS_WORDS = re.compile(r"[A-Z][A-Za-z/ -]{3,60}(?=:|\n|$)")


def explain(error: Exception, server: str, *, https: bool, proxy: str = "") -> FetchError:
    """The FetchError for what an exchange with `server` ("host:port") raised.

    `proxy` is the proxy before it, called as the server is.
    """
    if isinstance(error, FetchError):
        return error
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return FetchError(Reason.TLS, f"{server}: {_certificate_problem(cause)}")
        if isinstance(cause, ssl.SSLError):
            return FetchError(Reason.TLS, f"{server}: {_tls_problem(cause)}")
    secure = "" if https else "; if that server speaks TLS, use https:// in url"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        problem = f"the proxy answered {status_text(error.status)}; check proxy_url"
        return FetchError(Reason.CONNECT, f"{server}: {problem}")
    if isinstance(error, aiohttp.ClientConnectorError):
        return _no_connection(error, https=https, proxy=proxy)
    if isinstance(error, aiohttp.InvalidURL):
        return FetchError(Reason.CONFIG, "the url cannot be used; check its host and port")
    if isinstance(error, aiohttp.ClientResponseError):
        # It was reached and it answered, but not as the protocol has it.
        problem = f"the answer is not valid HTTP{_refused(error.message)}; check the port{secure}"
        return FetchError(Reason.HTTP, f"{server}: {problem}")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        # With TLS 1.3, some servers refuse a client certificate in the same silence.
        hint = "; it may ask for a client certificate" if https else secure
        problem = f"it closed the connection without an answer{hint}"
        return FetchError(Reason.CONNECT, f"{server}: {problem}")
    if isinstance(error, aiohttp.ClientPayloadError):
        return FetchError(Reason.CONNECT, f"{server}: the connection ended within the answer")
    problem = f"the connection broke off{_system_text(error)}{secure}"
    return FetchError(Reason.CONNECT, f"{server}: {problem}")


def _refused(message: str) -> str:
    """What the parser refuses, in its own fixed words; never a part of the answer."""
    words = _PARSERS_WORDS.match(message)
    return f" ({words[0].strip().lower()})" if words else ""


def server_name(address: URL) -> str:
    """The server of an address as messages call it: host and port."""
    return f"{address.host_subcomponent}:{address.port}"


def _no_connection(error: aiohttp.ClientConnectorError, *, https: bool, proxy: str) -> FetchError:
    # Here the server is the one of the error, which can be the proxy.
    peer = f"[{error.host}]" if ":" in error.host else error.host
    server = f"{peer}:{error.port}"
    of_proxy = isinstance(error, aiohttp.ClientProxyConnectionError) or server == proxy
    if of_proxy:
        server = f"proxy {server}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchError(Reason.DNS, f"{server}: the name cannot be resolved; check its spelling")
    if (
        not of_proxy
        and https
        and isinstance(error.os_error, ConnectionResetError | ConnectionAbortedError)
    ):
        # A refused connection is another error: this one broke after it was made.
        return FetchError(
            Reason.TLS,
            f"{server}: the connection broke off in the TLS handshake; "
            "check the port, and which versions, ciphers and client certificates the server takes",
        )
    return FetchError(Reason.CONNECT, f"{server}: no connection{_system_text(error.os_error)}")


def _system_text(error: Exception) -> str:
    number = getattr(error, "errno", None)
    return f": {os.strerror(number)}" if isinstance(number, int) else ""


def _causes(error: BaseException) -> Iterator[BaseException]:
    """What is behind the library's own error, some of which pass for errors of TLS."""
    cause: BaseException | None = error
    while cause is not None:
        if not isinstance(cause, aiohttp.ClientError):
            yield cause
        cause = cause.__cause__ or cause.__context__


def _certificate_problem(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _EXPIRED:
        return "the server's certificate has expired; it must be renewed there"
    if error.verify_code in _OTHER_NAME:
        return (
            "the server's certificate is for another name; use that name in url, "
            "or give it as tls_config.server_name"
        )
    if error.verify_code in _UNTRUSTED:
        return (
            "the server's certificate is signed by no known authority; "
            "give its authority's certificate as tls_config.ca_file"
        )
    if error.verify_code in _WEAK:
        return (
            "the server's certificate has too weak a key or signature; it must be renewed there, "
            "or accepted by tls_config.ciphers: DEFAULT:@SECLEVEL=0"
        )
    return f"the server's certificate is refused: {error.verify_message}"


def _tls_problem(error: ssl.SSLError) -> str:
    reason = error.reason or ""
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"):
        return "no TLS on this port; check the port, or use http:// in url"
    if "PROTOCOL" in reason:
        return "no TLS version in common; see tls_config.min_version and max_version"
    if "CERTIFICATE_REQUIRED" in reason:
        return "the server asks for a client certificate; give tls_config.cert_file and key_file"
    if "HANDSHAKE_FAILURE" in reason:
        return (
            "the server ended the TLS handshake; it may ask for a client certificate, or have no "
            "cipher in common: see tls_config.ciphers"
        )
    if "LEGACY_RENEGOTIATION" in reason:
        return (
            "the server knows only the old renegotiation; it should be updated, or accepted by "
            "tls_config.legacy_renegotiation"
        )
    if "CIPHER" in reason or "TOO_SMALL" in reason or "TOO_WEAK" in reason:
        words = reason.replace("_", " ").lower()
        return (
            f"the server's ciphers or keys are too old ({words}); it should be updated, or "
            "accepted by tls_config.ciphers: DEFAULT:@SECLEVEL=1"
        )
    words = reason.replace("_", " ").lower()
    return "the TLS connection failed" + (f": {words}" if words else "")
