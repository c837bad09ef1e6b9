"""What the library and the system raise, as it is told; test_client.py raises it for real."""

import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey
from yarl import URL

from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.errors import explain, server_name

SERVER = "api.example.com:443"


def told(error, https=True):
    failure = explain(error, SERVER, https=https)
    assert failure.message.startswith(f"{SERVER}: ")
    return failure.reason, failure.message.removeprefix(f"{SERVER}: ")


def unverified(code, message="it is odd"):
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


def tls_error(reason):
    error = ssl.SSLError(1, "the connection failed")
    error.reason = reason
    return error


def test_what_is_told_already_stays_as_it_is():
    failure = FetchError(Reason.TOO_LARGE, "too much")
    assert explain(failure, SERVER, https=True) is failure


# X509_V_ERR_*: no issuer, self-signed (leaf, chain), no local issuer, first unverified, untrusted.
@pytest.mark.parametrize("code", [2, 18, 19, 20, 21, 27])
def test_an_unknown_authority_is_told_with_where_to_name_it(code):
    reason, message = told(unverified(code))
    assert reason is Reason.TLS
    assert "tls_config.ca_file" in message


@pytest.mark.parametrize(
    ("code", "words"),
    [(10, "has expired"), (62, "another name"), (64, "another name"), (9, "refused: it is odd")],
)
def test_a_refused_certificate_is_told_by_what_is_wrong_with_it(code, words):
    reason, message = told(unverified(code))
    assert reason is Reason.TLS
    assert words in message


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("WRONG_VERSION_NUMBER", "no TLS on this port"),
        ("RECORD_LAYER_FAILURE", "no TLS on this port"),
        ("UNSUPPORTED_PROTOCOL", "no TLS version in common"),
        ("TLSV1_ALERT_PROTOCOL_VERSION", "no TLS version in common"),
        ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "asks for a client certificate"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "ended the TLS handshake"),
        ("SSLV3_ALERT_HANDSHAKE_FAILURE", "see tls_config.ciphers"),
        ("UNSAFE_LEGACY_RENEGOTIATION_DISABLED", "tls_config.legacy_renegotiation"),
        ("NO_CIPHERS_AVAILABLE", "tls_config.ciphers: DEFAULT:@SECLEVEL=1"),
        ("DH_KEY_TOO_SMALL", "dh key too small"),
        ("BAD_RECORD_TYPE", "the TLS connection failed: bad record type"),
        (None, "the TLS connection failed"),
    ],
)
def test_a_failed_handshake_is_told_by_openssls_word_for_it(name, words):
    reason, message = told(tls_error(name))
    assert reason is Reason.TLS
    assert words in message


def test_a_tls_error_is_found_behind_the_librarys_own():
    error = aiohttp.ClientOSError("hidden")
    error.__cause__ = unverified(10)
    assert told(error) == (
        Reason.TLS,
        "the server's certificate has expired; it must be renewed there",
    )


@pytest.mark.parametrize(
    ("https", "hint"),
    [
        (True, "; it may ask for a client certificate"),
        (False, "; if that server speaks TLS, use https:// in url"),
    ],
)
def test_a_connection_that_is_closed_in_silence_may_want_a_certificate_over_tls(https, hint):
    assert told(aiohttp.ServerDisconnectedError(), https) == (
        Reason.CONNECT,
        f"it closed the connection without an answer{hint}",
    )


def no_connection(kind, host, os_error):
    key = ConnectionKey(host, 8443, True, True, None, None, None)
    return kind(key, os_error)


BROKEN_HANDSHAKE = (
    "the connection broke off in the TLS handshake; "
    "check the port, and which versions, ciphers and client certificates the server takes"
)
REFUSED = ConnectionRefusedError(111, "hidden")
RESET = ConnectionResetError(104, "hidden")


@pytest.mark.parametrize(
    ("error", "reason", "message"),
    [
        (
            no_connection(aiohttp.ClientConnectorError, "a.example.com", REFUSED),
            Reason.CONNECT,
            "a.example.com:8443: no connection: Connection refused",
        ),
        (
            no_connection(aiohttp.ClientConnectorError, "::1", REFUSED),
            Reason.CONNECT,
            "[::1]:8443: no connection: Connection refused",
        ),
        (
            no_connection(aiohttp.ClientProxyConnectionError, "p.example.com", RESET),
            Reason.CONNECT,
            "proxy p.example.com:8443: no connection: Connection reset by peer",
        ),
        (
            no_connection(aiohttp.ClientConnectorDNSError, "a.example.com", OSError("hidden")),
            Reason.DNS,
            "a.example.com:8443: the name cannot be resolved; check its spelling",
        ),
        (
            no_connection(aiohttp.ClientConnectorError, "a.example.com", RESET),
            Reason.TLS,
            f"a.example.com:8443: {BROKEN_HANDSHAKE}",
        ),
    ],
)
def test_a_connection_that_cannot_be_made_names_whom_it_was_for(error, reason, message):
    failure = explain(error, SERVER, https=True)
    assert (failure.reason, failure.message) == (reason, message)


def test_without_tls_a_connection_that_is_reset_at_once_has_nothing_to_do_with_it():
    error = no_connection(aiohttp.ClientConnectorError, "a.example.com", RESET)
    assert explain(error, SERVER, https=False).reason is Reason.CONNECT


def test_an_answer_that_ends_too_early_and_one_that_breaks_off_are_connect():
    assert told(aiohttp.ClientPayloadError("cut"))[0] is Reason.CONNECT
    reason, message = told(ConnectionResetError(104, "hidden"))
    assert (reason, message) == (
        Reason.CONNECT,
        "the connection broke off: Connection reset by peer",
    )


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.example.com/a?b=c", "api.example.com:443"),
        ("http://user:secret@api.example.com:8080/", "api.example.com:8080"),
        ("http://[::1]/", "[::1]:80"),
    ],
)
def test_a_server_is_called_by_host_and_port_alone(url, name):
    assert server_name(URL(url)) == name


@pytest.mark.parametrize(
    "error", [ConnectionResetError(104, "x"), aiohttp.ClientResponseError(None, (), message="")]
)
def test_http_to_a_server_that_may_speak_tls_says_so(error):
    advice = "if that server speaks TLS, use https:// in url"
    assert told(error, https=False)[1].endswith(advice)
    assert advice not in told(error, https=True)[1]
