"""Everything of a target that ends: licenses, their other dates, entitlements, contracts."""

import math
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace

from license_exporter.collector.target_view import TargetView
from license_exporter.config.alerts import expiring_spans
from license_exporter.config.contract import Contract
from license_exporter.model.report import License, LicenseReport, Pool
from license_exporter.web.status.force import licenses_by_force
from license_exporter.web.status.prices import Price, price_of

_DAY = 86400.0


@dataclass(frozen=True, slots=True)
class Ending:
    """Something that ends at `when`, in seconds since the epoch: from then on it is over.

    `inf` is never, None is unknown. `thing` is what ends, such as the id of a license; `kind` is
    `expiry`, `contract`, `notice`, `entitlement` or a kind of deadline. The two and the target
    stay what they are when the date moves. `soon` is the time before it from which on it is due.
    `owner` is who decides: by the contract's word, else by the target's labels `owner` and `team`.
    """

    view: TargetView
    kind: str
    thing: str
    when: float | None
    pools: tuple[Pool, ...] = ()
    contract: Contract | None = None
    soon: float = 0.0
    owner: str = ""

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
    def price(self) -> Price:
        return price_of(self.view, self.pools, self.contract)

    @property
    def terms(self) -> tuple[str, ...]:
        """What its contract says of itself: from whom it is, what it is about, how it goes on."""
        contract = self.contract
        if contract is None:
            return ()
        names = {pool.name for pool in self.pools}
        others = ", ".join(name for name in contract.covers if name not in names)
        goes_on = {True: "renews by itself", False: "ends by itself", None: ""}
        said = (
            contract.supplier,
            contract.reference,
            f"covers {others}" if others else "",
            goes_on[contract.auto_renew],
        )
        return tuple(filter(None, said))

    @property
    def renews(self) -> bool:
        """Whether it goes on by itself, so that its end is none."""
        return (
            self.kind == "contract" and self.contract is not None and bool(self.contract.auto_renew)
        )

    def state(self, now: float) -> str:
        """`coming`, `due` or `ended`; `never` and `unknown` where there is no date.

        A day for notice is `past`, and a contract that goes on by itself `renewed`.
        """
        if self.when is None:
            return "unknown"
        if math.isinf(self.when):
            return "never"
        if self.when <= now:
            past = {"notice": "past"}.get(self.kind, "ended")
            return "renewed" if self.renews else past
        return "due" if self.when - now < self.soon else "coming"


def endings(view: TargetView, now: float) -> list[Ending]:
    """All that ends of a target, also never and at a time that is not known."""
    soon = max(expiring_spans(view.alerts).values())
    report = view.known or LicenseReport()
    for contract in view.contracts:
        for key, limit in contract.limits.items():
            report = report.with_limit(*key, limit)
    about = [(each, _covered(each, view.contracts, report.pools)) for each in view.contracts]
    owners = [
        (each.owner, {pool.name for pool in pools}.union(each.covers)) for each, pools in about
    ]
    found = [
        *(found for each, pools in about for found in _of_contract(view, each, pools, soon)),
        *(
            replace(ending, owner=_owner(view, owners, names))
            for ending, names in _of_licenses(view, report, now, soon)
        ),
    ]
    dated = any(ending.when is not None for ending in found)
    if not dated and view.known is None:
        found.append(Ending(view, "answer", "", None, soon=soon, owner=_owner(view, owners, set())))
    # The license of which only the contract tells the end has one, unless that is about a part.
    by_contract = any(
        each.expiry is not None and not (each.partial and len(about) > 1) for each, _ in about
    )
    return [
        ending
        for ending in found
        if not (by_contract and ending.kind == "expiry" and ending.when is None)
    ]


def _owner(view: TargetView, owners: Sequence[tuple[str, Set[str]]], names: Set[str]) -> str:
    """Whose something is that is about `names`; `owners` are those of contracts, with theirs."""
    said = {owner for owner, covered in owners if len(owners) == 1 or covered & names} - {""}
    told = said.pop() if len(said) == 1 else ""
    return told or view.labels.get("owner", "") or view.labels.get("team", "")


def _of_contract(
    view: TargetView, contract: Contract, pools: tuple[Pool, ...], soon: float
) -> Iterator[Ending]:
    owner = _owner(view, [(contract.owner, set())], set())
    last_days = {"contract": contract.expiry, "notice": contract.notice}
    for kind, last_day in last_days.items():
        if last_day is not None:
            yield Ending(view, kind, contract.name, last_day + _DAY, pools, contract, soon, owner)


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
) -> Iterator[tuple[Ending, Set[str]]]:
    """What ends of licenses, with the names of the pools and entitlements that it is about."""
    in_force, ended = licenses_by_force(report, now)
    sole = len(report.licenses) == 1
    for license in (*in_force, *ended):
        limited = {each.name for each in license.entitlements if each.limit is not None}
        pools = tuple(
            pool
            for pool in report.pools
            if (pool.license == license.id or (sole and not pool.license)) or pool.name in limited
        )
        names = {pool.name for pool in pools}.union(each.name for each in license.entitlements)
        for kind, when in (("expiry", license.expiry), *license.deadlines.items()):
            yield Ending(view, kind, license.id, when, pools, soon=soon), names
        for ending, name in _of_entitlements(view, license, report.pools, soon):
            yield ending, {name}


def _of_entitlements(
    view: TargetView, license: License, pools: Sequence[Pool], soon: float
) -> Iterator[tuple[Ending, str]]:
    """The entitlements with an end of their own, with their names."""
    for entitlement in license.entitlements:
        if entitlement.expiry not in (None, license.expiry):
            own = tuple(pool for pool in pools if pool.name == entitlement.name)
            name = entitlement.name
            thing = name if license.id == "default" else f"{name} of license {license.id}"
            yield Ending(view, "entitlement", thing, entitlement.expiry, own, soon=soon), name
