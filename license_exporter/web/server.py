"""The exporter's HTTP endpoints: which there are, and what stands before them."""

from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from license_exporter.errors import ConfigError
from license_exporter.process.clock import Clock
from license_exporter.web import answers, lifecycle
from license_exporter.web.lifecycle import Lifecycle
from license_exporter.web.options import Options
from license_exporter.web.running import Running
from license_exporter.web.scrapes import Scrapes
from license_exporter.web.slots import Slots
from license_exporter.web.status.page import StatusPage
from license_exporter.web.status.renewals_page import RenewalsPage
from license_exporter.web.status.site import Site
from license_exporter.web.tables import Tables
from license_exporter.web.workbench import Workbench

# How many pages, tables and the like are answered at a time.
_PAGES = 20


def application(exporter: Running, options: Options, clock: Clock) -> web.Application:
    """The application that serves the endpoints under the route prefix.

    Raises ConfigError for a telemetry path that is another page's.
    """
    workbench = Workbench(_PAGES)
    scrapes = Scrapes(exporter, options.timeout_offset, workbench)
    tables = Tables(exporter, options, workbench)
    site = Site(options.root, options.telemetry_path, options.shard)
    status = StatusPage(site, exporter.collector, clock, workbench)
    renewals = RenewalsPage(status, clock, workbench)
    scrape = Slots(
        options.max_requests,
        f"Limit of concurrent scrapes reached ({options.max_requests}); "
        "raise --web.max-requests, or scrape less often.\n",
    ).bounded
    page = Slots(_PAGES, "Too many ask for pages at the same time; try again.\n").bounded
    handlers: dict[str, Handler] = {
        "/target": page(status.target),
        "/runbooks": page(status.runbooks),
        "/renewals": page(renewals.page),
        "/renewals.csv": page(renewals.table),
        "/renewals.ics": page(renewals.calendar),
        "/pools.csv": page(renewals.pools),
        "/probe": scrape(scrapes.probe),
        "/-/metrics": page(scrapes.own),
        "/-/healthy": lifecycle.healthy,
        "/-/ready": lifecycle.ready,
        "/-/reload": Lifecycle(exporter, enabled=options.enable_lifecycle).reload,
        "/sd": page(tables.discovery),
        "/config": page(tables.config),
    }
    telemetry_path = options.telemetry_path
    if telemetry_path in handlers:
        raise ConfigError([f"--web.telemetry-path: {telemetry_path} is another page's path"])
    # At the root, the metrics take the place of the status page, as in other exporters.
    handlers = {"/": page(status.index)} | handlers
    handlers[telemetry_path] = scrape(scrapes.metrics)
    return _application(handlers, options.route_prefix, (workbench.close, scrapes.close))


def health_application() -> web.Application:
    """The application that says that the program is there, and nothing else."""
    return _application({"/-/healthy": lifecycle.healthy, "/-/ready": lifecycle.ready}, "", ())


def _application(
    handlers: dict[str, Handler],
    prefix: str,
    close: tuple[Callable[[web.Application], Awaitable[None]], ...],
) -> web.Application:
    app = web.Application(middlewares=[answers.sent])
    app.on_response_prepare.append(answers.harmless)
    app.on_cleanup.extend(close)
    for path, handler in handlers.items():
        for method in ("POST", "PUT") if path == "/-/reload" else ("GET", "HEAD"):
            app.router.add_route(method, prefix + path, handler)
    if prefix:
        for path in ("/", prefix):
            for method in ("GET", "HEAD"):
                app.router.add_route(method, path, _led_to(f"{prefix}/"))
    return app


def _led_to(path: str) -> Handler:
    """A handler for those who leave the prefix out, or its last slash."""

    async def redirect(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(path)

    return redirect
