"""Panels, and the queries in them."""

from collections.abc import Sequence
from typing import Any

from grafana_foundation_sdk.builders import (
    barchart,
    bargauge,
    common,
    dashboard,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from grafana.parts.style import PLAIN, Steps

SOURCE = options.DataSourceRef(type_val="prometheus", uid="${datasource}")
PANEL_HEIGHT = 9

Panel = Builder[models.Panel]


def query(
    expression: str, legend: str = "", *, ref: str = "A", instant: bool = False
) -> prometheus.Dataquery:
    built = prometheus.Dataquery().expr(expression).ref_id(ref).datasource(SOURCE)
    if legend:
        built = built.legend_format(legend)
    return built.instant() if instant else built.range()


def table_query(ref: str, expression: str) -> prometheus.Dataquery:
    return query(expression, ref=ref, instant=True).format(PromQueryFormat.TABLE)


def thresholds(steps: Steps) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(value=value, color=color) for value, color in steps])
    )


def titled(panel: Any, title: str, description: str, unit: str, no_data: str) -> Any:
    return (
        panel.title(title)
        .description(description)
        .datasource(SOURCE)
        .unit(unit)
        .no_value(no_data)
        .height(PANEL_HEIGHT)
    )


def number(
    title: str,
    description: str,
    expression: str,
    *,
    unit: str = "none",
    steps: Steps = PLAIN,
    mapping: models.ValueMapping | None = None,
    legend: str = "",
    no_data: str = "no data",
    span: int = 3,
    decimals: int | None = None,
) -> Panel:
    """A single value, or one for each series if there is a legend."""
    panel: stat.Panel = (
        titled(stat.Panel(), title, description, unit, no_data)
        .with_target(query(expression, legend, instant=True))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .graph_mode(options.BigValueGraphMode.NONE)
        .color_mode(options.BigValueColorMode.VALUE)
        .thresholds(thresholds(steps))
        .span(span)
        .height(4)
    )
    if legend:
        panel = panel.text_mode(options.BigValueTextMode.VALUE_AND_NAME)
    if decimals is not None:
        panel = panel.decimals(decimals)
    if mapping:
        panel = panel.mappings([mapping])
    return panel


def words(
    title: str, description: str, expression: str, label: str, *, no_data: str, span: int = 3
) -> Panel:
    """A label's value as text."""
    panel: stat.Panel = (
        titled(stat.Panel(), title, description, "none", no_data)
        .with_target(query(expression, f"{{{{{label}}}}}", instant=True))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .graph_mode(options.BigValueGraphMode.NONE)
        .color_mode(options.BigValueColorMode.NONE)
        .text_mode(options.BigValueTextMode.NAME)
        .thresholds(thresholds(PLAIN))
        .span(span)
        .height(4)
    )
    return panel


def graph(
    title: str,
    description: str,
    *queries: prometheus.Dataquery,
    unit: str,
    no_data: str,
    span: int = 12,
    stacked: bool = False,
    low: float | None = 0,
    steps: Steps | None = None,
    dashed: Sequence[str] = (),
) -> timeseries.Panel:
    """Lines over time. `dashed` are the queries of limits; `steps` are drawn as lines, too."""
    panel: timeseries.Panel = (
        titled(timeseries.Panel(), title, description, unit, no_data)
        .line_width(1 if stacked else 2)
        .fill_opacity(30 if stacked else 0)
        .show_points(options.VisibilityMode.NEVER)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(options.LegendDisplayMode.LIST)
            .placement(options.LegendPlacement.BOTTOM)
        )
        .tooltip(
            common.VizTooltipOptions()
            .mode(options.TooltipDisplayMode.MULTI)
            .sort(options.SortOrder.DESCENDING)
        )
        .span(span)
    )
    for target in queries:
        panel = panel.with_target(target)
    if low is not None:
        panel = panel.min(low)
    if stacked:
        panel = panel.stacking(common.StackingConfig().mode(options.StackingMode.NORMAL))
    if steps:
        panel = panel.thresholds(thresholds(steps)).thresholds_style(
            common.GraphThresholdsStyleConfig().mode(options.GraphThresholdsStyleMode.DASHED)
        )
    for ref in dashed:
        panel = panel.override_by_query(
            ref,
            [
                property_("custom.lineStyle", {"fill": "dash", "dash": [10, 10]}),
                property_("custom.fillOpacity", 0),
                property_("custom.lineWidth", 1),
            ],
        )
    return panel


def bars(
    title: str,
    description: str,
    expression: str,
    legend: str,
    *,
    unit: str,
    no_data: str,
    span: int = 12,
    steps: Steps = PLAIN,
    high: float | None = None,
) -> bargauge.Panel:
    """Horizontal bars of the present values."""
    panel: bargauge.Panel = (
        titled(bargauge.Panel(), title, description, unit, no_data)
        .with_target(query(expression, legend, instant=True))
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .orientation(options.VizOrientation.HORIZONTAL)
        .display_mode(options.BarGaugeDisplayMode.BASIC)
        .value_mode(options.BarGaugeValueMode.TEXT)
        .min_viz_height(16)
        .max_viz_height(28)
        .thresholds(thresholds(steps))
        .min(0)
        .span(span)
    )
    return panel if high is None else panel.max(high)


def columns(
    title: str,
    description: str,
    expression: str,
    *,
    rows: str,
    series: str,
    unit: str,
    no_data: str,
    span: int = 12,
) -> barchart.Panel:
    """Vertical bars: a group for each value of the label `rows`, a bar for each of `series`."""
    panel: barchart.Panel = (
        titled(barchart.Panel(), title, description, unit, no_data)
        .with_target(table_query("A", expression))
        .with_transformation(
            models.DataTransformerConfig(
                id_val="groupingToMatrix",
                options={"rowField": rows, "columnField": series, "valueField": "Value"},
            )
        )
        .with_transformation(
            models.DataTransformerConfig(
                id_val="sortBy", options={"sort": [{"field": f"{rows}\\{series}"}]}
            )
        )
        .color_scheme(dashboard.FieldColor().mode(models.FieldColorModeId.PALETTE_CLASSIC))
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(options.LegendDisplayMode.LIST)
            .placement(options.LegendPlacement.BOTTOM)
        )
        .min(0)
        .span(span)
    )
    return panel


def matrix(
    title: str,
    description: str,
    expression: str,
    *,
    rows: str,
    names: Sequence[str],
    across: str,
    columns: Sequence[str],
    unit: str,
    steps: Steps,
    no_data: str,
    span: int = 24,
) -> table.Panel:
    """A heat map: a row for each number of the label `rows`, a column for each of `across`."""
    corner = f"{rows}\\{across}"
    order = {name: number for number, name in enumerate((corner, *columns))}
    days = {
        str(number): models.ValueMappingResult(text=name, index=number)
        for number, name in enumerate(names)
    }
    panel: table.Panel = (
        titled(table.Panel(), title, description, unit, no_data)
        .with_target(table_query("A", expression))
        .with_transformation(
            models.DataTransformerConfig(
                id_val="groupingToMatrix",
                options={"rowField": rows, "columnField": across, "valueField": "Value"},
            )
        )
        .with_transformation(
            models.DataTransformerConfig(id_val="sortBy", options={"sort": [{"field": corner}]})
        )
        .with_transformation(
            models.DataTransformerConfig(
                id_val="organize", options={"indexByName": order, "renameByName": {corner: "Day"}}
            )
        )
        .thresholds(thresholds(steps))
        .decimals(0)
        .cell_height(options.TableCellHeight.SM)
        .min_width(40)
        .override_by_regexp(
            r"/^\d\d$/",
            [
                property_("custom.cellOptions", {"type": "color-background", "mode": "basic"}),
                property_("custom.width", 52),
            ],
        )
        .override_by_name(
            "Day",
            [property_("mappings", [models.ValueMap(days)]), property_("custom.width", 60)],
        )
        .span(span)
    )
    return panel


def states(
    title: str,
    description: str,
    expression: str,
    legend: str,
    mapping: models.ValueMapping,
    *,
    no_data: str,
    span: int = 12,
) -> statetimeline.Panel:
    """States over time, one line for each series."""
    panel: statetimeline.Panel = (
        titled(statetimeline.Panel(), title, description, "none", no_data)
        .with_target(query(expression, legend))
        .mappings([mapping])
        .show_value(options.VisibilityMode.NEVER)
        .row_height(0.8)
        .merge_values(True)
        .legend(
            common.VizLegendOptions()
            .show_legend(True)
            .display_mode(options.LegendDisplayMode.LIST)
            .placement(options.LegendPlacement.BOTTOM)
        )
        .span(span)
    )
    return panel


def property_(name: str, value: Any) -> models.DynamicConfigValue:
    return models.DynamicConfigValue(id_val=name, value=value)
