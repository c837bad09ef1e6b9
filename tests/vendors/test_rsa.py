import random

import pytest

from license_exporter.errors import SchemaError
from license_exporter.model.report import LicenseReport, Pool
from license_exporter.vendors.rsa import VENDOR
from tests.documents import document, parsed

FEBRUARY = 1612137600.0  # 2021-02-01T00:00:00Z


def read(rows):
    return parsed(VENDOR, {"licenseusage": rows})


def pools(rows):
    return {pool.name: pool for pool in read(rows)[0].pools}


def months(count):
    """`count` months, newest first; a month's MFA licenses are its number, counted from 1."""
    return [
        {"month": f"{2020 + (index // 12)}-{index % 12 + 1:02}", "mfaLicensesUsed": index + 1}
        for index in reversed(range(count))
    ]


def test_the_documented_example_is_read_whole():
    report, answer = read(document("rsa/licenseusage"))
    assert report == LicenseReport(
        pools=tuple(
            Pool(
                name,
                unit,
                license="default",
                window="month",
                window_start=FEBRUARY,
                used=used,
                periods=dict.fromkeys(("2020-11", "2020-12", "2021-01", "2021-02"), used),
            )
            for name, unit, used in (
                ("mfa", "users", 0.0),
                ("third_party_fido", "users", 1.0),
                ("sms_voice_tokencodes", "messages", 0.0),
                ("active_users", "users", 1.0),
            )
        ),
        data_timestamp=1612212945.0,
    )
    assert answer.skipped == 0


def test_no_limit_state_expiry_or_license_is_invented():
    report, _ = read(document("rsa/licenseusage"))
    assert report.licenses == ()
    assert all(pool.limit is None for pool in report.pools)


@pytest.mark.parametrize("seed", range(5))
def test_thirteen_months_in_any_order_have_the_greatest_as_current(seed):
    rows = months(13)
    random.Random(seed).shuffle(rows)
    mfa = pools(rows)["mfa"]
    assert mfa.used == 13.0
    assert len(mfa.periods) == 13
    assert list(mfa.periods) == sorted(mfa.periods)


def test_values_of_an_older_month_never_stand_in_for_the_current_one():
    rows = months(3)
    rows[0]["mfaLicensesUsed"] = None
    mfa = pools(rows)["mfa"]
    assert mfa.used is None
    assert mfa.periods == {"2020-01": 1.0, "2020-02": 2.0}


def test_a_property_that_no_row_has_makes_no_pool():
    assert list(pools(months(3))) == ["mfa"]


def test_numbers_are_read_from_strings_and_a_real_zero_is_kept():
    rows = [{"month": "2021-02", "mfaLicensesUsed": " 12 ", "activeUsers": 0}]
    assert pools(rows)["mfa"].used == 12.0
    assert pools(rows)["active_users"].used == 0.0


def test_a_value_that_cannot_be_read_is_skipped_alone():
    rows = [{"month": "2021-02", "mfaLicensesUsed": "many", "activeUsers": True}]
    rows += [{"month": "2021-01", "mfaLicensesUsed": 3}]
    report, answer = read(rows)
    assert [(pool.name, pool.periods) for pool in report.pools] == [("mfa", {"2021-01": 3.0})]
    assert answer.skipped == 2
    assert answer.skipped_paths == [
        "licenseusage[0].mfaLicensesUsed",
        "licenseusage[0].activeUsers",
    ]


@pytest.mark.parametrize("key", ["lastUpdatedAt", "lastUpdated"])
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2021-02-01T20:55:45.000Z", 1612212945.0),
        ("2021-02-01T20:55:45Z", 1612212945.0),
        ("2021-02-01T21:55:45+01:00", 1612212945.0),
        ("2021-02-01T20:55:45", 1612212945.0),
    ],
)
def test_the_time_of_collection_has_two_names_and_many_forms(key, text, seconds):
    report, _ = read([{"month": "2021-02", key: text}, {"month": "2021-01"}])
    assert report.data_timestamp == seconds


def test_the_time_of_collection_is_that_of_the_current_month():
    report, _ = read([{"month": "2021-01", "lastUpdatedAt": "2021-02-01T20:55:45Z"}, *months(26)])
    assert report.data_timestamp is None


def test_white_space_around_a_month_is_none_of_it():
    assert pools([{"month": " 2021-02\n", "mfaLicensesUsed": 1}])["mfa"].periods == {"2021-02": 1.0}


@pytest.mark.parametrize(
    "month", ["2021-13", "2021-2", "2021-02-03 00:00", "0000-01", 202102, None]
)
def test_a_row_without_a_month_is_skipped(month):
    rows = [{"month": month, "mfaLicensesUsed": 99}, {"month": "2021-01", "mfaLicensesUsed": 1}]
    report, answer = read(rows)
    assert report.pools[0].used == 1.0
    assert report.pools[0].periods == {"2021-01": 1.0}
    assert answer.skipped_paths == ["licenseusage[0].month"]


def test_of_two_rows_of_one_month_the_first_is_read():
    rows = [{"month": "2021-01", "mfaLicensesUsed": 1}, {"month": "2021-01", "mfaLicensesUsed": 2}]
    report, answer = read(rows)
    assert report.pools[0].used == 1.0
    assert answer.skipped == 1


def test_a_row_that_is_no_object_is_skipped():
    report, answer = read([None, {"month": "2021-01", "mfaLicensesUsed": 1}, []])
    assert report.pools[0].used == 1.0
    assert answer.skipped == 2


def test_an_empty_array_is_an_answer_without_values():
    report, answer = read([])
    assert report.pools == ()
    assert answer.skipped == 0


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "expected an array at licenseusage, got an object"),
        (None, "expected an array at licenseusage, got nothing"),
        ("x", "expected an array at licenseusage, got a string"),
        (1, "expected an array at licenseusage, got a number"),
        ([1, 2], "expected objects in the array at licenseusage"),
        ([{}], "no row has a month"),
        ([{"month": "now"}], "no row has a month"),
    ],
)
def test_another_shape_is_a_schema_error(wrong, message):
    with pytest.raises(SchemaError) as error:
        read(wrong)
    assert (error.value.document, error.value.message) == ("licenseusage", message)
