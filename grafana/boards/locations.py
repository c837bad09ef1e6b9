"""Licenses / Data by location: where licensed data lies (Enterprise Recon)."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.parts import queries as q
from grafana.parts.board import scoped, variable
from grafana.parts.panels import Panel, bars, graph, number, query
from grafana.parts.style import WARN_ABOVE_ZERO
from grafana.parts.tables import Column, grid

_LOCATION = "target, pool, location, location_type"
_FILTER = ('pool=~"$pool"', 'unit="bytes"')
_OWNED = q.owned(q.value("license_location_used", *_FILTER))
_USED = q.by(_LOCATION, _OWNED)
_USED_AT_END = q.by(_LOCATION, q.owned(f"{q.select('license_location_used', *_FILTER)} @ end()"))
_BEFORE = q.by(_LOCATION, f"{q.select('license_location_used', *_FILTER)} offset 30d")
_GROWTH = f"({_USED} - on ({_LOCATION}) {_BEFORE})"
_NONE = "No target reports locations: Enterprise Recon does, unless locations: false."


def build() -> Dashboard:
    metric = "license_location_used"
    board = scoped(
        "license-locations",
        "Data by location",
        "Which locations and attributions use up a data allowance.",
        metric=metric,
    )
    return (
        board.with_variable(variable("pool", "Attribution", q.select(metric)))
        .with_row(Row("Now"))
        .with_panel(_total())
        .with_panel(_grown())
        .with_panel(_locations())
        .with_panel(_folded())
        .with_panel(_pending_bytes())
        .with_panel(_pending_scans())
        .with_row(Row("Locations"))
        .with_panel(_top())
        .with_panel(_fastest())
        .with_row(Row("Over time"))
        .with_panel(_history())
        .with_panel(_attribution())
        .with_panel(_types())
        .with_panel(_owners())
        .with_panel(_count())
    )


def _total() -> Panel:
    return number(
        "Data",
        "Licensed data at all locations together. Compare it with the allowance on Target.",
        f"sum({_USED})",
        unit="decbytes",
        no_data="no locations",
        span=4,
    )


def _grown() -> Panel:
    before = q.owned(q.select("license_location_used", *_FILTER) + " offset 30d")
    return number(
        "Grown in 30 days",
        "Change of the data within 30 days. Find the cause among the fastest growing locations.",
        f"sum({_USED}) - sum({q.by(_LOCATION, before)})",
        unit="decbytes",
        no_data="no history",
        span=4,
    )


def _locations() -> Panel:
    return number(
        "Locations",
        "Distinct locations that the vendor reports, those that are folded included.",
        f"sum({q.owned(q.value('license_locations'))})",
        no_data="no locations",
        span=4,
    )


def _folded() -> Panel:
    return number(
        "Folded",
        'Locations added up as "other", because of max_locations. Raise it to see them.',
        f"sum({q.owned(q.value('license_locations_folded'))})",
        steps=WARN_ABOVE_ZERO,
        no_data="no locations",
        span=4,
    )


def _pending_bytes() -> Panel:
    return number(
        "Pending data",
        "Scanned data that is not yet counted; the use will rise by it when the scans are done.",
        f"sum({q.owned(q.value('license_pending_bytes'))})",
        unit="decbytes",
        steps=WARN_ABOVE_ZERO,
        no_data="not told",
        span=4,
    )


def _pending_scans() -> Panel:
    return number(
        "Pending scans",
        "Scans that are not yet counted. If they stay, look in the product why.",
        f"sum({q.owned(q.value('license_pending_scans'))})",
        steps=WARN_ABOVE_ZERO,
        no_data="not told",
        span=4,
    )


def _top() -> Panel:
    top = f"on ({_LOCATION}) topk(20, {_USED})"
    return grid(
        "The 20 greatest locations",
        "Where most of the licensed data lies. Ask whether each must be under this license.",
        {
            "info": f"{q.by(f'{_LOCATION}, owner', q.with_owner(_OWNED))} and {top}",
            "used": f"topk(20, {_USED})",
            "growth": f"{_GROWTH} and {top}",
            "share": f"{_USED} / on (target) group_left () sum by (target) ({_USED}) and {top}",
        },
        [
            Column("owner", "Owner"),
            Column("target", "Target", link=True),
            Column("pool", "Attribution"),
            Column("location", "Location", width=240),
            Column("location_type", "Type"),
            Column("used", "Data", unit="decbytes"),
            Column("growth", "Grown in 30 d", unit="decbytes"),
            Column("share", "Share of the target", unit="percentunit", gauge=True, width=150),
        ],
        sort="Data",
        no_data=_NONE,
        span=16,
        height=16,
    )


def _fastest() -> Panel:
    return bars(
        "Fastest growing in 30 days",
        "Locations whose data grew most. New data that need not be kept is cheapest to remove now.",
        f"sort_desc(topk(20, {_GROWTH} > 0))",
        "{{location}}",
        unit="decbytes",
        no_data="Nothing has grown, or there is no history of 30 days.",
        span=8,
    ).height(16)


def _history() -> Panel:
    return graph(
        "The 10 greatest locations",
        "Data of the locations that are greatest at the end of the time shown.",
        query(f"{_USED} and on ({_LOCATION}) topk(10, {_USED_AT_END})", "{{location}}"),
        unit="decbytes",
        no_data=_NONE,
        stacked=True,
    )


def _attribution() -> Panel:
    return graph(
        "By attribution",
        "Data by the part of the license that it counts against.",
        query(f"sum by (pool) ({_USED})", "{{pool}}"),
        unit="decbytes",
        no_data=_NONE,
        stacked=True,
    )


def _types() -> Panel:
    typed = f'label_replace({_USED}, "location_type", "other", "location_type", "")'
    return graph(
        "By type of location",
        "Data by what kind of place holds it. A type that grows may need a license of its own.",
        query(f"sum by (location_type) ({typed})", "{{location_type}}"),
        unit="decbytes",
        no_data=_NONE,
        stacked=True,
    )


def _owners() -> Panel:
    return bars(
        "By owner",
        "Data of each owner: the label owner of a target, or else its team.",
        f"sort_desc({q.per_owner(q.value('license_location_used', *_FILTER), aggregation='sum')})",
        "{{owner}}",
        unit="decbytes",
        no_data=_NONE,
    )


def _count() -> Panel:
    return graph(
        "Number of locations",
        "Locations that the vendor reports. A jump is usually a new scan or agent.",
        query(f"topk(15, {q.by('target', q.owned(q.value('license_locations')))})", "{{target}}"),
        unit="none",
        no_data=_NONE,
    )
