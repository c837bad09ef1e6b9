import math

import pytest
from pydantic import ValidationError

from license_exporter.mapping.dates import DateValue, PeriodValue
from license_exporter.mapping.kinds import (
    FlagValue,
    LimitValue,
    NumberValue,
    StateValue,
    TextValue,
    WindowValue,
)
from license_exporter.model import State


def reader(kind, **options):
    return kind(path="x", **options).reader()


@pytest.mark.parametrize(
    ("options", "found", "number"),
    [
        ({}, "12.5", 12.5),
        ({}, 0, 0.0),
        ({}, "null", None),
        ({"unlimited": ["MAX", -1, 2147483647]}, "max", math.inf),
        ({"unlimited": ["MAX", -1, 2147483647]}, -1, math.inf),
        ({"unlimited": ["MAX", -1, 2147483647]}, "-1", math.inf),
        ({"unlimited": ["MAX", -1, 2147483647]}, 2147483647.0, math.inf),
        ({"unlimited": ["MAX", -1, 2147483647]}, 7, 7.0),
        ({"unlimited": [18446744073709552000]}, 1.8446744073709552e19, math.inf),
        ({"unlimited": [None]}, None, math.inf),
        ({"unlimited": True}, True, math.inf),
        ({"unknown": -1}, -1, None),
        ({"map": {"OK": 1, "failed": 0, "max": "unlimited"}}, "ok", 1.0),
        ({"map": {"OK": 1, "failed": 0, "max": "unlimited"}}, "Max", math.inf),
        ({"map": {True: 1, False: 0}}, False, 0.0),
        ({"scale": "percent"}, 7, 0.07),
        ({"scale": "days"}, 3, 259200.0),
        ({"scale": "TB"}, 2, 2e12),
        ({"scale": "TiB"}, 2, 2 * 1024.0**4),
        ({"scale": 64}, "2", 128.0),
        ({"scale": "days", "unlimited": [-1]}, -1, math.inf),
    ],
)
def test_a_number_is_read_with_its_options(options, found, number):
    assert reader(NumberValue, **options)(found) == number


@pytest.mark.parametrize("found", [-1, "-1", -0.5])
def test_a_limit_below_0_is_no_limit_unless_it_is_said_what_it_means(found):
    with pytest.raises(ValueError, match="below 0; say by unlimited or unknown"):
        reader(LimitValue)(found)
    assert reader(LimitValue, unlimited=[-1, -0.5])(found) == math.inf
    assert reader(LimitValue, unknown=[-1, -0.5])(found) is None
    assert reader(NumberValue)(found) == float(found)


@pytest.mark.parametrize("found", ["unlimited", "12 users", True, {}, [], math.nan])
def test_what_is_no_number_is_refused(found):
    with pytest.raises(ValueError, match="not a"):
        reader(NumberValue)(found)


def test_a_scaled_number_never_becomes_unlimited():
    with pytest.raises(ValueError, match="finite"):
        reader(NumberValue, scale="TB")(1e300)


def test_a_limit_may_always_be_the_word_unlimited():
    assert reader(LimitValue)("Unlimited") == math.inf
    assert reader(LimitValue, scale="GB")("unlimited") == math.inf


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


@pytest.mark.parametrize(
    ("options", "found", "text"),
    [
        ({}, "Business", "Business"),
        ({}, 2, "2"),
        ({}, "", None),
        ({}, "bob@example.com", "*@example.com"),
        ({"map": {"0": "none"}}, 0, "none"),
        ({"map": {"PAID": "paid"}}, "FREE", "FREE"),
    ],
)
def test_a_text_is_read(options, found, text):
    assert reader(TextValue, **options)(found) == text


@pytest.mark.parametrize(
    ("options", "found", "flag"),
    [({}, False, False), ({}, "", None), ({"map": {"yes": True, 0: False}}, "YES", True)],
)
def test_a_flag_is_read(options, found, flag):
    assert reader(FlagValue, **options)(found) is flag


@pytest.mark.parametrize(
    ("options", "found", "states"),
    [
        ({}, "Expired", {State.EXPIRED}),
        ({}, "on fire", {State.UNKNOWN}),
        ({"map": {"Warning": ["active", "grace"]}}, "warning", {State.ACTIVE, State.GRACE}),
        ({"map": {True: "expired", False: []}}, False, set()),
    ],
)
def test_states_are_read(options, found, states):
    assert reader(StateValue, **options)(found) == states


def test_a_window_is_one_of_those_of_the_model():
    assert reader(WindowValue, map={"Monthly": "month"})("Monthly") == "month"
    with pytest.raises(ValueError, match="not a window"):
        reader(WindowValue)("fortnight")


@pytest.mark.parametrize(
    ("kind", "written", "problem"),
    [
        (NumberValue, {}, "give a path"),
        (NumberValue, {"path": "a", "value": 1}, "one of the two"),
        (NumberValue, {"value": "many"}, "value is not a number"),
        (TextValue, {"value": " "}, "value is empty"),
        (NumberValue, {"path": "a", "scale": "furlongs"}, "must be a number, not 0, or one of"),
        (NumberValue, {"path": "a", "scale": 0}, "must be a number, not 0, or one of"),
        (NumberValue, {"path": "a", "scale": math.nan}, "must be a number, not 0, or one of"),
        (DateValue, {"path": "a", "format": "dd.mm.yyyy"}, "is no format"),
        (DateValue, {"path": "a", "format": "%Q"}, "is no pattern"),
        (StateValue, {"path": "a", "map": {"x": "burnt"}}, "should be 'active'"),
        (WindowValue, {"path": "a", "map": {"Weekly": "wek"}}, "not a window"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(kind, written, problem):
    with pytest.raises(ValidationError, match=problem):
        kind.model_validate(written)
