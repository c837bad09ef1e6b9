import math

import pytest

from license_exporter.errors import SchemaError
from license_exporter.model.report import Pool, State
from license_exporter.vendors.enterprise_recon import VENDOR
from tests.documents import document, parsed


def read(**parts):
    return parsed(VENDOR, {"licenses": parts})


def model(name):
    report, answer = parsed(VENDOR, {"licenses": document(f"enterprise_recon/{name}")})
    assert answer.skipped == 0
    return report


def pools(report):
    return {(pool.name, pool.unit): pool for pool in report.pools}


def locations(*rows):
    return read(datausage=list(rows))[0].locations


def test_the_per_target_model_is_read_whole():
    report = model("per_target")
    assert {key: (pool.used, pool.limit) for key, pool in pools(report).items()} == {
        ("server", "licenses"): (5.0, 20.0),
        ("workstation", "licenses"): (0.0, 20.0),
        ("microsoft", "licenses"): (1.0, 20.0),
        ("google", "licenses"): (0.0, 20.0),
        ("dropbox", "licenses"): (1.0, 20.0),
        ("box", "licenses"): (0.0, 20.0),
        ("amazon", "licenses"): (0.0, 20.0),
        ("azure", "licenses"): (0.0, 20.0),
        ("rackspace", "licenses"): (0.0, 20.0),
        ("lotus", "licenses"): (0.0, 20.0),
        ("imap", "licenses"): (0.0, 20.0),
        ("teradata", "bytes"): (0.0, 20e12),
        ("none", "licenses"): (None, None),
    }
    assert pools(report)["microsoft", "licenses"].display_name == "Office 365/Exchange User"
    (license,) = report.licenses
    assert (license.customer, license.edition) == ("My Company Pte Ltd", "")
    assert license.states is None
    assert license.expiry == 1636962676.0
    assert report.warnings is None
    assert report.locations is None


def test_targets_are_counted_by_type_and_none_is_one():
    assignments = {key: pool.assignments for key, pool in pools(model("per_target")).items()}
    assert {key: count for key, count in assignments.items() if count is not None} == {
        ("server", "licenses"): 5.0,
        ("microsoft", "licenses"): 1.0,
        ("dropbox", "licenses"): 1.0,
        ("none", "licenses"): 1.0,
    }


def test_the_sitewide_model_is_read_whole():
    report = model("sitewide")
    assert report.pools == (
        Pool(
            "global",
            "bytes",
            display_name="Global Data Allowance",
            license="default",
            used=1157499270.0,
            limit=1000000000.0,
        ),
    )
    (license,) = report.licenses
    assert (license.customer, license.edition) == ("My Organization Inc", "PII")
    assert license.states == {State.EXCEEDED}
    assert license.expiry == 1938048757.0
    assert len(report.locations) == 10
    assert sum(report.locations.values()) == 1157499270.0
    key = ("global", "bytes", "MY-WINDOWS-MACHINE/D:\\My-Data\\table9.csv", "file")
    assert report.locations[key] == 432709.0
    assert report.warnings == 1.0
    assert report.pending_bytes == 85567564053.0
    assert report.pending_scans == 2.0


def test_the_non_sitewide_model_has_each_pool_in_two_units():
    report = model("non_sitewide")
    assert {key: (pool.used, pool.limit) for key, pool in pools(report).items()} == {
        ("server", "licenses"): (1.0, 5.0),
        ("client", "licenses"): (1.0, 5.0),
        ("server", "bytes"): (2347137973.0, 50e9),
        ("client", "bytes"): (1966126249.0, 50e9),
        ("workstation", "licenses"): (None, None),
    }
    assert pools(report)["workstation", "licenses"].assignments == 1.0
    assert report.licenses[0].states == {State.ACTIVE}
    assert report.locations == {
        ("client", "bytes", "MY-WINDOWS-MACHINE All local files", "file"): 21513313.0,
        ("server", "bytes", "MY-UBUNTU-MACHINE All local files", "file"): 2347137973.0,
    }


def test_the_comment_alone_tells_bytes_from_licenses():
    report, _ = read(
        summary=[
            {"type": "teradata", "comment": "Teradata", "total": 1},
            {"type": "mongodb", "comment": "MongoDB Data Allowance", "total": 1},
            {"type": "brand_new", "total": 1},
        ]
    )
    assert list(pools(report)) == [
        ("teradata", "licenses"),
        ("mongodb", "bytes"),
        ("brand_new", "licenses"),
    ]


@pytest.mark.parametrize(
    ("total", "usage", "limit", "used"),
    [(20, 2, 25.0, 3.0), (20, None, 25.0, None), (None, 2, None, 3.0)],
)
def test_rows_of_one_pool_are_added_and_a_sum_is_unknown_with_one_of_them(
    total, usage, limit, used
):
    server = {"type": "server", "comment": "Server", "total": "5", "usage": 1}
    rows = [server, {**server, "total": total, "usage": usage}]
    pool = Pool(
        "server", "licenses", display_name="Server", license="default", used=used, limit=limit
    )
    for ordered in (rows, rows[::-1]):
        assert read(summary=ordered)[0].pools == (pool,)


@pytest.mark.parametrize(
    ("total", "limit"),
    [("20", 20.0), (0, 0.0), ("unlimited", math.inf), (None, None), ("", None), ("null", None)],
)
def test_a_total_is_read_in_each_of_its_forms(total, limit):
    report, answer = read(summary=[{"type": "server", "total": total, "usage": 30}])
    assert (report.pools[0].limit, report.pools[0].used) == (limit, 30.0)
    assert answer.skipped == 0


def test_numbers_beyond_two_to_the_53_are_read():
    report, _ = read(summary=[{"type": "x", "total": 2**63 + 1, "usage": str(2**53 + 1)}])
    assert report.pools[0].limit == float(2**63)
    assert report.pools[0].used == float(2**53)


def test_a_row_without_a_type_is_skipped():
    report, answer = read(
        summary=[{"comment": "Server", "total": 5}, {"type": {}, "total": 1}, "server"],
        targets=[{"name": "A"}, {"type": "server"}, 7],
    )
    assert [(pool.name, pool.assignments) for pool in report.pools] == [("server", 1.0)]
    assert answer.skipped == 5


def test_an_object_stands_for_an_array_of_one():
    report, answer = read(
        summary={"type": "server", "total": 5},
        targets={"type": "server"},
        datausage={"attribution": "server", "location": "A", "type": "file", "bytes": 1},
    )
    assert report.pools == (
        Pool("server", "licenses", license="default", limit=5.0, assignments=1.0),
    )
    assert report.locations == {("server", "bytes", "A", "file"): 1.0}
    assert answer.skipped == 0


@pytest.mark.parametrize("part", ["targets", "summary", "datausage"])
def test_a_part_of_another_shape_is_skipped_alone(part):
    parts = document("enterprise_recon/non_sitewide")
    report, answer = parsed(VENDOR, {"licenses": {**parts, part: "x"}})
    assert report.licenses[0].states == {State.ACTIVE}
    assert answer.skipped_paths == [f"licenses.{part}"]
    assert (report.locations is None) == (part == "datausage")


def test_an_empty_data_usage_is_no_location_and_not_an_unknown_one():
    assert read(datausage=[])[0].locations == {}
    assert read(datausage=None, state="licensed")[0].locations is None


def test_equal_locations_are_added():
    row = {"attribution": "server", "location": "A", "type": "file", "bytes": "5"}
    other = {**row, "type": "mail"}
    assert locations(row, {**row, "bytes": 7, "id": "2"}, other) == {
        ("server", "bytes", "A", "file"): 12.0,
        ("server", "bytes", "A", "mail"): 5.0,
    }


def test_locations_that_differ_in_a_mailbox_only_are_added():
    row = {"attribution": "client", "type": "mail", "bytes": 5}
    found = locations(
        {**row, "location": "EXCHANGE/jane.doe@example.com/Inbox"},
        {**row, "location": "EXCHANGE/john@example.com/Inbox"},
        {**row, "location": "dropbox@USER@EXAMPLE.COM"},
    )
    assert found == {
        ("client", "bytes", "EXCHANGE/*@example.com/Inbox", "mail"): 10.0,
        ("client", "bytes", "dropbox@*@EXAMPLE.COM", "mail"): 5.0,
    }


def test_a_location_keeps_backslashes_quotes_and_newlines():
    location = 'D:\\My "Data"\nmore'
    assert list(locations({"location": location, "bytes": 1})) == [("", "bytes", location, "")]


def test_a_word_that_is_no_text_is_skipped_also_behind_one_that_is_equal_to_it():
    rows = [{"attribution": word, "type": word, "bytes": 1} for word in (1, True, 1.0)]
    report, answer = read(datausage=rows)
    assert report.locations == {("1", "bytes", "", "1"): 1.0}
    assert answer.skipped_paths == ["licenses.datausage[1]", "licenses.datausage[2]"]


def test_a_location_without_a_readable_number_is_left_out():
    report, answer = read(
        datausage=[
            {"location": "A", "bytes": None},
            {"location": "B", "bytes": "many"},
            {"location": ["C"], "bytes": 1},
            "D",
            {"location": "E", "bytes": 0},
        ]
    )
    assert report.locations == {("", "bytes", "E", ""): 0.0}
    assert answer.skipped_paths == [f"licenses.datausage[{index}]" for index in (1, 2, 3)]


@pytest.mark.parametrize("expires", [1636962676, "1636962676", "1636962676.0"])
def test_expires_is_unix_time_as_number_or_string(expires):
    assert read(expires=expires)[0].licenses[0].expiry == 1636962676.0


@pytest.mark.parametrize("parts", [{"state": "licensed"}, {"state": "licensed", "expires": None}])
def test_no_expires_is_unknown_and_not_never(parts):
    assert read(**parts)[0].licenses[0].expiry is None


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("licensed", State.ACTIVE),
        ("LICENSED", State.ACTIVE),
        ("expired", State.EXPIRED),
        ("exceeded", State.EXCEEDED),
        ("absent", State.ABSENT),
        ("trial", State.UNKNOWN),
    ],
)
def test_a_state_is_read_by_its_word(word, state):
    assert read(state=word)[0].licenses[0].states == {state}


@pytest.mark.parametrize(
    ("warning", "count", "pending", "skipped"),
    [
        ("", 0.0, (None, None), []),
        ("1 bytes of scanned data from 1 scan pending processing", 1.0, (1.0, 1.0), []),
        ("1 byte of scanned data from 20 scans pending processing", 1.0, (1.0, 20.0), []),
        (f"{'9' * 400} bytes of scanned data from 2 scans", 1.0, (None, 2.0), ["warning.bytes"]),
        ("1,000 bytes of scanned data from 2 scans", 1.0, (None, None), []),
        ("Something else is wrong", 1.0, (None, None), []),
        (None, None, (None, None), []),
        (["x"], None, (None, None), ["warning"]),
    ],
)
def test_a_warning_is_counted_and_its_numbers_are_read(warning, count, pending, skipped):
    report, answer = read(warning=warning)
    assert report.warnings == count
    assert (report.pending_bytes, report.pending_scans) == pending
    assert answer.skipped_paths == [f"licenses.{path}" for path in skipped]


@pytest.mark.parametrize("wrong", [None, [], "x", 1, {}, {"message": "no"}])
def test_another_shape_is_a_schema_error(wrong):
    with pytest.raises(SchemaError) as error:
        parsed(VENDOR, {"licenses": wrong})
    assert error.value.document == "licenses"


def test_a_hundred_thousand_locations_are_each_read():
    rows = [
        {"id": str(i), "type": "file", "location": f"HOST/{i}", "bytes": f"{i}", "attribution": "x"}
        for i in range(100_000)
    ]
    report, _ = read(datausage=rows)
    assert len(report.locations) == 100_000
