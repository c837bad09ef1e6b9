"""The handlers of the pages for people: all targets, one of them, and the runbooks."""

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from aiohttp import web

from license_exporter.collector.collector import Collector
from license_exporter.collector.target_view import TargetView
from license_exporter.process.clock import Clock
from license_exporter.web.sending import Parts
from license_exporter.web.status.attention import Attention
from license_exporter.web.status.site import Site
from license_exporter.web.workbench import Workbench

if TYPE_CHECKING:
    from license_exporter.web.status.rendering import Pages

# After so many targets, the event loop gets its turn.
_SLICE = 100


class StatusPage:
    """The handlers of `/`, `/target` and `/runbooks`."""

    def __init__(
        self, site: Site, collector: Collector, clock: Clock, workbench: Workbench
    ) -> None:
        self._site = site
        self._collector = collector
        self._clock = clock
        self._workbench = workbench

    async def index(self, request: web.Request) -> web.StreamResponse:
        """The table of targets; parameters `q`, `state` and `page`."""
        text = request.query.get("q", "")[:200]
        state = request.query.get("state", "")
        state = state if state in set(Attention) else ""
        number = _page_number(request.query.get("page", ""))

        async def make() -> bytes:
            views = await self.views()
            now = self._clock.time()
            return await self._workbench.in_thread(
                lambda: self.pages.index(views, now, text, state, number)
            )

        return self.response(await self._workbench.page(request, ("/", text, state, number), make))

    async def target(self, request: web.Request) -> web.StreamResponse:
        """The page of the target that parameter `name` names."""
        name = request.query.get("name", "")
        live = self._collector.targets.get(name)
        now = self._clock.time()

        async def make() -> bytes:
            if live is None:
                return await self._workbench.in_thread(lambda: self.pages.missing(now))
            view = live.view()
            return await self._workbench.in_thread(lambda: self.pages.target(view, now))

        key = "/target", name if live else None
        body = await self._workbench.page(request, key, make)
        return self.response(body, 200 if live else 404)

    async def runbooks(self, request: web.Request) -> web.StreamResponse:
        """What each alert means, and what to do."""

        async def make() -> bytes:
            now = self._clock.time()
            return await self._workbench.in_thread(lambda: self.pages.runbooks(now))

        try:
            return self.response(await self._workbench.page(request, "/runbooks", make))
        except OSError:
            text = "This installation lacks the runbooks.\n"
            raise web.HTTPNotFound(text=text) from None

    async def views(self) -> list[TargetView]:
        """All targets as they stand."""
        views = []
        for count, live in enumerate(list(self._collector.targets.values()), 1):
            views.append(live.view())
            if not count % _SLICE:
                await asyncio.sleep(0)
        return views

    @cached_property
    def pages(self) -> "Pages":
        """What renders the pages; made with the first of them."""
        from license_exporter.web.status.rendering import Pages

        return Pages(self._site)

    def response(self, body: bytes, status: int = 200) -> web.StreamResponse:
        """A page as an answer."""
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": self.pages.policy,
            "Referrer-Policy": "no-referrer",
        }
        return Parts.of(body, headers, status)


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
