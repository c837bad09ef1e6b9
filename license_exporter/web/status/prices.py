"""What renewing costs a year, by currency: sums of different currencies are never added."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from license_exporter.collector.target_view import TargetView
from license_exporter.config.contract import Contract
from license_exporter.model.report import Pool

# An amount for each currency; None where it cannot be known: units that are, or a limit of +Inf.
Money = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a year, by currency, with the units in use now and with all that are entitled.

    Both are empty where the configuration tells no price.
    """

    today: Money = field(default_factory=dict)
    limit: Money = field(default_factory=dict)

    @property
    def currencies(self) -> tuple[str, ...]:
        return tuple(self.limit)


def price_of(view: TargetView, pools: Sequence[Pool], contract: Contract | None = None) -> Price:
    """The price of these pools, by the unit prices of the target's contracts.

    With `contract`, that of the contract: its flat price, and its unit prices alone.
    """
    today: defaultdict[str, list[float | None]] = defaultdict(list)
    limit: defaultdict[str, list[float | None]] = defaultdict(list)
    there = {(pool.name, pool.unit): pool for pool in pools}
    for each in view.contracts if contract is None else (contract,):
        if contract is not None and each.price is not None:
            today[each.currency].append(each.price)
            limit[each.currency].append(each.price)
        for key, unit_price in each.prices.items():
            pool = there.get(key)
            if pool is None and contract is None:
                continue
            bought = each.limits.get(key, pool.limit if pool else None)
            today[each.currency].append(_times(unit_price, pool.used if pool else None))
            limit[each.currency].append(_times(unit_price, bought))
    return Price(_sums(today), _sums(limit))


def _times(price: float, units: float | None) -> float | None:
    return None if units is None or math.isinf(units) else price * units


def _sums(amounts: Mapping[str, list[float | None]]) -> Money:
    """The sum for each currency, None where a part of it is not known."""
    return {
        currency: None if None in parts else math.fsum(part for part in parts if part is not None)
        for currency, parts in amounts.items()
    }
