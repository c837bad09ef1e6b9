"""The pools of a target on the pages: how full each is, and how pressing that is."""

import math
from dataclasses import dataclass

from license_exporter.collector.target_view import TargetView
from license_exporter.model.report import Pool
from license_exporter.web.status.attention import RANK, Attention

# The share of a limit from which on a pool is nearly full, unless `alerts` says so, and of how many
# units on: of fewer, only a full one is. Both are as in the alert rules.
_NEARLY_FULL = 0.9
_SMALL = 10


@dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool; `ratio` is the used share of its limit, `bought` what the contract entitles to.

    From the ratio `near` on it is nearly full; `inf` where it is full by plan.
    The ratio is None where the use or the limit is unknown, and where the limit is unlimited.
    """

    pool: Pool
    ratio: float | None
    bought: float | None = None
    near: float = _NEARLY_FULL

    @property
    def attention(self) -> Attention:
        if self.excess:
            return Attention.OVER
        if math.isinf(self.near):
            return Attention.OK
        if self.pool.limit_reached:
            return Attention.OVER
        if (self.ratio is not None and self.ratio >= self.near) or self.warned:
            return Attention.NEAR
        return Attention.OK

    @property
    def excess(self) -> str:
        """Which limit is exceeded, in the words of a finding; "" for none."""
        if self.ratio is not None and self.ratio > 1:
            return "its limit"
        if self.bought is not None and (self.pool.used or 0) > self.bought:
            return "the limit of the contract"
        return "its limit, the vendor says" if (self.pool.overage or 0) > 0 else ""

    @property
    def warned(self) -> bool:
        """Whether a ceiling is reached at which the vendor warns."""
        ceilings = (self.pool.thresholds.get(kind, 0) for kind in ("warning", "soft"))
        return any((self.pool.used or 0) >= ceiling > 0 for ceiling in ceilings)


def pool_rows(view: TargetView) -> list[PoolRow]:
    """The pools of a target, the most pressing and fullest first."""
    alerts = view.alerts
    bought = {key: limit for each in view.contracts for key, limit in each.limits.items()}

    def row(pool: Pool) -> PoolRow:
        key = (pool.name, pool.unit)
        said = alerts.near_limit_of(key) if alerts else None
        near = _nearly_full(pool) if said is None else said
        return PoolRow(pool, _ratio(pool), bought.get(key), near)

    return sorted(
        map(row, view.filled_report.pools),
        key=lambda row: (RANK[row.attention], -(row.ratio or 0), row.pool.name, row.pool.unit),
    )


def _nearly_full(pool: Pool) -> float:
    return 1.0 if pool.limit is not None and pool.limit < _SMALL else _NEARLY_FULL


def _ratio(pool: Pool) -> float | None:
    if pool.used is None or pool.limit is None or math.isinf(pool.limit):
        return None
    if pool.limit > 0:
        return pool.used / pool.limit
    return math.inf if pool.used > 0 else 0.0
