"""The count of the faults that were survived, at the end of a run."""

from typing import Any

import pytest


def pytest_terminal_summary(terminalreporter: Any) -> None:
    outcomes = {
        outcome: sum(
            "test_a_fault_is_survived" in report.nodeid and report.when == "call"
            for report in terminalreporter.stats.get(outcome, [])
            if isinstance(report, pytest.TestReport)
        )
        for outcome in ("passed", "failed", "error")
    }
    if total := sum(outcomes.values()):
        terminalreporter.write_line(f"faults survived: {outcomes['passed']} of {total}")
