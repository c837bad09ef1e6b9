"""What the configuration names and the answer does not have: pools that are misspelt, or gone.

What `defaults` names is for all targets: it is in vain only where none of them has it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass

from license_exporter.collector.target_view import TargetView
from license_exporter.config.pool_keys import PoolKey
from license_exporter.config.pools import PoolPatterns
from license_exporter.config.target import Target
from license_exporter.model.report import LicenseReport

# So many of the pools that are there are told.
_TOLD = 12

_MAGIC = re.compile(r"[*?[]")

# What most targets name in vain: one for all of them.
_NONE: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Vain:
    """What a block names in vain, as in `alerts names pool 'MFA'`, and what is there."""

    block: str
    named: str
    there: frozenset[str]

    def __str__(self) -> str:
        shown = sorted(self.there)[:_TOLD]
        more = f" and {len(self.there) - _TOLD} more" if len(self.there) > _TOLD else ""
        has = f"it has {', '.join(shown)}{more}" if shown else "it has none"
        return f"{self.named}, which the answer does not have; {has}"


def unmatched(
    target: Target, report: LicenseReport
) -> tuple[tuple[str, ...], frozenset[tuple[str, str]]]:
    """What `contract`, `alerts` and `pools` name in vain: a sentence each of the target's own; and
    of what it has from `defaults` the block, and what that names.

    `report` is the whole answer, before `pools` leaves anything out of it.
    """
    if not (target.contracts or target.alerts or target.pools):
        return (), _NONE
    found = list(_unmatched(target, report))
    own = dict.fromkeys(str(each) for each in found if each.block not in target.inherited)
    others = {(each.block, each.named) for each in found if each.block in target.inherited}
    return tuple(own), frozenset(others) if others else _NONE


def of_defaults(views: Sequence[TargetView]) -> list[str]:
    """What `defaults` names and none of the targets has, a sentence each.

    Nothing before each has been asked; those that have never answered do not count.
    """
    if any(view.inherited and view.known is None and view.reason is None for view in views):
        return []
    left: dict[str, frozenset[tuple[str, str]]] = {}
    for view in views:
        if view.in_vain is not None:
            for block in view.inherited:
                left[block] = left.get(block, view.in_vain) & view.in_vain
    named = {name for block, names in left.items() for own, name in names if own == block}
    return [f"defaults: {name}, which no target has" for name in sorted(named)]


def _unmatched(target: Target, report: LicenseReport) -> Iterator[_Vain]:
    keys = {(pool.name, pool.unit) for pool in report.pools}
    keys.update((key[0], key[1]) for key in report.locations or ())
    pools = frozenset(name for name, _ in keys)
    entitlements = {item.name for license in report.licenses for item in license.entitlements}
    names = pools | entitlements
    for contract in target.contracts:
        said = f"contract {contract.name!r}" if contract.name else "contract"
        yield from (_Vain("contract", *vain) for vain in _keys(said, contract.pools, keys))
        for name in contract.covers:
            if name not in names:
                yield _Vain("contract", f"{said} covers {name!r}", names)
    if target.alerts:
        for vain in _keys("alerts", target.alerts.pools, keys):
            yield _Vain("alerts", *vain)
    if target.pools:
        for pattern in _patterns(target.pools, names):
            yield _Vain("pools", f"pools names pool {pattern!r}", pools)


def _keys(
    said: str, named: Iterable[PoolKey], there: set[PoolKey]
) -> Iterator[tuple[str, frozenset[str]]]:
    """The pools that are named in vain, with what is there."""
    pools = frozenset(name for name, _ in there)
    for pool, unit in named:
        if (pool, unit) not in there:
            # Where only the unit is another one, that is what has to be seen.
            shown = f"{pool}/{unit}" if pool in pools else pool
            known = frozenset("/".join(key) for key in there if key[0] == pool) or pools
            yield f"{said} names pool {shown!r}", known


def _patterns(patterns: PoolPatterns, names: Set[str]) -> Iterator[str]:
    # A pattern of what is left out may be there for what other targets have.
    plain = (each for each in patterns.exclude if not _MAGIC.search(each))
    for pattern in (*patterns.include, *plain):
        only = PoolPatterns(include=(pattern,))
        if not any(map(only.keeps, names)):
            yield pattern
