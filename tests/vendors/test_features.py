"""Features added up into pools and licenses."""

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.model import Entitlement, License
from license_exporter.vendors._features import (
    NEVER,
    UNREADABLE,
    Features,
    end_of,
    read_count,
    read_day,
)

NOW = 1767604320.0  # 2026-01-05


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-31",
        "2026-12-31 00:59:00",
        "2026/12/31",
        "31-dec-2026",
        "31-Dec-2026",
        "31-december-2026",
        "12/31/2026",
        "Thu Dec 31 23:59:59 2026",
        "Thu Dec 31, 2026 19:55",
        "Dec 31, 2026",
        " 31-dec-2026 ",
    ],
)
def test_the_managers_ways_to_write_a_day(text):
    assert read_day(text) == date(2026, 12, 31)


@pytest.mark.parametrize(
    "text", ["permanent", "Perpetual", "NONE", "never", "1-jan-0", "9999-12-31", "9999-01-01"]
)
def test_the_managers_ways_to_write_never(text):
    assert read_day(text) == NEVER
    assert end_of(NEVER) == math.inf


@pytest.mark.parametrize(
    "text", ["", "31-jun-2026", "2026-02-30", "13/01/2026", "Foo 31 2026", "0", "1-jan-99999"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValueError):
        read_day(text)


@pytest.mark.parametrize("text", ["1970-01-01", "0001-01-01", "1-jan-1"])
def test_a_stand_in_for_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r"^a stand-in, and no date$"):
        read_day(text)


def test_a_day_may_have_some_words_behind_it_but_no_page():
    assert read_day("Dec 31, 2026 " + "x" * 51) == date(2026, 12, 31)
    with pytest.raises(ValueError, match=r"^too long for a date$"):
        read_day("Dec 31, 2026 " + "x" * 52)
    with pytest.raises(ValueError, match=r"^not a date$"):
        read_day("x" * 64)


def test_a_license_ends_as_its_last_valid_day_does():
    assert end_of(date(1970, 1, 2)) == 2 * 86400


@pytest.mark.parametrize("text", ["unlimited", " Uncounted ", "UNLIMITED"])
def test_a_word_for_no_limit_is_unlimited(text):
    assert read_count(text) == math.inf


@pytest.mark.parametrize("text", ["-1", "x", "1e999", "", "1,000", "0x1"])
def test_what_is_no_number_of_licenses_is_refused(text):
    with pytest.raises(ValueError, match=r"^not a (finite )?number( of licenses)?$"):
        read_count(text)


def test_a_sum_of_which_a_part_cannot_be_read_is_unknown():
    features = Features()
    features["f"].add(used=1.0, limit=UNREADABLE)
    features["f"].add(used=2.0, limit=5.0)
    (pool,) = features.pools()
    assert (pool.used, pool.limit, pool.reserved) == (3, None, None)


def test_nothing_is_added_as_zero_where_nothing_is_said():
    features = Features()
    features["f"].add(used=None)
    (pool,) = features.pools()
    assert not pool.tells


def test_a_pool_names_its_license_where_it_has_one():
    features = Features()
    features["f"].add(limit=5.0)
    features["f"].ends_on(date(2027, 1, 31), 5.0, "1.0")
    assert features.pools()[0].license == "f@2027-01-31"
    features["f"].ends_on(date(2028, 1, 31), 5.0, "2.0")
    assert features.pools()[0].license == ""


def test_users_are_named_only_if_they_are_asked_for():
    features = Features()
    features["f"].check_out("ann", 2.0)
    assert [pool.user_used for pool in features.pools()] == [None]
    assert [pool.user_used for pool in features.pools(show_users=True)] == [{"ann": 2.0}]


def test_a_license_tells_its_day_its_number_and_its_version_if_it_has_but_one():
    features = Features()
    features["a"].ends_on(date(2027, 1, 31), 5.0, "1.0")
    features["a"].ends_on(date(2027, 1, 31), 2.0, "1.0")
    features["b"].ends_on(date(2027, 1, 31), 5.0, "1.0")
    features["b"].ends_on(date(2027, 1, 31), UNREADABLE, "2.0")
    features["c"].ends_on(NEVER)
    end = end_of(date(2027, 1, 31))
    seven = Entitlement("a", limit=7.0, unit="licenses")
    assert features.licenses(NOW) == (
        License("a@2027-01-31", edition="1.0", expiry=end, entitlements=(seven,)),
        License("b@2027-01-31", expiry=end),
        License("c@permanent", expiry=math.inf),
    )


def test_licenses_are_told_anew_once_an_end_of_several_has_passed():
    features = Features()
    features["f"].ends_on(date(2026, 1, 31))
    assert features.valid_until(NOW) is None
    features["f"].ends_on(date(2027, 1, 31))
    assert features.valid_until(NOW) == end_of(date(2026, 1, 31))
    assert features.valid_until(end_of(date(2026, 1, 31))) == end_of(date(2027, 1, 31))
    features["f"].ends_on(NEVER)
    assert features.valid_until(end_of(date(2027, 1, 31))) is None


def test_what_has_ended_is_not_in_force_while_another_is():
    features = Features()
    features["f"].ends_on(date(2026, 1, 31))
    features["f"].ends_on(date(2027, 1, 31))
    later = features.licenses(end_of(date(2026, 1, 31)))
    assert [license.current for license in later] == [False, True]
    assert [license.current for license in features.licenses(NOW)] == [True, True]


def test_where_all_ends_have_passed_none_is_in_force_and_none_is_old():
    features = Features()
    features["f"].ends_on(date(2024, 1, 31))
    features["f"].ends_on(date(2025, 1, 31))
    assert [license.current for license in features.licenses(NOW)] == [None, None]
    last = end_of(date(2025, 1, 31))
    assert [license.current for license in features.licenses(last)] == [None, None]


@given(st.permutations([("Ann", 1.0), ("ANN", 2.0), ("bob", 4.0), ("ann", 8.0), ("Bob", 16.0)]))
def test_users_do_not_depend_on_the_order_of_checkouts(checkouts):
    features = Features()
    for user, units in checkouts:
        features["f"].check_out(user, units)
    (pool,) = features.pools(show_users=True)
    assert pool.user_used == {"ANN": 11.0, "Bob": 20.0}
    assert (pool.users, pool.checkouts) == (2, 5)
