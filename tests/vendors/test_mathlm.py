"""What `monitorlm` prints, in the forms in which it was seen."""

import math

import pytest

from license_exporter.errors import Reason
from license_exporter.model import Run, Server
from tests.vendors.managers import configured, read, recorded, said, told, unread

RUN = "Mathematica 13.1 A {user} 08:49\n"
USED = "Mathematica  A  {used}  20\n"


def test_classes_of_a_mathlm_program_are_added():
    found = said("mathlm", "mathlm/status.txt", show_users=True)
    mathematica = found.pools["Mathematica"]
    assert (mathematica.used, mathematica.limit) == (3, 25)
    assert (mathematica.checkouts, mathematica.users) == (3, 2)
    assert mathematica.user_used == {"ANN": 2, "bob": 1}
    assert found.pools["Sub MathKernel"].limit == 80
    assert not found.licenses
    assert found.report.servers == (Server("lic1.example", up=True),)
    assert found.skipped == 0


@pytest.mark.parametrize(
    ("text", "error"),
    [
        *(
            (said, (Reason.DNS, "monitorlm cannot resolve the name of the license server"))
            for said in ("UNKNOWN host lic1", "Cannot Resolve lic1", "lic1 could NOT resolve")
        ),
        *(
            (said, (Reason.CONNECT, "monitorlm cannot reach the license server"))
            for said in (
                "could not Connect to lic1",
                "MathLM is NOT running",
                "No Response from lic1",
                "lic1 is Unhealthy",
                "lic1 is Not Available",
            )
        ),
        ("license USAGE summary\nnot running", None),
        ("Program  Total IN Use\nnot running", None),
        ("see:\nmathematica  A  1  2\nnot running", None),
        ("MathLM", None),
    ],
)
def test_what_monitorlm_complains_of_is_the_error(text, error):
    assert told("mathlm", text) == error


def test_without_a_program_there_is_no_answer():
    message = "monitorlm names no program"
    assert unread("mathlm", "License Usage Summary:\n") == (Reason.SCHEMA, "status", message)


def test_each_server_is_asked_in_text_at_its_port_where_it_has_one():
    (document,) = configured("mathlm", servers=["lic1", "16286@lic2"]).documents
    assert [(run, run.arguments) for run in document.runs] == [
        (Run("monitorlm", (where, "-format", "text"), server=where), (where, "-format", "text"))
        for where in ("lic1", "lic2:16286")
    ]


def test_another_time_is_no_change():
    (document,) = configured("mathlm").documents
    text = recorded("mathlm/status.txt").encode()
    assert document.moving
    later = text.replace(b"09:11:59", b"09:13:59")
    assert later != text
    assert document.moving.sub(b"", later) == document.moving.sub(b"", text)
    assert b"MathLM Server" in document.moving.sub(b"", text)


def test_a_line_that_nobody_understands_is_told_by_its_number():
    found = read("mathlm", "what is this\n" + USED.format(used=1) + "and this\n")
    assert found.answer.skipped_paths == ["status:1", "status:3"]


@pytest.mark.parametrize("total", ["Total  A  9  99", "Mathematica  Total  9  99"])
def test_totals_are_not_added_and_end_nothing(total):
    found = read("mathlm", f"{USED.format(used=2)}{total}\nMathKernel  A  1  40\n")
    assert {name: (pool.used, pool.limit) for name, pool in found.pools.items()} == {
        "Mathematica": (2, 20),
        "MathKernel": (1, 40),
    }
    assert found.skipped == 0


@pytest.mark.parametrize(
    ("row", "used", "limit", "skipped"),
    [
        ("A 2x 20", None, 20, 1),
        ("A 2 20x", 2, None, 1),
        ("A 2 2-", 2, None, 1),
        ("A 2 unlimited", 2, math.inf, 0),
    ],
)
def test_a_number_that_is_none_is_unknown_and_counted(row, used, limit, skipped):
    found = read("mathlm", f"Mathematica {row}\n")
    pool = found.pools["Mathematica"]
    assert (pool.used, pool.limit) == (used, limit)
    assert found.answer.skipped_paths == ["status:1"] * skipped


@pytest.mark.parametrize("row", ["Mathematica A x 20", "Mathematica A 2 -", "A 2 20"])
def test_a_line_of_four_words_without_numbers_is_no_program(row):
    found = read("mathlm", USED.format(used=1) + row)
    assert list(found.pools) == ["Mathematica"]
    assert found.pools["Mathematica"].limit == 20
    assert found.answer.skipped_paths == ["status:2"]


@pytest.mark.parametrize(
    ("used", "runs", "checkouts"), [(0, "", 0), (1, "", None), (2, "", None), (1, "ann ws-1", 1)]
)
def test_checkouts_are_told_where_some_are_listed_or_none_are_used(used, runs, checkouts):
    text = USED.format(used=used) + (RUN.format(user=runs) if runs else "")
    pool = read("mathlm", text).pools["Mathematica"]
    assert (pool.used, pool.checkouts) == (used, checkouts)


@pytest.mark.parametrize("used", [(0, 1), (1, 0), (1, 1)])
def test_use_of_several_classes_is_added_before_it_is_called_none(used):
    text = USED.format(used=used[0]) + USED.format(used=used[1]).replace(" A ", " B ")
    assert read("mathlm", text).pools["Mathematica"].checkouts is None


@pytest.mark.parametrize(
    ("who", "user"), [("ann ws-1", "ann"), ("ann", "ann"), ("Ann Lee ws-1", "Ann Lee")]
)
def test_a_user_may_have_several_words_and_the_host_be_missing(who, user):
    found = read("mathlm", USED.format(used=1) + RUN.format(user=who), show_users=True)
    assert found.pools["Mathematica"].user_used == {user: 1}
    assert found.skipped == 0


def test_a_program_of_several_words_has_its_checkouts():
    text = "Sub MathKernel A 1 80\nSub MathKernel 13.2 A ann ws-1 06:30\n"
    found = read("mathlm", text, show_users=True)
    assert found.pools["Sub MathKernel"].user_used == {"ann": 1}


@pytest.mark.parametrize(
    "line",
    [
        "Mathematica 13.1 A 08:49",
        "a b c d 08:49",
        "13.1 A ann ws-1 08:49",
        "x v13 A ann ws-1 08:49",
        "Mathematica 13.1 A ann ws-1 idle",
        "08:49",
    ],
)
def test_a_run_without_a_version_or_a_user_is_left_out_and_counted(line):
    found = read("mathlm", USED.format(used=1) + line)
    assert found.pools["Mathematica"].checkouts is None
    assert found.answer.skipped_paths == ["status:2"]
