import math
from collections.abc import Callable

import pytest

from license_exporter.config import values


def refusal(read: Callable[[object], object], written: object) -> str:
    with pytest.raises(ValueError) as caught:
        read(written)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30s", 30),
        ("5m", 300),
        ("1h30m", 5400),
        ("100ms", 0.1),
        ("1s500ms", 1.5),
        ("1d", 86400),
        ("2w", 14 * 86400),
        ("1y", 365 * 86400),
        ("1y2w3d4h5m6s7ms", 365 * 86400 + 17 * 86400 + 4 * 3600 + 306.007),
        ("0s", 0),
        ("0", 0),
        (0, 0),
        (" 30s ", 30),
    ],
)
def test_durations_are_those_of_prometheus(written: object, seconds: float) -> None:
    assert values.duration(written) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("1:30", "'1:30' is not a duration; write it as 90s or 1m30s"),
        ("1:02:03", "'1:02:03' is not a duration; write it as 3723s or 1h2m3s"),
        ("90:00", "'90:00' is not a duration; write it as 5400s or 1h30m0s"),
        (30, "30 has no unit; write it as 30s if these are seconds"),
        ("30", "30 has no unit; write it as 30s if these are seconds"),
        (0.5, "'0.5' is not a duration; write it like 30s, 1h30m or 500ms"),
        ("0.5s", "'0.5s' is not a duration; write it like 30s, 1h30m or 500ms"),
        ("5 m", "'5 m' is not a duration; write it like 30s, 1h30m or 500ms"),
        ("30m1h", "'30m1h' is not a duration; write it like 30s, 1h30m or 500ms"),
        ("-5s", "'-5s' is not a duration; write it like 30s, 1h30m or 500ms"),
        ("\u0663s", "'\u0663s' is not a duration; write it like 30s, 1h30m or 500ms"),
        ("101y", "must be at most 100y"),
        ("9" * 400 + "d", "must be at most 100y"),
        ("", "'' is not a duration; write it like 30s, 1h30m or 500ms"),
        (True, "must be a duration such as 30s or 5m"),
        (None, "must be a duration such as 30s or 5m"),
        ([], "must be a duration such as 30s or 5m"),
    ],
)
def test_what_is_no_duration_is_refused_with_a_remedy(written: object, message: str) -> None:
    assert refusal(values.duration, written) == message


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("64MB", 64 * 1024**2),
        ("64MiB", 64 * 1024**2),
        ("1KB", 1024),
        ("2 GB", 2 * 1024**3),
        ("1TB", 1024**4),
        ("1eib", 1024**6),
        ("512B", 512),
        ("512", 512),
        (1000, 1000),
        (0, 0),
    ],
)
def test_sizes_count_in_steps_of_1024(written: object, size: int) -> None:
    assert values.size(written) == size


@pytest.mark.parametrize("written", ["", "MB", "-1", "1.5GB", "5XB", 1.5, "64 M B", "9" * 5000])
def test_what_is_no_size_is_refused_with_a_remedy(written: object) -> None:
    assert (
        refusal(values.size, written)
        == f"'{written}' is not a size; write it like 64MB, 512KB or 1GB"
    )


def test_a_date_is_midnight_utc() -> None:
    assert values.date("2027-01-31") == 1801353600.0


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("2027-02-30", "'2027-02-30' is not a day of the calendar"),
        ("31.01.2027", "'31.01.2027' is not a date; write it like 2027-01-31"),
        ("20270131", "'20270131' is not a date; write it like 2027-01-31"),
        ("2027-01-31T00:00:00Z", "'2027-01-31T00:00:00Z' is not a date; write it like 2027-01-31"),
        (20270131, "'20270131' is not a date; write it like 2027-01-31"),
        ({}, "must be a date such as 2027-01-31"),
    ],
)
def test_what_is_no_date_is_refused_with_a_remedy(written: object, message: str) -> None:
    assert refusal(values.date, written) == message


@pytest.mark.parametrize("written", [True, "true", "True", "yes", "on", "ON"])
def test_flags_that_are_true(written: object) -> None:
    assert values.flag(written) is True


@pytest.mark.parametrize("written", [False, "false", "no", "Off"])
def test_flags_that_are_false(written: object) -> None:
    assert values.flag(written) is False


@pytest.mark.parametrize("written", [1, 0, "1", "", "maybe", None])
def test_what_is_no_flag_is_refused(written: object) -> None:
    assert refusal(values.flag, written) == "must be true or false"


def test_counts_may_come_from_a_variable() -> None:
    assert values.count(5) == values.count("5") == 5
    assert values.count(0) == 0


@pytest.mark.parametrize("written", [-1, "-1", 1.0, True, "5.0", "\u0665", "", None, "9" * 5000])
def test_what_is_no_count_is_refused(written: object) -> None:
    assert refusal(values.count, written) == "must be a whole number, 0 or greater"


def test_zero_is_refused_where_it_makes_no_sense() -> None:
    assert refusal(values.positive_duration, "0s") == "must be longer than 0s"
    assert refusal(values.positive_size, "0") == "must be greater than 0"
    assert refusal(values.positive_count, 0) == "must be 1 or greater"


@pytest.mark.parametrize(
    ("written", "amount"),
    [(5, 5.0), (2.5, 2.5), ("500", 500.0), (0, 0.0), ("Unlimited", math.inf), (math.inf, math.inf)],
)
def test_amounts_are_numbers_or_unlimited(written: object, amount: float) -> None:
    assert values.amount(written) == amount


@pytest.mark.parametrize("written", [-1, "x", math.nan, -math.inf, True, None, 10**400])
def test_what_is_no_amount_is_refused(written: object) -> None:
    assert refusal(values.amount, written) == "must be a number, 0 or greater, or unlimited"


def test_a_price_cannot_be_unlimited() -> None:
    assert refusal(values.finite_amount, "unlimited") == "must be a number, 0 or greater"


def test_a_text_may_be_a_whole_number() -> None:
    assert values.text("x") == "x"
    assert values.text(12345) == "12345"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        (None, "is empty"),
        (1.5, "must be a text; put it in quotes"),
        (True, "must be a text; put it in quotes"),
        (["hunter2"], "must be a text"),
        ("hunter2\ud800", "holds half of a character (a surrogate); write the whole one"),
    ],
)
def test_what_is_no_text_is_refused_and_never_shown(written: object, message: str) -> None:
    assert refusal(values.text, written) == message


@pytest.mark.parametrize("written", ["0s", "100ms", "1m30s", "5m", "1h", "2d12h", "1w", "1y2w"])
def test_durations_are_written_as_they_were_read(written: str) -> None:
    assert values.written_duration(values.duration(written)) == written


@pytest.mark.parametrize("written", ["64MB", "1KB", "3TB", "1EB", 1000, 0])
def test_sizes_are_written_as_they_were_read(written: str | int) -> None:
    assert values.written_size(values.size(written)) == written


@pytest.mark.parametrize("written", ["2027-01-31", "1969-12-31", "9999-12-31"])
def test_dates_are_written_as_they_were_read(written: str) -> None:
    assert values.written_date(values.date(written)) == written
