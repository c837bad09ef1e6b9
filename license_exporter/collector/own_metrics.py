"""The exporter's own metrics, other than those by target, in a registry of their own."""

import platform
from functools import lru_cache

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from license_exporter import __version__
from license_exporter.collector.shard import Shard
from license_exporter.errors import Reason
from license_exporter.sources.source import Step


class OwnMetrics:
    """Counts what the exporter does; `registry` holds it all. `shard` is the replica's own part."""

    def __init__(self, shard: Shard | None = None) -> None:
        # The library knows this switch only for the whole process.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        build_info = Gauge(
            "license_exporter_build_info",
            "Always 1, with the versions of the exporter and of Python.",
            ["version", "pythonversion"],
            registry=self.registry,
        )
        build_info.labels(__version__, platform.python_version()).set(1)
        if shard:
            shard_info = Gauge(
                "license_exporter_shard_info",
                "Always 1, with the shard, from 0, whose targets this replica fetches.",
                ["shard", "shards"],
                registry=self.registry,
            )
            shard_info.labels(str(shard.index), str(shard.count)).set(1)
        self._targets = Gauge(
            "license_exporter_targets",
            "Configured targets; with --shard, those of this replica.",
            registry=self.registry,
        )
        self._reload_successful = Gauge(
            "license_exporter_config_last_reload_successful",
            "1 if the last load of the configuration succeeded, else 0.",
            registry=self.registry,
        )
        self._reload_success_time = Gauge(
            "license_exporter_config_last_reload_success_timestamp_seconds",
            "When the configuration was last loaded with success.",
            registry=self.registry,
        )
        requests = Counter(
            "license_exporter_upstream_requests",
            "Requests to vendors by HTTP status, or by the reason where none came; runs of "
            "programs and reads of files by ok, or the reason.",
            ["code"],
            registry=self.registry,
        )
        requests.labels("200")
        # To find a counter by its labels takes longer than to count.
        self._counter = lru_cache(requests.labels)
        self._duration = Histogram(
            "license_exporter_upstream_request_duration_seconds",
            "Time from a request to a vendor to the last byte of its answer.",
            buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
            registry=self.registry,
        )
        errors = Counter(
            "license_exporter_fetch_errors",
            "Fetches of targets that failed, by reason.",
            ["reason"],
            registry=self.registry,
        )
        dropped = Counter(
            "license_exporter_log_lines_dropped",
            "Lines of the log that were dropped, since nobody read them.",
            registry=self.registry,
        )
        self.log_line_dropped = dropped.inc
        self._errors = {reason: errors.labels(reason.value) for reason in Reason}

    def request_done(self, step: Step) -> None:
        """Count a request to a vendor."""
        code = str(step.status) if step.status is not None else step.reason or "ok"
        self._counter(code).inc()
        self._duration.observe(step.seconds)

    def fetch_failed(self, reason: Reason) -> None:
        """Count a fetch that failed."""
        self._errors[reason].inc()

    def loaded(self, targets: int, now: float) -> None:
        """Note a configuration that is in force from `now` on, in seconds since the epoch."""
        self._targets.set(targets)
        self._reload_successful.set(1)
        self._reload_success_time.set(now)

    def refused(self) -> None:
        """Note a configuration that cannot be used."""
        self._reload_successful.set(0)
