"""All faults of the table, of the vendor and of its token endpoint, in one run of the exporter."""

import asyncio

import pytest

from license_exporter.errors import Reason
from tests.faults.answers import CANARY, MB
from tests.faults.scene import Case, Outcome, observed
from tests.faults.servers import HEALTHY, HEALTHY_LARGE
from tests.faults.table import FAULTS

pytestmark = pytest.mark.e2e

CASES = [Case(fault, by_token) for by_token in (False, True) for fault in FAULTS]
# After these a target is left alone for minutes.
REFUSED = (Reason.AUTH, Reason.FORBIDDEN)
# What a target that is down may still tell.
OF_ANY_TARGET = {
    "license_up",
    "license_target_info",
    "license_scrape_duration_seconds",
    "license_scrape_error",
    "license_next_fetch_timestamp_seconds",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory) -> Outcome:
    return asyncio.run(observed(tmp_path_factory.mktemp("faults"), CASES))


def changes(outcome: Outcome, name: str) -> list[str]:
    """The states that the log tells of a target, in their order."""
    told = (line for line in outcome.log.splitlines() if " level=DEBUG " not in line)
    lines = (line for line in told if f" target={name} " in line)
    return ["up" if "is up" in line else "down" if "is down" in line else line for line in lines]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_fault_is_survived(outcome, case):
    for scrape in outcome.rounds:
        assert scrape.reasons(case.name) == ([case.reason] if case.reason else [])
        assert scrape.values(case.name, "license_up") == [float(case.reason is None)]
        if case.reason:
            assert {row[0] for row in scrape.whole(case.name)} <= OF_ANY_TARGET
    expected = ["down"] if case.reason else ["up"]
    mendable = case.fault.mendable and not case.fault.wait and case.reason not in REFUSED
    if case.reason and mendable:
        assert outcome.recovered.values(case.name, "license_up") == [1]
        expected.append("up")
    assert changes(outcome, case.name) == expected


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.fault.wait], ids=lambda case: case.name
)
def test_a_vendor_that_asks_for_it_is_left_alone(outcome, case):
    (until,) = outcome.rounds[0].values(case.name, "license_next_fetch_timestamp_seconds")
    least, greatest = case.fault.wait
    assert least <= until - outcome.rounds[0].at <= greatest


@pytest.mark.parametrize("name", [HEALTHY, HEALTHY_LARGE])
def test_healthy_targets_are_whole_all_along(outcome, name):
    whole = outcome.before.whole(name)
    assert ("license_up", {"vendor": "enterprise_recon"}, 1.0) in whole
    assert (
        "license_used",
        {"vendor": "enterprise_recon", "pool": "server", "unit": "licenses"},
        1.0,
    ) in whole
    for scrape in (*outcome.rounds, outcome.recovered):
        assert scrape.whole(name) == whole
    assert changes(outcome, name) == ["up"]


def test_a_scrape_lasts_as_long_as_the_slowest_target(outcome):
    assert max(scrape.seconds for scrape in outcome.rounds) < 15


def test_no_connection_is_left(outcome):
    assert outcome.connections == []


def test_memory_is_back_to_where_it_was(outcome):
    begin, first, *rest = outcome.memory
    # Each of the targets has a client of its own now.
    assert first - begin < 120 * MB
    assert min(rest) - first < 30 * MB
    assert outcome.peak < 600 * MB


def test_no_byte_of_an_answer_or_secret_is_told_anywhere(outcome):
    assert len(outcome.texts) > 300
    for path, text in outcome.texts.items():
        assert text.startswith("200 ") or path == "/metrics"
        assert CANARY not in text, path
    assert CANARY not in outcome.log


def test_every_line_of_the_log_is_the_exporters_own(outcome):
    assert all(line.startswith("time=") for line in outcome.log.splitlines())
    assert " level=ERROR " not in outcome.log
