import math
import time

import pytest

from license_exporter.model import values
from license_exporter.model.report import State

NOTHING = [None, "", " ", "null", " null "]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0.0),
        (-3, -3.0),
        (1.5, 1.5),
        ("12", 12.0),
        (" 12\n", 12.0),
        ("-1.5e3", -1500.0),
        ("1E+2", 100.0),
        ("007", 7.0),
        (2**53 + 1, float(2**53)),
        (2**64, float(2**64)),
        ("123456789012345678901234567890", 123456789012345678901234567890.0),
        *((nothing, None) for nothing in NOTHING),
    ],
)
def test_a_number_is_one_or_a_text_of_one_or_says_nothing(value, number):
    assert values.number(value) == number
    assert values.limit(value) == number


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        "many",
        "unlimited",
        "NULL",
        "+1",
        "1.",
        ".5",
        "1_000",
        "1,000",
        "0x10",
        "١٢",
        "²",
        "1 2",
        "inf",
        "NaN",
        math.inf,
        math.nan,
        "1e400",
        10**400,
        "9" * 1000,
        [],
        {},
    ],
)
def test_anything_else_is_no_number(value):
    with pytest.raises(ValueError, match=r"^not a (finite )?number$"):
        values.number(value)


@pytest.mark.parametrize("value", ["unlimited", "Unlimited", " UNLIMITED "])
def test_unlimited_is_an_infinite_limit(value):
    assert values.limit(value) == math.inf


@pytest.mark.parametrize("value", [True, "infinite", "none", [], math.inf])
def test_anything_else_is_no_limit(value):
    with pytest.raises(ValueError, match=r"^not a (finite )?number$"):
        values.limit(value)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2022-09-09", 1662681600.0),
        ("2022-09-09T00:00:00.000Z", 1662681600.0),
        ("2022-09-09T00:00:00Z", 1662681600.0),
        ("2022-09-09T00:00Z", 1662681600.0),
        ("2022-09-09t00:00:00z", 1662681600.0),
        ("2022-09-09T00:00:00", 1662681600.0),
        ("2022-09-09 00:00:00", 1662681600.0),
        ("2022-09-09 00:00:00 +0000", 1662681600.0),
        ("2022-09-09T10:00:00+10:00", 1662681600.0),
        ("2022-09-08T22:00:00-02", 1662681600.0),
        ("2022-09-09T00:00:00,5Z", 1662681600.5),
        ("2022-09-09T00:00:00.123456789Z", 1662681600.123456),
        (" 2022-09-09 ", 1662681600.0),
        ("1970-01-02", 86400.0),
        ("/Date(1662681600500)/", 1662681600.5),
        ("/Date(1662681600000+0200)/", 1662681600.0),
        ("2040-01-16T09:20:30.785Z", 2210318430.785),
        *((nothing, None) for nothing in NOTHING),
    ],
)
def test_a_date_is_iso_8601_in_utc_unless_it_says_otherwise(value, seconds):
    assert values.timestamp(value) == seconds


@pytest.mark.parametrize(
    "value",
    [
        "never",
        "2022-09-09T",
        "2022-09",
        "22-09-09",
        "09/09/2022",
        "1662681600",
        "/Date(12)",
        "/Date(x)/",
        "/Date(99999999999999999)/",
        1662681600,
        True,
        [],
    ],
)
def test_anything_else_is_no_date(value):
    with pytest.raises(ValueError, match=r"^not a date$"):
        values.timestamp(value)


@pytest.mark.parametrize(
    "value",
    [
        "2022-13-01",
        "2021-02-29",
        "0000-01-01",
        "2022-09-09T25:00:00Z",
        "2022-09-09T00:00:00+25:00",
    ],
)
def test_a_day_or_a_time_that_there_is_not_is_no_date(value):
    with pytest.raises(ValueError, match=r"."):
        values.timestamp(value)


@pytest.mark.parametrize(
    ("value", "flag"), [(True, True), (False, False), (None, None), ("", None)]
)
def test_a_flag_is_true_or_false_or_says_nothing(value, flag):
    assert values.flag(value) is flag


@pytest.mark.parametrize("value", [0, 1, "true", "yes", []])
def test_anything_else_is_no_flag(value):
    with pytest.raises(ValueError, match=r"^not true or false$"):
        values.flag(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [("Acme", "Acme"), (" Acme ", " Acme "), (7, "7"), (None, ""), ("", ""), ("null", "")],
)
def test_a_text_is_one_or_a_whole_number_or_says_nothing(value, text):
    assert values.text(value) == text


@pytest.mark.parametrize("value", [True, 1.5, [], {}])
def test_anything_else_is_no_text(value):
    with pytest.raises(ValueError, match=r"^not a text$"):
        values.text(value)


def test_a_number_of_very_many_digits_is_no_text():
    with pytest.raises(ValueError, match="4300 digits"):
        values.text(10**5000)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("jane.doe@example.com", "*@example.com"),
        ("MAIL/jane.o'doe+x@example.com/Inbox", "MAIL/*@example.com/Inbox"),
        ("DROPBOX:USER@EXAMPLE.COM", "DROPBOX:*@EXAMPLE.COM"),
        ("dropbox@USER@EXAMPLE.COM", "dropbox@*@EXAMPLE.COM"),
        ("a@one.example, b@two.example", "*@one.example, *@two.example"),
        ("C:\\Users\\jané@exämple.org", "C:\\Users\\*@exämple.org"),
        ('"jane doe"@example.com', "*@example.com"),
        ("https://example.com/jane%40example.com", "https://example.com/*%40example.com"),
        ("x%40jane@example.com", "x%40*@example.com"),
        ("jane@[192.0.2.1]", "*@[192.0.2.1]"),
        ("microsoft@User Name", "microsoft@User Name"),
        ("no address", "no address"),
        ("@example.com", "@example.com"),
    ],
)
def test_the_local_parts_of_addresses_are_masked_in_every_text(text, masked):
    assert values.mask_emails(text) == masked
    assert values.text(text) == masked


@pytest.mark.parametrize(
    ("start", "repeated", "end"),
    [("", "a", "@"), ("", "a@", ""), ("", '"', "@"), ("", "%40", ""), ("@", "a.", "")],
)
def test_masking_takes_time_in_proportion_to_the_text(start, repeated, end):
    began = time.process_time()
    values.mask_emails(start + repeated * 10**6 + end)
    assert time.process_time() - began < 20  # hours, if it grew with the square of the length


@pytest.mark.parametrize(
    ("word", "state"),
    [
        *((state.value, state) for state in State),
        ("Expiring", State.ACTIVE),
        (" BANNED ", State.INVALID),
        ("deleted", State.INVALID),
        ("invalidated", State.INVALID),
        ("inactive", State.UNKNOWN),
        (5, State.UNKNOWN),
        *((nothing, None) for nothing in NOTHING),
    ],
)
def test_the_words_of_a_state_are_read_in_any_case(word, state):
    assert values.state(word) is state


def test_a_vendor_has_words_of_its_own_for_a_state():
    assert values.state("Licensed", {"licensed": State.ACTIVE}) is State.ACTIVE
    assert values.state("licensed") is State.UNKNOWN


@pytest.mark.parametrize("part", ["x", "@", "a.b@c.example ", "%40", '"a'])
def test_a_text_without_end_is_cut_and_stays_different_from_others(part):
    began = time.process_time()
    texts = {values.text(part * 1_000_000 + end) for end in ("", "a", "b", "\ud800")}
    assert time.process_time() - began < 20  # hours, if it grew with the square of the length
    assert len(texts) == 4
    assert max(map(len, texts)) < 100_000


@pytest.mark.parametrize(
    ("length", "hashed"),
    [
        (2048, ""),
        (2049, "d7a8aafd28a0f0ec72ef1e1a8a2e449298927b079b862194111ca6051f2b2c2b"),
        (131_072, "445c0515f5ca7573fbb450c0fcd5c847014aae190be4b0c3712d926bb6031612"),
        (131_073, "8eb77eb7536f9ebdada252571e356761134f2755421e4d3286c5cb2d839159c1"),
        (200_000, "b6b46ca4cc236c2b8e76027817acf538c9313b9e14a286d9f4052bc0451b5e9e"),
    ],
)
def test_the_label_of_a_long_text_is_the_same_in_each_version(length, hashed):
    text = ("abc" * length)[:length]
    assert values.text(text) == text[:2048] + hashed


STAND_INS = [
    "0001-01-01T00:00:00Z",
    "1970-01-01",
    "1970-01-01T23:59:59Z",
    "1899-12-30",
    "/Date(0)/",
]
NEVER = [
    "9999-01-01",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.9999999Z",
    "/Date(253402300799999)/",
]


@pytest.mark.parametrize("written", STAND_INS)
def test_a_stand_in_for_no_date_is_none_wherever_a_date_is_read(written):
    for read in (values.timestamp, values.end):
        with pytest.raises(ValueError, match=r"^a stand-in for no date$"):
            read(written)


@pytest.mark.parametrize("written", NEVER)
def test_an_end_in_the_year_9999_never_comes_and_any_other_date_of_it_is_none(written):
    assert values.end(written) == math.inf
    with pytest.raises(ValueError, match=r"^a stand-in for no date$"):
        values.timestamp(written)
