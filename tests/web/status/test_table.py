import math
from dataclasses import replace

import pytest

from license_exporter.collector.target_view import TargetView
from license_exporter.model.report import LicenseReport
from license_exporter.web.status.attention import Attention
from license_exporter.web.status.table import overview, target_row
from tests.web.status.fleet import DAY, NOW, active, fleet, good


def names(views: list[TargetView], text: str = "", attention: str = "") -> list[str]:
    found = overview(views, NOW, text, attention, 1, 100)
    return [row.view.name for row in found.rows]


def test_what_needs_attention_first_stands_first() -> None:
    found = overview(fleet(), NOW, "", "", 1, 100)
    assert [(row.attention.value, row.view.name) for row in found.rows] == [
        ("down", "recon-dr"),
        ("down", "rsa-apac"),
        ("not in force", "seerbox-lab"),
        ("over limit", "recon-hq"),
        ("expiring", "rsa-prod"),
        ("expiring", "seerbox-eu"),
        ("near limit", "gitlab"),
        ("stale", "grafana"),
        ("incomplete", "hostile"),
        ("incomplete", "immuta-prod"),
        ("waiting", "jira"),
    ]
    assert found.counts[Attention.DOWN] == 2
    assert Attention.OK not in found.counts


def test_the_expiry_of_a_row_is_the_next_or_else_the_last() -> None:
    def expiry(*days: float) -> float | None:
        licenses = tuple(replace(active(day), id=str(day)) for day in days)
        return target_row(good("t", "v", "P", LicenseReport(licenses=licenses)), NOW).expiry

    assert expiry(-5, 40, 90) == NOW + 40 * DAY
    assert expiry(-5, -9) == NOW - 5 * DAY
    assert expiry(math.inf) == math.inf
    assert expiry() is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rsa", ["rsa-apac", "rsa-prod"]),
        ("RSA apac", ["rsa-apac"]),
        ("team=identity", ["rsa-apac", "rsa-prod"]),
        ("certificate", ["recon-dr"]),
        ("tls", ["recon-dr"]),
        ("over limit", ["recon-hq"]),
        ("no such words", []),
    ],
)
def test_all_words_of_the_filter_must_be_there(text: str, found: list[str]) -> None:
    assert names(fleet(), text) == found


def test_only_targets_that_need_the_same_attention() -> None:
    assert names(fleet(), attention="expiring") == ["rsa-prod", "seerbox-eu"]
    found = overview(fleet(), NOW, "seerbox", "not in force", 1, 100)
    assert [row.view.name for row in found.rows] == ["seerbox-lab"]
    assert dict(found.counts) == {Attention.ENDED: 1, Attention.EXPIRING: 1}


def test_pages_hold_each_target_once_and_one_beyond_the_last_is_the_last() -> None:
    views = [replace(fleet()[0], name=f"t{number:03}") for number in range(101)]
    pages = [overview(views, NOW, "", "", page, 50) for page in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [50, 50, 1]
    assert sorted(row.view.name for page in pages for row in page.rows) == [v.name for v in views]
    assert overview(views, NOW, "", "", 99, 50) == pages[2]
    assert overview(views, NOW, "", "", 0, 50) == pages[0]
    assert overview([], NOW, "", "", 1, 50).pages == 1
