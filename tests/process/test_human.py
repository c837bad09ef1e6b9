import math

import pytest

from license_exporter.process import human

NOW = 1_795_346_400.0
DAY = 86400.0


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "users", ""),
        (0.0, "users", "0"),
        (1234567.0, "users", "1,234,567"),
        (0.5, "users", "0.5"),
        (2.25, "", "2.25"),
        (-3.0, "licenses", "-3"),
        (math.inf, "bytes", "unlimited"),
        (999.0, "bytes", "999 B"),
        (1500.0, "bytes", "1.5 kB"),
        (-2000.0, "bytes", "-2.0 kB"),
        (5e12, "bytes", "5.0 TB"),
        (1e300, "users", f"{1e300:,.0f}"),
    ],
)
def test_an_amount_is_rounded_grouped_and_in_bytes_has_a_unit(
    value: float | None, unit: str, text: str
) -> None:
    assert human.amount(value, unit) == text


@pytest.mark.parametrize(
    ("ratio", "text"),
    [(None, ""), (0.0, "0 %"), (0.999, "99 %"), (1.0, "100 %"), (12.5, "1,250 %"),
     (math.inf, "over")],
)  # fmt: skip
def test_percent_never_says_100_too_early(ratio: float | None, text: str) -> None:
    assert human.percent(ratio) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0412, "41 ms"), (9.94, "9.9 s"), (75.2, "75 s"), (400.0, "7 min"), (18_000.0, "5 h"),
     (47 * 3600.0, "47 h"), (9.9 * DAY, "9 days"), (4000 * DAY, "4,000 days")],
)  # fmt: skip
def test_a_span_is_told_in_its_greatest_unit_that_fits(seconds: float, text: str) -> None:
    assert human.span(seconds) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [(NOW, "now"), (NOW + 8.6, "in 9 s"), (NOW - 90, "90 s ago"), (NOW + 12.5 * DAY, "in 12 days"),
     (NOW - 3 * DAY, "3 days ago"), (math.inf, "never")],
)  # fmt: skip
def test_a_moment_is_told_as_it_is_seen_from_now(moment: float, text: str) -> None:
    assert human.relative(moment, NOW) == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [(None, ""), (math.inf, "never"), (1_798_675_200.0, "2026-12-31"),
     (NOW, "2026-11-22 11:20 UTC"), (4e11, "far away"), (-1e300, "far away")],
)  # fmt: skip
def test_a_date_is_told_in_utc_and_without_the_time_at_midnight(
    moment: float | None, text: str
) -> None:
    assert human.date(moment) == text


@pytest.mark.parametrize(
    ("end", "last_day", "until"),
    [
        (NOW, "2026-11-22", "2026-11-22 11:20 UTC"),
        (1_798_675_200.0, "2026-12-30", "2026-12-30"),
        (math.inf, "never", "never"),
        (4e11, "far away", "far away"),
    ],
)
def test_what_ends_at_midnight_is_good_until_the_day_before(
    end: float, last_day: str, until: str
) -> None:
    assert (human.last_day(end), human.until(end)) == (last_day, until)
