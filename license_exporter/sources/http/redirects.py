"""Where a redirect leads, and whether it is followed."""

import aiohttp
from yarl import URL

from license_exporter.config.addresses import origin
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.errors import server_name
from license_exporter.sources.http.exchange import status_text

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST = 10


def location(answer: aiohttp.ClientResponse, address: URL, *, follow: bool) -> URL | None:
    """Where the answer of an address redirects to; None if it does not.

    Raises FetchError `http` where it is not to be followed, and where it leads to another origin.
    """
    if answer.status not in _REDIRECTS:
        return None
    problem = f"{server_name(address)}: answered {status_text(answer.status)}"
    if not follow:
        problem = f"{problem}, a redirect, which is not followed"
        raise FetchError(Reason.HTTP, problem, status=answer.status)
    try:
        target = address.join(URL(answer.headers["Location"]))
        if origin(target) == origin(address):
            return target.with_user(None).with_fragment(None)
    except (KeyError, ValueError):
        raise FetchError(Reason.HTTP, f"{problem}, a redirect to nowhere") from None
    raise FetchError(
        Reason.HTTP,
        f"{problem}, a redirect to another scheme, host or port, which is not followed; "
        "if that is where the API is, give it as url",
        status=answer.status,
    )


def check_circle(location: URL, cookies: str, seen: set[tuple[URL, str]]) -> None:
    """Raise FetchError `http` for a redirect to where the request has been, or one too many.

    With other cookies, the same address may answer otherwise.
    """
    if (location, cookies) in seen or len(seen) > _MOST:
        raise FetchError(Reason.HTTP, f"{server_name(location)}: it redirects in a circle")
