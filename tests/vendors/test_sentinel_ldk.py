"""What Sentinel LDK's page of features tells, in the forms in which it was seen."""

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.model import Pool
from tests.fuzz import fuzz
from tests.vendors.managers import DAY, Read, configured, garbled, recorded


def ldk(text):
    return Read("sentinel_ldk", {"features": text})


def test_all_that_the_page_tells_is_exported_and_nothing_else():
    path = "sentinel_ldk/features.txt"
    assert ldk(recorded(path)).samples() == recorded(f"{path}.samples")


def test_features_are_pools_by_their_ids():
    found = ldk(recorded("sentinel_ldk/features.txt"))
    assert {name: pool.display_name for name, pool in found.pools.items()} == {
        "1": "Solver",
        "1000": "Other",
        "2": "Mesh",
        "3": "",
    }
    assert (found.pools["2"].used, found.pools["2"].limit) == (1, 6)
    assert (found.pools["3"].limit, found.pools["1000"].limit) == (math.inf, math.inf)
    assert found.licenses["1@permanent"].expiry == math.inf
    assert found.counts("2@2026-06-05") == 5
    assert found.licenses["2@2027-06-05"].expiry == 1812153600.0 + DAY
    assert found.skipped == 0


def test_one_id_of_two_vendors_is_two_features():
    text = '/*JSON:features*/{"fid":"1","logl":"2","ven":"7"},{"fid":"1","logl":"3","ven":"8"}'
    assert {name: pool.limit for name, pool in ldk(text).pools.items()} == {"7:1": 2, "8:1": 3}
    text = '{"fid":"1","logl":"2","ven":"7"},{"fid":"1","logl":"3"},{"fid":"1","logl":"4","ven":""}'
    assert {name: pool.limit for name, pool in ldk(text).pools.items()} == {"7:1": 2, ":1": 7}


def test_a_null_says_nothing_and_numbers_may_be_numbers():
    found = ldk(
        '{"fid":1,"fn":null,"logc":0,"logl":2,"lic":null,"ven":null},{"fid":null,"logl":7},'
        '{"fid":"2","fn":" Mesh ","logc":null,"logl":null},{"fid":1,"logc":3,"ven":"7"}'
    )
    assert found.report.pools == (
        Pool("2", "licenses", display_name="Mesh"),
        Pool("7:1", "licenses", used=3),
        Pool(":1", "licenses", used=0, limit=2),
    )
    assert found.skipped == 0


def test_rows_that_the_page_counts_and_does_not_list_are_counted():
    text = '/*JSON:features*/{"fid":"1","logl":"2"},{"fhaspid":"0","cnt":"30"}'
    assert ldk(text).answer.skipped_paths == ["features.cnt"] * 29


def test_a_page_without_features_has_none():
    assert ldk('/*JSON:features*/{"fhaspid":"0","cnt":"0"}').report.pools == ()


@pytest.mark.parametrize(
    ("text", "reason", "message"),
    [
        ("<html>Log in</html>", Reason.SCHEMA, "the page lists no features"),
        ('{"fid":"","logl":"2"}', Reason.SCHEMA, "the page lists no features"),
        ("/* <code>0</code> */", Reason.SCHEMA, "the page lists no features"),
        ("/* <admin_status><code>6001</code></admin_status> */", Reason.SERVER,
         "the license manager's page tells of error 6001"),
        ("/* <code> 00123456789 </code> */", Reason.SERVER,
         "the license manager's page tells of error 123456789"),
    ],
)  # fmt: skip
def test_a_page_of_something_else_is_an_error(text, reason, message):
    with pytest.raises(FetchError) as error:
        ldk(text)
    document = "features" if reason == Reason.SCHEMA else ""
    assert error.value.failure == Failure(document, reason, message)


@pytest.mark.parametrize(
    ("said", "id"),
    [
        ("Perpetual", "1@permanent"),
        ("<b>perpetual</b>", "1@permanent"),
        ("Expiration Date&nbsp;Fri&nbsp;Jun&nbsp;5,&nbsp;2026&nbsp;19:55", "1@2026-06-05"),
        ("2026-06-05 19:55", "1@2026-06-05"),
    ],
)
def test_a_license_ends_as_the_page_says_in_its_html(said, id):
    found = ldk(f'{{"fid":"1","logl":"10","lic":"{said}"}}')
    assert list(found.licenses) == [id]
    assert found.counts(id) == 10
    assert found.skipped == 0


def test_an_answer_holds_until_the_first_of_a_features_several_ends():
    report = ldk(recorded("sentinel_ldk/features.txt")).report
    assert report.valid_until == datetime(2026, 6, 6, tzinfo=UTC).timestamp()


def test_what_nobody_understands_is_counted_and_the_rest_is_read():
    found = ldk("""/* features */
{"fid":"1","logc":"some","logl":"many"},
{"fid":"2","lic":"Fri Jun 35, 2026"},{"fid":"3","lic":"Expires soon"}
{"fid":"4",
{"fid":"5","logl":"7"},
{"fid":"6",
{"fid":
""")
    assert list(found.pools) == ["1", "2", "3", "5"]
    assert found.pools["5"].limit == 7
    assert found.answer.skipped_paths == [
        *(["features"] * 3),
        "features.logc",
        "features.logl",
        "features.lic",
        "features.lic",
    ]


def test_what_only_begins_like_a_feature_ends_the_page():
    found = ldk('{"fid":"1"},{"fid":')
    assert list(found.pools) == ["1"]
    assert found.answer.skipped_paths == ["features"]


def test_the_product_is_what_the_target_says():
    assert configured("sentinel_ldk", product="CAD of Acme").product == "CAD of Acme"
    assert configured("sentinel_ldk").product == "Sentinel LDK"


@fuzz
@given(data=st.data())
def test_whatever_the_page_has_is_read_or_is_an_error(data):
    try:
        found = ldk(data.draw(garbled(recorded("sentinel_ldk/features.txt"))))
    except FetchError:
        return
    assert found.exposition()
