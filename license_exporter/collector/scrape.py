"""How long a scrape may take, and whom it is for: what its request says."""

import math
import re
from collections.abc import Mapping

TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"
DEFAULT_TIMEOUT = 10.0

_HOST = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?",
    re.ASCII,
)


def time_left(headers: Mapping[str, str], offset: float) -> float:
    """The time in seconds in which a scrape must be answered.

    It is what Prometheus says in its header, less `offset` for the way back; half of it where that
    leaves nothing; 10 s where it says nothing.
    """
    try:
        timeout = float(headers[TIMEOUT_HEADER])
    except (KeyError, ValueError):
        return DEFAULT_TIMEOUT
    if not math.isfinite(timeout) or timeout <= 0:
        return DEFAULT_TIMEOUT
    return timeout - offset if timeout > offset else timeout / 2


def address(host: str, scheme: str) -> str | None:
    """A `Host` header as host:port; None if it is not the name and port of a host."""
    match = _HOST.fullmatch(host)
    if not match or len(host) > 260:
        return None
    port = int(match["port"]) if match["port"] else {"http": 80, "https": 443}[scheme]
    return f"{match['name']}:{port}" if 0 < port < 65536 else None
