"""One HTTP exchange: what came back, and what a bad status means."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from multidict import CIMultiDictProxy

from license_exporter.errors import FetchError, Reason

MAX_RETRY_AFTER = 3600.0

_SECONDS = re.compile(r"\d+(\.\d+)?", re.ASCII)
_A_YEAR = 366 * 86400
_REMAINING = ("X-RateLimit-Remaining", "RateLimit-Remaining", "X-Rate-Limit-Remaining")
_RESET = ("X-RateLimit-Reset", "RateLimit-Reset", "X-Rate-Limit-Reset")
# What nginx, Go's servers, Apache and Tomcat say to a request without TLS, where they speak TLS.
_WANTS_TLS = re.compile(
    rb"plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server"
    rb"|speaking plain HTTP to an SSL-enabled|host and port requires TLS"
)
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([\w.:-]{1,40})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """An answer; with a status of 300 or more, a body that is damaged or over 64 KiB is empty."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes

    @property
    def media_type(self) -> str:
        """What the server calls the body, in small letters and without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The character set that the server says, "" if it says none."""
        said = _CHARSET.search(self.headers.get("Content-Type", ""))
        return said[1] if said else ""


def status_error(response: Response, now: float) -> FetchError:
    """The FetchError for an answer that is not the document; `now` is the time of day.

    It has the server's `Retry-After`, at most an hour, with 429 and 503.
    """
    status = response.status
    problem = f"answered {status_text(status)}"
    retry_after = None
    if status == 401:
        reason, advice = Reason.AUTH, "; check the credentials"
    elif is_rate_limited(response):
        reason, advice = Reason.RATE_LIMITED, "; raise min_interval if this goes on"
    elif status == 403:
        reason, advice = Reason.FORBIDDEN, "; check the account's rights and the credentials"
    elif status == 404:
        reason, advice = Reason.NOT_FOUND, "; check the url"
    elif status == 400 and _WANTS_TLS.search(response.body):
        reason, advice = Reason.HTTP, "; the server speaks TLS: use https:// in url"
    else:
        reason, advice = (Reason.SERVER if 500 <= status < 600 else Reason.HTTP), ""
    if status == 503 or reason is Reason.RATE_LIMITED:
        retry_after = _retry_after(response.headers.get("Retry-After", ""), now)
        if retry_after is None and reason is Reason.RATE_LIMITED:
            retry_after = _until_reset(response.headers, now)
    return FetchError(reason, problem + advice, status=status, retry_after=retry_after)


def is_rate_limited(response: Response) -> bool:
    """Whether the server refuses the request for the number of them.

    Some answer 403 then, with how long to wait or a rest of none (GitHub: "Rate limits for the REST
    API", docs.github.com).
    """
    if response.status != 403:
        return response.status == 429
    rest = (response.headers.get(name, "").strip() for name in _REMAINING)
    return "Retry-After" in response.headers or "0" in rest


def _until_reset(headers: CIMultiDictProxy[str], now: float) -> float | None:
    """Seconds until a limit is lifted, which some tell as such and some as a time; at most 1 h."""
    for name in _RESET:
        written = headers.get(name, "").strip()
        if _SECONDS.fullmatch(written):
            wait = float(written) - (now if float(written) > _A_YEAR else 0)
            return min(wait, MAX_RETRY_AFTER) if wait > 0 else None
    return None


def status_text(status: int) -> str:
    """A status and its name in the standard; the server's own words are not for show."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _retry_after(written: str, now: float) -> float | None:
    """Seconds to wait, given as such or as a date (RFC 9110, section 10.2.3); None if neither."""
    written = written.strip()
    if _SECONDS.fullmatch(written):
        return min(float(written), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = (moment - datetime.fromtimestamp(now, UTC)).total_seconds()
    return min(wait, MAX_RETRY_AFTER) if wait > 0 else None
