"""One feature, the chosen one: its week, its history, who holds it."""

from grafana.parts import queries as q
from grafana.parts.panels import Panel, graph, matrix, query
from grafana.parts.tables import Column, grid

_CHOSEN = 'pool="$pool"'
_NONE = "No license manager is read, or none tells this."


def week() -> Panel:
    """Each hour of four weeks has its hour and day as labels; the mean is taken of each."""
    used = f"sum({q.select('license_used', _CHOSEN)})"
    share = f"{used} / sum({q.select('license_limit', _CHOSEN)} > 0 < Inf)"
    # Sunday is 0 in PromQL; a week here begins with Monday.
    day = 'count_values("day", (day_of_week(vector(time())) + 6) % 7)'
    hour = 'label_replace(count_values("hour", hour(vector(time()))), "hour", "0$1", "hour", "(.)")'
    labelled = f"({share}) * on () group_left (day, hour) ({hour} * on () group_left (day) {day})"
    return matrix(
        "Use by hour of the week",
        "The mean share of the limit in use in each hour (UTC) of the last four weeks. Where it is"
        " full at noon and empty at night, jobs that can wait need no further license.",
        f"avg by (day, hour) (avg_over_time(({labelled})[28d:1h]))",
        rows="day",
        names=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        columns=[f"{hour:02}" for hour in range(24)],
        across="hour",
        unit="percentunit",
        steps=[
            (None, "transparent"),
            (0.05, "#1f4a2c"),
            (0.3, "#37872d"),
            (0.6, "#73bf69"),
            (0.8, "yellow"),
            (0.9, "orange"),
            (1, "red"),
        ],
        no_data="No feature is chosen, or it has no finite limit.",
    )


def history() -> Panel:
    def of(metric: str) -> str:
        return q.by("target", q.value(metric, _CHOSEN))

    return graph(
        "Use, limit and queue of $pool",
        "What is in use and what waits, with the limit dashed and what is set aside.",
        query(of("license_used"), "{{target}} used"),
        query(f"{of('license_limit')} < Inf", "{{target}} limit", ref="limit"),
        query(q.by("target", q.value("license_queued", _CHOSEN)), "{{target}} waiting", ref="B"),
        query(
            q.by("target", q.value("license_reserved", _CHOSEN)), "{{target}} set aside", ref="C"
        ),
        unit="sishort",
        dashed=("limit",),
        span=10,
        no_data="No feature is chosen.",
    )


def denials() -> Panel:
    refused = f"increase({q.select('license_denials_total', _CHOSEN)}[$__rate_interval])"
    return graph(
        "Refused requests for $pool",
        "Requests that were refused for want of a license, where the manager counts them.",
        query(f"sum by (target, daemon) ({refused})", "{{target}} {{daemon}}"),
        unit="sishort",
        no_data=_NONE,
        stacked=True,
        span=7,
    )


def users() -> Panel:
    held = q.by("target, user", q.value("license_user_used", _CHOSEN))
    return grid(
        "Who holds $pool",
        "Units checked out by each user, the 50 greatest. Only of targets with show_users: true.",
        {"A": f"topk(50, {held} > 0)"},
        [
            Column("target", "Target"),
            Column("user", "User"),
            Column("A", "Units", unit="sishort"),
        ],
        sort="Units",
        no_data="Users are not shown: show_users: true does it.",
        span=7,
    )
