"""What the configuration names and the answer does not have: pools that are misspelt, or gone."""

import re
from collections.abc import Iterable, Iterator

from license_exporter.config.pool_keys import PoolKey
from license_exporter.config.pools import PoolPatterns
from license_exporter.config.target import Target
from license_exporter.model.report import LicenseReport

# So many of the pools that are there are told.
_TOLD = 12

_MAGIC = re.compile(r"[*?[]")


def unmatched(target: Target, report: LicenseReport) -> tuple[str, ...]:
    """What `contract`, `alerts` and `pools` name in vain, a sentence each.

    `report` is the whole answer, before `pools` leaves anything out of it.
    """
    if not (target.contracts or target.alerts or target.pools):
        return ()
    keys = {(pool.name, pool.unit) for pool in report.pools}
    keys.update((key[0], key[1]) for key in report.locations or ())
    pools = {name for name, _ in keys}
    entitlements = {item.name for license in report.licenses for item in license.entitlements}
    found: dict[str, None] = {}
    for contract in target.contracts:
        block = f"contract {contract.name!r}" if contract.name else "contract"
        found.update(dict.fromkeys(_keys(block, contract.pools, keys)))
        for name in contract.covers:
            if name not in pools | entitlements:
                there = pools | entitlements
                found[_told(f"{block} covers {name!r}", there)] = None
    if target.alerts:
        found.update(dict.fromkeys(_keys("alerts", target.alerts.pools, keys)))
    if target.pools:
        found.update(dict.fromkeys(_patterns(target.pools, pools | entitlements, pools)))
    return tuple(found)


def _keys(block: str, named: Iterable[PoolKey], there: set[PoolKey]) -> Iterator[str]:
    pools = {name for name, _ in there}
    for pool, unit in named:
        if (pool, unit) not in there:
            # Where only the unit is another one, that is what has to be seen.
            shown = f"{pool}/{unit}" if pool in pools else pool
            known = {"/".join(key) for key in there if key[0] == pool} or pools
            yield _told(f"{block} names pool {shown!r}", known)


def _patterns(patterns: PoolPatterns, names: set[str], pools: set[str]) -> Iterator[str]:
    # A pattern of what is left out may be there for what other targets have.
    plain = (each for each in patterns.exclude if not _MAGIC.search(each))
    for pattern in (*patterns.include, *plain):
        only = PoolPatterns(include=(pattern,))
        if not any(map(only.keeps, names)):
            yield _told(f"pools names pool {pattern!r}", pools)


def _told(named: str, there: set[str]) -> str:
    shown = sorted(there)[:_TOLD]
    more = f" and {len(there) - _TOLD} more" if len(there) > _TOLD else ""
    has = f"it has {', '.join(shown)}{more}" if there else "it has none"
    return f"{named}, which the answer does not have; {has}"
