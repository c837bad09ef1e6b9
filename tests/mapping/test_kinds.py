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
