"""What the web team runs: five Seer Box instances."""

import secrets

from license_exporter.demo.config import login
from license_exporter.demo.fleet.product import CUSTOMER, RENEWAL, USER, YEAR, Product
from license_exporter.demo.moments import DAY, Curve, level, midnight_after, through_month
from license_exporter.demo.seerbox import SeerBox, SeerBoxLicense
from license_exporter.process.clock import Clock

_REQUESTS = "monitored_monthly_requests"


def seer_boxes(clock: Clock) -> tuple[Product, ...]:
    """A perpetual license, one about to end, a suspended one, none at all, a changed password."""
    now = clock.time()
    password = secrets.token_urlsafe(16)
    ends = midnight_after(now + 5 * DAY)
    perpetual = SeerBoxLicense("perpetual", CUSTOMER, now - 2 * YEAR, None, max_machines=4)
    ending = SeerBoxLicense(
        "ending",
        CUSTOMER,
        ends - YEAR,
        ends,
        {_REQUESTS: 90_000_000, "reports": "on request"},
        max_machines=2,
        policy="standard",
        status="expiring",
    )
    suspended = SeerBoxLicense(
        "suspended",
        CUSTOMER,
        now - YEAR / 2,
        midnight_after(now + YEAR / 2),
        {_REQUESTS: 900_000},
        status="suspended",
        suspended=True,
    )
    renewed = SeerBoxLicense(
        "renewed", CUSTOMER, now, midnight_after(now + YEAR), {_REQUESTS: 120_000_000}
    )

    def product(
        name: str,
        shows: str,
        license: SeerBoxLicense | None,
        requests: Curve,
        *,
        exporters_password: str = password,
    ) -> Product:
        simulator = SeerBox(
            clock,
            users={USER: password},
            license_keys={"installed": license, RENEWAL: renewed}
            if license
            else {RENEWAL: renewed},
            installed="installed" if license else None,
            requests=requests,
        )
        return Product(
            name,
            "seerbox",
            shows,
            (simulator,),
            login(USER, exporters_password),
            {"labels": {"team": "web"}, "min_interval": "5s"},
        )

    return (
        product(
            "seerbox-shop",
            "a perpetual license with unlimited requests",
            perpetual,
            through_month(35.0),
        ),
        product(
            "seerbox-api",
            "a license that ends in 5 days; one value of the answer cannot be read",
            ending,
            through_month(29.0),
        ),
        product(
            "seerbox-lab",
            "a suspended license: monitoring has stopped at 10 % over the month's limit",
            suspended,
            level(990_000),
        ),
        product("seerbox-new", "a product without any license", None, level(0)),
        product(
            "seerbox-dmz",
            "a target that is down: its password was changed",
            perpetual,
            through_month(1.0),
            exporters_password=secrets.token_urlsafe(16),
        ),
    )
