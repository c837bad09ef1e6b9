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
    ("options", "found"),
    [
        ({}, "19,609"),
        ({}, "95%"),
        ({}, "12 GB"),
        ({"thousands": ","}, "1,5"),
        ({"thousands": ","}, "12,34,5"),
        ({"thousands": ","}, ",123"),
        ({"thousands": ".", "decimal": ","}, "1.5"),
        ({"decimal": ","}, "1.5"),
        ({"format": "bytes"}, "12 XB"),
        ({"format": "bytes"}, "GB"),
        ({"format": "percent"}, "half"),
        ({"pattern": "([0-9]+) of"}, "no seats"),
        ({"pattern": ".*"}, "7" * 2000),
        ({"thousands": ","}, True),
    ],
)
def test_what_is_no_number_as_the_mapping_says_is_refused(options, found):
    with pytest.raises(ValueError, match="number"):
        reader(NumberValue, **options)(found)


@pytest.mark.parametrize(
    ("options", "problem"),
    [({"pattern": "("}, "regular expression"), ({"thousands": "xy"}, "one character")],
)
def test_how_a_number_is_written_is_checked(options, problem):
    with pytest.raises(ValidationError, match=problem):
        NumberValue(path="x", **options)
