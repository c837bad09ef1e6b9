"""What DSLicSrv prints, in the forms in which it was seen."""

import math

import pytest

from license_exporter.errors import ConfigError, FetchError, Reason
from license_exporter.model import Document, Run, Server
from tests.vendors.managers import DAY, configured, day, read, recorded, said, told, unread

HEAD = "Feature,Count,Inuse,Tokens,User,Queue Position,Expiration Date,Max Release Number\n"


def table(*rows, **options):
    """Read the rows of a table, each a line of it."""
    return read("dsls", HEAD + "".join(f"{row}\n" for row in rows), **options)


def test_the_rows_of_a_dsls_license_are_its_checkouts():
    found = said("dsls", "dsls/status.txt", show_users=True)
    sru = found.pools["SRU"]
    assert (sru.used, sru.queued, sru.checkouts, sru.users) == (1559, 200, 3, 2)
    assert sru.user_used == {"Ann": 1026, "bob": 533}
    assert found.pools["MCE"].used == 1


def test_several_dsls_licenses_of_a_feature_are_added_equal_ones_too():
    found = said("dsls", "dsls/status.txt")
    assert found.pools["SRU"].limit == 3000
    assert found.counts("SRU@2028-01-01") == 1000
    assert found.counts("SRU@2027-01-01") == 2000


def test_a_dsls_day_that_is_none_is_left_out_and_counted():
    found = said("dsls", "dsls/status.txt")
    assert not any(id.startswith("MCE@") for id in found.licenses)
    assert found.skipped == 1


def test_the_id_of_a_dsls_server_is_not_exported():
    found = said("dsls", "dsls/status.txt")
    assert found.report.servers == (Server("lic1", up=True),)
    assert "AAA-1234567890" not in found.exposition()


def test_dsls_is_asked_in_restricted_mode_first():
    (document,) = configured("dsls", servers=["lic1:4084", "4085@lic2"]).documents
    scripts = [run.arguments[-1] for run in document.runs]
    assert scripts == [
        "connect lic1 4084 -restrictedMode;getLicenseUsage -csv;quit;",
        "connect lic1 4084;getLicenseUsage -csv;quit;",
        "connect lic2 4085 -restrictedMode;getLicenseUsage -csv;quit;",
        "connect lic2 4085;getLicenseUsage -csv;quit;",
    ]


def test_a_dsls_table_of_which_no_row_can_be_read_is_an_error():
    with pytest.raises(FetchError) as error:
        read("dsls", "Feature,Count,Inuse,User\nwhat is this\n")
    assert error.value.reason == Reason.SCHEMA


def test_dsls_needs_a_port():
    with pytest.raises(ConfigError, match="give that of the administration"):
        configured("dsls", servers=["lic1"])


def test_one_row_a_dsls_license_in_use_is_one_license():
    text = recorded("dsls/status.txt")
    head = text[: text.index("Acme Systems")]
    row = "Acme Systems,5E,X,Token,STD,8,x,YLC,0,2027-01-01 00:59:00,1,10,2,2,,w,ann,c,p,6,S,,,,,\n"
    found = read("dsls", f"{head}{row}", servers=["4084@lic1"])
    assert (found.pools["X"].limit, found.pools["X"].used) == (10, 2)
    assert found.licenses["X@2027-01-01"].edition == "8"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        *(
            (text, (Reason.DNS, "DSLicSrv cannot resolve the name of the license server"))
            for text in ("UNKNOWN host lic1", "Cannot Resolve lic1\nconnection refused")
        ),
        *(
            (text, (Reason.CONNECT, "DSLicSrv cannot connect to the license server"))
            for text in (
                "admin >\tCannot Connect to server lic1 on port 4084",
                "Connection Refused",
            )
        ),
        *(
            (text, (Reason.SCHEMA, "DSLicSrv prints no table of licenses"))
            for text in ("admin >\nUnknown option -restrictedMode", "", "Feature\nInuse")
        ),
        ("unknown host\nFEATURE,COUNT,INUSE\n", None),
        ("admin >Inuse,Feature", None),
    ],
)
def test_what_dslicsrv_complains_of_is_the_error(text, error):
    assert told("dsls", text) == error


def test_without_a_table_there_is_no_answer():
    message = "DSLicSrv prints no table of licenses"
    assert unread("dsls", "Ready: yes\n") == (Reason.SCHEMA, "status", message)


def test_of_a_table_some_row_can_be_read():
    message = "no row of the table of licenses can be read"
    assert unread("dsls", HEAD + "what is this\n") == (Reason.SCHEMA, "status", message)
    assert table().report.pools == ()


@pytest.mark.parametrize("count", [1, 2])
def test_each_server_without_a_port_is_told(count):
    with pytest.raises(ConfigError) as error:
        configured("dsls", servers=["lic0:1", *(["lic"] * count)])
    assert error.value.problems == [
        f"servers[{index}]: has no port; give that of the administration, by default 4084"
        for index in range(1, count + 1)
    ]


def test_each_run_tells_its_server_and_its_program():
    (document,) = configured("dsls", servers=["4084@lic1"]).documents
    restricted = "connect lic1 4084 -restrictedMode;getLicenseUsage -csv;quit;"
    full = "connect lic1 4084;getLicenseUsage -csv;quit;"
    assert [(run, run.arguments) for run in document.runs] == [
        (Run("DSLicSrv", words, server="4084@lic1"), words)
        for words in (("-admin", "-run", restricted), ("-admin", "-run", full))
    ]
    (document,) = configured("dsls", servers=["4084@lic1"], program="mine").documents
    assert {run.program for run in document.runs} == {"mine"}
    assert (document.name, document.format) == ("status", "text")


def test_a_file_takes_the_place_of_all_runs():
    (document,) = configured("dsls", output_file="out.txt").documents
    assert isinstance(document, Document)
    assert document.file
    assert document.runs == ()


@pytest.mark.parametrize(
    ("ready", "up"), [("yes", True), ("no", False), ("NO", False), ("none", True)]
)
def test_a_server_that_is_not_ready_is_down(ready, up):
    text = f"admin >\tServer name: LIC1   Server id: x\n\tReady: {ready}\n" + HEAD
    assert read("dsls", text).report.servers == (Server("lic1", up),)


def test_of_several_servers_the_one_that_was_connected_to_is_told():
    text = "Server name: lic1\nServer name: lic2\n" + HEAD
    assert read("dsls", text).report.servers == (Server("lic1", up=True),)


def test_a_line_that_nobody_understands_is_told_by_its_number():
    text = "what is this\n" + HEAD + "a,1,0\nb,2\n,1,0\nc,,0\nd,1\n"
    found = read("dsls", text)
    assert list(found.pools) == ["a"]
    assert found.answer.skipped_paths == [
        "status:1",
        "status:4",
        "status:5",
        "status:6",
        "status:7",
    ]


def test_what_dslicsrv_says_beside_the_table_is_understood():
    text = recorded("dsls/status.txt").replace("MCE", "PAC")
    assert "status:" not in "".join(read("dsls", text).answer.skipped_paths)


def test_cells_may_have_spaces_around_them_and_commas_in_quotes():
    found = table('" a, b " , 5 , 2 , 2 , ann ,, 2027-01-31 , 9 ', show_users=True)
    pool = found.pools["a, b"]
    assert (pool.used, pool.limit, pool.user_used) == (2, 5, {"ann": 2})
    assert found.licenses["a, b@2027-01-31"].edition == "9"
    assert found.licenses["a, b@2027-01-31"].expiry == day(2027, 1, 31) + DAY


def test_a_row_that_is_no_csv_is_left_out_and_counted():
    found = table("a,1,0", "b" * 200_000 + ",1,0")
    assert list(found.pools) == ["a"]
    assert found.answer.skipped_paths == ["status:3"]


@pytest.mark.parametrize(
    ("row", "limit", "used"), [("a,x,1", None, 1), ("a,5,y", 5, None), ("a,x,y", None, None)]
)
def test_a_number_that_is_none_is_unknown_and_counted_once(row, limit, used):
    found = table(row)
    assert (found.pools["a"].limit, found.pools["a"].used) == (limit, used)
    assert found.answer.skipped_paths == ["status.count"]


def test_an_end_that_is_no_day_is_left_out_and_counted():
    found = table("a,5,0,,,,2027-02-30,9")
    assert found.answer.skipped_paths == ["status.expiration date"]
    assert not found.licenses


def test_a_license_without_a_release_has_no_edition():
    found = read("dsls", "Feature,Count,Inuse,Expiration Date\na,5,0,2027-01-31\n")
    assert [license.edition for license in found.licenses.values()] == [""]


def test_a_license_without_an_end_has_none():
    found = table("a,5,0,,,,,9")
    assert (found.licenses, found.skipped) == ({}, 0)


@pytest.mark.parametrize(
    ("rows", "limit", "used"),
    [
        (["a,5,0", "a,5,0"], 10, 0),
        (["a,5,2,2,ann"], 5, 2),
        (["a,5,2,1,ann", "a,5,2,1,bob"], 5, 2),
        (["a,5,2,2,ann", "a,5,2,2,bob"], 10, 4),
        (["a,5,2,2,ann", "a,5,2,1,bob"], 5, 2),
        (["a,5,2,2,ann", "a,5,2,2,bob", "a,5,2"], 15, 6),
        (["a,5,2,1,ann", "a,5,2"], 5, 2),
        (["a,5,2,2,ann", "a,5,2"], 5, 2),
        (["a,5,2,3,bob,1"], 5, 2),
        (["a,5,1,,ann"], 5, 1),
        (["a,5,1,1,ann", "a,5,1,1,bob"], 10, 2),
        (["a,5,0,1,ann"], 5, 0),
    ],
)
def test_licenses_that_were_bought_alike_are_told_by_their_rows(rows, limit, used):
    pool = table(*rows).pools["a"]
    assert (pool.limit, pool.used) == (limit, used)


def test_licenses_that_differ_in_a_column_of_their_own_are_two():
    found = table("a,5,1,1,ann,,2027-01-31,8", "a,5,1,1,bob,,2027-01-31,9")
    assert (found.pools["a"].limit, found.pools["a"].used) == (10, 2)
    assert found.licenses["a@2027-01-31"].edition == ""
    assert found.counts("a@2027-01-31") == 10


@pytest.mark.parametrize(
    ("rows", "checkouts", "queued"),
    [
        (["a,5,0"], 0, 0),
        (["a,5,1"], None, None),
        (["a,5,2"], None, None),
        (["a,5,1,1,ann"], 1, 0),
        (["a,5,1,1,ann", "a,5,1,3,bob,1"], 1, 3),
        (["a,5,1,1,ann", "a,5,1,,bob,1"], 1, 1),
        (["a,5,1,3,bob,1"], None, 3),
    ],
)
def test_checkouts_are_told_where_some_are_listed_or_none_are_used(rows, checkouts, queued):
    pool = table(*rows).pools["a"]
    assert (pool.checkouts, pool.queued) == (checkouts, queued)


def test_who_waits_holds_nothing():
    pool = table("a,5,1,1,ann", "a,5,1,3,bob,1", show_users=True).pools["a"]
    assert (pool.users, pool.user_used) == (1, {"ann": 1})


def test_users_that_are_not_asked_for_are_not_told():
    pool = table("a,5,1,1,ann", "a,5,1,3,bob,1", users=False).pools["a"]
    assert (pool.used, pool.checkouts, pool.users, pool.queued) == (1, None, None, None)


def test_a_checkout_without_tokens_is_one_and_one_without_limit_is_known():
    pool = table("a,unlimited,1,,ann", show_users=True).pools["a"]
    assert (pool.limit, pool.user_used) == (math.inf, {"ann": 1})
