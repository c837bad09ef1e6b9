"""What `lstc_qrun` prints, in the forms in which it was seen."""

import pytest

from license_exporter.errors import Reason
from license_exporter.model import Run, Server
from tests.vendors.managers import configured, day, read, said, told, unread

HEAD = "PROGRAM EXPIRATION CPUS USED FREE MAX | QUEUE\n"


def table(*rows, **options):
    """Read the rows of a table, each a line of it."""
    return read("lsdyna", HEAD + "".join(f"{row}\n" for row in rows), **options)


@pytest.mark.parametrize("form", ["users", "totals"])
def test_programs_of_lsdyna_share_the_licenses_of_their_group(form):
    found = said("lsdyna", f"lsdyna/{form}.txt")
    group = found.pools["LICENSE GROUP LS-DYNA"]
    assert (group.used, group.limit, group.available, group.queued) == (440, 500, 60, 3)
    assert group.parent == ""
    assert found.pools["MPPDYNA"].used == 440
    assert {found.pools[name].parent for name in ("MPPDYNA", "MPPDYNA_971", "LS-DYNA")} == {
        "LICENSE GROUP LS-DYNA"
    }
    assert found.pools["LS-OPT"].parent == ""
    assert found.counts("MPPDYNA@2026-12-30") == 500
    assert found.skipped == 1
    assert found.report.servers == (Server("lic1.example:31010", up=True),)


def test_runs_of_lsdyna_are_told_where_they_are_listed():
    mppdyna = said("lsdyna", "lsdyna/users.txt", show_users=True).pools["MPPDYNA"]
    assert (mppdyna.checkouts, mppdyna.users) == (3, 2)
    assert mppdyna.user_used == {"ANN": 280, "Bob Smith": 160}
    mppdyna = said("lsdyna", "lsdyna/totals.txt").pools["MPPDYNA"]
    assert (mppdyna.checkouts, mppdyna.users) == (None, None)


@pytest.mark.parametrize(("users", "word"), [(True, "-R"), (False, "-r")])
def test_lsdyna_is_asked_for_users_only_if_they_are_wanted(users, word):
    (document,) = configured("lsdyna", servers=["lic1"], users=users).documents
    assert document.runs[0].arguments == ("-s", "31010@lic1", word)


def test_a_dash_without_anybody_below_is_unknown_and_not_0():
    text = "PROGRAM EXPIRATION CPUS USED FREE MAX | QUEUE\nA 12/30/2026 - 60 500 | 1\n"
    a = read("lsdyna", text).pools["A"]
    assert (a.used, a.checkouts, a.limit) == (None, None, 500)


def test_a_program_with_two_ends_in_a_group_has_the_groups_licenses_once():
    text = (
        "PROGRAM EXPIRATION CPUS USED FREE MAX | QUEUE\n"
        "MPPDYNA 12/30/2026 40 60 500 | 1\nMPPDYNA 12/30/2027 10 60 500 | 1\n"
        "LICENSE GROUP 440 60 500 | 1\n"
    )
    mppdyna = read("lsdyna", text).pools["MPPDYNA"]
    assert (mppdyna.used, mppdyna.limit, mppdyna.available, mppdyna.queued) == (50, 500, 60, 1)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        *(
            (text, (Reason.DNS, "lstc_qrun cannot resolve the name of the license server"))
            for text in ("UNKNOWN host", "Cannot Resolve lic1", "GetHostBy name\n*** ERROR")
        ),
        *(
            (text, (Reason.CONNECT, "lstc_qrun cannot reach the license server"))
            for text in ("*** error", "FAILED to open server a", "Cannot Connect to lic1")
        ),
        ("PROGRAM   EXPIRATION\n*** ERROR", None),
        ("LICENSE GROUP\n*** ERROR", None),
        ("Using server 1@a", None),
    ],
)
def test_what_lstc_qrun_complains_of_is_the_error(text, error):
    assert told("lsdyna", text) == error


def test_without_a_table_there_is_no_answer():
    message = "lstc_qrun prints no table of programs"
    assert unread("lsdyna", HEAD) == (Reason.SCHEMA, "status", message)


def test_each_server_is_asked_with_all_words_at_its_port():
    (document,) = configured("lsdyna", servers=["lic1", "4000@lic2"]).documents
    assert [(run, run.arguments) for run in document.runs] == [
        (Run("lstc_qrun", ("-s", where, "-R"), server=where), ("-s", where, "-R"))
        for where in ("31010@lic1", "4000@lic2")
    ]
    (document,) = configured("lsdyna", servers=["lic1"], program="mine").documents
    assert document.runs[0].program == "mine"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Using user specified server 1@LIC1", "lic1:1"),
        ("Using default server lic1.example", "lic1.example"),
    ],
)
def test_the_server_that_is_asked_is_told(line, name):
    text = f"{line}\n{HEAD}A 12/30/2026 0 60 500\n"
    assert read("lsdyna", text).report.servers == (Server(name, up=True),)


def test_a_line_that_nobody_understands_is_told_by_its_number():
    text = (
        "what is this\nLICENSE INFORMATION\n"
        + HEAD
        + "--- - | -\nA 12/30/2026 0 60 500\nand this\n"
    )
    found = read("lsdyna", text)
    assert found.answer.skipped_paths == ["status:1", "status:6"]


def test_a_group_alone_is_a_table():
    found = read("lsdyna", "LICENSE GROUP 440 60 500 | 3\n")
    pool = found.pools["LICENSE GROUP"]
    assert (pool.used, pool.available, pool.limit, pool.queued) == (440, 60, 500, 3)


@pytest.mark.parametrize("line", ["LICENSE GROUP 440 60", "LICENSE GROUP 440 60 500 7"])
def test_a_group_of_other_numbers_is_left_out_and_counted(line):
    found = table("A 12/30/2026 0 60 500", line)
    assert list(found.pools) == ["A"]
    assert found.answer.skipped_paths == ["status:3"]


def test_a_group_in_small_letters_has_the_programs_above_it_and_no_others():
    found = table(
        "B 12/30/2026 1 60 500 | 0",
        "A 12/30/2026 2 60 500 | 0",
        "license group 3 60 500 | 0",
        "C 12/30/2026 4 60 500 | 0",
    )
    assert {name: pool.parent for name, pool in found.pools.items()} == {
        "A": "LICENSE GROUP A",
        "B": "LICENSE GROUP A",
        "C": "",
        "LICENSE GROUP A": "",
    }
    assert [found.pools[name].used for name in "ABC"] == [2, 1, 4]


def test_a_program_in_several_rows_outside_of_a_group_has_all_their_licenses():
    pool = table("A 12/30/2026 1 60 500 | 1", "A 12/30/2027 2 30 100 | 2").pools["A"]
    assert (pool.used, pool.available, pool.limit, pool.queued) == (3, 90, 600, 3)


def test_a_program_may_have_several_words_and_no_queue():
    pool = table("LS DYNA MPP 12/30/2026 1 60 500").pools["LS DYNA MPP"]
    assert (pool.used, pool.available, pool.limit, pool.queued) == (1, 60, 500, None)


@pytest.mark.parametrize(
    "row", ["12/30/2026 0 60 500", "A 12-30-2026 0 60 500", "A 12/30 0 60 500"]
)
def test_a_row_without_a_name_or_a_day_is_left_out_and_counted(row):
    found = table("B 12/30/2026 0 60 500", row)
    assert list(found.pools) == ["B"]
    assert found.answer.skipped_paths == ["status:3"]


def test_an_end_that_is_no_day_is_left_out_and_counted():
    found = table("A 02/30/2027 0 60 500")
    assert found.answer.skipped_paths == ["status.expiration"]
    assert not found.licenses


@pytest.mark.parametrize(
    ("row", "unknown"),
    [
        ("A 12/30/2026 x 60 500 | 0", "used"),
        ("A 12/30/2026 0 x 500 | 0", "available"),
        ("A 12/30/2026 0 60 x | 0", "limit"),
        ("A 12/30/2026 0 60 500 | x", "queued"),
    ],
)
def test_a_number_that_is_none_is_unknown_and_counted_once(row, unknown):
    found = table(row)
    pool = found.pools["A"]
    known = {"used": 0, "available": 60, "limit": 500, "queued": 0} | {unknown: None}
    assert {name: getattr(pool, name) for name in known} == known
    assert found.answer.skipped_paths == ["status.program"]


@pytest.mark.parametrize(
    ("used", "runs", "told"),
    [
        ("0", [], (0, 0)),
        ("1", [], (1, None)),
        ("-", [], (None, None)),
        ("-", ["ann 1@ws 80", "bob 2@ws 5"], (85, 2)),
        ("9", ["ann 1@ws 80"], (9, 1)),
    ],
)
def test_runs_are_told_where_some_are_listed_or_none_are_used(used, runs, told):
    pool = table(f"A 12/30/2026 {used} 60 500 | 0", *runs).pools["A"]
    assert (pool.used, pool.checkouts) == told


@pytest.mark.parametrize("run", ["ann ws 80", "1@ws 80", "ann 1@ws x"])
def test_what_is_no_run_is_left_out_and_counted(run):
    found = table("A 12/30/2026 - 60 500 | 0", run)
    assert found.pools["A"].checkouts is None
    assert found.answer.skipped_paths == ["status:3"]


def test_a_run_before_any_program_is_nobodys():
    found = read("lsdyna", "ann 1@ws 80\n" + HEAD + "A 12/30/2026 0 60 500 | 0\n")
    assert found.answer.skipped_paths == ["status:1"]


def test_runs_that_are_not_asked_for_are_not_told():
    pool = table("A 12/30/2026 - 60 500 | 0", "ann 1@ws 80", users=False).pools["A"]
    assert (pool.used, pool.checkouts, pool.users) == (80, None, None)


def test_a_number_that_is_none_is_counted_within_a_group_too():
    found = table("A 12/30/2026 x 60 500 | 0", "LICENSE GROUP 3 60 500 | 0")
    assert (found.pools["A"].used, found.pools["LICENSE GROUP A"].used) == (None, 3)
    assert found.answer.skipped_paths == ["status.program"]


def test_an_answer_holds_until_the_first_of_a_programs_several_ends():
    found = table("A 12/30/2026 1 60 500 | 1", "A 12/30/2027 2 30 100 | 2")
    assert found.report.valid_until == day(2026, 12, 31)
