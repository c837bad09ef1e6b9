"""What PromQL expressions select, and what there is to select, for rules and dashboards."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import promql_parser as promql
import yaml

from license_exporter.exposition.families import FAMILIES

ROOT = Path(__file__).parent.parent
RULES = ROOT / "prometheus" / "rules.yml"
RUNBOOKS = ROOT / "docs" / "runbooks.md"

OWNERS = {"owner", "team"}  # the labels of a target's own that dashboards and rules look at
TARGET_LABELS = frozenset({"job", "instance", "pod"})  # what Prometheus adds on scrape
OWN_METRICS = {
    "license_exporter_build_info": {"version", "pythonversion"},
    "license_exporter_targets": set(),
    "license_exporter_config_last_reload_successful": set(),
    "license_exporter_config_last_reload_success_timestamp_seconds": set(),
    "license_exporter_upstream_requests_total": {"code"},
    "license_exporter_fetch_errors_total": {"reason"},
    "license_exporter_log_lines_dropped_total": set(),
    "license_exporter_upstream_request_duration_seconds_bucket": {"le"},
    "license_exporter_upstream_request_duration_seconds_sum": set(),
    "license_exporter_upstream_request_duration_seconds_count": set(),
    "license_exporter_fetches_total": {"target", "result"},
    "license_exporter_cache_requests_total": {"target", "result"},
    "process_resident_memory_bytes": set(),
    "process_cpu_seconds_total": set(),
    "process_open_fds": set(),
    "process_max_fds": set(),
    "process_start_time_seconds": set(),
}
# Written by Prometheus itself.
PROMETHEUS_METRICS = {
    "up": set(),
    "scrape_duration_seconds": set(),
    "scrape_samples_scraped": set(),
    "ALERTS": {"alertname", "alertstate", "severity", "target", "vendor", "license", "pool"},
}
_OPERATORS = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}


@dataclass(frozen=True)
class Selector:
    """A vector selector: the metric's name, and for each label the operator and value."""

    name: str
    matchers: Mapping[str, str]


@cache
def rule_groups() -> list[dict[str, Any]]:
    return yaml.safe_load(RULES.read_text())["groups"]


def rules() -> list[dict[str, Any]]:
    return [rule for group in rule_groups() for rule in group["rules"]]


def recorded() -> set[str]:
    return {rule["record"] for rule in rules() if "record" in rule}


def exported() -> dict[str, frozenset[str]]:
    """The labels of each metric that rules and dashboards may use, those of scrapes included."""
    families = {family.name: {"target", "vendor", *family.labels} for family in FAMILIES}
    families["license_target_info"] |= OWNERS
    metrics = families | OWN_METRICS | PROMETHEUS_METRICS
    return {name: TARGET_LABELS | labels for name, labels in metrics.items()}


@lru_cache(maxsize=2)  # a tree takes megabytes: each node is a copy of all that is below it
def nodes(expression: str) -> tuple[Any, ...]:
    """All nodes of the syntax tree, to be read only: what follows asks for the same ones."""
    found: list[Any] = []
    promql.walk(promql.parse(expression), found.append)
    return tuple(found)


@cache
def selectors(expression: str) -> tuple[Selector, ...]:
    return tuple(
        Selector(node.name or "", MappingProxyType(_matchers(node)))
        for node in nodes(expression)
        if isinstance(node, promql.VectorSelector)
    )


def _matchers(node: promql.VectorSelector) -> dict[str, str]:
    return {m.name: f'{_OPERATORS[str(m.op)]}"{m.value}"' for m in node.matchers.matchers}


def made(expression: str) -> set[str]:
    """The labels that the expression itself gives to its series."""
    position = {"label_replace": 1, "label_join": 1}
    found = set()
    for node in nodes(expression):
        if isinstance(node, promql.Call) and node.func.name in position:
            found.add(node.args[position[node.func.name]].val)
        elif isinstance(node, promql.AggregateExpr) and isinstance(
            node.param, promql.StringLiteral
        ):
            found.add(node.param.val)
    return found


def labels(expression: str) -> set[str]:
    """Every label that the expression names: in matchers, in aggregations, in joins."""
    found: set[str] = set()
    for node in nodes(expression):
        if isinstance(node, promql.VectorSelector):
            found |= {matcher.name for matcher in node.matchers.matchers}
        elif isinstance(node, promql.AggregateExpr) and node.modifier:
            found |= set(node.modifier.labels)
        elif isinstance(node, promql.BinaryExpr) and node.modifier:
            found |= set(node.modifier.matching.labels if node.modifier.matching else ())
            found |= set(node.modifier.group_labels or ())
    return found
