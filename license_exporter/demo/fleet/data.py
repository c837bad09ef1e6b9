"""What the data team runs: three Immuta instances."""

import secrets

from license_exporter.demo.config import api_key
from license_exporter.demo.fleet.product import RENEWAL, YEAR, Product
from license_exporter.demo.immuta import Immuta, ImmutaLicense
from license_exporter.demo.moments import DAY, Curve, around, level, midnight_after
from license_exporter.process.clock import Clock

_OPTIONS = {"labels": {"team": "data"}, "min_interval": "5s"}


def immuta_instances(clock: Clock) -> tuple[Product, ...]:
    """An instance with several licenses, one over its limit, and one that has expired."""
    now = clock.time()
    key = secrets.token_hex(16)
    features = {"FPE": True, "nativeSqlTeradata": True, "externalCatalogs": False}
    renewed = ImmutaLicense("renewed", now, now + YEAR, 500, features=features)

    def instance(
        *licenses: ImmutaLicense,
        active_users: Curve,
        deleted: tuple[int, ...] = (),
        usage_status: int = 200,
    ) -> Immuta:
        return Immuta(
            clock,
            api_key=key,
            license_keys={RENEWAL: renewed, **{license.uuid: license for license in licenses}},
            installed=tuple(license.uuid for license in licenses),
            deleted=deleted,
            active_users=active_users,
            usage_status=usage_status,
        )

    prod = instance(
        ImmutaLicense("former", now - 2 * YEAR, now - YEAR, 100, hard_expiration=True),
        ImmutaLicense("withdrawn", now - YEAR, now + 10 * DAY, 150),
        ImmutaLicense(
            "current", now - YEAR / 4, midnight_after(now + 300 * DAY), 200, features=features
        ),
        deleted=(2,),
        active_users=around(188, 4),
    )
    onprem = instance(
        ImmutaLicense(
            "small", now - YEAR / 2, midnight_after(now + 180 * DAY), 50, features=("FPE",)
        ),
        active_users=around(57, 2.4, 1),
        usage_status=404,
    )
    sandbox = instance(
        ImmutaLicense("trial", now - 90 * DAY, now - 3 * DAY, 10),
        active_users=level(4),
        usage_status=500,
    )
    return (
        Product(
            "immuta-prod",
            "immuta",
            "seats nearly all taken; the expired and the deleted one of its three licenses do not "
            "matter",
            (prod,),
            api_key(key),
            _OPTIONS,
        ),
        Product(
            "immuta-onprem",
            "immuta",
            "more users than seats, so that no user can be added; the overage has a price",
            (onprem,),
            api_key(key),
            {**_OPTIONS, "contract": {"prices": {"users": 900}, "currency": "EUR"}},
        ),
        Product(
            "immuta-sandbox",
            "immuta",
            "a license that expired 3 days ago; one of the documents fails",
            (sandbox,),
            api_key(key),
            _OPTIONS,
        ),
    )
