"""What the CAD department checks its licenses out of: FlexLM, RLM and LM-X servers."""

from functools import partial

from license_exporter.demo.config import by_tool
from license_exporter.demo.fleet.product import Product, day
from license_exporter.demo.managers.cad import licstat, lmstat, rlmstat
from license_exporter.demo.managers.features import Feature
from license_exporter.demo.managers.server import LicenseServer
from license_exporter.demo.moments import DAY, around, in_office_hours, level
from license_exporter.process.clock import Clock

_OPTIONS = {"labels": {"team": "cad"}, "min_interval": "15s"}


def license_servers(clock: Clock) -> tuple[Product, ...]:
    """A server of each of the three usual managers."""
    return _flexlm(clock), _rlm(clock), _lmx(clock)


def _flexlm(clock: Clock) -> Product:
    now = clock.time()
    features = (
        Feature("cad_design", "2026.1", in_office_hours(5, 62), ((60, day(now + 200 * DAY)),)),
        Feature("mesh", "14.2", around(168, 6), ((128, day(now + 9 * DAY)),), 16, 200),
        Feature(
            "analysis",
            "2026.1",
            around(7, 3, 1),
            ((10, day(now - 4 * DAY)), (12, day(now + 361 * DAY))),
            first_user=40,
        ),
        Feature("drafting", "9.0", in_office_hours(3, 17), ((25, None),), first_user=300),
    )
    return Product(
        "cad-flexlm",
        "flexlm",
        "a triad with a server down and a daemon down; a queue for mesh, which ends in 9 days; "
        "cad_design peaks at noon; analysis has an old end beside a new one, drafting none",
        (LicenseServer(clock, "lmutil", partial(lmstat, features, "mesh_pro")),),
        by_tool,
        _OPTIONS,
    )


def _rlm(clock: Clock) -> Product:
    now = clock.time()
    features = (
        Feature(
            "render",
            "3.0",
            around(10, 1.5),
            ((10, day(now + 25 * DAY)), (4, None)),
            first_user=500,
        ),
        Feature("paint", "2026.07", in_office_hours(1, 9), ((12, day(now + 300 * DAY)),)),
    )
    return Product(
        "cad-rlm",
        "rlm",
        "an ISV server that refuses requests: its denials grow",
        (LicenseServer(clock, "rlmutil", partial(rlmstat, features, now)),),
        by_tool,
        _OPTIONS,
    )


def _lmx(clock: Clock) -> Product:
    now = clock.time()
    features = (
        Feature("Units", "21.0", level(260_000), ((200_000, day(now + 120 * DAY)),), 25_000, 600),
        Feature("Reader", "21.0", level(0), ((3, None),)),
    )
    return Product(
        "cad-lmx",
        "lmx",
        "units of a feature that are all taken, so that checkouts are denied; the names of those "
        "who have them are shown",
        (LicenseServer(clock, "lmxendutil", partial(licstat, features, now)),),
        by_tool,
        {**_OPTIONS, "show_users": True},
    )
