import time

import pytest

from license_exporter.collector.filling import dated, days_ago, filled
from license_exporter.model.vendor import Document

# 2026-03-01 00:30 UTC
NOW = 1772325000.0


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("today", "2026-03-01"),
        ("yesterday", "2026-02-28"),
        ("tomorrow", "2026-03-02"),
        ("month", "2026-03"),
        ("month_start", "2026-03-01"),
    ],
)
def test_names_of_days_stand_for_days_around_now(name, day):
    document = dated(Document("d", f"used/{{{name}}}", params={"on": f"{{{name}}}"}), NOW)
    assert (document.path, document.params) == (f"used/{day}", {"on": day})


@pytest.fixture
def elsewhere(monkeypatch):
    """A zone in which it is the next day from 15:00 UTC on."""
    monkeypatch.setenv("TZ", "JST-9")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("elsewhere")
def test_days_are_those_of_utc():
    assert dated(Document("d", "{today}"), NOW - 3600).path == "2026-02-28"
    assert days_ago(NOW - 3600, 0) == "2026-02-28"
    assert [days_ago(NOW, days) for days in (0, 1, 29)] == [
        "2026-03-01",
        "2026-02-28",
        "2026-01-31",
    ]


def test_names_are_filled_in_wherever_a_request_has_texts():
    document = Document(
        "d",
        "orgs/{id}",
        params={"org": "{id}", "size": "7"},
        headers={"X-Org": "{id}"},
        body={"org": "{id}", "of": ["{id}", 7, None, {"deep": "{id}-{id}"}], "{id}": True},
        fallback=Document("d", "old/{id}"),
    )
    made = filled(document, {"id": "a b/c"})
    assert made.path == "orgs/a%20b%2Fc"
    assert made.params == {"org": "a b/c", "size": "7"}
    assert made.headers == {"X-Org": "a b/c"}
    assert made.body == {
        "org": "a b/c",
        "of": ["a b/c", 7, None, {"deep": "a b/c-a b/c"}],
        "{id}": True,
    }
    assert made.fallback
    assert made.fallback.path == "old/a%20b%2Fc"


def test_a_path_that_was_filled_in_is_shown_as_it_was():
    assert filled(Document("d", "orgs/{id}"), {"id": "7"}).shown_path == "orgs/{id}"
    assert filled(Document("d", "orgs/{id}", shown_path="orgs"), {"id": "7"}).shown_path == "orgs"
    assert filled(Document("d", "orgs"), {"id": "7"}).shown_path == ""
