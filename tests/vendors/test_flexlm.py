"""What lmstat prints, in the forms in which it was seen."""

import math
import random
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from license_exporter.errors import ConfigError, Failure, Reason, SchemaError
from license_exporter.model import Daemon, Document, OutputFile, Run, Server
from license_exporter.vendors.flexlm import refusal
from tests.vendors.managers import DAY, configured, read, recorded, refused

TRIAD = recorded("flexlm/triad.txt")
EXPIRY = recorded("flexlm/expiry.txt")

# 2026-12-30 and 2025-12-31, 00:00 UTC
DEC_30 = 1798588800.0
OLD_YEAR = 1767139200.0


def status(*lines: str) -> str:
    return "\n".join(["License server status: 27000@lic1", "lic1: license server UP v11", *lines])


def feature(*lines: str, used: int = 1, name: str = "f") -> str:
    head = f"Users of {name}:  (Total of 9 licenses issued;  Total of {used} licenses in use)"
    return status("Feature usage info:", head, *lines)


def checkout(who: str, rest: str = "", handle: str = "(v1.0) (lic1/27000 101)") -> str:
    return f"    {who} {handle}, start Mon 1/5 8:01{rest}"


def test_a_feature_of_two_daemons_is_one_pool_with_all_that_both_tell():
    solver = read("flexlm", TRIAD, expiry=EXPIRY).pools["solver"]
    assert (solver.used, solver.limit) == (42, 64)
    assert (solver.reserved, solver.queued, solver.borrowed) == (9, 6, 7)
    assert (solver.checkouts, solver.users) == (8, 7)
    assert solver.user_used is None


def test_uncounted_is_unlimited_and_its_use_unknown():
    pools = read("flexlm", TRIAD, expiry=EXPIRY).pools
    assert (pools["viewer"].limit, pools["viewer"].used) == (math.inf, None)
    assert (pools["viewer"].checkouts, pools["viewer"].users) == (1, 1)
    assert (pools["archive"].limit, pools["archive"].used) == (math.inf, None)
    assert pools["archive"].checkouts is None


def test_a_feature_that_is_not_served_has_no_numbers_but_is_there():
    pools = read("flexlm", TRIAD, expiry=EXPIRY).pools
    for name in ("legacy", "gone"):
        assert not pools[name].tells


def test_servers_are_told_with_the_one_that_is_down_and_the_master():
    assert read("flexlm", TRIAD).report.servers == (
        Server("lic1.example:27000", up=True, primary=False),
        Server("lic2.example:27000", up=True, primary=True),
        Server("lic3.example:27000", up=False, primary=False),
    )


def test_a_daemon_that_is_down_is_told_whatever_its_name():
    daemons = read("flexlm", TRIAD).report.daemons
    assert daemons == (Daemon("acmed", up=True), Daemon("other-d", up=False))


@pytest.mark.parametrize("states", [("UP v11", "down"), ("down", "UP v11")])
def test_a_daemon_that_is_named_twice_is_up_if_one_of_them_is(states):
    lines = ["Vendor daemon status (on lic1):", *(f"acmed: {state}" for state in states)]
    assert read("flexlm", status(*lines)).report.daemons == (Daemon("acmed", up=True),)


def test_each_day_on_which_licenses_of_a_feature_end_is_a_license():
    found = read("flexlm", TRIAD, expiry=EXPIRY)
    assert found.licenses["solver@2026-12-30"].expiry == DEC_30 + DAY
    assert found.counts("solver@2026-12-30") == 60
    assert found.licenses["solver@2026-12-30"].edition == "2026.1"
    assert found.licenses["solver@2025-12-31"].expiry == OLD_YEAR + DAY
    assert found.licenses["viewer@permanent"].expiry == math.inf
    assert found.counts("viewer@permanent") == math.inf
    assert found.counts("archive@permanent") == math.inf
    assert found.counts("mesh/tool+ 3.1: x@permanent") == 1


def test_an_old_line_of_a_feature_is_not_current_while_another_is_valid():
    licenses = read("flexlm", TRIAD, expiry=EXPIRY).licenses
    assert licenses["solver@2025-12-31"].current is False
    assert licenses["solver@2026-12-30"].current is True
    assert licenses["viewer@permanent"].current is None


def test_a_day_that_the_calendar_has_not_is_left_out_and_counted():
    found = read("flexlm", TRIAD, expiry=EXPIRY)
    assert not any(id.startswith("legacy@") for id in found.licenses)
    assert found.answer.skipped_paths == ["expiry:16"]


@pytest.mark.parametrize(
    "end",
    ["31-jun-2027", "00-jan-2027", "1-foo-2027", "1-jan-1970", "1-jan-1", "1-jan-99999",
     "31-dec-26", "soon", "1-1-2027", "99999999999-jan-2027"],
)  # fmt: skip
def test_what_is_no_date_is_never_never(end):
    table = f"Feature Version #licenses Vendor Expires\nsolver 1.0 1 acmed {end}\n"
    found = read("flexlm", status(), expiry=table)
    assert not found.licenses
    assert found.skipped == 1


@pytest.mark.parametrize(
    "end",
    ["permanent", "permanent(no expiration date)", "PERMANENT", "1-jan-0", "01-jan-0000",
     "1-jan-0000", "31-dec-9999"],
)  # fmt: skip
def test_the_ways_to_say_never(end):
    for columns, row in (("Vendor Expires", f"acmed {end}"), ("Expires Vendor", f"{end} acmed")):
        table = f"Feature Version #licenses {columns}\nsolver 1.0 1 {row}\n"
        found = read("flexlm", status(), expiry=table)
        assert found.licenses["solver@permanent"].expiry == math.inf
        assert found.skipped == 0


def test_the_columns_of_the_table_are_found_by_its_head():
    table = (
        "Feature                 Version   #licenses  Expires      Vendor\n"
        "_______                 _________ _________  __________   ______\n"
        "mesh tool               2018.12   25         01-jan-2099  acmed\n"
    )
    found = read("flexlm", status(), expiry=table)
    assert found.counts("mesh tool@2099-01-01") == 25
    assert found.skipped == 0


def test_without_a_table_the_ends_beside_checkouts_are_told_without_a_number():
    found = read("flexlm", TRIAD)
    assert found.licenses["solver@2026-12-30"].expiry == DEC_30 + DAY
    assert found.licenses["solver@2026-12-30"].edition == "2026.1"
    assert found.counts("solver@2026-12-30") is None
    assert set(found.licenses) == {"solver@2026-12-30", "solver@permanent", "viewer@permanent"}


def test_both_outputs_can_stand_in_one_file():
    one = read("flexlm", TRIAD + EXPIRY)
    two = read("flexlm", TRIAD, expiry=EXPIRY)
    assert one.exposition() == two.exposition()


def test_a_table_that_is_none_leaves_the_target_up():
    found = read("flexlm", status(), expiry="lmutil - Copyright\n")
    assert found.answer.failed["expiry"].failure == Failure(
        "expiry", Reason.SCHEMA, "there is no table of features in what lmstat -i prints"
    )


@pytest.mark.parametrize(
    ("who", "user"),
    [
        ("ann ws1 /dev/tty", "ann"),
        ("ann", "ann"),
        ("ann ws1", "ann"),
        ("John Smith WS9 WS9", "John Smith"),
        ("John Smith WS9 /dev/pts/3", "John Smith"),
        ("John Smith WS9 :0", "John Smith"),
        ("John John WS9 WS9", "John John"),
        ("John Smith WS9 WS9:0.0 lc80a2_1", "John Smith"),
        ("ann ws1 ws1 3068", "ann"),
        ("ann ws1 ws1 3068 3068", "ann"),
        ("ann ws1 ws1:0.0 2029.01", "ann"),
        ("ann ws1 ws1:07_1 feature=x build 7", "ann"),
        ("ABC ER37 SES45 MSCONE:ADAMS_View", "ABC"),
        ('Doe ws1 "U,K$(v1) (a/1 2) iQ!', "Doe"),
    ],
)
def test_the_user_is_all_that_stands_before_the_host(who, user):
    found = read("flexlm", feature(checkout(who)), show_users=True)
    assert found.pools["f"].user_used == {user: 1}
    assert found.skipped == 0


def test_a_host_that_another_line_tells_parts_the_user_from_it():
    lines = (
        checkout("user 202 host200 display A202"),
        checkout("user A B host200 display202"),
        checkout("user203 host200 display203"),
        checkout("user204 host204 display 204"),
        checkout("user205 host205"),
        checkout("user 206 host205 display 206"),
        checkout("user207 host200 host205 display207"),
        checkout("host205 host208 display 208"),
    )
    f = read("flexlm", feature(*lines, used=8), show_users=True).pools["f"]
    users = ("user 202", "user A B", "user203", "user204", "user205", "user 206", "user207")
    assert f.user_used == dict.fromkeys((*users, "host205"), 1)


def test_users_are_one_in_any_case():
    lines = (checkout("JDOE a a"), checkout("jdoe b b", ", 2 licenses"), checkout("Ann c c"))
    f = read("flexlm", feature(*lines, used=4), show_users=True).pools["f"]
    assert f.users == 2
    assert f.user_used == {"JDOE": 3, "Ann": 1}


@pytest.mark.parametrize(
    ("rest", "borrowed"),
    [
        (", 2 licenses  (linger: 1209600)", 2),
        (", 2 licenses  (linger: 885098 / 1340160)", 2),
        (", 2 licenses  (linger: 0 / 86400)", 0),
        (", 2 licenses", 0),
        ("  (linger: 1209600)", 1),
        ("  (linger: 1 / 86400)", 1),
        ("  (linger: 0 / 86400)", 0),
        ("", 0),
    ],
)
def test_only_what_is_kept_or_taken_along_is_borrowed(rest, borrowed):
    f = read("flexlm", feature(checkout("a b b", rest), used=2)).pools["f"]
    assert (f.borrowed, f.checkouts) == (borrowed, 1)


def test_queued_requests_are_neither_use_nor_checkouts_nor_users():
    line = "    eve ws ws (v1.0) (lic1/27000 1301) queued for 3 licenses"
    f = read("flexlm", feature(checkout("a b b"), line), show_users=True).pools["f"]
    assert (f.used, f.queued, f.checkouts, f.users) == (1, 3, 1, 1)
    assert f.user_used == {"a": 1}


@pytest.mark.parametrize("kind", ["GROUP", "HOST", "USER", "HOST_GROUP", "INTERNET", "PROJECT"])
def test_reservations_for_anybody_are_told_and_stay_in_the_use(kind):
    f = read("flexlm", feature(f"\t2 RESERVATIONs for {kind} a-b.c* (lic1/27000)", used=2)).pools[
        "f"
    ]
    assert (f.used, f.reserved, f.checkouts) == (2, 2, 0)


def test_an_answer_without_users_has_no_zero_for_what_it_does_not_list():
    f = read("flexlm", feature(used=5)).pools["f"]
    assert (f.used, f.checkouts, f.users, f.reserved, f.queued) == (5, None, None, None, None)


def test_a_feature_that_nobody_uses_has_real_zeros():
    f = read("flexlm", feature(used=0)).pools["f"]
    assert (f.checkouts, f.users, f.reserved, f.queued, f.borrowed) == (0, 0, 0, 0, 0)


def test_users_that_are_not_asked_for_are_not_told():
    f = read("flexlm", feature(used=0), users=False).pools["f"]
    assert (f.used, f.checkouts, f.users, f.reserved) == (0, None, None, None)


@pytest.mark.parametrize(
    "name", ["a.b", "a/b", "a+b-c", "a:b", "a: b c", "mesh tool 3.1", "x (Total of y)", "a: (b"]
)
def test_a_name_may_hold_anything(name):
    found = read("flexlm", feature(name=name, used=0))
    assert list(found.pools) == [name]
    assert found.skipped == 0


def test_a_line_of_a_feature_that_nobody_understands_makes_its_numbers_unknown():
    found = read("flexlm", feature(checkout("a b b")) + "\nUsers of f: what is this")
    assert (found.pools["f"].used, found.pools["f"].limit) == (None, None)
    assert found.answer.skipped_paths == ["status:6"]


def test_a_number_that_is_none_makes_the_sum_unknown_and_leaves_the_rest():
    text = feature(checkout("a b b")) + (
        f"\nUsers of f:  (Total of {'9' * 400} licenses issued;  Total of 1 license in use)"
        "\nUsers of g:  (Total of 1000000000000 licenses issued;  Total of 0 licenses in use)"
    )
    found = read("flexlm", text)
    assert (found.pools["f"].limit, found.pools["f"].used) == (None, 2)
    assert found.pools["g"].limit == 10**12
    assert found.skipped == 1


@pytest.mark.parametrize("ends", ["\n", "\n\n", "\n  \n \t "])
def test_blank_lines_and_indentation_mean_nothing(ends):
    plain = read("flexlm", TRIAD, expiry=EXPIRY).exposition()
    assert read("flexlm", TRIAD.replace("\n", ends), expiry=EXPIRY).exposition() == plain


def test_one_server_in_two_cases_is_one():
    text = "License server status: 7788@BVS1\n  BVS1: license server UP (MASTER) v11\n"
    found = read("flexlm", text + "  bvs1: license server UP v11\n")
    assert found.report.servers == (Server("bvs1:7788", up=True, primary=True),)


def test_a_server_below_an_old_head_line_has_no_port():
    text = "License server status (License file: /opt/a.lic):\n\n  lic1: license server UP v7.2\n"
    found = read("flexlm", text)
    assert found.report.servers == (Server("lic1", up=True),)
    assert found.skipped == 0


def test_the_ports_of_servers_named_by_address_do_not_mix():
    text = (
        "License server status: 1@10.0.0.1,2@10.0.0.2,3@10.0.0.3\n"
        "10.0.0.1: license server UP v11\n10.0.0.2: license server UP (MASTER) v11\n"
        "10.0.0.3: Cannot connect to license server system. (-15,570:115)\n"
    )
    names = [server.name for server in read("flexlm", text).report.servers]
    assert names == ["10.0.0.1:1", "10.0.0.2:2", "10.0.0.3:3"]


def test_a_server_that_is_named_otherwise_than_asked_has_the_port_it_was_asked_at():
    text = "License server status: 27000@alias\nlic1.example: license server UP v11\n"
    assert read("flexlm", text).report.servers == (Server("lic1.example:27000", up=True),)


def test_a_server_has_its_port_with_its_domain_or_without():
    text = (
        "License server status: 1@lic1,2@LIC2.example,@lic3\n"
        "lic1.example: license server UP v11\nlic2: license server UP (MASTER) v11\n"
        "lic3.example: license server UP v11\nlic4: license server UP v11\n"
    )
    names = [server.name for server in read("flexlm", text).report.servers]
    assert names == ["lic1.example:1", "lic2:2", "lic3.example", "lic4"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('Error getting status: Cannot connect to license server system. (-15,570:111 "Refused")',
         Reason.CONNECT),
        ("Error getting status: Cannot read data from license server system. (-16,287)",
         Reason.CONNECT),
        ('Error getting status: License server machine is down. (-96,7:2 "No such file")',
         Reason.DNS),
        ('Error getting status: License server machine is down. (-96,491:111 "Refused")',
         Reason.CONNECT),
        ("Error getting status: SERVER hostname not in network database. (-14,7)", Reason.DNS),
        ("Error getting status: Cannot find license file. (-1,359:2)", Reason.CONFIG),
        ("Error getting status: No SERVER lines in license file. (-13,66)", Reason.CONFIG),
        ("Error getting status: Invalid license file syntax. (-2,134)", Reason.CONFIG),
        ("Error getting status: Cannot read license file. (-30,121:13)", Reason.CONFIG),
        ("Error getting status: Something new. (-999,1)", Reason.SERVER),
        ("Error getting status: Etwas", Reason.SERVER),
        ("FlexNet Licensing error:-15,570. System Error: 111", Reason.CONNECT),
        ("lmgrd is not running: nobody knows why", Reason.CONNECT),
        ("usage: lmstat [-a]", Reason.CONFIG),
    ],
)  # fmt: skip
def test_an_error_in_the_text_is_the_reason(text, reason):
    error = refused("flexlm", f"lmutil - Copyright (c)\n{text}\n")
    assert error
    assert error.reason == reason
    assert "Refused" not in error.message


NO_ANSWER = "lmstat says that no license server answers"
EMBEDDED = "is it FlexNet Embedded, which lmstat cannot ask?"
USAGE = "lmutil does not know a word it was given; users: false needs one of 2023 or later"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('(-15,570:111 "Refused")', f"{NO_ANSWER} (-15,570)"),
        ("(-16,287)", f"{NO_ANSWER} (-16,287); {EMBEDDED}"),
        ("(-17,287)", f"{NO_ANSWER} (-17,287); {EMBEDDED}"),
        ("(-96,7:2)", "lmstat cannot resolve the name of the license server (-96,7)"),
        ("(-13,66)", "lmstat cannot read its license file, or finds no server in it (-13,66)"),
        ("(-999,1)", "lmstat says that it failed (-999,1)"),
        ("Error getting status", "lmstat says that it failed"),
        ("lmgrd is not running", "lmstat says that lmgrd is not running"),
        ("usage: lmstat [-a]", USAGE),
    ],
)
def test_an_error_is_told_in_plain_words_with_its_code(text, message):
    error = refused("flexlm", f"lmutil - Copyright (c)\n{text}\n")
    assert error
    assert error.message == message


def test_a_single_server_that_does_not_answer_is_down():
    text = "License server status: 27000@lic1\nlic1: Cannot connect to it. (-15,570:111)\n"
    error = refused("flexlm", text)
    assert error
    assert error.reason == Reason.CONNECT


def test_features_that_are_all_unsupported_behind_a_dead_server_are_no_answer():
    text = (
        "lmgrd is not running: Cannot connect to license server system. (-15,570:111)\n"
        "Users of f:  (Error: 4 licenses, unsupported by licensed server)\n"
    )
    error = refused("flexlm", text)
    assert error
    assert error.reason == Reason.CONNECT


@pytest.mark.parametrize("text", [TRIAD, EXPIRY, feature(), status()])
def test_an_answer_is_not_refused(text):
    assert refused("flexlm", text) is None


@pytest.mark.parametrize("text", ["", "lmutil - Copyright (c) 2024\n", "Lizenzserver: alles gut\n"])
def test_an_answer_of_which_nothing_is_known_is_an_error(text):
    assert refused("flexlm", text) is None
    with pytest.raises(SchemaError) as error:
        read("flexlm", text)
    assert error.value.failure == Failure(
        "status", Reason.SCHEMA, "lmstat names neither a license server nor a feature"
    )


def test_every_line_that_nobody_understands_is_counted():
    lines = (
        checkout("a b b"),
        "  what is this",
        "...",
        "  floating license",
        checkout("a b b", ", 9x licenses"),
        "  2x RESERVATIONs for GROUP g (lic1/27000)",
        '  "f" v1, vendor: acmed, expiry: 31-jun-2027',
        "Users of nobody knows what",
        checkout("a b b"),
        "Vendor daemon status (on lic1):",
        "what is this",
        "License server status: 27000@lic1",
        "...",
    )
    found = read("flexlm", feature(*lines), expiry="Feature Version #licenses Vendor Expires\n1 2")
    assert list(found.pools) == ["f"]
    lines_of_status = (6, 7, 9, 10, 12, 13, 15, 17)
    assert found.answer.skipped_paths == [
        *(f"status:{line}" for line in lines_of_status),
        "expiry:2",
    ]
    assert read("flexlm", feature(*lines)).answer.skipped_paths == [
        *(f"status:{line}" for line in lines_of_status),
        "status:11",
    ]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_blocks_changes_nothing(seed):
    head, *blocks = TRIAD.split("Users of ")
    rows = EXPIRY.split("\n")
    random.Random(seed).shuffle(blocks)
    shuffled_rows = rows[9:-1]
    random.Random(seed).shuffle(shuffled_rows)
    text = "Users of ".join([head, *blocks])
    expiry = "\n".join([*rows[:9], *shuffled_rows])
    assert (
        read("flexlm", text, expiry=expiry, show_users=True).exposition()
        == read("flexlm", TRIAD, expiry=EXPIRY, show_users=True).exposition()
    )


def test_no_user_host_or_vendor_string_is_exported_unless_users_are_asked_for():
    plain = read("flexlm", TRIAD, expiry=EXPIRY).exposition()
    asked = read("flexlm", TRIAD, expiry=EXPIRY, show_users=True).exposition()
    for word in ("ann", "John", "ws-001", "WS-003", "team-a", "render-01", "tty", "123456", "a=1"):
        assert word not in plain
    for word in ("ws-001", "WS-003", "team-a", "render-01", "tty", "123456", "a=1"):
        assert word not in asked
    assert 'user="John Smith"' in asked


def test_the_servers_are_given_to_the_program_together():
    status, expiry = configured("flexlm", servers=["27000@lic1", "lic2:27001", "@lic3"]).documents
    where = "27000@lic1,27001@lic2,@lic3"
    assert status == Document(
        "status",
        runs=(Run("lmutil", ("lmstat", "-a", "-c", where), server=where),),
        format="text",
        refusal=refusal,
        moving=status.moving,
    )
    assert expiry == replace(
        status,
        name="expiry",
        runs=(Run("lmutil", ("lmstat", "-i", "-c", where), server=where),),
        required=False,
    )


def test_a_file_takes_the_place_of_what_the_program_prints():
    (document,) = configured("flexlm", output_file="out.txt").documents
    file = OutputFile(Path("/etc/exporter/out.txt"), 600.0)
    assert document == replace(configured("flexlm").documents[0], runs=(), file=file)


def test_users_can_be_left_out_of_the_question():
    status, _ = configured("flexlm", users=False, program="lmutil-2025").documents
    assert status.runs[0].program == "lmutil-2025"
    assert status.runs[0].arguments == ("lmstat", "-a", "--no-user-info", "-c", "4084@lic1")


def test_a_license_file_is_given_by_its_whole_path():
    status, _ = configured("flexlm", license_file="X.lic").documents
    assert status.runs[0].arguments[-1] == "/etc/exporter/X.lic"


def test_the_time_of_the_answer_is_no_change():
    (status, _) = configured("flexlm").documents
    assert status.moving
    later = TRIAD.replace("1/5/2026 9:12", "1/5/2026 9:14").encode()
    assert later != TRIAD.encode()
    assert status.moving.sub(b"", later) == status.moving.sub(b"", TRIAD.encode())


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"servers": []},
         "servers: is missing; give the servers, a license_file or an output_file"),
        ({"servers": ["lic1"], "output_file": "x"},
         "output_file: stands beside servers; keep one of them"),
        ({"servers": ["lic1"], "license_file": "x"},
         "license_file: stands beside servers; keep one of them"),
        ({"license_file": "x", "output_file": "y"},
         "output_file: stands beside license_file; keep one of them"),
        ({"servers": ["lic1"], "users": False, "show_users": True},
         "show_users: needs users, which are not asked for: remove users: false"),
    ],
)  # fmt: skip
def test_keys_that_do_not_go_together_are_refused(options, problem):
    with pytest.raises(ConfigError) as error:
        configured("flexlm", **options)
    assert error.value.problems == [problem]


@pytest.mark.parametrize("file", ["/a.lic:27000@evil", "/a.lic,b", "27000@evil", "a;b"])
def test_a_license_file_that_lmstat_would_take_for_servers_is_refused(file):
    with pytest.raises(ValidationError) as error:
        configured("flexlm", license_file=file)
    (problem,) = error.value.errors()
    assert str(problem["ctx"]["error"]) == (
        "holds one of : ; , @, which part servers and files for lmstat"
    )
