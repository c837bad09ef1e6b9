from license_exporter.model.report import Entitlement, License, Pool, State
from tests.documents import document, parsed
from tests.vendors.answers import answer_of, vendor_of

REDIS = vendor_of("redis_enterprise")


def test_the_documented_example_is_read_whole():
    report, answer = parsed(REDIS, answer_of("redis_enterprise"))
    assert report.pools == (
        Pool("ram_shards", "shards", license="default", parent="shards", used=0.0, limit=300.0),
        Pool("flash_shards", "shards", license="default", parent="shards", used=0.0, limit=100.0),
        Pool("shards", "shards", license="default", used=0.0, limit=400.0),
    )
    assert report.licenses == (
        License(
            customer="Redis",
            states=frozenset([State.EXPIRED]),
            expiry=1577750400.0,
            start=1546214400.0,
            entitlements=(Entitlement("bigstore", granted=True),),
        ),
    )
    assert answer.skipped == 0


def test_a_license_that_has_not_expired_is_active():
    report, _ = parsed(
        REDIS, {"license": document("redis_enterprise/license") | {"expired": False}}
    )
    assert report.licenses[0].states == {State.ACTIVE}


def test_a_cluster_without_a_license_is_up():
    (license, _) = REDIS.documents
    assert license.absent_statuses == {404}
    report, _ = parsed(REDIS, {})
    assert report.licenses == (License(described=False, states=frozenset([State.ABSENT])),)


def test_the_license_key_is_nowhere():
    report, _ = parsed(REDIS, answer_of("redis_enterprise"))
    assert "LICENSE START" not in repr(report)
