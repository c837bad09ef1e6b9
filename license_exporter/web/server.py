"""The exporter's HTTP endpoints."""

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from license_exporter.collector.collector import Collector
from license_exporter.collector.own_metrics import OwnMetrics
from license_exporter.collector.scrape import address, time_left
from license_exporter.collector.target_view import TargetView
from license_exporter.errors import ConfigError
from license_exporter.exposition import families
from license_exporter.exposition.compression import Chunk, gzip_member
from license_exporter.exposition.negotiation import choose_format, gzip_accepted
from license_exporter.exposition.text import Blocks, encode, render
from license_exporter.process.clock import Clock
from license_exporter.web.options import Options
from license_exporter.web.parts import Parts
from license_exporter.web.status.page import Site, StatusPage


class Running(Protocol):
    """What the endpoints show: the running exporter."""

    collector: Collector
    own: OwnMetrics

    @property
    def configuration(self) -> str:
        """The configuration in force as YAML, without its secrets."""

    def reload(self) -> bool:
        """Put the configuration file in force anew; False if it cannot be used."""


class Endpoints:
    """Answers requests from the running exporter."""

    def __init__(self, exporter: Running, options: Options, clock: Clock) -> None:
        self._exporter = exporter
        self._options = options
        self._clock = clock
        self._scrapes = 0

    def application(self, middlewares: Sequence[Middleware] = ()) -> web.Application:
        """The application that serves the endpoints under the route prefix.

        Raises ConfigError for a telemetry path that is another page's.
        """
        app = web.Application(middlewares=middlewares)
        telemetry_path = self._options.telemetry_path
        page = StatusPage(Site(self._options.root, telemetry_path), self._views, self._clock)
        pages: dict[str, Handler] = {
            "/target": page.target,
            "/probe": self._bounded(self._probe),
            "/-/metrics": self._own_metrics,
            "/-/healthy": self._healthy,
            "/-/ready": self._ready,
            "/-/reload": self._lifecycle,
            "/sd": self._discovery,
            "/config": self._config,
        }
        if telemetry_path in pages:
            raise ConfigError([f"--web.telemetry-path: {telemetry_path} is another page's path"])
        # At the root, the metrics take the place of the status page, as in other exporters.
        pages = {"/": page.index} | pages | {telemetry_path: self._bounded(self._metrics)}
        for path, handler in pages.items():
            for method in ("POST", "PUT") if path == "/-/reload" else ("GET", "HEAD"):
                app.router.add_route(method, self._options.route_prefix + path, handler)
        return app

    def _views(self) -> list[TargetView]:
        return [live.view() for live in self._exporter.collector.targets.values()]

    def _bounded(self, handler: Handler) -> Handler:
        """Refuse scrapes beyond the greatest number at a time."""

        async def bounded(request: web.Request) -> web.StreamResponse:
            if 0 < self._options.max_requests <= self._scrapes:
                return web.Response(
                    status=503,
                    text=f"Limit of concurrent scrapes reached ({self._options.max_requests}); "
                    "raise --web.max-requests, or scrape less often.\n",
                )
            self._scrapes += 1
            try:
                return await handler(request)
            finally:
                self._scrapes -= 1

        return bounded

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        names = request.query.getall("target", None)
        collected = await self._exporter.collector.collect(self._deadline(request), names)
        blocks = [block for target in collected for block in target.blocks]
        if names is None:
            blocks.append(self._exporter.collector.tallies())
        return await self._exposition(request, blocks, own=names is None)

    async def _probe(self, request: web.Request) -> web.StreamResponse:
        names = request.query.getall("target", [])
        if len(names) != 1:
            return _bad_request('give one parameter "target": /probe?target=NAME')
        if names[0] not in self._exporter.collector.targets:
            return _bad_request(
                'parameter "target" is not the name of a configured target; '
                "names are those of the configuration file, and never addresses"
            )
        begin = time.perf_counter()
        (collected,) = await self._exporter.collector.collect(self._deadline(request), names)
        seconds = time.perf_counter() - begin
        no_labels: tuple[str, ...] = ()
        probe = encode(
            {
                families.PROBE_SUCCESS: {no_labels: collected.up},
                families.PROBE_DURATION: {no_labels: seconds},
            }
        )
        return await self._exposition(request, [*collected.blocks, probe], own=False)

    async def _own_metrics(self, request: web.Request) -> web.StreamResponse:
        return await self._exposition(request, [self._exporter.collector.tallies()], own=True)

    async def _exposition(
        self, request: web.Request, blocks: list[Blocks], *, own: bool
    ) -> web.StreamResponse:
        format = choose_format(request.headers.get("Accept", ""))
        generate = generate_openmetrics if format.openmetrics else generate_latest
        text = generate(self._exporter.own.registry) if own else b""
        chunks = render(blocks, text, openmetrics=format.openmetrics)
        headers = {"Content-Type": format.content_type, "Vary": "Accept, Accept-Encoding"}
        if gzip_accepted(request.headers.get("Accept-Encoding", "")):
            headers["Content-Encoding"] = "gzip"
            chunks = [Chunk(await asyncio.to_thread(gzip_member, chunks))]
        return Parts(request, chunks, headers)

    async def _healthy(self, request: web.Request) -> web.Response:
        return web.Response(text="license_exporter is healthy.\n")

    async def _ready(self, request: web.Request) -> web.Response:
        return web.Response(text="license_exporter is ready.\n")

    async def _lifecycle(self, request: web.Request) -> web.Response:
        if not self._options.enable_lifecycle:
            return web.Response(
                status=403, text="Reloading over HTTP needs --web.enable-lifecycle.\n"
            )
        if self._exporter.reload():
            return web.Response(text="The configuration is reloaded.\n")
        return web.Response(
            status=500,
            text="The configuration file cannot be used; the former one goes on. "
            "The log has every problem.\n",
        )

    async def _config(self, request: web.Request) -> web.Response:
        return web.Response(text=self._exporter.configuration, content_type="text/yaml")

    async def _discovery(self, request: web.Request) -> web.Response:
        external = urlsplit(self._options.external_url)
        scheme = external.scheme or request.scheme
        host = address(external.netloc or request.headers.get("Host", ""), scheme)
        if host is None:
            return _bad_request("the Host header is not the name and port of a host")
        groups = []
        for name, live in self._exporter.collector.targets.items():
            labels = {
                "__metrics_path__": f"{self._options.root}/probe",
                "__param_target": name,
                "__meta_license_vendor": live.target.driver.name,
                "instance": name,
                **live.target.labels,
            }
            if scheme == "https":
                labels["__scheme__"] = scheme
            groups.append({"targets": [host], "labels": labels})
        return web.Response(body=json.dumps(groups).encode(), content_type="application/json")

    def _deadline(self, request: web.Request) -> float:
        left = time_left(request.headers, self._options.timeout_offset)
        return asyncio.get_running_loop().time() + left


def _bad_request(problem: str) -> web.Response:
    return web.Response(status=400, text=f"Bad request: {problem}.\n")
