import pytest

from license_exporter.errors import Reason, SchemaError
from license_exporter.model.report import Entitlement, Pool, State
from tests.documents import document, parsed
from tests.vendors.answers import answer_of, vendor_of

ELASTICSEARCH = vendor_of("elasticsearch")


def read(**changed):
    license = document("elasticsearch/_license")["license"] | changed
    report, answer = parsed(
        ELASTICSEARCH, answer_of("elasticsearch", _license={"license": license})
    )
    assert answer.skipped == 0
    return report


def test_the_documented_examples_are_read_whole():
    report = read()
    (license,) = report.licenses
    assert (license.id, license.edition, license.customer) == ("default", "trial", "")
    assert license.trial is True
    assert license.states == {State.ACTIVE}
    assert license.expiry == 1542665112.332
    assert license.created == 1540073112.332
    assert license.start is None
    assert report.pools == (Pool("nodes", "nodes", license="default", used=1.0, limit=1000.0),)
    assert Entitlement("security", granted=True, enabled=False) in license.entitlements
    assert Entitlement("ml", granted=True, enabled=True) in license.entitlements


def test_a_basic_license_never_says_when_it_ends():
    license = document("elasticsearch/_license")["license"] | {"type": "basic"}
    del license["expiry_date"], license["expiry_date_in_millis"]
    report, answer = parsed(ELASTICSEARCH, {"_license": {"license": license}})
    assert report.licenses[0].expiry is None
    assert report.licenses[0].trial is False
    assert answer.skipped == 0


def test_an_enterprise_license_counts_resource_units():
    report = read(type="enterprise", max_nodes=None, max_resource_units=10)
    assert report.pools == (
        Pool("resource_units", "units", license="default", limit=10.0),
        Pool("nodes", "nodes", license="default", used=1.0),
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("valid", State.ACTIVE),
        ("expired", State.EXPIRED),
        ("invalid", State.INVALID),
        ("burnt", State.UNKNOWN),
    ],
)
def test_the_state_is_the_status(status, state):
    assert read(status=status).licenses[0].states == {state}


def test_a_limit_of_minus_one_is_none_as_it_is_of_the_start():
    (nodes,) = read(max_nodes=-1, max_resource_units=-1).pools
    assert (nodes.name, nodes.limit) == ("nodes", None)


def test_a_missing_license_is_never_an_absent_one():
    (license, *others) = ELASTICSEARCH.documents
    assert license.required
    assert license.absent_statuses == frozenset()
    assert not any(other.required for other in others)
    with pytest.raises(SchemaError):
        parsed(ELASTICSEARCH, answer_of("elasticsearch", _license={"error": "x"}))


def test_features_and_nodes_may_fail_alone():
    documents = {"_license": document("elasticsearch/_license"), "_xpack": [], "_cluster/health": 5}
    report, answer = parsed(ELASTICSEARCH, documents)
    assert report.pools == (Pool("nodes", "nodes", license="default", limit=1000.0),)
    assert report.licenses[0].entitlements == ()
    assert {error.reason for error in answer.failed.values()} == {Reason.SCHEMA}


@pytest.mark.parametrize(("kind", "customer"), [("basic", ""), ("platinum", "C1")])
def test_a_license_that_a_cluster_gave_itself_is_issued_to_no_customer(kind, customer):
    license = document("elasticsearch/_license")["license"] | {"type": kind, "issued_to": "C1"}
    report, answer = parsed(
        ELASTICSEARCH, answer_of("elasticsearch", _license={"license": license})
    )
    assert report.licenses[0].customer == customer
    assert answer.skipped == 0


def test_the_nodes_of_a_basic_license_are_no_limit():
    license = document("elasticsearch/_license")["license"] | {"type": "basic", "max_nodes": 1000}
    report, _ = parsed(ELASTICSEARCH, answer_of("elasticsearch", _license={"license": license}))
    assert [(pool.name, pool.limit) for pool in report.pools] == [("nodes", None)]


def test_an_enterprise_license_is_asked_for_and_older_servers_are_asked_without():
    (license, *_) = ELASTICSEARCH.documents
    assert license.params == {"accept_enterprise": "true"}
    assert license.fallback is not None
    assert license.fallback.params == {}
