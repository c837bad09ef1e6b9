"""Licenses / License managers: features, queues and refusals, servers and daemons."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.boards.managers import feature, features, servers
from grafana.parts import queries as q
from grafana.parts.board import ranked, scoped

# What only a license manager tells; its vendors are those that tell any of it.
_TOLD = "|".join(
    f"license_{name}"
    for name in ("server_up", "daemon_up", "checkouts", "queued", "reserved", "denials_total")
)


def build() -> Dashboard:
    board = scoped(
        "license-managers",
        "License managers",
        "Features that are checked out: their load, queues and refusals, servers and daemons.",
        metric=_TOLD,
    )
    fullest = f"sort_desc(topk(500, {q.fullness('pool')}))"
    return (
        board.with_variable(ranked("pool", "Feature", fullest))
        .with_row(Row("Now"))
        .with_panel(servers.servers_down())
        .with_panel(servers.daemons_down())
        .with_panel(features.features())
        .with_panel(features.full())
        .with_panel(features.queued())
        .with_panel(features.refused())
        .with_panel(
            features.total("Borrowed", "license_borrowed", "taken along, without the server")
        )
        .with_panel(features.total("Set aside", "license_reserved", "that nobody uses now"))
        .with_row(Row("Features"))
        .with_panel(features.by_load())
        .with_panel(features.waiting())
        .with_panel(features.owners())
        .with_row(Row("Feature $pool"))
        .with_panel(feature.week())
        .with_panel(feature.history())
        .with_panel(feature.denials())
        .with_panel(feature.users())
        .with_row(Row("Servers and dates"))
        .with_panel(servers.servers())
        .with_panel(servers.daemons())
        .with_panel(servers.ends())
    )
