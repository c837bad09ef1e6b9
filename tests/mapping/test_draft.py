"""What is recognised of a document: columns, ways of reading, rows, and how sure that is."""

import json
import math
import re
import subprocess
import sys
from pathlib import Path

import pytest

from license_exporter.mapping.draft import draft
from license_exporter.mapping.draft.guess import Sure
from license_exporter.mapping.draft.words import words
from tests.mapping.drafts import drafted, guesses, read


def found(document, name="license"):
    """The expressions, or constants, by section and column, with how sure they are."""
    return {
        (section, column): (expression, sure)
        for section, column, expression, sure in guesses(document, name)
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("maxUsers", "max user"),
        ("MAX_USERS", "max user"),
        ("max-users", "max user"),
        ("maxusers", "max user"),
        ("Seats in Use", "seat in use"),
        ("inUse", "in use"),
        ("expirydate", "expiry date"),
        ("licencesUsed", "license used"),
        ("inactive", "inactive"),
        ("add_ons", "addon"),
        ("status", "status"),
        ("repositories", "repository"),
        ("qwertyuiop", "qwertyuiop"),
    ],
)
def test_a_name_is_its_words(name, expected):
    assert " ".join(words(name)) == expected


@pytest.mark.parametrize(
    ("names", "used", "limit"),
    [
        ({"used": 3, "limit": 10}, "used", "limit"),
        ({"usedSeats": 3, "totalSeats": 10}, "usedSeats", "totalSeats"),
        ({"consumed": 3, "total": 10}, "consumed", "total"),
        ({"seats_in_use": 3, "seats": 10}, "seats_in_use", "seats"),
        ({"active_users": 3, "user_limit": 10}, "active_users", "user_limit"),
        ({"currentNumberOfUsers": 3, "maximumNumberOfUsers": 10}, "currentNumberOfUsers", None),
        ({"assignedUnits": 3, "purchasedUnits": 10}, "assignedUnits", "purchasedUnits"),
        ({"loc": 3, "maxLoc": 10}, "loc", "maxLoc"),
        ({"userCount": 3, "numberOfSeats": 10}, "userCount", "numberOfSeats"),
        ({"num_used_licenses": 3, "num_licensed_users": 10}, "num_used_licenses", None),
        ({"usage": {"seats": 3}, "limits": {"seats": 10}}, "usage.seats", "limits.seats"),
        ({"seats": {"taken": 3, "bought": 10}}, "seats.taken", "seats.bought"),
        ({"hosts": 10, "usage": 3}, "usage", "hosts"),
        ({"INUSE": "3", "QUOTA": "10"}, "INUSE", "QUOTA"),
        ({"Seats used": 3, "Seats (limit)": 10}, '"Seats used"', '"Seats (limit)"'),
        ({"users": {"quota": 10, "current": 3}}, "users.current", "users.quota"),
    ],
)
def test_use_and_limit_are_recognised_by_their_names(names, used, limit):
    told = found(names)
    assert told["pools", "used"][0] == used
    assert limit is None or told["pools", "limit"][0] == limit
    report, answer = read(drafted(names).text(), {"license": names})
    assert [(pool.used, pool.limit) for pool in report.pools] == [(3, 10)]
    assert answer.skipped == 0


@pytest.mark.parametrize(
    ("document", "column"),
    [
        ({"limit": 10, "remaining": 4}, "available"),
        ({"limit": 10, "used": 12, "overage": 2}, "overage"),
        ({"limit": 10, "used": 2, "historical_max": 7}, "peak_used"),
        ({"limit": 10, "used": 2, "max_seats_used": 7}, "peak_used"),
        ({"used": 1, "softLimit": 5, "hardLimit": 7}, "thresholds.hard"),
    ],
)
def test_other_numbers_of_a_pool_are_recognised(document, column):
    assert ("pools", column) in found(document)


@pytest.mark.parametrize(
    "document",
    [
        {"id": 7, "version": 3, "port": 443, "account_number": 12},
        {"total": 2, "page": 1, "per_page": 20, "items": [{"note": "a"}, {"note": "b"}]},
        {"retrieved": 2, "rows": [{"a": 1}, {"a": 2}]},
        {"usagePercent": 70, "used_ratio": 0.7, "expiry_days": 30, "rateLimit": "fast"},
        {"used": "a lot", "limit": "enough"},
        {"used": True, "limit": False},
        {"used": -5},
        {"limit": -7},
        {"expires": "soon", "validUntil": 12, "end_date": "0001-01-01T00:00:00Z"},
        {"created": "2026-01-01"},
        [],
        {},
        None,
        "text",
        [1, 2, 3],
    ],
)
def test_what_counts_nothing_that_is_bought_is_no_pool_and_no_license(document):
    assert drafted(document, "answer").row_sets == ()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("expires_at", "expiry"),
        ("expiryDate", "expiry"),
        ("ExpirationDate", "expiry"),
        ("validUntil", "expiry"),
        ("valid_to", "expiry"),
        ("notAfter", "expiry"),
        ("endDate", "expiry"),
        ("validThrough", "expiry"),
        ("maintenanceExpiryDate", "deadlines.maintenance"),
        ("support_ends", "deadlines.support"),
        ("gracePeriodEndDate", "deadlines.grace_end"),
        ("trial_ends_on", "deadlines.trial_end"),
        ("termination_date", "deadlines.termination"),
    ],
)
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2027-05-15", 1810339200),
        ("2027-05-15T00:00:00Z", 1810339200),
        ("2027-05-15 02:00:00 +0200", 1810339200),
        (1810339200, 1810339200),
        ("1810339200", 1810339200),
        (1810339200000, 1810339200),
        ("May 15, 2027", 1810339200),
        ("15 May 2027", 1810339200),
        ("15-May-2027", 1810339200),
        ("15.05.2027", 1810339200),
        ("05/15/2027", 1810339200),
        ("2027/05/15", 1810339200),
        ("Sat, 15 May 2027 00:00:00 GMT", 1810339200),
    ],
)
def test_a_date_that_ends_something_is_recognised_as_it_is_written(name, column, value, seconds):
    document = {"licensed": True, name: value}
    assert ("licenses", column) in found(document)
    (license,) = read(drafted(document).text(), {"license": document})[0].licenses
    dates = {
        "expiry": license.expiry,
        **{f"deadlines.{k}": v for k, v in license.deadlines.items()},
    }
    assert dates[column] == seconds


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("startsAt", "start"),
        ("valid_from", "start"),
        ("effectiveDate", "start"),
        ("created_at", "created"),
        ("issueDate", "created"),
        ("lastUpdated", "updated"),
        ("lastValidated", "validated"),
    ],
)
def test_other_dates_of_a_license_are_recognised_beside_its_end(name, column):
    assert ("licenses", column) in found({"expires": "2027-01-01", name: "2026-01-01"})


@pytest.mark.parametrize("word", ["never", "Perpetual", "PERMANENT"])
def test_words_for_never_are_the_end_of_what_never_ends(word):
    document = {"licensed": True, "expires": word}
    (license,) = read(drafted(document).text(), {"license": document})[0].licenses
    assert license.expiry == math.inf


@pytest.mark.parametrize(
    ("limit", "expected", "sure"),
    [
        (10, 10, "sure"),
        ("10", 10, "sure"),
        ("19,609", 19609, "sure"),
        ("Unlimited", math.inf, "sure"),
        ("infinite", math.inf, "sure"),
        (-1, math.inf, "not sure"),
        (2147483647, math.inf, "not sure"),
        (9223372036854775807, math.inf, "not sure"),
        (0, 0, "not sure"),
    ],
)
def test_what_may_stand_for_unlimited_is_read_so_and_never_sure(limit, expected, sure):
    document = {"used": 3, "limit": limit}
    assert found(document)["pools", "limit"] == ("limit", sure)
    (pool,) = read(drafted(document).text(), {"license": document})[0].pools
    assert pool.limit == expected


def test_a_flag_beside_a_limit_says_that_there_is_none():
    document = [
        {"name": "a", "seats": 5, "usedSeats": 5, "hasUnlimitedSeats": False},
        {"name": "b", "seats": -1, "usedSeats": 7, "hasUnlimitedSeats": True},
    ]
    report, _ = read(drafted(document).text(), {"license": document})
    assert [pool.limit for pool in report.pools] == [5, math.inf]


def test_a_day_that_may_be_a_month_is_not_sure():
    assert found({"expires": "03/04/2027"})["licenses", "expiry"][1] == "not sure"
    assert found({"expires": "13/04/2027"})["licenses", "expiry"][1] == "sure"


def test_a_date_beside_which_there_is_another_one_is_not_sure():
    document = {"a": {"expires": "2027-01-01"}, "b": {"expires": "2028-01-01"}}
    assert found(document)["licenses", "expiry"][1] == "not sure"


@pytest.mark.parametrize("other", ["token", "session", "certificate", "password"])
def test_what_ends_beside_a_license_is_not_taken_for_its_end(other):
    told = found({other: {"expires": "2027-01-01"}})
    assert told.get(("licenses", "expiry"), ("", "not sure"))[1] == "not sure"


@pytest.mark.parametrize(
    ("document", "states"),
    [
        ({"expired": False}, {"active"}),
        ({"isExpired": True}, {"expired"}),
        ({"valid": False}, {"invalid"}),
        ({"Status": "VALID"}, {"active"}),
        ({"state": "suspended"}, {"suspended"}),
        ({"status": "No License"}, {"absent"}),
        ({"is_licensed": "true"}, {"active"}),
        ({"valid": True, "suspended": True}, {"suspended"}),
    ],
)
def test_states_are_recognised_by_flags_and_words(document, states):
    document = {"expires": "2027-01-01", **document}
    (license,) = read(drafted(document).text(), {"license": document})[0].licenses
    assert {str(state) for state in license.states} == states


def test_numbers_that_add_up_are_sure_and_those_that_do_not_are_not():
    right = {"seats": 10, "seats_used": 4, "seats_available": 6}
    wrong = {"seats": 10, "seats_used": 4, "seats_available": 5}
    assert found(right)["pools", "limit"][1] == "sure"
    assert found(wrong)["pools", "limit"][1] == "not sure"


def test_rows_are_named_by_what_differs_in_each_and_is_nobodys():
    rows = [
        {"key": "k1", "owner": "Jane", "sku": "pro", "title": "Pro", "used": 1, "limit": 5},
        {"key": "k2", "owner": "Joe", "sku": "basic", "title": "Basic", "used": 2, "limit": 5},
    ]
    told = found({"plans": rows})
    assert told["pools", "name"][0] == "sku"
    assert told["pools", "display_name"][0] == "title"
    assert not {"key", "owner"} & {expression for expression, _ in told.values()}


def test_rows_within_rows_carry_the_names_of_both():
    document = {
        "teams": [
            {"name": "a", "plans": [{"name": "pro", "used": 1}, {"name": "free", "used": 2}]},
            {"name": "b", "plans": [{"name": "pro", "used": 3}]},
        ]
    }
    report, _ = read(drafted(document).text(), {"license": document})
    assert {(pool.name, pool.used) for pool in report.pools} == {
        ("a/pro", 1),
        ("a/free", 2),
        ("b/pro", 3),
    }


def test_an_object_of_like_objects_is_rows_by_its_keys():
    document = {"limits": {"api": {"Max": 10, "Used": 1}, "sms": {"Max": 5, "Used": 2}}}
    report, _ = read(drafted(document).text(), {"license": document})
    assert {(pool.name, pool.used, pool.limit) for pool in report.pools} == {
        ("api", 1, 10),
        ("sms", 2, 5),
    }


def test_features_are_entitlements_whether_listed_switched_or_numbered():
    document = {
        "expires": "2027-01-01",
        "features": ["sso", "audit"],
        "modules": {"backup": True, "search": False},
    }
    (license,) = read(drafted(document).text(), {"license": document})[0].licenses
    assert {each.name: each.granted for each in license.entitlements} == {
        "sso": True,
        "audit": True,
        "backup": True,
        "search": False,
    }


def test_rows_by_month_are_periods():
    rows = [{"month": "2026-10", "usersUsed": 5}, {"month": "2026-11", "usersUsed": 6}]
    (pool,) = read(drafted(rows).text(), {"license": rows})[0].pools
    assert pool.periods == {"2026-10": 5, "2026-11": 6}


def test_people_are_counted_and_never_named():
    users = [
        {"name": "Jane Doe", "email": "jane@example.com", "login": "jane", "used": 5},
        {"name": "Joe Doe", "email": "joe@example.com", "login": "joe", "used": 6},
    ]
    text = drafted({"users": users}).text()
    (pool,) = read(text, {"license": {"users": users}})[0].pools
    assert pool.used == 2
    assert "not sure" in text
    assert not {"Jane", "jane", "name: name", "email", "login"} & set(text.split())


def test_rows_are_not_people_for_the_names_of_their_numbers_and_dates():
    rows = [
        {"sku": "a", "used": 1, "limit": 5, "last_checked": "2026-11-01", "email_quota": 9},
        {"sku": "b", "used": 2, "limit": 5, "last_checked": "2026-11-01", "email_quota": 9},
    ]
    assert ("pools", "used") in found(rows)
    people = [{"id": 1, "last_name": "Doe", "used": 1}, {"id": 2, "last_name": "Roe", "used": 2}]
    assert drafted(people).row_sets == ()


def test_two_documents_that_tell_the_same_license_are_one():
    documents = {
        "license": {"expires": "2027-01-01"},
        "info": {"license": {"expires": "2027-01-01"}},
    }
    made = draft(documents, {"license": {}, "info": {}})
    assert [each.document for each in made.row_sets] == ["license"]


def test_a_limit_that_a_second_document_repeats_is_not_sure_there():
    documents = {"seats": {"used": 5, "limit": 10}, "license": {"maxUsers": 10}}
    made = draft(documents, {"seats": {}, "license": {}})
    (second,) = [each for each in made.row_sets if each.document == "license"]
    assert second.column("limit").sure is Sure.NOT_SURE


def test_pages_are_read_together():
    pages = [
        {"items": [{"name": "a", "used": 1}], "next": "x"},
        {"items": [{"name": "b", "used": 2}], "next": None},
    ]
    text = draft(
        {"doc": pages}, {"doc": {"paging": {"by": "next_url", "value": "next"}}}, frozenset({"doc"})
    ).text()
    assert {pool.name for pool in read(text, {"doc": pages})[0].pools} == {"a", "b"}


def test_every_value_has_a_comment_that_says_why_and_how_sure():
    text = drafted({"expires": "2027-01-01", "users": {"used": 1, "limit": 2}}).text()
    lines = [line for line in text.splitlines() if line.startswith("  ") and "{}" not in line]
    assert lines
    assert all(": " in line.partition("  # ")[2] for line in lines if not line.endswith(":"))


def reports(document, name="license"):
    """What a draft reads of a document, without anything that cannot be read."""
    report, answer = read(drafted(document, name).text(), {name: document})
    assert answer.skipped == 0, answer.skipped_paths
    return report


def test_a_value_that_is_held_in_an_object_is_called_as_that():
    document = {"expires": {"text": "2027-05-15", "zone": "UTC"}, "status": {"description": "ok"}}
    (license,) = reports(document).licenses
    assert license.expiry == 1810339200


def test_the_state_of_something_else_is_not_that_of_the_license():
    document = {"licenseStatus": "Valid", "feedStatus": "Disabled", "expires": "2027-05-15"}
    (license,) = reports(document).licenses
    assert license.states == {"active"}


def test_days_that_are_left_are_an_end_that_is_not_sure():
    told = found({"expired": False, "days_until_expiration": 30})
    assert told["licenses", "expiry"] == ("days_until_expiration", "not sure")
    assert ("licenses", "expiry") not in found({"expired": False, "expiry_warning_days": 30})


def test_sizes_are_bytes_that_are_not_sure():
    document = [{"name": "disk", "used": "83.4 TB", "purchased": "100 TB"}]
    (pool,) = reports(document).pools
    assert (pool.used, pool.limit, pool.unit) == (83.4e12, 100e12, "bytes")
    assert found(document)["pools", "limit"][1] == "not sure"


def test_of_several_numbers_those_that_add_up_are_taken():
    document = {"instance_count": 100, "current_instances": 57, "free_instances": 43}
    (pool,) = reports(document).pools
    assert (pool.used, pool.limit, pool.available) == (57, 100, 43)


def test_what_remains_of_what_is_unlimited_is_not_known():
    document = {"seats": "unlimited", "seats_used": 12, "seats_available": "unlimited"}
    (pool,) = reports(document).pools
    assert (pool.used, pool.limit, pool.available) == (12, math.inf, None)


def test_an_object_of_numbers_by_product_is_pools_by_its_keys():
    (one, other) = reports({"licensedDeviceCounts": {"MX-65": 2, "wireless": 95}}).pools
    assert {(one.name, one.limit), (other.name, other.limit)} == {("MX-65", 2), ("wireless", 95)}


def test_units_by_lifecycle_are_told_apart_and_the_enabled_are_the_limit():
    units = {"enabled": 25, "suspended": 0, "warning": 0, "lockedOut": 0}
    (pool,) = reports([{"sku": "a", "consumedUnits": 14, "prepaidUnits": units}]).pools
    assert pool.units == {"enabled": 25, "suspended": 0, "warning": 0, "locked_out": 0}
    assert (pool.used, pool.limit) == (14, 25)


def test_units_by_lifecycle_may_stand_beside_each_other_in_a_table():
    row = {"SKU": "E3", "Active Units": "120", "Warning Units": "0", "Consumed Units": "117"}
    (pool,) = reports([row]).pools
    assert pool.units == {"enabled": 120, "warning": 0}
    assert (pool.used, pool.limit) == (117, 120)


def test_features_that_are_checked_out_have_ends_of_their_own():
    features = [
        {"Name": "CAD", "Issued": 20, "InUse": 7, "Expiration": "31-Dec-2026"},
        {"Name": "CAM", "Issued": 5, "InUse": 5, "Expiration": "permanent"},
    ]
    report = reports({"LicenseInfo": {"Feature": features}})
    assert {pool.license: (pool.used, pool.limit) for pool in report.pools} == {
        "CAD": (7, 20),
        "CAM": (5, 5),
    }
    assert {each.id: each.expiry for each in report.licenses} == {
        "CAD": 1798675200,
        "CAM": math.inf,
    }


def test_rows_of_one_license_each_are_counted_by_product_and_their_holders_not_named():
    rows = [
        {"id": "1", "product": {"code": "II"}, "assignee": {"name": "Jane Doe"}},
        {"id": "2", "product": {"code": "II"}, "assignee": None},
        {"id": "3", "product": {"code": "PC"}, "assignee": None},
    ]
    pools = reports({"licenses": rows}).pools
    assert {(pool.name, pool.used, pool.limit) for pool in pools} == {("II", 1, 2), ("PC", 0, 1)}
    text = drafted({"licenses": rows}).text()
    assert "Jane" not in text and "assignee.name" not in text


def test_a_list_of_members_is_people_unless_they_are_licenses():
    licenses = [{"product": "iLO", "totalCapacity": 25, "availableCapacity": 13}]
    (pool,) = reports({"members": licenses}, "answer").pools
    assert (pool.name, pool.limit, pool.available) == ("iLO", 25, 13)
    people = [{"name": "Jane Doe", "used": 3}, {"name": "Joe Doe", "used": 4}]
    assert "name: name" not in drafted({"members": people}).text()


def test_warnings_are_counted():
    assert reports({"valid": True, "expires": "2027-05-15", "Warnings": []}).warnings == 0


def test_the_dates_of_a_window_are_not_those_of_a_license():
    document = {"data": {"start_time": "2026-11-01", "end_time": "2026-12-01", "clients": 220}}
    told = found(document, "activity")
    assert told["pools", "window_end"] == ("data.end_time", "not sure")
    assert not any(section == "licenses" for section, _ in told)


def test_a_date_of_issue_is_not_sure_where_no_start_is_told():
    assert found({"expires": "2027-01-01", "issued": "2026-01-01"})["licenses", "created"][1] == (
        "not sure"
    )
    both = {"expires": "2027-01-01", "issued": "2026-01-01", "starts": "2026-01-02"}
    assert found(both)["licenses", "created"][1] == "likely"


def test_rows_beyond_those_that_are_looked_at_are_read_all_the_same():
    rows = [{"site": f"s{index // 2}", "plans": [{"name": f"p{index}", "used": index}]}
            for index in range(6000)]  # fmt: skip
    assert len(reports(rows).pools) == 6000


def test_what_is_left_out_is_named_but_for_people_and_secrets():
    document = {
        "expires": "2027-05-15",
        "gizmos": 7,
        "inspected": "2026-11-01",
        "Jane Doe": 5,
        "pin": 1234,
        "note": "hello",
    }
    *_, line = drafted(document).text().strip().splitlines()
    assert line == "#   license: gizmos (number), inspected (date)"


@pytest.mark.parametrize("name", ["licenseKeys", "tokens", "api_keys"])
def test_lists_of_secrets_are_not_looked_into(name):
    assert drafted({name: [{"name": "a", "used": 1, "expires": "2027-05-15"}]}).row_sets == ()


def test_the_page_shows_what_is_drafted_of_its_example():
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^## An example\n.*?```json\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    (shown,) = re.findall(r"^### A draft\n.*?```yaml\n(.*?)```", page, re.DOTALL | re.MULTILINE)
    printed = drafted(json.loads(example), "account/plans").text()
    told = [line for line in printed.splitlines() if not line.startswith("#")]
    assert shown.splitlines() == told


@pytest.mark.e2e
def test_the_draft_is_imported_by_nothing_that_serves():
    code = (
        "import sys, license_exporter.cli.serve, license_exporter.cli.probe\n"
        "print([name for name in sys.modules if 'draft' in name])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_days_that_are_left_are_no_units():
    told = {row.section for row in drafted({"license": {"daysRemaining": 45}}).row_sets}
    assert told == {"licenses"}


def test_rows_that_are_taken_for_people_are_named_as_such():
    rows = [
        {"id": 1, "email": "jane@example.com", "validUntil": "2027-05-15"},
        {"id": 2, "email": "john@example.com", "validUntil": "2027-06-15"},
    ]
    made = drafted({"licenses": rows})
    assert made.row_sets == ()
    assert made.left_out == (
        "license > licenses: rows that tell of people, by an address or a name",
    )


@pytest.mark.parametrize(("seats", "sure"), [("1.000", "not sure"), ("100", "likely")])
def test_a_point_that_may_part_thousands_is_doubted(seats, sure):
    text = drafted({"license": {"seats": seats, "used": "20"}}).text()
    (line,) = [line for line in text.splitlines() if "limit:" in line]
    assert f"# {sure}: " in line
    assert ("thousands" in line) is (sure == "not sure")


def test_an_empty_list_of_features_alone_is_no_license():
    assert drafted({"features": [], "used": None}).row_sets == ()
    beside = drafted({"features": [], "expires": "2027-05-15"}).row_sets
    assert [each.section for each in beside] == ["licenses", "entitlements"]
