import math

import pytest

from license_exporter.mapping.dates import DateValue, PeriodValue


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
    ],
)
def test_a_date_is_read_in_its_formats(options, found, moment):
    assert reader(DateValue, **options)(found) == moment


@pytest.mark.parametrize(
    ("options", "found"),
    [({}, "soon"), ({}, 5), ({"format": "unix"}, "soon"), ({"format": "%d.%m.%Y"}, "31.02.2026")],
)
def test_what_is_no_date_is_refused(options, found):
    with pytest.raises(ValueError, match=r"not a|does not match|day"):
        reader(DateValue, **options)(found)


@pytest.mark.parametrize(
    ("format", "found"),
    [("unix", 1542665112332), ("unix", 1.8e19), ("unix", -1e12), ("unix_ms", 9223372036854775807)],
)
def test_seconds_beyond_the_years_of_a_calendar_are_no_date(format, found):
    with pytest.raises(ValueError, match="not a date before the year 10000"):
        reader(DateValue, format=format)(found)


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
    ("options", "found"),
    [
        ({}, "Feb 2021"),
        ({}, "2021-13"),
        ({}, "2021-02-32"),
        ({}, "2021-W54"),
        ({"each": "day", "format": "unix"}, 1e300),
    ],
)
def test_what_is_no_period_is_refused(options, found):
    with pytest.raises(ValueError, match="not a"):
        reader(PeriodValue, **options)(found)
