"""The license managers that are not in the fleet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from license_exporter.demo.config import Keep, by_host, by_tool
from license_exporter.demo.fleet.product import Product, day
from license_exporter.demo.managers import others
from license_exporter.demo.managers.features import Feature
from license_exporter.demo.managers.server import LicenseServer
from license_exporter.demo.moments import DAY, around, in_office_hours
from license_exporter.process.clock import Clock

_OPTIONS = {"labels": {"team": "cad"}, "min_interval": "15s"}
_Report = Callable[[Sequence[Feature], float, str], str]


def license_managers(clock: Clock) -> tuple[Product, ...]:
    """A license server of each manager that the fleet has none of."""
    end = day(clock.time() + 150 * DAY)
    assembly = Feature("ASM", "8", in_office_hours(2, 14), ((12, end),))
    plant = Feature("PLANT", "1.0", around(6, 2), ((20, end),))
    solver = Feature("MPPDYNA", "971", around(320, 60), ((500, end),), 80)
    tire = Feature("tire", "2023", around(2, 1), ((3, end),))
    mathematica = Feature("Mathematica", "13.2", in_office_hours(1, 8), ((20, end),))

    def product(vendor: str, tool: str, feature: Feature, report: _Report) -> Product:
        server = LicenseServer(clock, tool, partial(report, (feature,)))
        access = by_host if tool == "lsmon" else by_tool
        shows = f"{feature.name}, read with {tool}"
        return Product(vendor, vendor, shows, (server,), access, _OPTIONS)

    return (
        product("dsls", "DSLicSrv", assembly, others.license_usage),
        product("sentinel_rms", "lsmon", plant, others.lsmon),
        product("lsdyna", "lstc_qrun", solver, others.qrun),
        product("olicense", "olixtool", tire, others.olixtool),
        product("mathlm", "monitorlm", mathematica, others.monitorlm),
        Product(
            "sentinel_ldk",
            "sentinel_ldk",
            "PLANT, read from the license manager's own page",
            (_AdminPage(clock, plant),),
            _without_credentials,
            _OPTIONS,
        ),
    )


def _without_credentials(addresses: Sequence[str], _keep: Keep) -> dict[str, object]:
    return {"url": addresses[0]}


@dataclass(frozen=True, slots=True)
class _AdminPage:
    """Sentinel LDK's Admin Control Center, as far as its features go."""

    clock: Clock
    feature: Feature

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/_int_/tab_feat.html", self._features)
        return app

    async def _features(self, request: web.Request) -> web.Response:
        # Newer versions refuse the bare address.
        if "featureid" not in request.query:
            return web.Response(status=400)
        return web.Response(text=others.tab_feat((self.feature,), self.clock.time()))
