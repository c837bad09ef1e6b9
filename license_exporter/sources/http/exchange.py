"""One HTTP exchange: what came back, and what a bad status means."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from multidict import CIMultiDictProxy

from license_exporter.errors import FetchError, Reason

MAX_RETRY_AFTER = 3600.0

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
    elif status == 403:
        reason, advice = Reason.FORBIDDEN, "; check the account's rights and the credentials"
    elif status == 404:
        reason, advice = Reason.NOT_FOUND, "; check the url"
    elif status == 429:
        reason, advice = Reason.RATE_LIMITED, "; raise min_interval if this goes on"
    else:
        reason, advice = (Reason.SERVER if 500 <= status < 600 else Reason.HTTP), ""
    if status in (429, 503):
        retry_after = _retry_after(response.headers.get("Retry-After", ""), now)
    return FetchError(reason, problem + advice, status=status, retry_after=retry_after)


def status_text(status: int) -> str:
    """A status and its name in the standard; the server's own words are not for show."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _retry_after(written: str, now: float) -> float | None:
    """Seconds to wait, given as such or as a date (RFC 9110, section 10.2.3); None if neither."""
    written = written.strip()
    if written.isdecimal() and written.isascii():
        return min(float(written), MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    wait = (moment - datetime.fromtimestamp(now, UTC)).total_seconds()
    return min(wait, MAX_RETRY_AFTER) if wait > 0 else None
