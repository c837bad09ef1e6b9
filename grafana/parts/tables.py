"""Tables: rows of several queries, merged by their labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grafana_foundation_sdk.builders import common, table
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models import dashboard as models

from grafana.parts import queries as q
from grafana.parts.board import target_url
from grafana.parts.panels import PANEL_HEIGHT, property_, table_query, titled
from grafana.parts.style import BLANK, Steps, has_colors


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
    background: bool = False


@dataclass(frozen=True)
class Rows:
    """Which rows of a fleet a table shows: the first by rank, and how many more there are."""

    rank: str  # a series for each row
    keys: str  # the labels that tell rows apart
    told_in: str  # the label whose column says how many more there are
    at_most: int = 100
    lowest: bool = False
    every: str = ""  # a series for each row, where that is cheaper to count than the rank

    @property
    def first(self) -> str:
        function = "bottomk" if self.lowest else "topk"
        return f"{function}({self.at_most}, {self.rank})"

    @property
    def more(self) -> str:
        counted = f"count({self.every or self.rank}) - {self.at_most} > 0"
        left = f'count_values("{self.told_in}", {counted})'
        return f'label_replace({left}, "{self.told_in}", "and $1 more", "{self.told_in}", "(.*)")'

    def of(self, queries: Mapping[str, str], sort: str) -> dict[str, str]:
        """The queries for these rows alone; one more, whose value is not shown, tells of the rest.

        A query that has q.FIRST in it is limited there, before it does what is dear.
        """
        limits = f" and on ({self.keys}) {self.first}"
        limited = {ref: self._limited(expression, limits) for ref, expression in queries.items()}
        if self.lowest:
            limited[sort] += f" or {self.more} * {q.LAST}"
        return limited | {"more": self.more}

    def _limited(self, expression: str, limits: str) -> str:
        if expression == self.rank:
            return self.first
        if q.FIRST in expression:
            return expression.replace(q.FIRST, limits)
        return f"({expression}){limits}"


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
    rows: Rows | None = None,
) -> table.Panel:
    """A table: the queries' rows merged by their labels, `shown` in that order."""
    if rows:
        queries = rows.of(queries, next(c.field for c in shown if c.title == sort))
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
        last = bool(rows and rows.lowest and column.title == sort)
        properties = _column_properties(column, last=last)
        if properties:
            panel = panel.override_by_name(column.title, properties)
    return panel


def _column_properties(column: Column, *, last: bool) -> list[models.DynamicConfigValue]:
    """The overrides of a column; in one sorted upwards, what counts the rest is the `last` row."""
    found = []
    if column.unit:
        found.append(property_("unit", column.unit))
    if column.decimals is not None:
        found.append(property_("decimals", column.decimals))
    mappings = ([column.mapping] if column.mapping else []) + ([BLANK] if last else [])
    if mappings:
        found.append(property_("mappings", mappings))
    if column.steps:
        steps = [{"value": value, "color": color} for value, color in column.steps]
        found.append(property_("thresholds", {"mode": "absolute", "steps": steps}))
    if column.gauge:
        found.append(property_("custom.cellOptions", {"type": "gauge", "mode": "basic"}))
        found += [property_("min", 0), property_("max", 1)]
    elif column.background:
        found.append(property_("custom.cellOptions", {"type": "color-background"}))
    elif column.steps or (column.mapping and has_colors(column.mapping)):
        found.append(property_("custom.cellOptions", {"type": "color-text"}))
    if column.link:
        link = {"title": "Open the target", "url": target_url("${__data.fields.Target}")}
        found.append(property_("links", [link]))
    if column.width:
        found.append(property_("custom.width", column.width))
    return found
