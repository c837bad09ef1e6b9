"""Dashboards without their panels: variables, links and annotations."""

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.models import dashboard as models

from grafana.parts import queries as q
from grafana.parts.panels import SOURCE

TAG = "license-exporter"


def target_url(target: str) -> str:
    """The dashboard of one target, with the variables and the time of this one."""
    kept = "${datasource:queryparam}&${job:queryparam}&${__url_time_range}"
    return f"/d/license-target?var-target={target}&{kept}"


def target_link(target: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink("Open the target").url(target_url(target))


def board(uid: str, title: str, description: str) -> dashboard.Dashboard:
    """An empty dashboard that links to the others of the project."""
    return (
        dashboard.Dashboard(f"Licenses / {title}")
        .uid(uid)
        .description(description)
        .tags([TAG])
        .readonly()
        .timezone("browser")
        .refresh("5m")
        .time("now-30d", "now")
        .tooltip(models.DashboardCursorSync.CROSSHAIR)
        .link(
            dashboard.DashboardLink("Licenses")
            .type(models.DashboardLinkType.DASHBOARDS)
            .tags([TAG])
            .as_dropdown(True)
            .include_vars(True)
            .keep_time(True)
        )
        .with_variable(
            dashboard.DatasourceVariable("datasource").label("Data source").type("prometheus")
        )
    )


def variable(
    name: str, label: str, metric: str, all_value: str | None = ".+"
) -> dashboard.QueryVariable:
    """A variable with the values that the label `name` has on `metric`, all of them by default."""
    built = (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(f"label_values({metric}, {name})")
        .definition(f"label_values({metric}, {name})")
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
    )
    return several(built, all_value)


def several(
    built: dashboard.QueryVariable, all_value: str | None = ".+"
) -> dashboard.QueryVariable:
    """The variable with a choice of several values, all of them by default.

    Without a regular expression for all values, all are those that the variable lists.
    """
    built = (
        built.multi(True)
        .include_all(True)
        .current(models.VariableOption(selected=True, text="All", value="$__all"))
    )
    return built if all_value is None else built.all_value(all_value)


def ranked(name: str, label: str, expression: str) -> dashboard.QueryVariable:
    """A variable with the values that the label `name` has in a query's answer, in its order."""
    asked = f"query_result({expression})"
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(asked)
        .definition(asked)
        .regex(f'/\\b{name}="([^"]+)"/')
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
    )


def owner_variable(scope: str) -> dashboard.QueryVariable:
    """Whose targets are looked at: all, also those that are nobody's, by default."""
    owner = ranked("owner", "Owner", f"count by (owner) ({q.owners(scope)})")
    return several(owner.sort(models.VariableSort.ALPHABETICAL_ASC), ".*")


def scoped(
    uid: str, title: str, description: str, *, one_target: bool = False, metric: str = "license_up"
) -> dashboard.Dashboard:
    """A dashboard with job, vendor, owner and target, each narrowed by those before it.

    `metric` is a metric that its targets have, or several with `|` between them; then all vendors
    are those that have one.
    """

    def having(scope: str = "") -> str:
        named = f'{{__name__=~"{metric}"{scope and ", "}{scope}}}'
        return named if "|" in metric else metric + (f"{{{scope}}}" if scope else "")

    scope = 'job=~"$job", vendor=~"$vendor"'
    targets = ranked("target", "Target", f"count by (target) ({q.owned(having(scope), scope)})")
    targets.sort(models.VariableSort.ALPHABETICAL_ASC)
    every_vendor = None if "|" in metric else ".+"
    return (
        board(uid, title, description)
        .with_variable(variable("job", "Job", having()))
        .with_variable(variable("vendor", "Vendor", having('job=~"$job"'), every_vendor))
        .with_variable(owner_variable(scope))
        .with_variable(targets if one_target else several(targets))
        .annotation(
            dashboard.AnnotationQuery()
            .name("License alerts")
            .datasource(SOURCE)
            .enable(False)
            .icon_color("red")
            .expr(
                'ALERTS{alertname=~"License.*", alertstate="firing", job=~"$job",'
                ' vendor=~"$vendor", target=~"$target"}'
            )
            .title_format("{{alertname}}")
            .text_format("{{target}} {{pool}}{{license}} ({{severity}})")
            .step("60s")
        )
    )
