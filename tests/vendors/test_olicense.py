"""What `olixtool` prints, and the same as XML, in the forms in which they were seen."""

import math

import pytest

from license_exporter.errors import Reason
from license_exporter.model import Document, Run, Server
from tests.vendors.managers import configured, read, said, told, unread

MODULE = "Modules:\ntire;FreeFloating; 3; never;\n"
XML = "<olicense>{}</olicense>"
LICENSE = "<license><name>tire</name><floatCount>3</floatCount>{}</license>"


@pytest.mark.parametrize("form", ["txt", "xml"])
def test_olicense_is_read_as_text_and_as_xml(form):
    found = said("olicense", f"olicense/status.{form}", show_users=True)
    tire = found.pools["tire"]
    assert (tire.used, tire.limit, tire.checkouts, tire.users) == (3, 4, 3, 2)
    assert tire.user_used == {"ann": 2, "bob.b": 1}
    assert (found.pools["road"].used, found.pools["road"].checkouts) == (0, 0)
    assert found.counts("tire@2026-12-31") == 3
    assert found.licenses["road@permanent"].expiry == math.inf
    assert found.skipped == 0


def test_licensees_and_ids_of_olicense_are_nowhere():
    text = said("olicense", "olicense/status.txt", show_users=True).exposition()
    for secret in ("Ann Smith", "acme-faf71fdc", "ws-1"):
        assert secret not in text


def test_olicense_is_asked_by_http_without_servers():
    vendor = configured("olicense", servers=[])
    assert vendor.asks_http
    assert vendor.documents[0].path == "LicenseStatusXML"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "olixtool\nOlComm 454 Request cannot connect to target",
            (Reason.CONNECT, "olixtool cannot connect to the license server"),
        ),
        ("olixtool\nOlComm 12 No", (Reason.SERVER, "olixtool tells of error 12")),
        (
            "olixtool\nIN Synchronization mode",
            (Reason.SERVER, "the license server is synchronising with the others"),
        ),
        (
            "olixtool\nin synchronisation mode",
            (Reason.SERVER, "the license server is synchronising with the others"),
        ),
        ("olixtool\n  Modules:\nOlComm 1", None),
        ("olixtool\nList of requested licenses:\nOlComm 1", None),
        ("\n<?xml version='1.0'?>\nOlComm 1", None),
        ("olixtool", None),
    ],
)
def test_what_olixtool_complains_of_is_the_error(text, error):
    assert told("olicense", text) == error


@pytest.mark.parametrize(
    "text",
    ["olixtool 4.8\n", "<a>b</a>", XML.format("<license><floatCount>1</floatCount></license>")],
)
def test_without_a_list_of_licenses_there_is_no_answer(text):
    message = "there is no list of licenses in the answer"
    assert unread("olicense", text) == (Reason.SCHEMA, "status", message)


def test_an_error_that_stands_in_a_file_or_a_page_is_told_as_well():
    assert unread("olicense", "OlComm 12 No")[::2] == (Reason.SERVER, "olixtool tells of error 12")


@pytest.mark.parametrize(
    "text",
    [
        "List of requested licenses:",
        "Modules:",
        XML.format("<serverVersion>4.8</serverVersion>"),
        XML.format("<license><name>a</name></license>"),
        "\n" + XML.format("<license><name>\ud800</name></license>"),
    ],
)
def test_a_list_is_one_without_a_module_too(text):
    assert read("olicense", text).skipped == 0


def test_xml_that_is_none_is_told_with_what_is_wrong():
    reason, document, message = unread("olicense", "<olicense><a></olicense>")
    assert (reason, document) == (Reason.SCHEMA, "status")
    assert message.startswith("the XML cannot be read: ")


def test_each_server_is_asked_at_its_port_where_it_has_one():
    (document,) = configured("olicense", servers=["lic1", "31212@lic2"]).documents
    assert [(run, run.arguments) for run in document.runs] == [
        (Run("olixtool", ("-sv", where), server=where), ("-sv", where))
        for where in ("lic1", "lic2:31212")
    ]


def test_the_page_of_its_server_is_read_as_text():
    assert configured("olicense", servers=[]).documents == (
        Document("status", "LicenseStatusXML", format="text"),
    )


def test_a_file_takes_the_place_of_the_page():
    (document,) = configured("olicense", servers=[], output_file="out.txt").documents
    assert document.file


def test_the_server_that_answers_is_told_with_its_port():
    text = "Server: <LIC1.example:31212:0> (Proxy: <>)\n" + MODULE
    assert read("olicense", text).report.servers == (Server("lic1.example:31212", up=True),)


def test_a_line_that_nobody_understands_is_told_by_its_number():
    found = read("olicense", "what is this\n" + MODULE + "and this\n")
    assert found.answer.skipped_paths == ["status:1", "status:4"]


def test_a_row_may_end_without_a_semicolon():
    assert read("olicense", MODULE.replace("never;", "never")).pools["tire"].limit == 3


@pytest.mark.parametrize("license", ["<license/>", "<license><floatCount>1</floatCount></license>"])
def test_a_license_without_a_name_is_left_out_and_counted(license):
    found = read("olicense", XML.format(license + LICENSE.format("")))
    assert list(found.pools) == ["tire"]
    assert found.answer.skipped_paths == ["status.name"] * found.skipped


def test_a_module_without_a_name_has_the_licenses():
    module = "<module><floatCount>7</floatCount></module>"
    assert read("olicense", XML.format(LICENSE.format(module))).pools["tire"].limit == 7


def test_an_element_with_elements_of_its_own_says_no_name():
    module = "<name>tire</name><module><name><de>Reifen</de></name></module>"
    found = read("olicense", XML.format(f"<license>{module}</license>"))
    assert set(found.pools) == {"tire"}


def test_what_xml_does_not_say_to_be_locked_is_free():
    pool = read("olicense", XML.format(LICENSE.format(""))).pools["tire"]
    assert (pool.used, pool.checkouts) == (0, 0)


def test_users_in_several_elements_are_all_read():
    held = "<floatsLocked>2</floatsLocked>" + "".join(
        f"<floatsLockedBy>{user}@ws #1,</floatsLockedBy>" for user in ("ann", "bob")
    )
    found = read("olicense", XML.format(LICENSE.format(held)), show_users=True)
    assert found.pools["tire"].user_used == {"ann": 1, "bob": 1}


def test_a_user_may_have_signs_in_the_name_and_is_known_by_the_last_of_each():
    text = MODULE + "  2 FloatsLockedBy:\n    a #1@b@ws #2,\n"
    found = read("olicense", text, show_users=True)
    assert found.pools["tire"].user_used == {"a #1@b": 2}
    assert found.skipped == 0


def test_what_is_no_user_is_left_out_and_counted():
    text = MODULE + "  1 FloatsLockedBy:\n    ann at ws #1\n    @ws #1\n"
    found = read("olicense", text)
    assert found.answer.skipped_paths == ["status:4", "status:5"]
    assert found.pools["tire"].checkouts is None


def test_units_that_cannot_be_read_are_unknown_and_counted():
    text = MODULE.replace("3", "x") + "  2 FloatsLockedBy:\n    ann@ws #1X\n    bob@ws #\n"
    found = read("olicense", text, show_users=True)
    pool = found.pools["tire"]
    assert (pool.limit, pool.checkouts, pool.users, pool.user_used) == (None, 2, 2, {})
    assert found.answer.skipped_paths == ["status.count"] * 3


def test_an_end_that_is_no_day_is_left_out_and_counted():
    found = read("olicense", MODULE.replace("never", "soon"))
    assert found.answer.skipped_paths == ["status.expiration"]
    assert not found.licenses


def test_a_module_without_a_number_or_an_end_has_none():
    found = read("olicense", MODULE.replace("3", "").replace("never", ""))
    assert (found.pools["tire"].limit, found.licenses, found.skipped) == (None, {}, 0)


def test_users_that_are_not_asked_for_are_not_told():
    pool = read("olicense", MODULE, users=False).pools["tire"]
    assert (pool.used, pool.checkouts) == (0, None)
