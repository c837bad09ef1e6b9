"""The part of a report that the target's `pools` leave: pools, and what hangs on them."""

from dataclasses import replace

from license_exporter.config.pools import PoolPatterns
from license_exporter.model.report import License, LicenseReport


def selected(report: LicenseReport, patterns: PoolPatterns) -> LicenseReport:
    """The report without the pools that the patterns leave out.

    Their locations go too, and the entitlements of their names. A license that entitles to nothing
    else was theirs and goes as well, unless it is the target's only one.
    """
    names = {pool.name for pool in report.pools} | {key[0] for key in report.locations or ()}
    dropped = {name for name in names if not patterns.keeps(name)}
    return replace(
        report,
        pools=tuple(pool for pool in report.pools if pool.name not in dropped),
        locations=report.locations
        and {key: used for key, used in report.locations.items() if key[0] not in dropped},
        licenses=tuple(
            license
            for before in report.licenses
            if (license := _without(before, dropped, patterns)).entitlements
            or not before.entitlements
            or before.id == "default"
        ),
    )


def _without(license: License, dropped: set[str], patterns: PoolPatterns) -> License:
    kept = tuple(
        entitlement
        for entitlement in license.entitlements
        if entitlement.name not in dropped and not patterns.excludes(entitlement.name)
    )
    return replace(license, entitlements=kept)
