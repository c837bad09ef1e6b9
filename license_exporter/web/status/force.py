"""Which licenses of an answer are in force, and which have ended without another in their place.

The alert rules have the same rules, in PromQL: LicenseExpired, LicenseInvalid, LicenseSuspended.
"""

import re
from collections.abc import Iterable

from license_exporter.model.report import License, LicenseReport, State

# In these states a license is no longer in force.
_ENDED = (State.ABSENT, State.INVALID, State.SUSPENDED, State.EXPIRED)

# A license of a license manager: a feature, and the day on which it ends.
_OF_A_FEATURE = re.compile(r"(.+)@(?:\d{4}-\d\d-\d\d|permanent)", re.ASCII)


def licenses_by_force(report: LicenseReport, now: float) -> tuple[list[License], list[License]]:
    """The licenses in force, and those that have ended; `now` is in seconds since the epoch.

    In neither list is one that the vendor itself says is not the current one, nor one that has
    ended, whose place another has taken, and to which no pool belongs.
    """
    in_force: list[License] = []
    ended: list[License] = []
    for license in report.licenses:
        if license.current is not False:
            (ended if _has_ended(license, now) else in_force).append(license)
    pools = {pool.license for pool in report.pools}
    others = [*in_force, *ended]
    missed = [
        license
        for license in ended
        if license.id in pools or not _has_successor(license, others, in_force, now)
    ]
    return in_force, missed


def _has_ended(license: License, now: float) -> bool:
    states = license.states or frozenset()
    return not states.isdisjoint(_ENDED) or (_is_past(license, now) and State.GRACE not in states)


def _is_past(license: License, now: float) -> bool:
    return license.expiry is not None and license.expiry <= now


def _has_successor(
    license: License, others: Iterable[License], in_force: list[License], now: float
) -> bool:
    """Whether another license is there in place of one that has ended."""
    states = license.states or frozenset()
    kind = _kind(license)
    # The dates of what is withdrawn are nobody's.
    if State.INVALID not in states:
        if any(_kind(other) == kind and _is_later(other, license, now) for other in others):
            return True
        if _is_past(license, now) or State.SUSPENDED in states:
            return False
    if State.EXPIRED in states:
        return any(_kind(other) == kind for other in in_force)
    # What is absent or invalid matters to nobody where the product has a license.
    return bool(in_force)


def _is_later(license: License, than: License, now: float) -> bool:
    """Whether it ends after another one, has begun, and is neither suspended nor withdrawn."""
    return (
        license.expiry is not None
        and than.expiry is not None
        and license.expiry > than.expiry
        and (license.start is None or license.start <= now)
        and (license.states or frozenset()).isdisjoint((State.SUSPENDED, State.INVALID))
    )


def _kind(license: License) -> str:
    """What a license is for: another one takes its place only if it is for the same."""
    found = _OF_A_FEATURE.fullmatch(license.id)
    return found[1] if found else license.edition
