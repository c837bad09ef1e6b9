"""What the privacy team runs: an Enterprise Recon Master Server of each licensing model."""

import secrets

from license_exporter.demo.config import basic_auth
from license_exporter.demo.enterprise_recon import (
    EnterpriseRecon,
    Estate,
    LicensePool,
    Location,
    Model,
    ReconLicense,
)
from license_exporter.demo.fleet.product import CUSTOMER, RENEWAL, USER, YEAR, Product
from license_exporter.demo.moments import (
    DAY,
    HOUR,
    MINUTE,
    Curve,
    around,
    growing,
    in_office_hours,
    level,
    midnight_after,
)
from license_exporter.process.clock import Clock

_GB = 10**9
_TB = 10**12


def master_servers(clock: Clock) -> tuple[Product, ...]:
    """The models Legacy, Sitewide and Non-Sitewide."""
    now = clock.time()
    password = secrets.token_urlsafe(16)

    def product(
        name: str,
        shows: str,
        estate: Estate,
        license: ReconLicense,
        renewed: ReconLicense,
        **options: object,
    ) -> Product:
        simulator = EnterpriseRecon(
            clock,
            estate,
            users={USER: password},
            license=license,
            license_files={RENEWAL.encode(): renewed},
        )
        return Product(
            name,
            "enterprise_recon",
            shows,
            (simulator,),
            basic_auth(USER, password),
            {"labels": {"team": "privacy"}, "min_interval": "5s", **options},
            tls=True,
        )

    return (
        product(
            "recon-legacy",
            "a license that ends in 12 days; every workstation license is taken, and Amazon S3 is "
            "scanned without one",
            _mixed_targets(now),
            _legacy(midnight_after(now + 12 * DAY), workstations=50, buckets=0),
            _legacy(now + YEAR, workstations=100, buckets=10),
        ),
        product(
            "recon-sitewide",
            "the data allowance is exceeded, scans are pending, and the smaller locations are "
            "folded into one",
            _file_shares(now),
            _sitewide(midnight_after(now + 200 * DAY), 40 * _TB),
            _sitewide(now + YEAR, 80 * _TB),
            max_locations=20,
        ),
        product(
            "recon-cloud",
            "a license that ends in 25 days; each pool is there in licenses and in bytes",
            _servers_and_clients(now),
            _non_sitewide(midnight_after(now + 25 * DAY)),
            _non_sitewide(now + YEAR),
        ),
    )


def _legacy(expires: float, *, workstations: int, buckets: int) -> ReconLicense:
    pools = (
        LicensePool("server", "Server", 25),
        LicensePool("workstation", "Workstation", workstations),
        LicensePool("microsoft", "Office 365/Exchange User", 200),
        LicensePool("dropbox", "Dropbox User", 20),
        LicensePool("amazon", "Amazon S3 Bucket", buckets),
        LicensePool("teradata", "Teradata Data Allowance", 20 * _TB),
    )
    return ReconLicense(Model.LEGACY, CUSTOMER, expires, pools)


def _sitewide(expires: float, allowance: int) -> ReconLicense:
    pools = (LicensePool("global", "Global Data Allowance", allowance),)
    return ReconLicense(Model.SITEWIDE, CUSTOMER, expires, pools, edition="PII")


def _non_sitewide(expires: float) -> ReconLicense:
    pools = (
        LicensePool("server", "Server", 50),
        LicensePool("client", "Client", 200),
        LicensePool("server", "Server Data Allowance", 20 * _TB),
        LicensePool("client", "Client Data Allowance", 5 * _TB),
    )
    return ReconLicense(Model.NON_SITEWIDE, CUSTOMER, expires, pools)


def _mixed_targets(now: float) -> Estate:
    return Estate(
        targets={
            "server": around(17, 1.4),
            "workstation": level(50),
            "microsoft": in_office_hours(80, 130),
            "amazon": level(4),
        },
        locations=(Location("WAREHOUSE", "/sales", "teradata", growing(9 * _TB, _GB, HOUR, now)),),
    )


def _file_shares(now: float) -> Estate:
    """Thirty shares that together hold some 46 TB."""
    return Estate(
        locations=tuple(
            Location(
                f"FILESERVER-{number % 3 + 1}",
                f"/D:\\Shares\\Share-{number:02}",
                "global",
                growing(number * 0.1 * _TB, number * 0.01 * _GB, 10 * MINUTE, now),
            )
            for number in range(1, 31)
        ),
        pending_scans=growing(2, 1, DAY, now),
        pending_bytes=growing(0.085 * _TB, _GB, HOUR, now),
    )


def _servers_and_clients(now: float) -> Estate:
    def scanned(terabytes: float) -> Curve:
        return growing(terabytes * _TB, 0.02 * _GB, 10 * MINUTE, now)

    files = " All local files"
    servers = (
        Location(f"SERVER-{number:03}", files, "server", scanned(0.2 * number))
        for number in range(1, 9)
    )
    clients = (
        Location("WORKSTATION-001", files, "client", scanned(0.4)),
        Location("WORKSTATION-002", "/Mail/sales@example.com", "client", scanned(0.3)),
    )
    return Estate(
        targets={"server": around(31, 2, 1), "workstation": around(120, 6, 2)},
        locations=(*servers, *clients),
    )
