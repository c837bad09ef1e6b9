"""What the end-user tool of LM-X prints, as text and as XML, in the forms in which it was seen."""

import math

import pytest

from license_exporter.errors import Reason
from license_exporter.model import Server
from tests.vendors.managers import DAY, JAN_31, configured, read, said, told, unread

FEATURE = "Feature: mesh Version: 21.0 Vendor: ACME\n"
DATES = "Start date: 2026-01-01 Expire date: 2027-01-31\n"


def xml(inside, **options):
    """Read a document with these elements in it."""
    return read("lmx", f"LM-X\n<LM-X>{inside}</LM-X>\n", **options)


@pytest.mark.parametrize("form", ["txt", "xml"])
def test_lmx_is_read_as_text_and_as_xml(form):
    found = said("lmx", f"lmx/status.{form}", show_users=True)
    units = found.pools["Units"]
    assert (units.used, units.limit, units.checkouts, units.users) == (40000, 1001003, 2, 2)
    assert units.user_used == {"ANN": 15000, "bob": 25000}
    assert found.pools["Reader V5"].checkouts == 0
    assert found.pools["Activate"].limit == math.inf
    assert found.licenses["Activate@permanent"].expiry == math.inf
    assert found.licenses["Units@2027-01-31"].expiry == JAN_31 + DAY
    assert found.counts("Units@2028-01-31") == 1000
    assert found.report.servers == (Server("lic1.example:6200", up=True),)
    assert found.skipped == 0


@pytest.mark.parametrize("form", ["txt", "xml"])
def test_users_that_are_not_asked_for_are_not_told(form):
    found = said("lmx", f"lmx/status.{form}", users=False)
    assert {(pool.checkouts, pool.users) for pool in found.pools.values()} == {(None, None)}
    assert found.skipped == 0


def test_denials_of_lmx_are_told_by_its_xml_alone():
    assert said("lmx", "lmx/status.xml").pools["Units"].denials == {"": 8}
    assert said("lmx", "lmx/status.txt").pools["Units"].denials == {}


# Asking


@pytest.mark.parametrize(("users", "more"), [(True, ()), (False, ("-totals",))])
def test_each_server_is_asked_for_its_xml_and_for_totals_where_users_are_not_wanted(users, more):
    (document,) = configured("lmx", servers=["lic1", "6300@lic2"], users=users).documents
    assert [(run.program, run.arguments, run.server) for run in document.runs] == [
        ("lmxendutil", ("-licstatxml", "-host", host, "-port", port, *more), f"{port}@{host}")
        for host, port in (("lic1", "6200"), ("lic2", "6300"))
    ]


def test_the_program_is_the_one_that_is_named():
    (document,) = configured("lmx", program="almutil").documents
    assert document.runs[0].program == "almutil"


def test_a_server_that_only_ran_on_has_nothing_new_to_tell():
    (document,) = configured("lmx").documents
    assert document.moving
    moved = [
        document.moving.sub(b"", said_so % time)
        for said_so in (b"Version: 5 Uptime: %s", b'<LICENSE_PATH UPTIME="%s"/>')
        for time in (b"1 day(s)", b"2 day(s)")
    ]
    assert moved == [b"Version: 5 ", b"Version: 5 ", b"<LICENSE_PATH />", b"<LICENSE_PATH />"]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'LM-X\n<LICENSE_PATH HOST="1@a" STATUS="Server is DOWN"/>',
            (Reason.CONNECT, "the tool says that the license server is down"),
        ),
        (
            "LM-X\nUnknown host lic1; failed to connect",
            (Reason.DNS, "the tool cannot resolve the name of the license server"),
        ),
        (
            "LM-X\nThere are no license server(s) available.\n",
            (Reason.CONNECT, "the tool says that no license server answers"),
        ),
        ("LM-X\nLM-X License Server on 6200@lic1:\nconnection refused", None),
        ("LM-X\n  Feature: a Version: 1\nconnection refused", None),
        ('<FEATURE NAME="a"/>connection refused', None),
        ("LM-X\n", None),
    ],
)
def test_what_the_tool_complains_of_is_the_error(text, error):
    assert told("lmx", text) == error


@pytest.mark.parametrize("text", ["LM-X\n", "<LM-X><a/></LM-X>", "", "LM-X <"])
def test_without_a_server_and_a_feature_there_is_no_answer(text):
    message = "the tool names neither a license server nor a feature"
    assert unread("lmx", text) == (Reason.SCHEMA, "status", message)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<LM-X><a></LM-X>", "the answer is not valid XML: line 1, column 12"),
        ("<a <b", "the answer is empty, not XML"),
        (
            "<!DOCTYPE x [<!ENTITY a 'b'>]><LM-X><FEATURE NAME='&a;'/></LM-X>",
            "the answer declares entities, which are not read",
        ),
    ],
)
def test_xml_that_is_none_is_told_with_what_is_wrong(text, why):
    message = f"the tool's XML cannot be read: {why}"
    assert unread("lmx", text) == (Reason.SCHEMA, "status", message)


# As XML


def test_tags_and_attributes_are_known_in_any_case_and_at_any_depth():
    found = xml("<a><b><feature Name=' mesh ' Used_Licenses='1' total_licenses=' 2 '/></b></a><c/>")
    assert (found.pools["mesh"].used, found.pools["mesh"].limit) == (1, 2)
    assert found.skipped == 0


def test_letters_that_are_none_do_not_keep_the_rest_from_being_read():
    assert xml("<FEATURE NAME='\ud800' TOTAL_LICENSES='2'/>").pools["?"].limit == 2


def test_what_stands_around_the_xml_is_passed_over():
    text = "LM-X\n<LM-X><FEATURE NAME='a'/><FEATURE NAME='b'/></LM-X>\ngood bye"
    assert set(read("lmx", text).pools) == {"a", "b"}


def test_all_that_xml_says_of_a_feature_is_told():
    pool = xml(
        "<FEATURE NAME='a' USED_LICENSES='3' TOTAL_LICENSES='9' DENIED_LICENSES='4'"
        " BORROWED_LICENSES='2' RESERVED_LICENSES='1'/>"
        "<FEATURE NAME='a' DENIED_LICENSES='1'/><FEATURE NAME='a' DENIED_LICENSES='x'/>"
    ).pools["a"]
    assert (pool.used, pool.limit, pool.borrowed, pool.reserved) == (3, 9, 2, 1)
    assert pool.denials == {"": 5}


def test_a_feature_of_which_nothing_is_said_has_nothing():
    found = xml("<FEATURE NAME='a'/>")
    pool = found.pools["a"]
    assert (pool.used, pool.limit, pool.checkouts, pool.denials) == (None, None, None, {})
    assert (found.licenses, found.skipped) == ({}, 0)


def test_a_feature_without_a_name_is_left_out_and_counted():
    found = xml("<FEATURE TOTAL_LICENSES='1'/><FEATURE NAME=' '/><FEATURE NAME='a'/>")
    assert list(found.pools) == ["a"]
    assert found.answer.skipped_paths == ["status.FEATURE"] * 2


def test_numbers_and_ends_of_xml_that_cannot_be_read_are_unknown_and_counted():
    found = xml("<FEATURE NAME='a' USED_LICENSES='x' TOTAL_LICENSES='-1' END='soon'/>")
    assert (found.pools["a"].used, found.pools["a"].limit) == (None, None)
    assert found.answer.skipped_paths == ["status.licenses", "status.licenses", "status.end"]


def test_the_version_and_number_of_licenses_stand_with_their_end():
    found = xml("<FEATURE NAME='a' VERSION='21.0' TOTAL_LICENSES='2' END=' 2027-01-31 '/>")
    assert found.licenses["a@2027-01-31"].edition == "21.0"
    assert found.counts("a@2027-01-31") == 2


def test_a_user_of_whom_no_number_is_told_has_one_license():
    users = "<USER NAME='ann'/><USER NAME='bob' USED_LICENSES='2'/><HOST NAME='ws'/>"
    found = xml(f"<FEATURE NAME='a' USED_LICENSES='3'>{users}</FEATURE>", show_users=True)
    assert found.pools["a"].user_used == {"ann": 1, "bob": 2}
    assert found.pools["a"].checkouts == 2


def test_users_are_unknown_where_some_are_in_use_and_nobody_is_listed():
    assert xml("<FEATURE NAME='a' USED_LICENSES='1'/>").pools["a"].checkouts is None
    assert xml("<FEATURE NAME='a' USED_LICENSES='0'/>").pools["a"].checkouts == 0


@pytest.mark.parametrize(
    ("attributes", "servers"),
    [
        ("HOST='6300@LIC1'", [Server("lic1:6300", up=True)]),
        ("HOST='@lic1' PORT='6400'", [Server("lic1:6400", up=True)]),
        ("HOST='lic1'", [Server("lic1", up=True)]),
        ("HOST='6300@lic1' PORT='6400' TYPE='NETWORK'", [Server("lic1:6300", up=True)]),
        ("HOST='lic1' TYPE=' local '", []),
        ("HOST='lic1' TYPE='File'", []),
        ("HOST=''", []),
        ("TYPE='NETWORK'", []),
        *(
            (f"HOST='lic1' STATUS='is {word} now'", [Server("lic1", up=False)])
            for word in ("Down", "FAILING", "in error", "unavailable")
        ),
        ("HOST='lic1' STATUS='up'", [Server("lic1", up=True)]),
    ],
)
def test_a_path_is_a_server_unless_it_is_a_file(attributes, servers):
    found = xml(f"<LICENSE_PATH {attributes}/><FEATURE NAME='a'/>")
    assert list(found.report.servers) == servers


# As text


def test_all_that_text_says_of_a_feature_is_told():
    found = read(
        "lmx",
        f"{FEATURE}{DATES}3 of 9 license(s) used:\n\n"
        "1 license(s) used by ann@b@ws-1 [192.0.2.1]\n"
        "2 license(s) used by bob smith@ws-2\n"
        "2 license(s) borrowed by bob smith@ws-2\n",
        show_users=True,
    )
    pool = found.pools["mesh"]
    assert (pool.used, pool.limit, pool.borrowed, pool.checkouts) == (3, 9, 2, 2)
    assert sum(pool.user_used.values()) == 3
    assert pool.user_used["bob smith"] == 2
    assert found.licenses["mesh@2027-01-31"].edition == "21.0"
    assert found.counts("mesh@2027-01-31") == 9
    assert found.skipped == 0


def test_text_may_have_signs_of_xml_below_a_feature():
    found = read("lmx", f"{FEATURE}1 of 2 license(s) used:\n1 license(s) used by <a>@<b>\n")
    assert found.pools["mesh"].checkouts == 1
    assert read("lmx", f"a < b\n{FEATURE}1 of 2 license(s) used\n").pools["mesh"].used == 1


def test_an_end_is_that_of_its_own_feature():
    found = read(
        "lmx",
        f"{FEATURE}{DATES}1 of 2 license(s) used\n"
        "Feature: post Version: 1\n1 of 2 license(s) used\n",
    )
    assert list(found.licenses) == ["mesh@2027-01-31"]
    assert found.skipped == 0


def test_lines_that_belong_to_no_feature_are_counted_by_their_number():
    lines = DATES + "1 of 2 license(s) used\n1 license(s) used by a@b\n"
    lines += "1 license(s) used by what is this\n"
    server = "LM-X License Server on 6200@LIC1:\n"
    found = read("lmx", f"{lines}{FEATURE}{server}{lines}")
    assert found.answer.skipped_paths == [f"status:{n}" for n in (1, 2, 3, 4, 7, 8, 9, 10)]
    assert found.pools == {}
    assert found.report.servers == (Server("lic1:6200", up=True),)


def test_numbers_and_ends_of_text_that_cannot_be_read_are_unknown_and_counted():
    found = read(
        "lmx",
        f"{FEATURE}Start date: NONE Expire date: soon\nx of -1 license(s) used:\n"
        "y license(s) used by ann@ws\nz license(s) borrowed by ann@ws\n",
    )
    pool = found.pools["mesh"]
    assert (pool.used, pool.limit, pool.borrowed, pool.checkouts) == (None, None, None, 1)
    assert found.answer.skipped_paths == [
        "status.licenses",
        "status.licenses",
        "status.end",
        "status.licenses",
        "status.licenses",
    ]


def test_nobody_has_a_feature_that_is_not_in_use():
    text = "{}0 of 2 license(s) used\n".format
    assert read("lmx", text(FEATURE)).pools["mesh"].checkouts == 0
    assert read("lmx", f"{FEATURE}1 of 2 license(s) used\n").pools["mesh"].checkouts is None
