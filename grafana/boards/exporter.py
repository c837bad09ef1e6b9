"""Licenses / Exporter: how the exporter itself fares."""

from grafana_foundation_sdk.builders.dashboard import Dashboard, Row

from grafana.parts import queries as q
from grafana.parts.board import board, owner_variable, variable
from grafana.parts.panels import Panel, bars, graph, number, query, states, words
from grafana.parts.style import BAD_ABOVE_ZERO, good_if_one
from grafana.parts.tables import Column, Rows, grid

_SCOPE = 'job=~"$job", instance=~"$instance"'
_TARGETS = 'job=~"$job"'
_FAILURE = "job, vendor, target, document, reason"
_FAILING = f"max by ({_FAILURE}) (license_scrape_error{{{_TARGETS}}})"
_SUCCESS = f"max by (job, target, vendor) (license_last_success_timestamp_seconds{{{_TARGETS}}})"
_REQUEST = "license_exporter_upstream_request_duration_seconds"


def build() -> Dashboard:
    info = "license_exporter_build_info"
    return (
        board(
            "license-exporter", "Exporter", "The exporter's own fetches, errors, cache and memory."
        )
        .with_variable(variable("job", "Job", f'{{__name__=~"{info}|license_up"}}'))
        .with_variable(variable("instance", "Instance", f'{info}{{job=~"$job"}}'))
        .with_variable(owner_variable('job=~"$job"'))
        .with_row(Row("Now"))
        .with_panel(_version())
        .with_panel(_reload())
        .with_panel(_targets())
        .with_panel(_errors_in_range())
        .with_panel(_hits())
        .with_panel(_memory())
        .with_row(Row("Scrapes and fetches"))
        .with_panel(_scrape_time())
        .with_panel(_fetch_time())
        .with_panel(_errors())
        .with_panel(_requests())
        .with_panel(_latency())
        .with_panel(_age())
        .with_row(Row("Targets"))
        .with_panel(_failures())
        .with_panel(_owners())
        .with_row(Row("Process"))
        .with_panel(_memory_history())
        .with_panel(_cpu())
        .with_panel(_files())
        .with_panel(_up())
    )


def _select(metric: str) -> str:
    return f"{metric}{{{_SCOPE}}}"


def _rate(metric: str) -> str:
    return f"rate({_select(metric)}[$__rate_interval])"


def _version() -> Panel:
    return words(
        "Version",
        "The version of each exporter. Several at once mean that an update is under way.",
        f"count by (version) ({_select('license_exporter_build_info')})",
        "version",
        no_data="not scraped",
        span=4,
    )


def _reload() -> Panel:
    return number(
        "Configuration",
        "Whether the last reload was good. If refused, its log says why, line by line.",
        f"min({_select('license_exporter_config_last_reload_successful')})",
        mapping=good_if_one("refused", "good"),
        no_data="not scraped",
        span=4,
    )


def _targets() -> Panel:
    return number(
        "Targets",
        "Targets in the configuration in force.",
        f"max({_select('license_exporter_targets')})",
        no_data="not scraped",
        span=4,
    )


def _errors_in_range() -> Panel:
    return number(
        "Failed fetches",
        "Fetches that failed in the time shown; below is why.",
        f"sum(increase({_select('license_exporter_fetch_errors_total')}[$__range]))",
        steps=BAD_ABOVE_ZERO,
        no_data="not scraped",
        decimals=0,
        span=4,
    )


def _hits() -> Panel:
    requests = "license_exporter_cache_requests_total"
    hits = f'rate({requests}{{{_SCOPE}, result="hit"}}[$__rate_interval])'
    return number(
        "Served from the cache",
        "Share of reads without a fetch, of late. It rises with min_interval and more scrapers.",
        f"sum({hits}) / sum({_rate(requests)}) >= 0",
        unit="percentunit",
        no_data="not scraped",
        decimals=0,
        span=4,
    )


def _memory() -> Panel:
    return number(
        "Memory",
        "Resident memory of the greatest process.",
        f"max({_select('process_resident_memory_bytes')})",
        unit="bytes",
        no_data="not scraped",
        span=4,
    )


def _scrape_time() -> Panel:
    return graph(
        "Duration of a scrape",
        "How long Prometheus waits. It must stay below scrape_timeout; the slowest target decides.",
        query(
            f"max by (instance) ({_select('scrape_duration_seconds')}"
            f" and on (job, instance) {_select('license_exporter_build_info')})",
            "{{instance}}",
        ),
        unit="s",
        no_data="The exporter is not scraped.",
    )


def _fetch_time() -> Panel:
    seconds = f"max by (job, target, vendor) (license_scrape_duration_seconds{{{_TARGETS}}})"
    return bars(
        "Duration of a fetch, the 15 slowest targets",
        "How long a vendor's last answer took. Raise min_interval or timeout of a slow target.",
        f"sort_desc(topk(15, {q.owned(seconds, _TARGETS)}))",
        "{{target}}",
        unit="s",
        no_data="No target was fetched.",
    )


def _errors() -> Panel:
    return graph(
        "Failed fetches by reason",
        "Failures an hour. The runbook of LicenseTargetDown says what to do.",
        query(
            f"sum by (reason) ({_rate('license_exporter_fetch_errors_total')}) * 3600 > 0",
            "{{reason}}",
        ),
        unit="none",
        no_data="No fetch failed.",
        stacked=True,
    )


def _failures() -> Panel:
    return grid(
        "Targets that fail",
        "What could not be read at the last scrape, whose it is, and since when. A target that"
        " fails now and then may need a longer timeout.",
        {
            "info": q.by(f"{_FAILURE}, owner", q.with_owner(_FAILING, _TARGETS)),
            "age": f"time() - {_SUCCESS} + on (job, target, vendor)"
            f" group_right () max by ({_FAILURE}) ({_FAILING}) * 0",
        },
        [
            Column("owner", "Owner"),
            Column("vendor", "Vendor"),
            Column("target", "Target", link=True),
            Column("document", "Document"),
            Column("reason", "Reason"),
            Column("age", "Last good answer", unit="s"),
        ],
        hidden=["job"],
        sort="Last good answer",
        no_data="No target fails.",
        rows=Rows(q.by(_FAILURE, q.owned(_FAILING, _TARGETS)), _FAILURE, told_in="document"),
    )


def _owners() -> Panel:
    up = f"max by (job, target, vendor) (license_up{{{_TARGETS}}})"

    def of(expression: str) -> str:
        owned = q.with_owner(q.owned(expression, _TARGETS), _TARGETS)
        return f"count by (owner) ({q.told(owned)})"

    return grid(
        "By owner",
        "The targets of each owner, and how many of them cannot be read now.",
        {"targets": of(up), "down": of(f"{up} == 0")},
        [
            Column("owner", "Owner"),
            Column("targets", "Targets"),
            Column("down", "Down", steps=BAD_ABOVE_ZERO),
        ],
        sort="Down",
        no_data="No target is configured.",
    )


def _requests() -> Panel:
    return graph(
        "Requests to vendors by status",
        "Requests a second. 429 means that a vendor is asked too often: raise min_interval.",
        query(f"sum by (code) ({_rate('license_exporter_upstream_requests_total')})", "{{code}}"),
        unit="reqps",
        no_data="No request was made.",
        stacked=True,
    )


def _latency() -> Panel:
    buckets = f"sum by (le) ({_rate(_REQUEST + '_bucket')})"
    return graph(
        "Duration of requests to vendors",
        "Quantiles of all requests. If the highest nears the timeout, fetches will start to fail.",
        *(
            query(f"histogram_quantile({quantile}, {buckets}) >= 0", label, ref=label)
            for quantile, label in ((0.99, "99 %"), (0.9, "90 %"), (0.5, "50 %"))
        ),
        unit="s",
        no_data="No request was made.",
    )


def _age() -> Panel:
    return bars(
        "Age of the answers, the 15 oldest",
        "Time since the last good fetch. What climbs without end is down.",
        f"sort_desc(topk(15, time() - {q.owned(_SUCCESS, _TARGETS)}))",
        "{{target}}",
        unit="s",
        no_data="No target was ever fetched.",
    )


def _memory_history() -> Panel:
    return graph(
        "Memory",
        "Resident memory. It follows the greatest answer; a steady climb is a fault to report.",
        query(_select("process_resident_memory_bytes"), "{{instance}}"),
        unit="bytes",
        no_data="The exporter is not scraped.",
    )


def _cpu() -> Panel:
    return graph(
        "CPU",
        "Cores in use. If it stays near 1, share the targets among several exporters.",
        query(_rate("process_cpu_seconds_total"), "{{instance}}"),
        unit="none",
        no_data="The exporter is not scraped.",
    )


def _files() -> Panel:
    return graph(
        "Open files",
        "Open files and connections, with the limit dashed. Raise the limit before it is reached.",
        query(_select("process_open_fds"), "{{instance}}"),
        query(_select("process_max_fds"), "{{instance}} limit", ref="limit"),
        unit="none",
        dashed=("limit",),
        no_data="The exporter is not scraped.",
    )


def _up() -> Panel:
    return states(
        "Scraped",
        "Whether Prometheus could scrape each exporter.",
        f"{_select('up')} and on (job) {_select('license_exporter_build_info')}",
        "{{instance}}",
        good_if_one("no", "yes"),
        no_data="The exporter is not scraped.",
    )
