import math

import pytest
from pydantic import ValidationError

from license_exporter.mapping.dates import DateValue
from license_exporter.mapping.kinds import (
    FlagValue,
    LimitValue,
    NumberValue,
    StateValue,
    TextValue,
    WindowValue,
)
from license_exporter.model.report import State

ONE_SOURCE = "give a path (an expression) or a value (a constant), one of the two"
NO_WINDOW = "not a window: day, week, month, quarter, year, billing"
NO_SCALE = (
    "must be a number, not 0, or one of percent, minutes, hours, days, weeks, kB, MB, GB, TB, PB, "
    "KiB, MiB, GiB, TiB, PiB"
)
NO_THOUSANDS = "a text that is no number with these thousands"
NO_FORMAT = (
    "'dd.mm.yyyy' is no format: iso, unix, unix_ms, days_left, hours_left, minutes_left, "
    "seconds_left or a pattern with %"
)


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
        ({"unlimited": [0.5]}, 0.5, math.inf),
        ({"unlimited": [0.5]}, 0.25, 0.25),
        ({"unlimited": True}, True, math.inf),
        ({"unknown": -1}, -1, None),
        ({"map": {"OK": 1, "failed": 0, "max": "unlimited"}}, "ok", 1.0),
        ({"map": {"OK": 1, "failed": 0, "max": "unlimited"}}, "Max", math.inf),
        ({"map": {True: 1, False: 0}}, False, 0.0),
        ({"scale": "percent"}, 35, 0.35),
        ({"scale": 1.1}, 7, 7.700000000000001),
        ({"scale": "minutes"}, 3, 180.0),
        ({"scale": "hours"}, 3, 10800.0),
        ({"scale": "days"}, 3, 259200.0),
        ({"scale": "weeks"}, 3, 1814400.0),
        ({"scale": "days"}, None, None),
        ({"scale": "kB"}, 2, 2e3),
        ({"scale": "KiB"}, 2, 2048.0),
        ({"scale": "TB"}, 2, 2e12),
        ({"scale": "TiB"}, 2, 2 * 1024.0**4),
        ({"scale": 64}, "2", 128.0),
        ({"scale": 2}, 3, 6.0),
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


@pytest.mark.parametrize("found", [0, 0.5])
def test_a_limit_of_0_or_of_a_part_is_one(found):
    assert reader(LimitValue)(found) == found


@pytest.mark.parametrize("found", ["unlimited", "12 users", True, {}, []])
def test_what_is_no_number_is_refused(found):
    for options in ({}, {"unlimited": -1}):
        with pytest.raises(ValueError, match=r"^not a number$"):
            reader(NumberValue, **options)(found)


@pytest.mark.parametrize("found", [math.nan, math.inf, 10**400])
def test_a_number_without_end_is_refused(found):
    for options in ({}, {"unlimited": -1}):
        with pytest.raises(ValueError, match=r"^not a finite number$"):
            reader(NumberValue, **options)(found)


def test_a_scaled_number_never_becomes_unlimited():
    with pytest.raises(ValueError, match=r"^not a finite number$"):
        reader(NumberValue, scale="TB")(1e300)


def test_a_limit_may_always_be_the_word_unlimited():
    assert reader(LimitValue)("Unlimited") == math.inf
    assert reader(LimitValue, scale="GB")("unlimited") == math.inf


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
    [
        ({}, False, False),
        ({}, "", None),
        ({"map": {"yes": True, 0: False}}, "YES", True),
        ({"map": {"yes": True, 0: False}}, 0, False),
        ({"map": {"yes": True, 0: False}}, True, True),
        ({"map": {"": True}}, " ", True),
    ],
)
def test_a_flag_is_read(options, found, flag):
    assert reader(FlagValue, **options)(found) is flag


@pytest.mark.parametrize(
    ("kind", "meaning"), [(TextValue, "none"), (FlagValue, False), (StateValue, "absent")]
)
@pytest.mark.parametrize("found", [{}, []])
def test_what_an_empty_text_means_is_not_said_of_an_object_or_an_array(kind, meaning, found):
    read = reader(kind, map={"": meaning})
    assert read("") is not None
    with pytest.raises(ValueError, match=r"^not (a|true or false)"):
        read(found)


@pytest.mark.parametrize(
    ("options", "found", "states"),
    [
        ({}, "Expired", {State.EXPIRED}),
        ({}, "on fire", {State.UNKNOWN}),
        ({}, "", None),
        ({"map": {"Warning": ["active", "grace"]}}, "warning", {State.ACTIVE, State.GRACE}),
        ({"map": {True: "expired", False: []}}, False, set()),
    ],
)
def test_states_are_read(options, found, states):
    assert reader(StateValue, **options)(found) == states


def test_a_window_is_one_of_those_of_the_model():
    assert reader(WindowValue, map={"Monthly": "month"})("Monthly") == "month"
    assert reader(WindowValue)("Billing") == "billing"
    assert reader(WindowValue)("") is None
    with pytest.raises(ValueError, match=f"^{NO_WINDOW}$"):
        reader(WindowValue)("fortnight")


@pytest.mark.parametrize(
    ("kind", "written", "problem"),
    [
        (NumberValue, {}, ONE_SOURCE),
        (NumberValue, {"path": "a", "value": 1}, ONE_SOURCE),
        (NumberValue, None, "must be an expression (a text), a constant or a mapping"),
        (NumberValue, {"value": "many"}, "value is not a number"),
        (TextValue, {"value": " "}, "value is empty"),
        (NumberValue, {"path": "a", "scale": "furlongs"}, NO_SCALE),
        (NumberValue, {"path": "a", "scale": 0}, NO_SCALE),
        (NumberValue, {"path": "a", "scale": math.nan}, NO_SCALE),
        (NumberValue, {"path": "a", "map": {"few": "several"}}, "must be a number or unlimited"),
        (NumberValue, {"path": "a", "map": {"few": None}}, "must be a number or unlimited"),
        (NumberValue, {"path": "a", "map": 5}, "Input should be a valid dictionary"),
        (DateValue, {"path": "a", "format": "dd.mm.yyyy"}, NO_FORMAT),
        (DateValue, {"path": "a", "format": "%Q"}, "'%Q' is no pattern of strptime"),
        (WindowValue, {"path": "a", "map": {"Weekly": "wek"}}, NO_WINDOW),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(kind, written, problem):
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(written)
    (error,) = caught.value.errors()
    assert error["msg"].removeprefix("Value error, ") == problem


def test_a_state_in_a_map_is_one_of_those_of_the_model():
    with pytest.raises(ValidationError, match="should be 'active'"):
        StateValue(path="a", map={"x": "burnt"})


@pytest.mark.parametrize("kind", [NumberValue, TextValue, FlagValue, StateValue])
def test_a_null_means_something_where_the_map_says_so(kind):
    meaning = {NumberValue: 0, TextValue: "none", FlagValue: False, StateValue: "absent"}[kind]
    assert kind(path="x", map={None: meaning}).reads_null
    assert not kind(path="x", map={"other": meaning}).reads_null
    assert not kind(path="x").reads_null


@pytest.mark.parametrize(
    ("options", "found", "number"),
    [
        ({"thousands": ","}, "19,609", 19609.0),
        ({"thousands": ","}, "1,234,567.5", 1234567.5),
        ({"thousands": ","}, "1,00,000", 100000.0),
        ({"thousands": ","}, "-1,000", -1000.0),
        ({"thousands": ","}, 20000, 20000.0),
        ({"thousands": ","}, "7", 7.0),
        ({"thousands": ".", "decimal": ","}, "1.234,5", 1234.5),
        ({"thousands": "'"}, "1'234", 1234.0),
        ({"thousands": "'"}, "1\u2019234\u2019567", 1234567.0),
        ({"thousands": " "}, "19\u202f609", 19609.0),
        ({"decimal": ","}, "0,5", 0.5),
        ({"decimal": ","}, "+,5", 0.5),
        ({"format": "percent"}, "95%", 0.95),
        ({"format": "percent"}, " 95.5 % ", 0.955),
        ({"format": "percent"}, 7, 0.07),
        ({"format": "bytes"}, "12 GB", 12e9),
        ({"format": "bytes"}, "12GiB", 12 * 1024.0**3),
        ({"format": "bytes"}, "1.5 tb", 1.5e12),
        ({"format": "bytes"}, "512 bytes", 512.0),
        ({"format": "bytes"}, "512", 512.0),
        ({"format": "bytes"}, 512, 512.0),
        ({"format": "bytes_1024"}, "12 GB", 12 * 1024.0**3),
        ({"format": "bytes", "thousands": ","}, "1,024 kB", 1024e3),
        ({"pattern": "([0-9,]+) of", "thousands": ","}, "1,038 of 2,000 seats", 1038.0),
        ({"pattern": "of ([0-9]+)"}, "38 of 40 seats", 40.0),
        ({"pattern": r"\d+%", "format": "percent"}, "disk: 95% full", 0.95),
        ({"pattern": "[0-9]+"}, 40, 40.0),
        ({"pattern": "[0-9]$"}, "x" * 999 + "7", 7.0),
        ({"thousands": ","}, "", None),
        ({"thousands": ",", "scale": "days"}, "1,000", 86400e3),
        ({"thousands": ",", "unlimited": "no limit"}, "No limit", math.inf),
    ],
)
def test_a_number_for_people_is_read_as_the_mapping_says(options, found, number):
    assert reader(NumberValue, **options)(found) == number


def test_a_limit_for_people_may_be_unlimited():
    assert reader(LimitValue, thousands=",")("Unlimited") == math.inf
    assert reader(LimitValue, thousands=",")("20,000") == 20000.0


@pytest.mark.parametrize(
    ("options", "found", "problem"),
    [
        ({}, "19,609", "not a number"),
        ({}, "95%", "not a number"),
        ({}, "12 GB", "not a number"),
        ({}, "+5", "not a number"),
        ({}, ".5", "not a number"),
        ({"thousands": ","}, "12 GB", "not a number"),
        ({"thousands": ","}, "1,5", NO_THOUSANDS),
        ({"thousands": ","}, "12,34,5", NO_THOUSANDS),
        ({"thousands": ","}, ",123", NO_THOUSANDS),
        ({"thousands": ","}, "1,23\u0664", NO_THOUSANDS),
        ({"thousands": ".", "decimal": ","}, "1.5", NO_THOUSANDS),
        ({"decimal": ","}, "1.5", "a text that is no number with this decimal mark"),
        ({"format": "bytes"}, "12 XB", "not a number"),
        ({"format": "bytes"}, "GB", "not a number"),
        ({"format": "percent"}, "half", "not a number"),
        ({"pattern": "([0-9]+) of"}, "no seats", "a text in which the pattern finds no number"),
        ({"pattern": ".*"}, "7" * 1001, "a text too long for a number"),
        ({"thousands": ","}, True, "not a number"),
    ],
)
def test_what_is_no_number_as_the_mapping_says_is_refused(options, found, problem):
    with pytest.raises(ValueError, match=f"^{problem}$"):
        reader(NumberValue, **options)(found)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"pattern": "("}, "is no regular expression: missing ), unterminated subpattern at 0"),
        *(
            ({"thousands": mark}, "must be one character, such as a comma")
            for mark in ("xy", "::", "x", "7", "+", "-")
        ),
    ],
)
def test_how_a_number_is_written_is_checked(options, problem):
    with pytest.raises(ValidationError) as caught:
        NumberValue(path="x", **options)
    (error,) = caught.value.errors()
    assert error["msg"] == f"Value error, {problem}"
