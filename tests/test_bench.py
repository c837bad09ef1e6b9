"""The documents that the benchmark measures are read in full."""

import json

from bench import documents
from license_exporter.model.answer import Answer
from license_exporter.vendors import enterprise_recon, flexlm, seerbox


def test_every_location_of_the_big_document_is_read():
    answer = Answer({"licenses": json.loads(documents.locations(50, version=0))}, now=0.0)

    report = enterprise_recon.VENDOR.parse(answer)

    assert report.locations is not None
    assert len(report.locations) == 50
    assert answer.skipped == 0


def test_the_small_document_has_all_that_the_vendor_documents():
    answer = Answer({"license": json.loads(documents.small(version=3))}, now=0.0)

    report = seerbox.VENDOR.parse(answer)

    assert [(pool.name, pool.used) for pool in report.pools] == [
        ("monitored_monthly_requests", 3.0),
        ("machines", None),
    ]
    assert len(report.licenses[0].entitlements) == 10
    assert answer.skipped == 0


def test_every_checkout_of_the_large_license_manager_is_read():
    texts = {"status": documents.lmstat(20, 200, version=1), "expiry": documents.lmstat_ends(20)}
    answer = Answer(texts, now=0.0)

    report = flexlm.VENDOR.parse(answer)

    assert sum(pool.checkouts or 0 for pool in report.pools) == 200
    assert len(report.licenses) == 20
    assert answer.skipped == 0


def test_versions_of_a_document_differ():
    assert documents.locations(2, version=0) != documents.locations(2, version=1)
    assert documents.small(version=0) != documents.small(version=1)
    assert documents.lmstat(2, 4, version=0) != documents.lmstat(2, 4, version=1)
