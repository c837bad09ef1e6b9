import pytest
from multidict import CIMultiDict, CIMultiDictProxy

from license_exporter.errors import Reason
from license_exporter.sources.http.exchange import Response, status_error

# Sun, 22 Nov 2026 12:00:00 GMT
NOW = 1795348800.0


def answered(status, retry_after=None):
    headers = CIMultiDict({"Retry-After": retry_after} if retry_after is not None else {})
    return Response(status, CIMultiDictProxy(headers), b"secret")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (201, Reason.HTTP),
        (304, Reason.HTTP),
        (400, Reason.HTTP),
        (401, Reason.AUTH),
        (402, Reason.HTTP),
        (403, Reason.FORBIDDEN),
        (404, Reason.NOT_FOUND),
        (407, Reason.HTTP),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER),
        (503, Reason.SERVER),
        (599, Reason.SERVER),
        (600, Reason.HTTP),
    ],
)
def test_each_status_has_its_reason(status, reason):
    error = status_error(answered(status), NOW)
    assert error.reason is reason
    assert error.status == status
    assert str(status) in error.message
    assert "secret" not in error.message


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("7.5", 7.5),
        ("3600", 3600.0),
        ("86400", 3600.0),
        ("9" * 5000, 3600.0),
        ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0),
        ("Sunday, 22-Nov-26 12:01:00 GMT", 60.0),
        ("Sun Nov 22 12:01:00 2026", 60.0),
        ("Sun, 22 Nov 2026 12:01:00 -0000", 60.0),
        ("Sun, 22 Nov 2026 13:01:00 +0100", 60.0),
        ("Mon, 23 Nov 2026 12:00:00 GMT", 3600.0),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_at_most_an_hour(written, seconds):
    for status in (429, 503):
        assert status_error(answered(status, written), NOW).retry_after == seconds


@pytest.mark.parametrize(
    "written",
    [
        "",
        "-1",
        "soon",
        "٣",
        "Sun, 22 Nov 2026 11:59:00 GMT",
        "Sun, 99 Nov 2026 12:01:00 GMT",
        "Sun, 22 Nov 99999 12:01:00 GMT",
        "Sun, 22 Nov 2026 12:01:00 +9999",
    ],
)
def test_a_retry_after_that_says_nothing_is_ignored(written):
    assert status_error(answered(429, written), NOW).retry_after is None


def test_retry_after_means_nothing_with_other_statuses():
    for status in (401, 404, 500):
        assert status_error(answered(status, "60"), NOW).retry_after is None


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "60"}, 60.0),
        ({"X-RateLimit-Remaining": "0"}, None),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) + 90)}, 90.0),
        ({"RateLimit-Remaining": "0", "RateLimit-Reset": "30"}, 30.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(int(NOW) + 9000)}, 3600.0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(NOW) - 90)}, None),
    ],
)
def test_a_403_that_tells_a_limit_is_one(headers, wait):
    error = status_error(_answer(403, headers), NOW)
    assert (error.reason, error.retry_after) == (Reason.RATE_LIMITED, wait)
    assert error.throttled


@pytest.mark.parametrize("headers", [{}, {"X-RateLimit-Remaining": "12"}])
def test_any_other_403_is_a_lack_of_rights(headers):
    assert status_error(_answer(403, headers), NOW).reason is Reason.FORBIDDEN


@pytest.mark.parametrize(
    ("written", "charset"),
    [
        ("application/json; charset=ISO-8859-1", "ISO-8859-1"),
        ('text/csv;header=present; Charset="utf-16"', "utf-16"),
        ("application/json", ""),
    ],
)
def test_the_character_set_is_that_of_the_content_type(written, charset):
    assert _answer(200, {"Content-Type": written}).charset == charset


@pytest.mark.parametrize(
    "body",
    [
        b"<center>The plain HTTP request was sent to HTTPS port</center>",
        b"Client sent an HTTP request to an HTTPS server.\n",
        b"Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        b"Bad Request\r\nThis combination of host and port requires TLS.\r\n",
    ],
)
def test_a_server_that_wants_tls_is_told(body):
    error = status_error(Response(400, CIMultiDictProxy(CIMultiDict()), body), NOW)
    assert error.message == "answered 400 Bad Request; the server speaks TLS: use https:// in url"
    other = status_error(Response(400, CIMultiDictProxy(CIMultiDict()), b"no"), NOW)
    assert other.message == "answered 400 Bad Request"


def _answer(status, headers):
    return Response(status, CIMultiDictProxy(CIMultiDict(headers)), b"")
