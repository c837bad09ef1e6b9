from datetime import UTC, datetime

from license_exporter.demo.moments import (
    DAY,
    HOUR,
    around,
    growing,
    in_office_hours,
    iso,
    midnight_after,
    month_starts,
    through_month,
)


def at(*parts):
    return datetime(*parts, tzinfo=UTC).timestamp()


def test_a_time_is_written_with_milliseconds_and_z():
    assert iso(at(2021, 2, 1, 20, 55, 45)) == "2021-02-01T20:55:45.000Z"
    assert iso(1_700_213_230.783) == "2023-11-17T09:27:10.783Z"


def test_months_begin_on_their_first_day_across_years():
    assert month_starts(at(2026, 2, 28, 12), 4) == [
        at(2026, 2, 1),
        at(2026, 1, 1),
        at(2025, 12, 1),
        at(2025, 11, 1),
    ]


def test_what_is_good_for_all_of_a_day_ends_at_the_midnight_behind_it():
    assert midnight_after(at(2026, 2, 28, 12)) == at(2026, 3, 1)
    assert midnight_after(at(2026, 3, 1)) == at(2026, 3, 2)


def test_a_curve_around_a_value_moves_within_its_swing():
    curve = around(100, 5)
    values = [curve(at(2026, 3, 12) + 15 * step) for step in range(1000)]
    assert 95 <= min(values) < 97
    assert 103 < max(values) <= 105


def test_growth_goes_by_steps():
    curve = growing(10, 2, HOUR, start=0)
    assert [curve(0), curve(HOUR - 1), curve(HOUR), curve(DAY)] == [10, 10, 12, 58]


def test_a_monthly_count_begins_anew_with_the_month():
    curve = through_month(2)
    assert curve(at(2026, 3, 1)) == 0
    assert curve(at(2026, 3, 2)) == 2 * DAY
    assert curve(at(2026, 4, 1) - 1) == 2 * (31 * DAY - 1)


def test_office_hours_are_busy_at_noon_idle_at_night_and_calm_at_weekends():
    curve = in_office_hours(10, 110)
    assert curve(at(2026, 3, 12, 3)) == 10
    assert curve(at(2026, 3, 12, 12)) == 110
    assert curve(at(2026, 3, 14, 12)) == 30
    assert curve(at(2026, 3, 15, 12)) == 30
    assert curve(at(2026, 3, 16, 12)) == 110
