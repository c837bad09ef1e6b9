"""Licenses / Usage and cost planning: what to order, what to give back, and when.

All of it reads what prometheus/rules.yml records, so that the alerts and the dashboard agree.
"""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.boards.planning import contracts, money, pools
from grafana.parts.board import scoped


def build() -> Dashboard:
    return (
        scoped(
            "license-planning",
            "Usage and cost planning",
            "What to renew, for what price, and how full pools are, as the rules keep it.",
            metric="target:license_up:max",
        )
        .with_row(Row("Now"))
        .with_panel(money.unused())
        .with_panel(money.overage())
        .with_panel(pools.half_used())
        .with_panel(pools.over())
        .with_panel(pools.exhausted(30))
        .with_panel(pools.exhausted(90))
        .with_row(Row("Renewals"))
        .with_panel(money.decisions())
        .with_panel(money.owners())
        .with_panel(money.renewals())
        .with_panel(contracts.contracts())
        .with_row(Row("Pools"))
        .with_panel(pools.plan())
        .with_panel(pools.never_used())
        .with_panel(pools.weekly_peaks())
    )
