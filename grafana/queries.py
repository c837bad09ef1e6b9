"""PromQL that the dashboards share.

Every selector follows the variables job, vendor and target. `instance` and `pod` are dropped, so
that a restarted or a second exporter shows nothing twice.
"""

from collections.abc import Iterable

SCOPE = 'job=~"$job", vendor=~"$vendor", target=~"$target"'
TARGET = "on (job, target, vendor)"
POOL = "on (job, target, vendor, pool, unit)"
LICENSE = "on (job, target, vendor, license)"

# A finite number in place of +Inf, which a table could not sort or show; see style.UNLIMITED.
UNLIMITED = "1e300"


def select(metric: str, *matchers: str) -> str:
    return f"{metric}{{{', '.join((SCOPE, *matchers))}}}"


def matcher(label: str, text: str) -> str:
    return f'{label}="{text}"'


def value(metric: str, *matchers: str) -> str:
    return f"max without (instance, pod) ({select(metric, *matchers)})"


def by(labels: str, expression: str) -> str:
    """One row for each combination of labels, so that the rows of several queries can be merged."""
    return f"max by ({labels}) ({expression})"


def count(expression: str) -> str:
    """How many series there are; 0 where counting alone would give nothing."""
    return f"count({expression}) or vector(0)"


def finite_limit(*matchers: str) -> str:
    """Limits of which there can be a share or a rest."""
    return f"({value('license_limit', *matchers)} > 0 < Inf)"


def utilization(*matchers: str) -> str:
    used = value("license_used", *matchers)
    return f"{used} / {POOL} group_left () {finite_limit(*matchers)}"


def free() -> str:
    """The rest to the limit: negative over it, also where the limit is 0."""
    limit = f"({value('license_limit')} < Inf)"
    return f"{limit} - {POOL} group_left () {value('license_used')}"


def in_force(metric: str) -> str:
    """Values of licenses that are neither superseded nor invalid."""
    superseded = f"{value('license_current')} == 0"
    invalid = value("license_state", matcher("state", "invalid")) + " == 1"
    return f"({value(metric)} unless {LICENSE} {superseded} unless {LICENSE} {invalid})"


def worst_state(labels: str, states: Iterable[str]) -> str:
    """The number, in `states`, of the last state that holds for each license."""
    ranks = (
        f"({value('license_state', matcher('state', state))} == 1) * {number}"
        for number, state in enumerate(states)
    )
    return by(labels, " or ".join(ranks))


def top_level(expression: str) -> str:
    """Pools that may be added up: those that do not share or repeat the units of another."""
    children = value("license_pool_info", 'parent!=""')
    return f"({expression}) unless {POOL} {children}"
