import pytest

from license_exporter.model.report import Pool, State
from tests.documents import document, parsed
from tests.vendors.answers import answer_of, vendor_of

GRAPH = vendor_of("microsoft_graph")
SUBSCRIPTIONS = "directory/subscriptions"


def units(**counts):
    return dict.fromkeys(["enabled", "warning", "suspended", "locked_out"], 0.0) | counts


def subscription(**changed):
    (row,) = document(f"microsoft_graph/{SUBSCRIPTIONS}")["value"]
    documents = answer_of("microsoft_graph", **{SUBSCRIPTIONS: {"value": [row | changed]}})
    report, answer = parsed(GRAPH, documents)
    assert answer.skipped == 0
    (license,) = report.licenses
    return license


def test_the_documented_examples_are_read_whole():
    report, answer = parsed(GRAPH, answer_of("microsoft_graph"))
    assert report.pools == (
        Pool(
            "ENTERPRISEPREMIUM",
            "users",
            used=14.0,
            limit=25.0,
            units=units(enabled=25.0),
        ),
        Pool(
            "CRMSTANDARD",
            "users",
            used=14.0,
            limit=0.0,
            units=units(suspended=25.0),
        ),
    )
    license = subscription()
    assert license.edition == "MyPartNumber"
    assert license.states == {State.ACTIVE}
    assert license.trial is False
    assert license.deadlines == {"next_lifecycle": 1675209600.0}
    assert license.expiry is None
    assert answer.skipped == 0


@pytest.mark.parametrize(
    ("status", "states"),
    [
        ("Enabled", {State.ACTIVE}),
        ("Warning", {State.ACTIVE, State.GRACE}),
        ("Suspended", {State.SUSPENDED}),
        ("LockedOut", {State.SUSPENDED}),
        ("Deleted", {State.ABSENT}),
        ("Reborn", {State.UNKNOWN}),
    ],
)
def test_the_state_is_that_of_the_subscription(status, states):
    assert subscription(status=status).states == states


def test_a_subscription_may_have_no_next_lifecycle():
    assert subscription(nextLifecycleDateTime=None).deadlines == {}


def test_what_a_sku_of_the_company_counts_is_not_told():
    (sku, _) = document("microsoft_graph/subscribedSkus")["value"]
    pages = [{"value": [sku | {"appliesTo": "Company"}]}]
    report, _ = parsed(GRAPH, {"subscribedSkus": pages})
    assert report.pools[0].unit == "units"


def test_skus_of_one_name_are_added_up():
    (sku, _) = document("microsoft_graph/subscribedSkus")["value"]
    report, _ = parsed(GRAPH, {"subscribedSkus": [{"value": [sku, sku]}]})
    (pool,) = report.pools
    assert (pool.used, pool.limit, pool.units["enabled"]) == (28.0, 50.0, 50.0)


def test_all_pages_are_read():
    first, second = document("microsoft_graph/subscribedSkus")["value"]
    report, _ = parsed(GRAPH, {"subscribedSkus": [{"value": [first]}, {"value": [second]}]})
    assert [pool.name for pool in report.pools] == ["ENTERPRISEPREMIUM", "CRMSTANDARD"]


def test_without_subscriptions_a_state_is_that_of_a_sku_with_a_single_one():
    first, second = document("microsoft_graph/subscribedSkus")["value"]
    second["subscriptionIds"].append("another")
    report, answer = parsed(GRAPH, {"subscribedSkus": [{"value": [first, second]}]})
    (license,) = report.licenses
    assert license.id == first["subscriptionIds"][0]
    assert license.states == {State.ACTIVE}
    assert answer.skipped == 0


def test_without_subscriptions_skus_may_share_one():
    first, second = document("microsoft_graph/subscribedSkus")["value"]
    second["subscriptionIds"] = first["subscriptionIds"]
    report, answer = parsed(GRAPH, {"subscribedSkus": [{"value": [first, second]}]})
    assert [pool.name for pool in report.pools] == ["ENTERPRISEPREMIUM", "CRMSTANDARD"]
    (license,) = report.licenses
    assert (license.edition, license.states) == ("ENTERPRISEPREMIUM", {State.ACTIVE})
    assert answer.skipped == 0


def test_a_tenant_that_bought_nothing_is_a_good_answer():
    report, answer = parsed(GRAPH, {"subscribedSkus": [{"value": []}]})
    assert report.pools == ()
    assert answer.skipped == 0


@pytest.mark.parametrize(
    ("units", "limit"),
    [
        ({"enabled": 0, "warning": 50}, 50.0),
        ({"enabled": 100, "warning": 3}, 100.0),
        ({"enabled": 0, "warning": 0, "suspended": 25}, 0.0),
    ],
)
def test_units_in_warning_are_the_limit_of_a_sku_that_has_no_others(units, limit):
    (sku, _) = document("microsoft_graph/subscribedSkus")["value"]
    report, _ = parsed(GRAPH, {"subscribedSkus": [{"value": [sku | {"prepaidUnits": units}]}]})
    assert report.pools[0].limit == limit
