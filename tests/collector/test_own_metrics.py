import platform

import pytest

from license_exporter import __version__
from license_exporter.collector.own_metrics import OwnMetrics
from license_exporter.errors import Reason
from license_exporter.sources.source import Step

UPSTREAM = "license_exporter_upstream_request"


@pytest.fixture
def own() -> OwnMetrics:
    return OwnMetrics()


def value(own: OwnMetrics, name: str, **labels: str) -> float | None:
    return own.registry.get_sample_value(name, labels)


def step(status: int | None, reason: Reason | None = None, seconds: float = 0.2) -> Step:
    return Step("GET", "/v1/licenses", status, reason, 100, seconds)


def test_counters_are_there_from_the_start_and_no_created_series(own: OwnMetrics) -> None:
    assert value(own, f"{UPSTREAM}s_total", code="200") == 0
    for reason in Reason:
        assert value(own, "license_exporter_fetch_errors_total", reason=reason.value) == 0
    names = {sample.name for family in own.registry.collect() for sample in family.samples}
    assert not {name for name in names if name.endswith("_created")}


def test_the_versions_are_told(own: OwnMetrics) -> None:
    labels = {"version": __version__, "pythonversion": platform.python_version()}
    assert value(own, "license_exporter_build_info", **labels) == 1


def test_a_request_is_counted_by_its_status_or_by_the_reason_where_none_came(
    own: OwnMetrics,
) -> None:
    own.request_done(step(200))
    own.request_done(step(200, Reason.TOO_LARGE))
    own.request_done(step(503))
    own.request_done(step(None, Reason.DNS, seconds=0.004))
    counts = {code: value(own, f"{UPSTREAM}s_total", code=code) for code in ("200", "503", "dns")}
    assert counts == {"200": 2, "503": 1, "dns": 1}
    assert value(own, f"{UPSTREAM}_duration_seconds_count") == 4
    assert value(own, f"{UPSTREAM}_duration_seconds_sum") == pytest.approx(0.604)
    assert value(own, f"{UPSTREAM}_duration_seconds_bucket", le="0.01") == 1


def test_a_failed_fetch_is_counted_by_its_reason(own: OwnMetrics) -> None:
    own.fetch_failed(Reason.AUTH)
    assert value(own, "license_exporter_fetch_errors_total", reason="auth") == 1
    assert value(own, "license_exporter_fetch_errors_total", reason="dns") == 0


def test_a_refused_configuration_leaves_what_is_told_of_the_one_in_force(own: OwnMetrics) -> None:
    reload = "license_exporter_config_last_reload_success"
    own.loaded(3, 1_700_000_000.0)
    assert value(own, f"{reload}ful") == 1
    own.refused()
    assert value(own, f"{reload}ful") == 0
    assert value(own, f"{reload}_timestamp_seconds") == 1_700_000_000.0
    assert value(own, "license_exporter_targets") == 3


def test_the_buckets_of_request_times_are_those_that_dashboards_are_drawn_from(
    own: OwnMetrics,
) -> None:
    bounds = {
        sample.labels["le"]
        for family in own.registry.collect()
        for sample in family.samples
        if sample.name == f"{UPSTREAM}_duration_seconds_bucket"
    }
    seconds = "0.01 0.025 0.05 0.1 0.25 0.5 1.0 2.5 5.0 10.0 30.0 +Inf"
    assert bounds == set(seconds.split())
