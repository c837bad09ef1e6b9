"""What Sentinel RMS's lsmon prints, in the forms in which it was seen."""

import math

import pytest

from license_exporter.errors import ConfigError, Failure, Reason, SchemaError
from license_exporter.model import Document, Pool, Run, Server
from license_exporter.vendors.sentinel_rms import refusal
from tests.vendors.managers import configured, read, recorded, refused


def said(file, **options):
    return lsmon(recorded(f"sentinel_rms/{file}"), **options)


def lsmon(text, **options):
    return read("sentinel_rms", text, servers=["lic1"], **options)


def test_what_the_blocks_of_an_feature_repeat_is_not_counted_twice():
    found = said("status.txt", show_users=True)
    plant = found.pools["PLANT"]
    assert (plant.used, plant.limit, plant.available, plant.reserved) == (3, 130, 118, 9)
    assert (plant.checkouts, plant.users, plant.user_used) == (2, 1, {"ANN": 2})
    assert plant.borrowed == 1
    assert found.counts("PLANT@2026-11-19") == 130
    assert found.licenses["PLANT@2020-06-23"].current is False
    assert found.report.servers == (Server("lic1.example", up=True),)
    assert found.skipped == 0


def test_has_numbers_for_no_limit():
    found = said("status.txt")
    assert found.pools["ALL"].limit == math.inf
    assert found.licenses["ALL@permanent"].expiry == math.inf
    text = recorded("sentinel_rms/status.txt").replace("4294967294", "99999")
    assert lsmon(text).pools["ALL"].limit == 99999


def test_the_old_form_of_has_two_pairs_on_a_line():
    found = said("old.txt")
    assert found.report.pools == (
        Pool("CALC", "licenses", license="CALC@permanent", used=2, limit=10, available=8),
    )
    assert found.licenses["CALC@permanent"].edition == "2"
    assert found.skipped == 0


def test_secrets_of_are_nowhere():
    text = said("status.txt", show_users=True).exposition()
    for secret in ("SECRET", "28BCBCF9", "2014-", "lservrc", "WS-1", "DefaultGrp"):
        assert secret not in text


def test_lsmon_is_always_given_a_host():
    (document,) = configured("sentinel_rms", servers=["lic1", "lic2"]).documents
    runs = tuple(Run("lsmon", (host,), input="\n", server=host) for host in ("lic1", "lic2"))
    assert document == Document("status", runs=runs, format="text", refusal=refusal)


def test_lsmon_is_given_no_port():
    with pytest.raises(ConfigError) as error:
        configured("sentinel_rms", servers=["lic0", "5093@lic1"])
    assert error.value.problems == [
        "servers[1]: has a port, which lsmon does not take; set LSPORT under programs"
    ]


UNKNOWN_HOST = "lsmon cannot resolve the name of the license server"
NO_ANSWER = "lsmon says that the license server does not answer"


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        ("Failed to resolve the server host", Reason.DNS, UNKNOWN_HOST),
        ("Unknown host lic1", Reason.DNS, UNKNOWN_HOST),
        ("Error[5]: Cannot talk to the license server", Reason.CONNECT, NO_ANSWER),
        ("No response from lic1", Reason.CONNECT, NO_ANSWER),
    ],
)
def test_an_error_in_the_text_is_the_reason(text, reason, message):
    error = refused("sentinel_rms", text, servers=["lic1"])
    assert error
    assert error.failure == Failure("", reason, message)


def test_an_answer_without_a_feature_is_an_error():
    with pytest.raises(SchemaError) as error:
        lsmon("Sentinel RMS Development Kit 9.1\n")
    assert error.value.failure == Failure("status", Reason.SCHEMA, "lsmon names no feature")


def test_what_a_feature_does_not_tell_is_unknown_and_not_0():
    found = lsmon('Feature name : "X"\n')
    assert found.report.pools == (Pool("X", "licenses"),)
    assert found.report.servers == ()


def test_a_feature_that_nobody_uses_has_no_users():
    assert said("status.txt").pools["ALL"] == Pool(
        "ALL", "licenses", license="ALL@permanent", used=0, limit=math.inf, checkouts=0, users=0
    )


def test_users_that_are_not_asked_for_are_not_told():
    plant = said("status.txt", users=False).pools["PLANT"]
    assert (plant.used, plant.checkouts, plant.users) == (3, None, None)


def test_what_stands_behind_a_license_is_the_features_again():
    found = lsmon("""
   |- Feature name              : "A"
   |- Feature version           : "X"
   |- License Information
     |- Maximum concurrent user(s) : 5
     |- Expiration date            : Thu Nov 19 23:59:59 2026
   |- Maximum concurrent user(s) : 7
""")
    assert found.pools["A"].limit == 7
    assert found.counts("A@2026-11-19") == 5
    assert found.licenses["A@2026-11-19"].edition == "X"


@pytest.mark.parametrize(
    ("versions", "edition"),
    [
        ([""], ""),
        (['   Feature version : "1"'], "1"),
        (['   Feature version : "1"', '   Feature version : "2"'], ""),
    ],
)
def test_a_license_has_the_version_of_its_feature_if_it_is_of_one(versions, edition):
    lines = [f'Feature name : "A"{each}\nLicense has no expiration.' for each in versions]
    assert lsmon("\n".join(lines)).licenses["A@permanent"].edition == edition


CLIENT = """
   |- Client Information
     |- User name         : ann
     |- Is commuter token : YES
"""


@pytest.mark.parametrize(
    ("feature", "clients", "borrowed"),
    [
        ("", CLIENT + CLIENT.replace("YES", "NO"), 1),
        ("", CLIENT + "   |- Client Information\n     |- Host name : ws\n", None),
        ("   |- Commuter tokens in use : 5\n", CLIENT, 5),
        ("   |- Commuter keys in use : 0\n", CLIENT, 0),
        ("", "", None),
    ],
)
def test_tokens_are_borrowed_as_the_feature_says_or_else_all_its_clients(
    feature, clients, borrowed
):
    found = lsmon(f'   |- Feature name : "A"\n{feature}{clients}')
    assert found.pools["A"].borrowed == borrowed


def test_a_client_without_a_name_is_a_checkout_of_a_user_without_one():
    text = f'   |- Feature name : "A"\n{CLIENT}   |- Client Information\n     |- Host name : ws\n'
    a = lsmon(text, show_users=True).pools["A"]
    assert (a.checkouts, a.user_used) == (2, {"": 1, "ann": 1})


def test_a_limit_that_nobody_understands_is_counted_once():
    feature = 'Feature name : "A"\nMaximum concurrent user(s) : many\nLicense has no expiration.\n'
    found = lsmon(feature)
    assert found.counts("A@permanent") is None
    assert found.answer.skipped_paths == ["status.maximum concurrent user(s)"]


def test_every_line_and_number_that_nobody_understands_is_counted():
    found = lsmon("""what is this
   |- Feature name
   |- Feature name : "A"
   |- Maximum concurrent user(s) : many
   |- Expiration date : some day
   what is this
""")
    assert found.answer.skipped_paths == [
        "status:1",
        "status:2",
        "status.feature",
        "status:6",
        "status.maximum concurrent user(s)",
        "status.expiration date",
    ]
    assert found.report.pools == (Pool("A", "licenses"),)


def test_soft_limits_of_several_features_of_a_name_are_added():
    feature = """
 |- Feature Information
   |- Feature name                : "CAE"
   |- Feature version             : " 2.1 "
   |- Maximum concurrent user(s)  : 10
   |- Unreserved tokens in use    : 3
   |- Commuter tokens in use      : 2
   |- Soft limit on users         : {soft}
   |- Expiration date             : Thu Nov 19 23:59:59 2026
"""
    found = lsmon(feature.format(soft=7) + feature.format(soft=5))
    pool = found.pools["CAE"]
    assert pool.thresholds == {"soft": 12}
    assert (pool.limit, pool.used, pool.borrowed) == (20, 6, 4)
    assert found.licenses["CAE@2026-11-19"].edition == "2.1"
