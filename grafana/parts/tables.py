"""Tables: rows of several queries, merged by their labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as models

from grafana.parts.board import target_url
from grafana.parts.panels import PANEL_HEIGHT, property_, table_query, titled
from grafana.parts.style import Steps, has_colors


@dataclass(frozen=True)
class Column:
    """A column of a table: a label, or the value of the query whose ref id is `field`."""

    field: str
    title: str
    unit: str = ""
    decimals: int | None = None
    steps: Steps | None = None
    mapping: models.ValueMapping | None = None
    gauge: bool = False
    link: bool = False
    width: int | None = None


def grid(
    title: str,
    description: str,
    queries: Mapping[str, str],
    shown: Sequence[Column],
    *,
    sort: str,
    descending: bool = True,
    no_data: str,
    span: int = 24,
    height: int = PANEL_HEIGHT,
    hidden: Sequence[str] = (),
) -> table.Panel:
    """A table: the queries' rows merged by their labels, `shown` in that order."""
    single = len(queries) == 1
    names = {
        column.field: ("Value" if single else f"Value #{column.field}")
        if column.field in queries
        else column.field
        for column in shown
    }
    panel: table.Panel = (
        titled(table.Panel(), title, description, "none", no_data)
        .sort_by([common.TableSortByFieldState().display_name(sort).desc(descending)])
        .cell_height(options.TableCellHeight.SM)
        .filterable(True)
        .min_width(80)
        .span(span)
        .height(height)
    )
    for ref, expression in queries.items():
        panel = panel.with_target(table_query(ref, expression))
    if not single:
        panel = panel.with_transformation(models.DataTransformerConfig(id_val="merge", options={}))
    unseen = ["Time", *hidden]
    unseen += [f"Value #{ref}" for ref in queries if not single and ref not in names]
    if single and not set(queries) & set(names):
        unseen.append("Value")
    panel = panel.with_transformation(
        models.DataTransformerConfig(
            id_val="organize",
            options={
                "excludeByName": dict.fromkeys(unseen, True),
                "indexByName": {name: index for index, name in enumerate(names.values())},
                "renameByName": {names[column.field]: column.title for column in shown},
            },
        )
    )
    # An empty cell stays empty: the text for no data is for the panel.
    panel = panel.override_by_regexp(".*", [property_("noValue", "")])
    for column in shown:
        properties = _column_properties(column)
        if properties:
            panel = panel.override_by_name(column.title, properties)
    return panel


def _column_properties(column: Column) -> list[models.DynamicConfigValue]:
    found = []
    if column.unit:
        found.append(property_("unit", column.unit))
    if column.decimals is not None:
        found.append(property_("decimals", column.decimals))
    if column.mapping:
        found.append(property_("mappings", [column.mapping]))
    if column.steps:
        steps = [{"value": value, "color": color} for value, color in column.steps]
        found.append(property_("thresholds", {"mode": "absolute", "steps": steps}))
    if column.gauge:
        found.append(property_("custom.cellOptions", {"type": "gauge", "mode": "basic"}))
        found += [property_("min", 0), property_("max", 1)]
    elif column.steps or (column.mapping and has_colors(column.mapping)):
        found.append(property_("custom.cellOptions", {"type": "color-text"}))
    if column.link:
        link = {"title": "Open the target", "url": target_url("${__data.fields.Target}")}
        found.append(property_("links", [link]))
    if column.width:
        found.append(property_("custom.width", column.width))
    return found
