"""Everything of a target that ends: licenses, their other dates, entitlements, contracts."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from license_exporter.collector.target_view import TargetView
from license_exporter.config.alerts import expiring_spans
from license_exporter.config.contract import Contract
from license_exporter.model.report import License, LicenseReport, Pool
from license_exporter.web.status.findings import licenses_by_force
from license_exporter.web.status.prices import Price, price_of


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends at `when`, in seconds since the epoch.

    `inf` is never, None is unknown. `last_day` says that `when` is the start of a day that is good
    to its end, as contracts have it. `thing` is what ends, such as the id of a license; `kind` is
    `expiry`, `contract`, `notice`, `entitlement` or a kind of deadline. The two and the target
    stay what they are when the date moves. `soon` is the time before it from which on it is due.
    """

    view: TargetView
    kind: str
    thing: str
    when: float | None
    last_day: bool = False
    pools: tuple[Pool, ...] = ()
    contract: Contract | None = None
    soon: float = 0.0

    @property
    def text(self) -> str:
        """What ends, in words."""
        match self.kind:
            case "expiry":
                return "License" if self.thing == "default" else f"License {self.thing}"
            case "entitlement":
                return f"Entitlement {self.thing}"
            case "contract":
                return f"Contract {self.thing}".rstrip()
            case "notice" if self.contract:
                return f"Notice of contract {self.thing}".rstrip()
            case "answer":
                return "All of it: no answer yet"
        word = self.kind.replace("_", " ").capitalize()
        return word if self.thing == "default" else f"{word} of license {self.thing}"

    @property
    def owner(self) -> str:
        """Who decides: by the contract's word, else by the target's labels `owner` and `team`."""
        labels = self.view.labels
        said = self.contract.owner if self.contract else ""
        return said or labels.get("owner", "") or labels.get("team", "")

    @property
    def price(self) -> Price:
        return price_of(self.view, self.pools, self.contract)

    def state(self, now: float) -> str:
        """`ended`, `due` or `coming`; `never` and `unknown` where there is no date."""
        if self.when is None:
            return "unknown"
        if math.isinf(self.when):
            return "never"
        end = self.when + 86400 if self.last_day else self.when
        if end <= now:
            return "ended"
        return "due" if end - now < self.soon else "coming"


def endings(view: TargetView, now: float) -> list[Ending]:
    """All that ends of a target, also never and at a time that is not known."""
    soon = max(expiring_spans(view.alerts).values())
    report = view.known or LicenseReport()
    for contract in view.contracts:
        for key, limit in contract.limits.items():
            report = report.with_limit(*key, limit)
    found = [*_of_contracts(view, report, soon), *_of_licenses(view, report, now, soon)]
    dated = any(ending.when is not None for ending in found)
    if not dated and view.known is None:
        found.append(Ending(view, "answer", "", None, soon=soon))
    # The license of which only the contract tells the end has one.
    by_contract = any(ending.kind == "contract" and ending.when is not None for ending in found)
    return [
        ending
        for ending in found
        if not (by_contract and ending.kind == "expiry" and ending.when is None)
    ]


def _of_contracts(view: TargetView, report: LicenseReport, soon: float) -> Iterator[Ending]:
    for contract in view.contracts:
        pools = _covered(contract, view.contracts, report.pools)
        dates = {"contract": contract.expiry, "notice": contract.notice}
        for kind, when in dates.items():
            if when is not None:
                yield Ending(view, kind, contract.name, when, True, pools, contract, soon)


def _covered(
    contract: Contract, contracts: Sequence[Contract], pools: Sequence[Pool]
) -> tuple[Pool, ...]:
    """The pools that a contract is about: those that it names, or all that no other names."""

    def names(each: Contract, pool: Pool) -> bool:
        return (pool.name, pool.unit) in each.pools or pool.name in each.covers

    if contract.partial and len(contracts) > 1:
        return tuple(pool for pool in pools if names(contract, pool))
    others = [each for each in contracts if each is not contract]
    return tuple(pool for pool in pools if not any(names(each, pool) for each in others))


def _of_licenses(
    view: TargetView, report: LicenseReport, now: float, soon: float
) -> Iterator[Ending]:
    in_force, ended = licenses_by_force(report, now)
    sole = len(report.licenses) == 1
    # An ended license is history where another has taken its place.
    for license in in_force or ended:
        limited = {each.name for each in license.entitlements if each.limit is not None}
        pools = tuple(
            pool
            for pool in report.pools
            if (pool.license == license.id or (sole and not pool.license)) or pool.name in limited
        )
        yield Ending(view, "expiry", license.id, license.expiry, pools=pools, soon=soon)
        for kind, when in license.deadlines.items():
            yield Ending(view, kind, license.id, when, pools=pools, soon=soon)
        yield from _of_entitlements(view, license, report.pools, soon)


def _of_entitlements(
    view: TargetView, license: License, pools: Sequence[Pool], soon: float
) -> Iterator[Ending]:
    """The entitlements with an end of their own."""
    for entitlement in license.entitlements:
        if entitlement.expiry not in (None, license.expiry):
            own = tuple(pool for pool in pools if pool.name == entitlement.name)
            name = entitlement.name
            thing = name if license.id == "default" else f"{name} of license {license.id}"
            yield Ending(view, "entitlement", thing, entitlement.expiry, pools=own, soon=soon)
