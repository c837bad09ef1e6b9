"""The handlers of what people renew by: a page, a calendar, tables; nothing is fetched.

What makes them is imported by the first who asks for it: a start takes no longer.
"""

import hashlib
from collections.abc import Callable
from urllib.parse import urlencode

from aiohttp import web

from license_exporter.collector.target_view import TargetView
from license_exporter.process.clock import Clock
from license_exporter.web.sending import Parts
from license_exporter.web.status.page import StatusPage
from license_exporter.web.workbench import Workbench

_CSV = "text/csv; charset=utf-8; header=present"


class RenewalsPage:
    """The handlers of `/renewals`, `/renewals.csv`, `/renewals.ics` and `/pools.csv`.

    Parameters of all but the last: `q`, `owner`, `vendor` and `days`, as in `Filter`.
    """

    def __init__(self, status: StatusPage, clock: Clock, workbench: Workbench) -> None:
        self._status = status
        self._clock = clock
        self._workbench = workbench

    async def page(self, request: web.Request) -> web.StreamResponse:
        from license_exporter.web.status.renewals import Filter, renewals

        asked = Filter.of(request.query)
        query = urlencode({key: value for key, value in request.query.items() if value})[:2000]
        pages = self._status.pages
        body = await self._made(
            request,
            ("/renewals", asked, query),
            lambda views, now: pages.renewals(renewals(views, now, asked), asked, query, now),
        )
        return self._status.response(body)

    async def table(self, request: web.Request) -> web.StreamResponse:
        from license_exporter.web.status.downloads import renewals_csv
        from license_exporter.web.status.renewals import Filter, renewals

        asked = Filter.of(request.query)
        body = await self._made(
            request,
            ("/renewals.csv", asked),
            lambda views, now: renewals_csv(renewals(views, now, asked), now),
        )
        return _download(body, _CSV, "renewals.csv")

    async def calendar(self, request: web.Request) -> web.StreamResponse:
        from license_exporter.web.status.calendar import calendar, entries
        from license_exporter.web.status.renewals import Filter, renewals

        asked = Filter.of(request.query)
        body = await self._made(
            request,
            ("/renewals.ics", asked),
            lambda views, now: calendar(entries(renewals(views, now, asked))),
        )
        etag = hashlib.sha256(body).hexdigest()[:32]
        headers = {"ETag": f'"{etag}"', "Cache-Control": "private, no-cache"}
        if any(tag.value in (etag, "*") for tag in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        answer = _download(body, "text/calendar; charset=utf-8", "renewals.ics")
        answer.headers.update(headers)
        return answer

    async def pools(self, request: web.Request) -> web.StreamResponse:
        from license_exporter.web.status.downloads import pools_csv

        body = await self._made(request, "/pools.csv", lambda views, now: pools_csv(views))
        return _download(body, _CSV, "pools.csv")

    async def _made(
        self, request: web.Request, key: object, write: Callable[[list[TargetView], float], bytes]
    ) -> bytes:
        async def make() -> bytes:
            views = await self._status.views()
            now = self._clock.time()
            return await self._workbench.in_thread(lambda: write(views, now))

        return await self._workbench.page(request, key, make)


def _download(body: bytes, media_type: str, name: str) -> web.StreamResponse:
    headers = {
        "Content-Type": media_type,
        "Content-Disposition": f'attachment; filename="{name}"',
        "Referrer-Policy": "no-referrer",
    }
    return Parts.of(body, headers)
