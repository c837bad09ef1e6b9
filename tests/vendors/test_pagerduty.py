import math

from license_exporter.model.report import Pool
from tests.documents import document, parsed
from tests.vendors.answers import answer_of, vendor_of

PAGERDUTY = vendor_of("pagerduty")
FULL, STAKEHOLDER = "Business (Full User)", "Business (Stakeholder)"


def read(**changed):
    """The pools of the example, of which the first license is changed."""
    (first, *others) = document("pagerduty/licenses")["licenses"]
    report, answer = parsed(PAGERDUTY, {"licenses": {"licenses": [first | changed, *others]}})
    return {pool.name: pool for pool in report.pools}, answer


def test_the_documented_example_is_read_whole():
    report, answer = parsed(PAGERDUTY, answer_of("pagerduty"))
    assert report.pools == (
        Pool("FullUser", "users", license="default", used=234.0, limit=5000.0, available=4766.0),
        Pool("Stakeholder", "users", license="default", used=48.0, limit=5000.0, available=4952.0),
        Pool(
            "PIP248G", "users", license="default", display_name=FULL, parent="FullUser", used=234.0
        ),
        Pool("PTHH1SQ", "users", license="default", display_name=FULL, parent="FullUser", used=0.0),
        Pool(
            "PQ8W0D0",
            "users",
            license="default",
            display_name=STAKEHOLDER,
            parent="Stakeholder",
            used=48.0,
        ),
    )
    assert report.licenses == ()
    assert answer.skipped == 0


def test_null_allocations_are_unlimited():
    licenses = [
        row | {"allocations_available": None}
        for row in document("pagerduty/licenses")["licenses"]
        if row["role_group"] == "FullUser"
    ]
    report, answer = parsed(PAGERDUTY, {"licenses": {"licenses": licenses}})
    group, *children = report.pools
    assert (group.used, group.limit, group.available) == (234.0, math.inf, None)
    assert [child.limit for child in children] == [math.inf, math.inf]
    assert answer.skipped == 0


def test_allocations_that_are_missing_are_unknown():
    (license, *_) = document("pagerduty/licenses")["licenses"]
    del license["allocations_available"]
    report, answer = parsed(PAGERDUTY, {"licenses": {"licenses": [license]}})
    assert [(pool.limit, pool.available) for pool in report.pools] == [(None, None), (None, None)]
    assert answer.skipped == 0


def test_a_group_of_which_one_license_is_unknown_has_no_sum():
    pools, answer = read(current_value="many")
    assert pools["FullUser"].used is None
    assert pools["FullUser"].limit is None
    assert pools["Stakeholder"].used == 48.0
    assert "PIP248G" not in pools
    assert answer.skipped == 2


def test_an_account_without_licenses_is_a_good_answer():
    report, answer = parsed(PAGERDUTY, {"licenses": {"licenses": []}})
    assert report.pools == ()
    assert answer.skipped == 0
