"""PromQL that the dashboards share.

Every selector follows the variables job, vendor and target. `instance` and `pod` are dropped, so
that a restarted or a second exporter shows nothing twice.
"""

from collections.abc import Iterable

SCOPE = 'job=~"$job", vendor=~"$vendor", target=~"$target"'
TARGET = "on (job, target, vendor)"
_POOL = "job, target, vendor, pool, unit"
POOL = f"on ({_POOL})"
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
    """How many series there are; nothing rather than a reassuring 0 while nothing is scraped."""
    return f"count({expression}) or count({select('license_up')}) * 0"


def limit(*matchers: str) -> str:
    """Limits with the labels of a join alone, one for each pool."""
    return by(_POOL, select("license_limit", *matchers))


def finite_limit(*matchers: str) -> str:
    """Limits of which there can be a share or a rest."""
    return f"({limit(*matchers)} > 0 < Inf)"


def utilization(*matchers: str) -> str:
    used = value("license_used", *matchers)
    return f"{used} / {POOL} group_left () {finite_limit(*matchers)}"


def free() -> str:
    """The rest to the limit: negative over it, also where the limit is 0."""
    return f"({limit()} < Inf) - {POOL} group_right () {value('license_used')}"


def in_force(metric: str, *matchers: str) -> str:
    """Values of licenses that are neither superseded nor invalid."""
    superseded = f"{value('license_current')} == 0"
    invalid = value("license_state", matcher("state", "invalid")) + " == 1"
    return f"({value(metric, *matchers)} unless {LICENSE} {superseded} unless {LICENSE} {invalid})"


def expiry() -> str:
    """Expiries of licenses in force; with prometheus/rules.yml the last known of a target down."""
    held = select("license:license_expiry_timestamp_seconds:held")
    return f"({held} or {LICENSE} {in_force('license_expiry_timestamp_seconds')})"


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
