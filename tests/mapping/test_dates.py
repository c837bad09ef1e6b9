import math

import pytest

from license_exporter.mapping.dates import DateValue, EndValue, PeriodValue
from license_exporter.model import values


def reader(kind, **options):
    return kind(path="x", **options).reader()


@pytest.mark.parametrize(
    ("options", "found", "moment"),
    [
        ({}, "2022-01-27", 1643241600.0),
        ({}, "2020-06-01T14:50:16.581304556-04:00", 1591037416.581304),
        ({"format": "unix"}, "1454784112", 1454784112.0),
        ({"format": "unix_ms"}, 1542665112332, 1542665112.332),
        ({"format": "%Y/%m/%d %H:%M:%S %z"}, "2016/02/06 12:41:52 -0600", 1454784112.0),
        ({"format": "%b %d, %Y"}, "May 15, 2018", 1526342400.0),
        ({"format": "%b %d, %Y %Z"}, "Feb 3, 2018 UTC", 1517616000.0),
        ({"format": "%Y-%m-%d %H:%M:%S %Z"}, "2040-01-01 04:59:59 UTC", 2209006799.0),
        ({"format": ["unix_ms", "iso"]}, "2018-05-18", 1526601600.0),
        ({"format": ["unix", "unix_ms"]}, 1542665112332, 1542665112.332),
        ({"format": ["unix", "unix_ms"]}, 1542665112, 1542665112.0),
        ({"format": "unix_ms", "never": 9223372036854775807}, 9223372036854775807, math.inf),
        ({"never": ["Never", -1]}, "never", math.inf),
        ({"never": [None]}, None, math.inf),
        ({"format": "unix_ms", "unknown": -1}, -1, None),
        ({"format": "%b %d, %Y"}, "", None),
        ({"format": "unix"}, 315532800, 315532800.0),  # the first moment of 1980
        ({"format": "unix"}, 7258118400, 7258118400.0),  # of 2200
        ({"format": "unix"}, None, None),
    ],
)
def test_a_date_is_read_in_its_formats(options, found, moment):
    assert reader(DateValue, **options)(found) == moment


@pytest.mark.parametrize(
    ("options", "found", "problem"),
    [
        ({}, "soon", "not a date"),
        ({}, 5, "not a date"),
        ({"format": "unix"}, "soon", "not a number"),
        ({"format": "%d.%m.%Y"}, "31.02.2026", "not a date in this format"),
        ({"format": ["unix", "%d.%m.%Y"]}, "31.02.2026", "not a date"),
    ],
)
def test_what_is_no_date_is_refused(options, found, problem):
    with pytest.raises(ValueError, match=f"^{problem}$"):
        reader(DateValue, **options)(found)


TOO_SMALL = "too small a number for a date: it may count days or seconds"
TOO_GREAT = "too great a number for a date: its unit is a finer one"


@pytest.mark.parametrize(
    ("format", "found", "problem"),
    [
        ("unix", 1, TOO_SMALL),
        ("unix", 12, TOO_SMALL),  # days that are left
        ("unix", 20_700, TOO_SMALL),  # days since 1970
        ("unix", 31_536_000, TOO_SMALL),  # seconds that are left
        ("unix", 315_532_800_000, TOO_GREAT),  # milliseconds, from 1980 on
        ("unix", 315_532_800_000_000, TOO_GREAT),
        ("unix", 315_532_800_000_000_000, TOO_GREAT),
        ("unix", 1542665112332, TOO_GREAT),
        ("unix_ms", 1542665112, TOO_SMALL),  # seconds
        ("unix_ms", 1542665112332000000, TOO_GREAT),
    ],
)
def test_a_number_that_can_be_no_date_of_a_license_is_refused(format, found, problem):
    for kind in (DateValue, EndValue):
        with pytest.raises(ValueError, match=f"^{problem}$"):
            reader(kind, format=format)(found)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, "0001-01-01T00:00:00Z"),
        ({}, "1970-01-01"),
        ({"format": "unix"}, 0),
        ({"format": "unix_ms"}, "0"),
        ({"format": "unix"}, -62135596800),
        ({"format": "unix"}, -1e12),
        ({"format": "%d.%m.%Y"}, "01.01.1900"),
        ({"end_of_day": True}, "0001-01-01"),
    ],
)
def test_a_stand_in_for_no_date_is_refused_unless_the_mapping_says_what_it_means(options, found):
    with pytest.raises(ValueError, match="stand-in"):
        reader(EndValue, **options)(found)
    assert reader(EndValue, **options, unknown=found)(found) is None
    assert reader(EndValue, **options, never=found)(found) == math.inf


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, "9999-12-31T23:59:59Z"),
        ({"format": "unix"}, 253402300799),
        ({"format": "unix"}, 7258118400000),  # no milliseconds, which would be of 2200
        ({"format": "unix"}, 9223372036854775807),
        ({"format": "unix_ms"}, 253402300799000),
        ({"format": "unix_ms"}, 9223372036854775807),
        ({"format": "%d/%m/%Y"}, "31/12/9999"),
        ({"end_of_day": True}, "9999-12-31"),
    ],
)
def test_an_end_in_the_year_9999_or_later_never_comes(options, found):
    assert reader(EndValue, **options)(found) == math.inf
    options.pop("end_of_day", None)
    with pytest.raises(ValueError, match="stand-in"):
        reader(DateValue, **options)(found)


@pytest.mark.parametrize(
    ("options", "found", "end"),
    [
        ({}, "2027-01-31", "2027-02-01T00:00:00Z"),
        ({}, "2027-01-31T00:00:00Z", "2027-02-01T00:00:00Z"),
        ({}, "2027-01-31T23:59:59.25Z", "2027-02-01T00:00:00Z"),
        ({}, "2027-01-31T00:00:00+02:00", "2027-02-01T00:00:00+02:00"),
        ({"format": "%b %d, %Y"}, "Jan 31, 2027", "2027-02-01T00:00:00Z"),
        ({"format": "unix"}, 1801353600, "2027-02-01T00:00:00Z"),
        ({"format": ["%d.%m.%Y", "iso"]}, "2028-02-28", "2028-02-29T00:00:00Z"),
    ],
)
def test_a_last_day_ends_when_that_day_does(options, found, end):
    assert reader(EndValue, end_of_day=True, **options)(found) == values.timestamp(end)
    assert reader(EndValue, end_of_day=False, **options)(found) < values.timestamp(end)


NOON = 1_800_014_400.0 - 1_800_014_400.0 % 86400 + 43200


@pytest.mark.parametrize(
    ("format", "found", "seconds"),
    [
        ("days_left", 12, 12.5 * 86400),
        ("days_left", 12.75, 12.5 * 86400),
        ("days_left", "0", 43200),  # today is the last day
        ("days_left", -1, -43200),
        ("hours_left", 24, 86400),
        ("minutes_left", 90, 5400),
        ("seconds_left", 3600, 3600),
        ("seconds_left", 3601.2, 3600),  # the same from scrape to scrape
    ],
)
def test_what_is_left_ends_that_much_after_the_answer(format, found, seconds):
    left = reader(EndValue, format=format)(found)
    assert left.end(NOON) == NOON + seconds


def test_days_that_are_left_are_the_same_end_all_day_and_then_read_anew():
    left = reader(EndValue, format="days_left")(12)
    midnight = NOON - 43200
    assert left.end(midnight) == left.end(NOON) == left.end(midnight + 86399)
    assert left.changes(NOON) == midnight + 86400


@pytest.mark.parametrize(
    ("format", "step"), [("hours_left", 3600), ("minutes_left", 60), ("seconds_left", 60)]
)
def test_shorter_times_that_are_left_are_read_anew_after_each_hour_or_minute(format, step):
    assert reader(EndValue, format=format)(24).changes(NOON) == NOON + step


def test_what_is_left_is_no_constant_and_no_endless_number():
    with pytest.raises(ValueError, match="a constant is no time that is left; write the date"):
        EndValue(value=12, format="days_left")
    too_great = r"^too great a number for a time that is left$"
    with pytest.raises(ValueError, match=too_great):
        reader(EndValue, format="days_left")(1e9)
    read = reader(EndValue, format="seconds_left")
    assert read(7_258_118_400) == 7_258_118_400
    with pytest.raises(ValueError, match=too_great):
        read(7_258_118_401)


@pytest.mark.parametrize(
    ("options", "found", "period"),
    [
        ({}, "2021-02", "2021-02"),
        ({}, "2021-02-14", "2021-02-14"),
        ({}, "2021", "2021"),
        ({}, "2021-Q4", "2021-Q4"),
        ({}, "2021-W53", "2021-W53"),
        ({"each": "month"}, "2021-02-14T10:00:00Z", "2021-02"),
        ({"each": "day", "format": "unix"}, 1613260800, "2021-02-14"),
        ({"each": "year", "format": "%b %Y"}, "Feb 2021", "2021"),
        ({"each": "month"}, "", None),
    ],
)
def test_a_period_is_read(options, found, period):
    assert reader(PeriodValue, **options)(found) == period


@pytest.mark.parametrize(
    ("options", "found", "problem"),
    [
        ({}, "Feb 2021", "not a period"),
        ({}, "2021-13", "not a period"),
        ({}, "2021-02-32", "not a period"),
        ({}, "2021-W54", "not a period"),
        ({"each": "day", "format": "unix"}, 1e300, "a stand-in for no date"),
        ({"each": "day", "never": "never"}, "never", "not a date"),
    ],
)
def test_what_is_no_period_is_refused(options, found, problem):
    with pytest.raises(ValueError, match=f"^{problem}$"):
        reader(PeriodValue, **options)(found)
