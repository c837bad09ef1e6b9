"""Whether the exporter is there, and the reload of its configuration by a request."""

import asyncio
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from license_exporter.web.running import Running


async def healthy(request: web.Request) -> web.Response:
    """Say that the program runs."""
    return web.Response(text="license_exporter is healthy.\n")


async def ready(request: web.Request) -> web.Response:
    """Say that the program answers scrapes."""
    return web.Response(text="license_exporter is ready.\n")


class Lifecycle:
    """The handler of `/-/reload`, which is `enabled` by a flag."""

    def __init__(self, exporter: Running, *, enabled: bool) -> None:
        self._exporter = exporter
        self._enabled = enabled

    async def reload(self, request: web.Request) -> web.Response:
        """Put the configuration file in force anew."""
        if not self._enabled:
            return web.Response(
                status=403, text="Reloading over HTTP needs --web.enable-lifecycle.\n"
            )
        if _is_of_another_site(request):
            return web.Response(
                status=403, text="A page of another site cannot reload the configuration.\n"
            )
        if await asyncio.shield(self._exporter.reload()):
            return web.Response(text="The configuration is reloaded.\n")
        return web.Response(
            status=500,
            text="The configuration file cannot be used; the former one goes on. "
            "The log has every problem.\n",
        )


def _is_of_another_site(request: web.Request) -> bool:
    """Whether a browser sends the request for a page of another origin.

    Browsers tell it in Sec-Fetch-Site and, for each POST, in Origin, old ones in Referer; programs
    send none of them.
    """
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
        return True
    told = [
        *request.headers.getall(hdrs.ORIGIN, []),
        *request.headers.getall(hdrs.REFERER, []),
    ]
    return any(_host(address) != request.headers.get(hdrs.HOST) for address in told)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None
