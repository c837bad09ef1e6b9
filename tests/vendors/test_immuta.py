import math

import pytest

from license_exporter.errors import SchemaError
from license_exporter.model.report import Entitlement, Pool, State
from license_exporter.vendors.immuta import VENDOR
from tests.documents import document, parsed

NAMES = ("license", "licenseStatus", "usage")


def documents(**changes):
    return {name: document(f"immuta/{name}") for name in NAMES} | changes


def read(*rows):
    """The licenses and the tally of an answer with these license rows."""
    report, answer = parsed(VENDOR, documents(license=list(rows)))
    return report.licenses, answer


def features(value):
    (license,), answer = read({"id": 1, "features": value})
    return [(e.name, e.granted) for e in license.entitlements], answer.skipped_paths


def users(**status):
    report, _ = parsed(VENDOR, documents(licenseStatus=status))
    return report.pools[0]


def test_the_documented_examples_are_read_whole():
    report, answer = parsed(VENDOR, documents())
    (license,) = report.licenses
    assert license.id == "1"
    assert license.expiry == 1662681600.0
    assert license.created == 1631195222.473
    assert license.states is None
    assert license.entitlements == (
        Entitlement("FPE", granted=True),
        Entitlement("nativeSqlTeradata", granted=True),
        Entitlement("seats", limit=20.0, unit="users"),
    )
    assert report.pools == (
        Pool(
            "users", "users", used=1.0, limit=20.0, limit_reached=False, thresholds={"hard": 20.0}
        ),
        Pool("data_consumers", "users", used=120.0),
        Pool("active_data_consumers", "users", parent="data_consumers", used=87.0),
        Pool("policy_owners", "users", used=12.0),
        Pool("active_policy_owners", "users", parent="policy_owners", used=9.0),
    )
    assert answer.skipped == 0
    assert answer.failed == {}


@pytest.mark.parametrize(
    ("name", "states", "updated"),
    [("added", {State.ACTIVE}, 1633629354.806), ("deleted", {State.INVALID}, 1631552019.280)],
)
def test_the_undocumented_fields_of_a_license_are_read(name, states, updated):
    (license,), answer = read(document(f"immuta/{name}"))
    assert license.states == states
    assert license.updated == pytest.approx(updated)
    assert Entitlement("softSeats", limit=0.0, unit="users") in license.entitlements
    assert answer.skipped == 0


def test_keys_tokens_notices_and_people_are_nowhere_in_the_report():
    secrets = ("licenseKey", "renewalToken", "classifyUsername", "classifyToken", "notice", "uuid")
    row = document("immuta/added") | {key: f"planted-{key}" for key in secrets}
    report, answer = parsed(VENDOR, documents(license=[row]))
    shown = repr(report) + repr(answer.skipped_paths)
    assert "planted" not in shown
    assert "doe" not in shown.lower()


def test_several_licenses_are_told_apart_by_id():
    licenses, _ = read(
        {"id": 1, "expires": "2022-09-09T00:00:00.000Z", "expired": True, "seats": 20},
        {"id": "two", "expires": None, "expired": False, "seats": "unlimited"},
    )
    assert [(license.id, license.expiry, license.states) for license in licenses] == [
        ("1", 1662681600.0, {State.EXPIRED}),
        ("two", math.inf, {State.ACTIVE}),
    ]
    assert licenses[1].entitlements == (Entitlement("seats", limit=math.inf, unit="users"),)


@pytest.mark.parametrize("row", [{"uuid": "u"}, {"id": None}, {"id": ""}, {"id": 1.5}, {"id": "1"}])
def test_a_license_without_an_id_of_its_own_is_skipped(row):
    licenses, answer = read({"id": 1}, row)
    assert [license.id for license in licenses] == ["1"]
    assert answer.skipped_paths == ["license[1].id"]


def test_a_null_expiry_is_never_and_a_missing_one_unknown():
    licenses, _ = read({"id": 1, "expires": None}, {"id": 2})
    assert [license.expiry for license in licenses] == [math.inf, None]


@pytest.mark.parametrize(
    ("flags", "states"),
    [
        ({"expired": True}, {State.EXPIRED}),
        ({"deleted": True}, {State.INVALID}),
        ({"invalidated": True}, {State.INVALID}),
        ({"expired": True, "deleted": True}, {State.EXPIRED, State.INVALID}),
        ({"expired": False}, {State.ACTIVE}),
        ({"expired": None, "deleted": None}, None),
        ({"expired": "yes"}, None),
        ({}, None),
    ],
)
def test_the_state_is_told_by_its_flags_where_they_are_sent(flags, states):
    (license,), _ = read({"id": 1, **flags})
    assert license.states == states


@pytest.mark.parametrize(
    ("value", "granted", "skipped"),
    [
        ({"FPE": {"enabled": True}, "x": {"enabled": False}}, [("FPE", True), ("x", False)], []),
        ({"FPE": {}, "x": None, "y": {"enabled": None}}, [], []),
        ({"FPE": {"enabled": "yes"}, "x": True}, [], [".x", ".FPE.enabled"]),
        (["FPE", "x"], [("FPE", True), ("x", True)], []),
        ([{"name": "FPE"}, {"name": "x", "enabled": False}], [("FPE", True), ("x", False)], []),
        (
            ["FPE", "FPE", None, True, [], {}],
            [("FPE", True)],
            ["[2].name", "[3].name", "[4].name", "[5].name"],
        ),
        ([{"name": "FPE", "enabled": "yes"}], [("FPE", True)], ["[0].enabled"]),
        ([], [], []),
        ({}, [], []),
        (None, [], []),
        ("FPE", [], [""]),
    ],
)
def test_features_are_read_as_an_object_or_an_array(value, granted, skipped):
    found, paths = features(value)
    assert found == granted
    assert sorted(paths) == sorted(f"license[0].features{path}" for path in skipped)


def test_no_licenses_are_an_answer():
    licenses, answer = read()
    assert licenses == ()
    assert answer.skipped == 0


def test_licensed_seats_and_hard_seats_are_not_mixed_up():
    pool = users(activeUserCount=25, licenseSeats=20, hardSeats=30, canAddUser=False)
    assert (pool.used, pool.limit, pool.thresholds) == (25.0, 20.0, {"hard": 30.0})
    assert pool.limit_reached is True


def test_a_status_without_hard_seats_names_no_threshold():
    assert users(activeUserCount=25, licenseSeats=20).thresholds == {}


def test_a_status_without_can_add_user_tells_nothing_of_the_limit():
    assert users(activeUserCount=0).limit_reached is None
    assert users(activeUserCount=0).used == 0.0


def test_a_server_without_usage_is_whole():
    without = documents()
    del without["usage"]
    report, answer = parsed(VENDOR, without)
    assert [pool.name for pool in report.pools] == ["users"]
    assert answer.failed == {}


@pytest.mark.parametrize("wrong", [None, [], "x", {}, {"summary": []}, {"users": []}])
def test_usage_of_another_shape_fails_alone(wrong):
    report, answer = parsed(VENDOR, documents(usage=wrong))
    assert [pool.name for pool in report.pools] == ["users"]
    assert list(answer.failed) == ["usage"]
    assert len(report.licenses) == 1


def test_usage_without_policy_owners_yields_data_consumers():
    summary = {"dataConsumers": {"totalCount": "5", "activeCount": 0}}
    report, answer = parsed(VENDOR, documents(usage={"summary": summary}))
    assert [(pool.name, pool.used) for pool in report.pools[1:]] == [
        ("data_consumers", 5.0),
        ("active_data_consumers", 0.0),
    ]
    assert answer.skipped == 0


@pytest.mark.parametrize("wrong", [None, {}, "x", 1, [1], {"message": "no"}])
@pytest.mark.parametrize("name", ["license", "licenseStatus"])
def test_another_shape_is_a_schema_error(name, wrong):
    with pytest.raises(SchemaError) as error:
        parsed(VENDOR, documents(**{name: wrong}))
    assert error.value.document == name
