"""Licenses / Target: everything that is known of one target."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row
from grafana_foundation_sdk.models.dashboard import VariableHide

from grafana.boards.target import answer, licenses, pools
from grafana.parts import queries as q
from grafana.parts.board import ranked, scoped, several, variable


def build() -> Dashboard:
    board = scoped("license-target", "Target", "One target in full.", one_target=True)
    # Of a license manager with thousands of features, the graphs show those that are fullest.
    fullest = f"sort_desc(topk(15, {q.by('pool', f'{q.utilization()} or {pools.ANY}')}))"
    pool = several(ranked("pool", "Pools in graphs, the fullest", fullest), None)
    unit = variable("unit", "Unit", q.select("license_pool_info", pools.CHOSEN))
    return (
        board.with_variable(pool)
        .with_variable(unit.hide(VariableHide.HIDE_VARIABLE))
        .with_row(Row("Now"))
        .with_panel(answer.up())
        .with_panel(answer.product())
        .with_panel(answer.owner())
        .with_panel(answer.state())
        .with_panel(answer.ends())
        .with_panel(answer.answer_age())
        .with_panel(answer.data_age())
        .with_panel(answer.warnings())
        .with_panel(answer.pending())
        .with_row(Row("Pools"))
        .with_panel(pools.utilization())
        .with_panel(pools.daily_peaks())
        .with_panel(pools.use())
        .with_panel(pools.pools())
        .with_row(Row("Licenses"))
        .with_panel(licenses.licenses())
        .with_panel(licenses.state_history())
        .with_panel(licenses.days_left())
        .with_panel(licenses.entitlements())
        .with_row(Row("Months and fetches"))
        .with_panel(pools.periods())
        .with_panel(answer.errors())
        .with_panel(answer.up_history())
        .with_panel(answer.fetch_time())
    )
