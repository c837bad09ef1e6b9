"""What `rlmutil rlmstat -a` prints, in the forms in which it was seen."""

import math

import pytest

from license_exporter.errors import Reason
from license_exporter.model import Daemon, Run, Server
from tests.vendors.managers import (
    DAY,
    JAN_31,
    configured,
    read,
    recorded,
    said,
    told,
    unread,
)

POOL = "\tcae v2.0\n\t\tcount: 5, # reservations: 1, inuse: {used}, exp: permanent\n"


def test_rlms_pools_of_one_product_are_one_by_its_name():
    paint = said("rlm", "rlm/status.txt").pools["paint_r"]
    assert (paint.used, paint.limit, paint.reserved) == (1, 25, 2)


def test_each_end_of_rlms_pools_is_a_license():
    found = said("rlm", "rlm/status.txt")
    assert found.licenses["solver@2027-01-31"].expiry == JAN_31 + DAY
    assert found.counts("paint_r@2027-07-01") == 5
    assert found.counts("paint_r@permanent") == 16
    assert found.licenses["paint_r@2025-04-01"].current is False
    assert found.licenses["paint_r@2027-07-01"].current is True
    assert found.licenses["viewer@permanent"].expiry == math.inf
    assert not any(id.startswith("broken@") for id in found.licenses)
    assert found.skipped == 1


def test_rlms_checkouts_hold_licenses_and_reservations():
    solver = said("rlm", "rlm/status.txt", show_users=True).pools["solver"]
    assert (solver.used, solver.checkouts, solver.users) == (66, 2, 1)
    assert solver.user_used == {"Ann.Smith": 66}


def test_rlms_tokens_have_no_numbers_and_unlimited_is_unlimited():
    pools = said("rlm", "rlm/status.txt").pools
    assert not pools["post"].tells
    assert pools["viewer"].limit == math.inf


def test_rlms_isv_servers_are_daemons_with_their_denials():
    report = said("rlm", "rlm/status.txt").report
    assert report.daemons == (
        Daemon("acme", up=True, denials=1230.0),
        Daemon("other-isv", up=False),
    )
    assert report.servers == (Server("lic1.example:5053", up=True),)


def test_indentation_of_rlm_means_nothing():
    text = recorded("rlm/status.txt")
    flat = "\n".join(line.strip() for line in text.split("\n"))
    assert read("rlm", flat).exposition() == read("rlm", text).exposition()


def test_an_rlm_pool_that_stands_alone_is_read():
    text = (
        "rlmutil v12.2\n\n  a-b v1.0\n    count: 5, # reservations: 0, inuse: 3, exp: 1-jul-2027\n"
    )
    assert read("rlm", text).pools["a-b"].used == 3


def test_an_rlm_pool_may_stand_on_one_line_with_its_numbers():
    found = read(
        "rlm", "\tpost v6.0, pool: 3 count: 2, # reservations: 0, inuse: 1, exp: permanent\n"
    )
    assert (found.pools["post"].used, found.pools["post"].limit) == (1, 2)
    assert found.skipped == 0


def test_rlms_counters_and_times_are_no_change():
    (document,) = configured("rlm").documents
    text = recorded("rlm/status.txt")
    later = text.replace("up 99d 11:08:25", "up 99d 11:10:25").replace(" 777647 ", " 777999 ")
    later = later.replace("15d 11:08:25", "15d 11:10:25").replace("(13:48:32)", "(13:50:32)")
    later = later.replace("28937", "28999").replace("13:48:32", "13:50:32")
    assert document.moving
    assert later != text
    assert document.moving.sub(b"", later.encode()) == document.moving.sub(b"", text.encode())
    assert document.moving.sub(b"", text.encode()) != document.moving.sub(
        b"", text.replace("1230", "1231").encode()
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'Error connecting to "rlm" server\nBAD Server hostname (-104)',
            (Reason.DNS, "rlmutil cannot resolve the name of the license server"),
        ),
        (
            'Error connecting to "rlm" server\nunknown HOST',
            (Reason.DNS, "rlmutil cannot resolve the name of the license server"),
        ),
        (
            'rlmutil v12.2\nError connecting to "rlm" server\n\nNo error',
            (Reason.CONNECT, "rlmutil says that the license server does not answer"),
        ),
        (
            "rlmutil v12.2\n  Usage: rlmutil rlmstat [-a]",
            (Reason.CONFIG, "rlmutil does not know a word it was given"),
        ),
        ("See Usage: nowhere", None),
        ("rlmutil v12.2", None),
    ],
)
def test_what_rlmutil_complains_of_is_the_error(text, error):
    assert told("rlm", text) == error


def test_without_a_server_and_a_pool_there_is_no_answer():
    message = "rlmstat names neither a server nor a license pool"
    assert unread("rlm", "rlmutil v12.2\n") == (Reason.SCHEMA, "status", message)


@pytest.mark.parametrize(
    "line",
    ["rlm status on lic1 (port 5053)", "acme ISV server status on lic1", POOL.format(used=1)],
)
def test_a_server_a_daemon_or_a_pool_alone_is_an_answer(line):
    assert read("rlm", line).skipped == 0


def test_each_server_is_asked_with_all_words_at_its_port():
    (document,) = configured("rlm", servers=["lic1", "6000@lic2"]).documents
    assert [(run.arguments, run) for run in document.runs] == [
        (
            ("rlmstat", "-a", "-c", f"{port}@{host}"),
            Run("rlmutil", ("rlmstat", "-a", "-c", f"{port}@{host}"), server=f"{port}@{host}"),
        )
        for port, host in ((5053, "lic1"), (6000, "lic2"))
    ]


def test_a_line_that_nobody_understands_is_told_by_its_number():
    text = POOL.format(used=1) + "Four words of nonsense\n"
    assert read("rlm", text).answer.skipped_paths == ["status:3"]
    assert read("rlm", "what: is this\n" + text).answer.skipped_paths == ["status:1", "status:4"]


@pytest.mark.parametrize(
    ("used", "usage", "checkouts"),
    [
        ("0", "", 0),
        ("1", "", None),
        ("2", "", None),
        ("1", "\tcae v2.0: ann@ws 1/0 at 11/01 09:01 (handle: 1)\n", 1),
    ],
)
def test_checkouts_are_told_where_some_are_listed_or_none_are_used(used, usage, checkouts):
    pool = read("rlm", POOL.format(used=used) + usage).pools["cae"]
    assert (pool.used, pool.checkouts) == (float(used), checkouts)


@pytest.mark.parametrize("used", [(0, 1), (1, 0), (1, 1)])
def test_use_of_several_pools_of_a_product_is_added_before_it_is_called_none(used):
    pool = read("rlm", "".join(POOL.format(used=each) for each in used)).pools["cae"]
    assert (pool.used, pool.limit, pool.checkouts) == (sum(used), 10, None)


def test_a_pool_without_a_number_in_use_tells_of_no_checkouts():
    pool = read("rlm", "\tcae v2.0\n\t\tcount: 5, exp: permanent\n").pools["cae"]
    assert (pool.used, pool.limit, pool.reserved, pool.checkouts) == (None, 5, None, None)


@pytest.mark.parametrize(
    ("word", "limit"),
    [("Uncounted", math.inf), ("uncounted license", math.inf), ("Token-based license", None)],
)
def test_a_pool_may_have_a_word_in_place_of_numbers(word, limit):
    found = read("rlm", f"\tcae v2.0\n\t\t{word}\n")
    assert found.pools["cae"].limit == limit
    assert found.skipped == 0


def test_numbers_and_words_below_no_pool_are_left_out_and_counted():
    text = "acme ISV server status on lic1\n"
    assert (
        read("rlm", text + "count: 5, # reservations: 1, inuse: 1, exp: permanent\n").skipped == 1
    )
    assert read("rlm", text + "Uncounted, node-locked to nobody\n").skipped == 1


def test_an_isv_server_that_cannot_be_reached_is_down_and_one_that_tells_of_itself_is_up():
    text = 'acme ISV server status on lic1 (port 1)\nError connecting to "other" server\n'
    assert read("rlm", text).report.daemons == (Daemon("acme", up=True), Daemon("other", up=False))


def test_denials_before_any_isv_server_are_nobodys():
    denials = "Denials:     0 (0/sec)           2 (0/sec)          1230 (0/sec)\n"
    found = read("rlm", denials + "acme ISV server status on lic1\n")
    assert found.report.daemons == (Daemon("acme", up=True),)
    assert found.skipped == 1


def test_denials_beyond_all_numbers_are_left_out_and_counted():
    denials = f"Denials:     0 (0/sec)           2 (0/sec)          {'9' * 400} (0/sec)\n"
    found = read("rlm", "acme ISV server status on lic1\n" + denials)
    assert found.report.daemons == (Daemon("acme", up=True),)
    assert found.answer.skipped_paths == ["status:2"]


@pytest.mark.parametrize(
    "numbers",
    [
        "count: many, # reservations: 1, inuse: 1",
        "count: 5, # reservations: some, inuse: 1",
        "count: 5, # reservations: 1, inuse: most",
    ],
)
def test_a_number_that_is_none_is_unknown_and_counted(numbers):
    found = read("rlm", f"\tcae v2.0\n\t\t{numbers}, exp: permanent\n")
    pool = found.pools["cae"]
    assert sorted((pool.limit, pool.reserved, pool.used), key=str).count(None) == 1
    assert found.answer.skipped_paths == ["status:2"]
