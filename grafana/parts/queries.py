"""PromQL that the dashboards share.

Every selector follows the variables job, vendor and target. `instance` and `pod` are dropped, so
that a restarted or a second exporter shows nothing twice.

What is asked of the whole fleet is asked for one moment: a month of 20,000 pools is a thousand
million samples. A graph over time is of one target, or of what is rare. No comparison that filters
has its scalar on the left: VictoriaMetrics would answer with that.
"""

import re
from collections.abc import Iterable

SCOPE = 'job=~"$job", vendor=~"$vendor", target=~"$target"'
TARGET = "on (job, target, vendor)"
_POOL = "job, target, vendor, pool, unit"
POOL = f"on ({_POOL})"
LICENSE = "on (job, target, vendor, license)"

# A finite number in place of +Inf, which a table could not sort or show; see style.UNLIMITED.
UNLIMITED = "1e300"
# What sorts behind it, and is shown as nothing.
LAST = "1e303"
# Where a table's query is limited to the rows that are shown; see tables.Rows.
FIRST = " $FIRST"


def select(metric: str, *matchers: str, scope: str = SCOPE) -> str:
    return f"{metric}{{{', '.join((scope, *matchers))}}}"


def matcher(label: str, text: str) -> str:
    return f'{label}="{text}"'


def value(metric: str, *matchers: str) -> str:
    return f"max without (instance, pod) ({select(metric, *matchers)})"


def by(labels: str, expression: str) -> str:
    """One row for each combination of labels, so that the rows of several queries can be merged."""
    return f"max by ({labels}) ({expression})"


def at_end(expression: str) -> str:
    """The expression at the end of the time shown: each of its selectors is."""
    return re.sub(r"\{[^{}]*\}(?! @)(?!\[)", r"\g<0> @ end()", expression)


def count(expression: str) -> str:
    """How many series of the chosen owners there are.

    While nothing is scraped it is nothing rather than a reassuring 0.
    """
    return f"count({owned(expression)}) or count({select('license_up')}) * 0"


def limit(*matchers: str) -> str:
    """Limits with the labels of a join alone, one for each pool."""
    return by(_POOL, select("license_limit", *matchers))


def finite_limit(*matchers: str) -> str:
    """Limits of which there can be a share or a rest."""
    return f"({limit(*matchers)} > 0 < Inf)"


def held_limit(*matchers: str) -> str:
    """The same as the rules hold it while a target is down."""
    return f"({by(_POOL, select('pool:license_limit:max', *matchers))} > 0 < Inf)"


# The greatest use of 30 days.
RECORDED_PEAK = f"last_over_time({select('pool:license_used:max30d')}[4h])"


def peak() -> str:
    """The greatest use of 30 days; of a pool for which none is recorded yet, its use."""
    return f"({RECORDED_PEAK} or {POOL} {select('pool:license_used:max')})"


def peak_before(span: str) -> str:
    """The greatest use of the 30 days that ended a span ago."""
    return f"last_over_time({select('pool:license_used:max30d')}[4h] offset {span})"


def weekly_peak(weeks: int = 0) -> str:
    """The greatest use of the week that ended some weeks ago."""
    before = f" offset {weeks}w" if weeks else ""
    return f"max_over_time({select('pool:license_used:max1d')}[6d]{before})"


def utilization(*matchers: str) -> str:
    used = value("license_used", *matchers)
    return f"{used} / {POOL} group_left () {finite_limit(*matchers)}"


def free(first: str = "") -> str:
    """The rest to the limit: negative over it, also where the limit is 0."""
    used = f"max without (instance, pod) ({select('license_used')}{first})"
    return f"({limit()} < Inf) - {POOL} group_right () {used}"


def in_force(metric: str, *matchers: str) -> str:
    """Values of licenses that are neither superseded nor invalid."""
    superseded = f"{value('license_current')} == 0"
    invalid = value("license_state", matcher("state", "invalid")) + " == 1"
    return f"({value(metric, *matchers)} unless {LICENSE} {superseded} unless {LICENSE} {invalid})"


def expiry() -> str:
    """Expiries of licenses in force; with prometheus/rules.yml the last known of a target down."""
    held = select("license:license_expiry_timestamp_seconds:held")
    return f"({held} or {LICENSE} {in_force('license_expiry_timestamp_seconds')})"


def last_day(ends: str) -> str:
    """The noon, in milliseconds, of the last day (UTC) of what ends then; see style.DAY.

    Of a midnight it is the day before. It is the same day to browsers from UTC-12 to UTC+11.
    """
    return f"(floor((clamp_max({ends}, {UNLIMITED} / 1e3) - 1) / 86400) + 0.5) * 86400000"


def contract_ends() -> str:
    """When contracts end, as their last days do."""
    return f"{value('license_contract_expiry_timestamp_seconds')} + 86400"


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


def either(first: str, second: str, into: str, expression: str) -> str:
    """With the label `into`: what `first` says, or where that is empty, `second`."""
    # A tab parts them: neither a name nor an owner has one.
    both = f'label_join({expression}, "{into}", "\\t", "{first}", "{second}")'
    return f'label_replace({both}, "{into}", "$1", "{into}", "\\t?([^\\t]*).*")'


def owners(scope: str = SCOPE) -> str:
    """1 for each target with its `owner`: the target's own label of that name, else `team`."""
    labels = f"license_target_info{{{scope}}} @ end()"
    info = f"max by (job, target, vendor, owner, team) ({labels})"
    return f"topk by (job, target, vendor) (1, {either('owner', 'team', 'owner', info)})"


def owned(expression: str, scope: str = SCOPE) -> str:
    """What is not somebody else's than the chosen owners'."""
    # Others are taken away: what is known of a target without its info is shown, not lost. The
    # brackets are for VictoriaMetrics, to which !~".*" is true of a label that is not there.
    others = (
        f'license_target_info{{{scope}, owner!="", owner!~"($owner)"}} @ end()'
        f' or license_target_info{{{scope}, owner="", team!~"($owner)"}} @ end()'
    )
    return f"({expression}) unless {TARGET} ({others})"


def with_owner(expression: str, scope: str = SCOPE) -> str:
    """The series with the label `owner`, of the targets that are configured."""
    return f"({expression}) * {TARGET} group_left (owner) {owners(scope)}"


def per_owner(expression: str, labels: str = "", aggregation: str = "count") -> str:
    """Counts, or a sum, for each owner; what is nobody's is told."""
    owned_by = with_owner(owned(expression))
    return f"{aggregation} by (owner{labels and ', '}{labels}) ({told(owned_by)})"


def pools(first: str = "") -> str:
    """1 for each pool, `shown` being its display name, or its own where there is none."""
    info = f"max by ({_POOL}, name, window, parent) ({select('license_pool_info')}{first})"
    return either("name", "pool", "shown", info)


def of_pools(labels: str, metric: str) -> str:
    """The metric of the pools that a table shows."""
    return by(labels, select(metric) + FIRST)


def share_of_pools(labels: str) -> str:
    """The used share of the limit of the pools that a table shows."""
    used = f"max without (instance, pod) ({select('license_used')}{FIRST})"
    return by(labels, f"{used} / {POOL} group_left () {finite_limit()}")


def fullness(labels: str) -> str:
    """Ranks pools by the share that the rules hold, those without one behind all others."""
    share = f"{select('pool:license_used:max')} / {POOL} group_left () {held_limit()}"
    recorded = by(labels, owned(share))
    return f"{recorded} or on ({labels}) {by(labels, owned(select('license_used')))} * 0 - 1"


def shown(expression: str) -> str:
    """The series of pools with the label `shown`, for legends."""
    return f"({expression}) * {POOL} group_left (shown) topk by ({_POOL}) (1, {pools()})"


def told(expression: str) -> str:
    """With a word for the owner of what is nobody's."""
    return f'label_replace({expression}, "owner", "no owner", "owner", "")'


def month(labels: str, dates: str) -> str:
    """How many dates have their last day in a month, by `labels` and its `month` (2026-12)."""
    last = f"({dates}) - 1"
    number = f"year({last}) * 100 + month({last})"
    counted = f'count_values by ({labels}) ("month", {number})'
    return f'label_replace({counted}, "month", "$1-$2", "month", "(.*)(..)")'


def most_failed(labels: str, at_most: int) -> str:
    """1 where a document could not be read, of the series that failed most in the time shown.

    There are samples of failures only, so that a month of a large fleet is not read for them.
    """
    failing = owned(value("license_scrape_error"))
    often = (
        f"sum by ({labels}) (count_over_time({select('license_scrape_error')}[$__range] @ end()))"
    )
    return f"{by(labels, failing)} and on ({labels}) topk({at_most}, {often})"
