import math

import pytest

from license_exporter.errors import ConfigError, FetchError, Reason, SchemaError
from license_exporter.formats.json import decode
from license_exporter.model.allowance import Allowance
from license_exporter.model.answer import Answer
from license_exporter.model.report import Entitlement, License, Pool, State
from license_exporter.model.vendor import Document, Each
from tests.documents import parsed
from tests.mapping.mappings import read, vendor
from tests.mapping.whole import DOCUMENT, VENDOR

TWO_REQUESTS = """
requests:
  seats: {}
  extras: {optional: true}
pools:
  - {document: seats, name: {value: seats}, used: used}
  - {document: extras, rows: extras, name: name, used: used}
"""

SENSITIVE = (
    ", which may be a secret or a person's; if it is neither, say so by allow_sensitive: true"
)
NULL_OF_NO_NAME = (
    "mapping.pools[0].limit: what null means can be told only of an expression that ends in a name"
)

NOTHING_READ = (
    "nothing that the mapping looks for is in the document; what each expression finds is told by: "
    "license-exporter probe NAME --explain"
)

NEW_YEAR = 1893456000.0  # 2030


def pools(mapping, document):
    return read(mapping, document)[0].pools


def test_the_whole_model_can_be_filled():
    report, answer = parsed(VENDOR, {"doc": DOCUMENT})
    assert answer.skipped == 0
    assert report.licenses == (
        License(
            id="7",
            edition="gold",
            customer="Acme",
            policy="floating",
            current=True,
            trial=False,
            states=frozenset([State.ACTIVE]),
            expiry=math.inf,
            start=NEW_YEAR + 5,
            created=NEW_YEAR + 5,
            updated=NEW_YEAR + 5,
            validated=NEW_YEAR + 5,
            grace_period=172800.0,
            grace_usage_ratio=0.1,
            deadlines={"support": NEW_YEAR + 86400, "grace_end": NEW_YEAR + 172800},
            entitlements=(
                Entitlement(
                    "sso",
                    granted=True,
                    enabled=False,
                    limit=3.0,
                    unit="hosts",
                    expiry=NEW_YEAR + 86400,
                    states=frozenset([State.EXPIRED]),
                ),
            ),
        ),
    )
    assert report.pools == (
        Pool(
            "seats",
            "nodes",
            display_name="Seats",
            license="7",
            parent="all",
            window="month",
            window_start=NEW_YEAR,
            window_end=NEW_YEAR + 31 * 86400,
            used=5.0,
            limit=math.inf,
            limit_reached=False,
            available=-1.0,
            overage=1.0,
            peak_used=6.0,
            assignments=4.0,
            thresholds={"warning": 8.0, "hard": 9.0},
            units={"enabled": 3.0, "locked_out": 0.0},
            periods={"2021-02": 3.0},
        ),
    )
    assert report.locations == {("seats", "nodes", "Rome", "site"): 2.0}
    assert (report.warnings, report.pending_bytes, report.pending_scans) == (0.0, 10.0, 2.0)
    assert report.data_timestamp == NEW_YEAR + 9


def test_rows_are_counted_as_assignments():
    mapping = "assignments: [{rows: hosts, pool: type, unit: {value: nodes}}]"
    hosts = [{"type": "server"}, {"type": "client"}, {"type": "server"}]
    assert pools(mapping, {"hosts": hosts}) == (
        Pool("server", "nodes", license="default", assignments=2.0),
        Pool("client", "nodes", license="default", assignments=1.0),
    )


def test_a_pool_has_the_usual_unit_of_the_mapping_where_none_is_told():
    mapping = "{unit: seats, units: {disk: bytes}, pools: [{rows: p, name: n, used: u}]}"
    assert [
        pool.unit for pool in pools(mapping, {"p": [{"n": "disk", "u": 1}, {"n": "b", "u": 1}]})
    ] == [
        "bytes",
        "seats",
    ]


def test_rows_know_the_rows_around_them():
    mapping = """
    pools:
      - rows: [regions, sites, plans]
        name: "join('/', [grandparent().r, parent().s, n])"
        used: u
    """
    document = {
        "regions": [{"r": "eu", "sites": [{"s": 1}, {"s": "rome", "plans": [{"n": "a", "u": 1}]}]}]
    }
    report, answer = read(mapping, document)
    assert report.pools == (Pool("eu/rome/a", "users", license="default", used=1.0),)
    assert answer.skipped_paths == ["pools[0].rows"]


def test_an_object_where_others_send_an_array_is_one_row():
    assert pools("pools: [{rows: p, name: n, used: u}]", {"p": {"n": "a", "u": 1}}) == (
        Pool("a", "users", license="default", used=1.0),
    )


@pytest.mark.parametrize(
    ("document", "optional", "skipped"),
    [
        ({"used": 1}, "false", 1),
        ({"used": 1}, "true", 0),
        ({"used": 1, "limit": None}, "false", 0),
        ({"used": 1, "limit": "many"}, "true", 1),
        ({"used": 1, "limit": "null"}, "false", 0),
    ],
)
def test_what_is_not_found_is_counted_unless_optional_or_null(document, optional, skipped):
    mapping = (
        f"pools: [{{name: {{value: a}}, used: used, limit: {{path: limit, optional: {optional}}}}}]"
    )
    report, answer = read(mapping, document)
    assert report.pools == (Pool("a", "users", license="default", used=1.0),)
    assert answer.skipped == skipped


@pytest.mark.parametrize("optional", ["false", "true"])
def test_a_null_that_is_sent_means_what_the_mapping_says(optional):
    limit = f"{{path: limit, unlimited: [null], optional: {optional}}}"
    mapping = f"pools: [{{name: {{value: a}}, used: used, limit: {limit}}}]"
    (pool,) = pools(mapping, {"used": 1, "limit": None})
    assert pool.limit == math.inf
    (pool,) = pools(mapping, {"used": 1})
    assert pool.limit is None


def test_a_row_that_is_null_is_left_out_and_counted():
    report, answer = read("pools: [{rows: p, name: n, used: u}]", {"p": [None, {"n": "a", "u": 1}]})
    assert report.pools == (Pool("a", "users", license="default", used=1.0),)
    assert answer.skipped_paths == ["pools[0].rows"]


def test_many_rows_are_read_only_as_long_as_there_is_time():
    asked = []
    allowance = Allowance(ticks=lambda: float(len(asked.append(None) or asked)))
    mapping = "pools: [{rows: '@', name: {value: a}, used: 1, duplicates: add}]"
    answer = Answer({"doc": [{}] * 1000}, 0.0, allowance)
    assert vendor(mapping).parse(answer).pools[0].used == 1000.0
    assert len(asked) == 5  # once where the rows are looked for, then each 256 rows
    answer = Answer({"doc": [{}]}, 0.0, Allowance(deadline=0.0))
    with pytest.raises(FetchError) as caught:
        vendor(mapping).parse(answer)
    assert caught.value.reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    "mapping",
    [
        "pools: [{rows: '@', name: '@', used: 1}]",
        "licenses: [{rows: '@', id: '@', trial: true}]",
        "entitlements: [{rows: '@', name: '@', granted: true}]",
    ],
)
def test_rows_make_no_more_items_than_there_may_be(mapping):
    many = vendor(mapping)
    assert many.parse(Answer({"doc": ["a", "b"]}, 0.0, Allowance(items=2)))
    with pytest.raises(FetchError) as caught:
        many.parse(Answer({"doc": ["a", "b", "c"]}, 0.0, Allowance(items=2)))
    assert caught.value.reason is Reason.TOO_LARGE


def test_expressions_build_no_more_of_an_answer_than_they_may():
    mapping = vendor("pools: [{name: {value: a}, used: 'length(to_string(@))'}]")
    document = {"doc": ["x" * 500]}
    assert mapping.parse(Answer(document, 0.0)).pools[0].used == 504.0
    with pytest.raises(FetchError) as caught:
        mapping.parse(Answer(document, 0.0, Allowance(texts=400)))
    assert caught.value.reason is Reason.TOO_LARGE


def test_an_expression_that_fails_in_one_row_spares_the_others():
    mapping = "pools: [{rows: p, name: n, used: 'sum(u)'}]"
    report, answer = read(mapping, {"p": [{"n": "a", "u": ["x"]}, {"n": "b", "u": [1, 2]}]})
    assert report.pools == (Pool("b", "users", license="default", used=3.0),)
    assert answer.skipped_paths == ["pools[0].used"]


@pytest.mark.parametrize("name", [{}, {"n": ""}, {"n": None}, {"n": True}])
def test_a_row_without_its_label_is_left_out_and_counted(name):
    report, answer = read(
        "pools: [{rows: p, name: n, used: u}]", {"p": [{"u": 1, **name}, {"n": "b", "u": 2}]}
    )
    assert report.pools == (Pool("b", "users", license="default", used=2.0),)
    assert answer.skipped == 1


def test_a_license_whose_id_is_missing_is_not_the_default_one():
    report, answer = read(
        "licenses: [{rows: l, id: i, edition: e}]", {"l": [{"e": "x"}, {"i": 1, "e": "y"}]}
    )
    assert [license.id for license in report.licenses] == ["1"]
    assert answer.skipped == 1


def test_nothing_but_labels_makes_no_pool_and_no_license():
    mapping = """
    pools:
      - {name: {value: a}, used: used}
      - {name: {value: b}, window: {value: day}, limit: {path: limit, optional: true}}
    licenses: [{id: {value: x}, expiry: {path: expiry, optional: true}}]
    """
    report, _ = read(mapping, {"used": 1})
    assert [pool.name for pool in report.pools] == ["a"]
    assert report.licenses == ()


def test_row_sets_complete_each_other():
    mapping = """
    requests: {license: {}, cluster: {}}
    pools:
      - {document: license, name: {value: nodes}, limit: max}
      - {document: cluster, name: {value: nodes}, used: n}
    """
    answer = Answer({"license": {"max": 3}, "cluster": {"n": 2}}, 0.0)
    assert vendor(mapping).parse(answer).pools == (
        Pool("nodes", "users", license="default", used=2.0, limit=3.0),
    )


def test_what_a_row_set_does_not_find_takes_nothing_from_another():
    mapping = """
    pools:
      - {name: {value: a}, used: used}
      - {name: {value: a}, used: {path: spent, optional: true}, limit: max}
    """
    assert pools(mapping, {"used": 1, "max": 2}) == (
        Pool("a", "users", license="default", used=1.0, limit=2.0),
    )


@pytest.mark.parametrize(
    ("rule", "used", "start"), [("add", 5.0, 86400.0), ("greatest", 3.0, 172800.0)]
)
def test_rows_with_equal_labels_are_joined_as_told(rule, used, start):
    mapping = f"pools: [{{rows: p, name: n, used: u, window_start: s, duplicates: {rule}}}]"
    rows = [{"n": "a", "u": 2, "s": "1970-01-02"}, {"n": "a", "u": 3, "s": "1970-01-03"}]
    (pool,) = pools(mapping, {"p": rows})
    assert (pool.used, pool.window_start) == (used, start)


@pytest.mark.parametrize("unknown", [{}, {"u": None}, {"u": "many"}])
@pytest.mark.parametrize("last", [False, True])
def test_a_sum_of_which_a_part_is_not_known_is_not_known(unknown, last):
    mapping = "pools: [{rows: '@', name: n, used: u, units: {enabled: e}, duplicates: add}]"
    rows = [{"n": "a", "u": 2, "e": 1}, {"n": "b", "u": 3, "e": 1}]
    rows.insert(2 if last else 0, {"n": "a", "e": 1} | unknown)
    a, b = sorted(pools(mapping, rows), key=lambda pool: pool.name)
    assert a == Pool("a", "users", license="default", units={"enabled": 2.0})
    assert (b.used, b.units) == (3.0, {"enabled": 1.0})


def test_a_part_that_is_not_known_counts_even_if_its_row_tells_nothing_else():
    mapping = "pools: [{rows: '@', name: n, used: u, duplicates: add}]"
    assert pools(mapping, [{"n": "a", "u": 2}, {"n": "a", "u": None}, {"n": "b", "u": 1}]) == (
        Pool("b", "users", license="default", used=1.0),
    )
    mapping = "periods: [{rows: '@', pool: {value: p}, period: m, used: u, duplicates: add}]"
    rows = [{"m": "2026-01", "u": 2}, {"m": "2026-01", "u": None}, {"m": "2026-02", "u": 0}]
    assert pools(mapping, rows) == (
        Pool("p", "users", license="default", periods={"2026-02": 0.0}),
    )


def test_what_one_row_set_does_not_know_another_may():
    mapping = """
    pools:
      - {rows: nodes, name: {value: n}, used: u, limit: {path: l, optional: true}, duplicates: add}
      - {name: {value: n}, limit: max}
    """
    nodes = {"nodes": [{"u": 1}, {"u": 2}], "max": 5}
    assert pools(mapping, nodes) == (Pool("n", "users", license="default", used=3.0, limit=5.0),)


@pytest.mark.parametrize(
    ("mapping", "place", "column"),
    [
        ("pools: [{rows: '@', name: n, used: u}]", "pools[0]", "used"),
        ("entitlements: [{rows: '@', name: n, limit: u}]", "entitlements[0]", "limit"),
        ("licenses: [{rows: '@', id: n, grace_period: u}]", "licenses[0]", "grace_period"),
        (
            "locations: [{rows: '@', pool: n, location: n, used: u, duplicates: error}]",
            "locations[0]",
            "used",
        ),
        ("report: [{rows: '@', warnings: u}]", "report[0]", "warnings"),
        ("periods: [{rows: '@', pool: n, period: p, used: u}]", "periods[0]", "periods.2021"),
    ],
)
def test_rows_with_equal_labels_are_an_error_unless_told_otherwise(mapping, place, column):
    with pytest.raises(SchemaError) as caught:
        read(mapping, [{"n": "a", "p": "2021", "u": 1}] * 2)
    assert caught.value.document == "doc"
    assert caught.value.message == (
        f"two rows of {place} have equal labels and both tell {column}; say by `duplicates` which "
        "holds, or whether they are added"
    )


def test_rows_with_equal_labels_may_tell_the_same_of_what_is_no_number():
    mapping = "pools: [{rows: '@', name: n, display_name: d, used: {path: u, optional: true}}]"
    rows = [{"n": "a", "d": "A"}, {"n": "a", "d": "A", "u": 1}]
    assert pools(mapping, rows) == (
        Pool("a", "users", license="default", display_name="A", used=1.0),
    )
    with pytest.raises(SchemaError, match="both tell display_name"):
        pools(mapping, [{"n": "a", "d": "A", "u": 1}, {"n": "a", "d": "B", "u": 1}])


def test_what_is_granted_by_no_license_in_particular_is_granted_by_the_default_one():
    report, _ = read("entitlements: [{rows: '@', name: n, limit: l}]", [{"n": "sso", "l": 1}])
    assert report.licenses == (
        License("default", described=False, entitlements=(Entitlement("sso", limit=1.0),)),
    )


def test_locations_with_equal_labels_are_added():
    mapping = "locations: [{rows: '@', pool: {value: p}, location: l, used: u}]"
    rows = [{"l": "bob@example.com", "u": 1}, {"l": "eve@example.com", "u": 2}]
    assert read(mapping, rows)[0].locations == {("p", "users", "*@example.com", ""): 3.0}


def test_no_locations_are_told_from_none_that_are_sent():
    mapping = "locations: [{rows: l, optional: true, pool: p, location: l, used: u}]"
    pools = "pools: [{name: {value: a}, used: u}]"
    assert read(f"{{{mapping}, {pools}}}", {"u": 1})[0].locations is None
    assert read(f"{{{mapping}, {pools}}}", {"u": 1, "l": []})[0].locations == {}


def test_a_sum_never_becomes_unlimited():
    with pytest.raises(SchemaError) as caught:
        read(
            "pools: [{rows: '@', name: {value: a}, used: '@', duplicates: add}]", [1.7e308, 1.7e308]
        )
    assert caught.value.document == "doc"
    assert caught.value.message == "the sum of the rows of pools[0] is no number"


@pytest.mark.parametrize(
    ("document", "states"),
    [
        ({"expired": False, "valid": True}, {State.ACTIVE}),
        ({"expired": True, "valid": True}, {State.EXPIRED}),
        ({"expired": True, "valid": False}, {State.EXPIRED, State.INVALID}),
        ({"expired": False, "valid": False}, {State.INVALID}),
        ({"expired": False}, {State.ACTIVE}),
        ({"locked": True, "valid": True}, {State.ACTIVE, State.SUSPENDED}),
        ({"locked": False}, None),
    ],
)
def test_a_license_is_active_only_if_all_that_tell_its_state_say_so(document, states):
    mapping = """
    licenses:
      - edition: {value: gold}
        state:
          - {path: expired, optional: true, map: {true: expired, false: active}}
          - {path: valid, optional: true, map: {true: active, false: invalid}}
          - {path: locked, optional: true, map: {true: [active, suspended], false: []}}
    """
    (license,) = read(mapping, document)[0].licenses
    assert license.states == (states and frozenset(states))


def test_a_document_in_which_nothing_is_found_fails_the_target():
    for document in ({}, [], None, 5, "x", {"other": 1}):
        with pytest.raises(SchemaError) as caught:
            read("pools: [{rows: p, name: n, used: u}]", document)
        assert caught.value.document == "doc"
        assert caught.value.message == NOTHING_READ


@pytest.mark.parametrize(
    "mapping",
    [
        "licenses: [{state: {value: active}, expiry: e}]",
        "licenses: [{rows: error, state: {value: active}, expiry: e}]",
        "pools: [{name: {value: a}, limit: 50, used: u}]",
        "pools: [{name: {value: a}, limit: 50}]",
    ],
)
def test_constants_alone_are_nothing_that_was_read(mapping):
    with pytest.raises(SchemaError):
        read(mapping, {"error": {"code": 5}})


@pytest.mark.parametrize(
    ("column", "found"),
    [
        ("e", "0001-01-01T00:00:00Z"),
        ("{path: e, format: unix}", 0),
        ("{path: e, format: unix}", -62135596800),
        ("{path: e, format: [iso, unix_ms]}", 0),
        ('{path: e, format: "%d.%m.%Y"}', "01.01.1970"),
    ],
)
def test_a_product_that_says_by_a_stand_in_that_it_has_no_date_has_answered(column, found):
    report, answer = read(f"licenses: [{{expiry: {column}}}]", {"e": found})
    assert report.licenses == ()
    assert answer.skipped == 1
    report, answer = read(f"licenses: [{{expiry: {column}, start: s}}]", {"e": found, "s": "?"})
    assert report.licenses == ()
    assert answer.skipped == 2


def test_rows_of_constants_are_counted():
    mapping = "pools: [{rows: users, name: {value: seats}, used: 1, duplicates: add}]"
    assert pools(mapping, {"users": [{}, {}]}) == (
        Pool("seats", "users", license="default", used=2.0),
    )
    assert pools(mapping, {"users": []}) == ()


def test_an_array_without_rows_is_a_good_answer():
    report, answer = read("pools: [{rows: p, name: n, used: u}]", {"p": []})
    assert report.pools == ()
    assert answer.skipped == 0


@pytest.mark.parametrize("rows", ["[a.b][]", "[@][?b]", "entries(b || `{}`)", "[b][] | [?c]"])
def test_an_array_that_only_the_expression_makes_is_no_answer(rows):
    mapping = f"pools: [{{rows: '{rows}', name: n, used: u}}]"
    error = {"error": {"message": "session timed out"}}
    with pytest.raises(SchemaError, match="nothing that the mapping looks for"):
        read(mapping, error)
    paged = "requests: {doc: {paging: {by: link}}}\n" + mapping
    with pytest.raises(SchemaError, match="nothing that the mapping looks for"):
        read(paged, [error, error])


@pytest.mark.parametrize(
    ("rows", "document"),
    [
        ("[a.b][]", {"a": {"b": []}}),
        ("*.b[]", {"eu": {"b": []}}),
        ("entries(@)[].value.b[]", {"eu": {"b": []}}),
        ("* | [].b | []", {"eu": {"b": []}}),
        ("[?c]", [{"b": 1}]),
    ],
)
def test_an_array_without_rows_that_is_the_documents_own_is_a_good_answer(rows, document):
    report, answer = read(f"pools: [{{rows: '{rows}', name: n, used: u}}]", document)
    assert report.pools == ()
    assert answer.skipped == 0


def test_a_document_that_is_null_is_no_row():
    mapping = "pools: [{name: {value: a}, used: '`5`'}]"
    assert len(pools(mapping, {})) == 1
    with pytest.raises(SchemaError):
        pools(mapping, None)


@pytest.mark.parametrize(("document", "skipped"), [({"p": None}, 0), ({}, 1), ({"p": 5}, 1)])
def test_rows_that_are_null_are_unknown_and_not_counted(document, skipped):
    mapping = "pools: [{name: {value: a}, used: u}, {rows: p, name: n, used: u}]"
    _, answer = read(mapping, document | {"u": 1})
    assert answer.skipped == skipped
    _, answer = read(mapping.replace("{rows: p,", "{rows: p, optional: true,"), {"u": 1})
    assert answer.skipped == 0


def test_an_optional_document_of_another_shape_fails_alone():
    for extras in ([], {"extras": 5}):
        answer = Answer({"seats": {"used": 1}, "extras": extras}, 0.0)
        report = vendor(TWO_REQUESTS).parse(answer)
        assert report.pools == (Pool("seats", "users", license="default", used=1.0),)
        assert answer.failed["extras"].reason is Reason.SCHEMA


def test_an_optional_document_in_which_there_is_nothing_is_no_failure_also_alone():
    answer = Answer({"seats": {"used": 1}, "extras": None}, 0.0)
    assert len(vendor(TWO_REQUESTS).parse(answer).pools) == 1
    assert answer.failed == {}
    alone = "requests: {extras: {optional: true}}\npools: [{name: {value: a}, used: used}]"
    assert vendor(alone).parse(Answer({"extras": None}, 0.0)).pools == ()


def test_a_document_that_is_only_asked_about_is_no_answer():
    mapping = """
    requests:
      seats: {absent_status: 404, absent_if: "about.paid == `false`"}
      about: {optional: true}
    pools: [{document: seats, name: {value: a}, used: used}]
    """
    (license,) = vendor(mapping).parse(Answer({"about": {"paid": False}}, 0.0)).licenses
    assert license.states == {State.ABSENT}
    with pytest.raises(FetchError) as caught:
        vendor(mapping).parse(Answer({"about": {"paid": True}}, 0.0))
    assert caught.value.reason is Reason.NOT_FOUND


def test_where_a_text_alone_tells_absence_no_status_is_told():
    mapping = "{requests: {doc: {absent_text: none, absent_if: 'a'}}, licenses: [{edition: e}]}"
    with pytest.raises(FetchError) as caught:
        vendor(mapping).parse(Answer({}, 0.0))
    assert caught.value.message == "there is none of the documents; check the path in url"


def test_of_an_optional_document_that_is_refused_nothing_is_kept():
    mapping = """
    requests: {extras: {optional: true}, seats: {}}
    pools:
      - {document: seats, name: {value: seats}, used: used}
      - {document: seats, name: {value: stale}, used: {path: parent().u, optional: true}}
      - {document: extras, rows: [groups, rows], name: "join('/', [parent().g, n])", used: u}
    """
    rows = [{"n": "a", "u": 1}, {"n": "b", "u": 1}, {"n": "a", "u": 1}]
    extras = {"groups": [{"g": "x", "u": 5, "rows": rows}]}
    answer = Answer({"seats": {"used": 1}, "extras": extras}, 0.0)
    assert vendor(mapping).parse(answer).pools == (
        Pool("seats", "users", license="default", used=1.0),
    )
    assert "equal labels" in answer.failed["extras"].message


def test_an_optional_document_may_be_missing():
    answer = Answer({"seats": {"used": 1}}, 0.0)
    assert vendor(TWO_REQUESTS).parse(answer).pools == (
        Pool("seats", "users", license="default", used=1.0),
    )
    assert answer.failed == {}


def test_an_answer_without_any_document_fails_the_target():
    with pytest.raises(SchemaError):
        vendor(TWO_REQUESTS).parse(Answer({}, 0.0))
    optional = TWO_REQUESTS.replace("seats: {}", "seats: {optional: true}")
    with pytest.raises(FetchError) as caught:
        vendor(optional).parse(Answer({}, 0.0))
    assert (caught.value.reason, caught.value.document) == (Reason.NOT_FOUND, "seats")
    assert caught.value.message == (
        "there is none of the documents (answered 404); check the path in url"
    )
    absent = optional.replace("extras: {", "extras: {absent_status: [403, 410], ")
    with pytest.raises(FetchError, match=r" \(answered 403 or 404 or 410\); "):
        vendor(absent).parse(Answer({}, 0.0))
    with pytest.raises(SchemaError):
        vendor(optional).parse(Answer({"extras": 5}, 0.0))


def test_a_document_that_the_server_does_not_have_can_mean_that_there_is_no_license():
    mapping = "{requests: {doc: {absent_status: 404}}, licenses: [{edition: e}]}"
    report = vendor(mapping).parse(Answer({}, 0.0))
    assert report.licenses == (License(described=False, states=frozenset([State.ABSENT])),)
    assert read(mapping, {"e": "gold"})[0].licenses == (License(edition="gold"),)


def test_absence_can_depend_on_another_document():
    mapping = vendor(
        """
        requests:
          one: {absent_status: 404, absent_if: "all == `[]`"}
          all: {optional: true}
        licenses:
          - {document: one, id: id, edition: e}
          - {document: all, rows: '@', id: id, edition: e}
        """
    )
    (license,) = mapping.parse(Answer({"all": []}, 0.0)).licenses
    assert license.states == {State.ABSENT}
    for one in ({}, {"one": None}):
        (license,) = mapping.parse(Answer({**one, "all": [{"id": 1, "e": "x"}]}, 0.0)).licenses
        assert license == License("1", edition="x")
    with pytest.raises(FetchError) as caught:
        mapping.parse(Answer({}, 0.0))
    assert caught.value.reason is Reason.NOT_FOUND


def test_the_rows_of_all_pages_are_read():
    mapping = """
    requests: {doc: {paging: {by: link}}}
    pools:
      - {rows: items, name: n, used: u}
      - {name: {value: total}, used: total}
    """
    pages = [
        {"total": 2, "items": [{"n": "a", "u": 1}]},
        {"total": 2, "items": [{"n": "b", "u": 2}]},
    ]
    assert [(pool.name, pool.used) for pool in pools(mapping, pages)] == [
        ("a", 1.0),
        ("b", 2.0),
        ("total", 2.0),
    ]


def test_the_report_says_when_it_must_be_read_again():
    mapping = "licenses: [{state: {path: ahead(start), map: {true: pending, false: active}}}]"
    report, _ = read(mapping, {"start": "2030-01-01"})
    assert report.licenses[0].states == {State.PENDING}
    assert report.valid_until == 1893456000.0
    assert read(mapping, {"start": "2020-01-01"})[0].valid_until is None


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        (
            "pools: [{rows: 'p[', name: n, used: u}]",
            "mapping.pools[0].rows: column 3: the expression ends too early",
        ),
        (
            "pools: [{rows: [a, 'b c'], name: n, used: u}]",
            "mapping.pools[0].rows[1]: column 3: 'c' cannot stand here",
        ),
        (
            "pools: [{name: n, used: u, units: {enabled: 'lenght(u)'}}]",
            "mapping.pools[0].units.enabled: column 1: there is no function lenght()",
        ),
        (
            "pools: [{name: n, limit: {path: 'length(l)', unlimited: [null]}}]",
            NULL_OF_NO_NAME,
        ),
        (
            "pools: [{name: license.key, used: u}]",
            "mapping.pools[0].name: a label could show key" + SENSITIVE,
        ),
        (
            "pools: [{name: 'to_string(license)', used: u}]",
            "mapping.pools[0].name: a label could show any part of the document" + SENSITIVE,
        ),
        (
            "pools: [{name: key || name || email, used: u}]",
            "mapping.pools[0].name: a label could show email and key" + SENSITIVE,
        ),
        (
            "licenses: [{rows: ['keys', '@'], id: '@', edition: e}]",
            "mapping.licenses[0].id: a label could show keys" + SENSITIVE,
        ),
        (
            "licenses: [{rows: 'keys', id: '@', edition: e}]",
            "mapping.licenses[0].id: a label could show keys" + SENSITIVE,
        ),
        (
            "pools: [{rows: 'group(users, &email)', name: name, used: 'length(rows)'}]",
            "mapping.pools[0].name: a label could show email" + SENSITIVE,
        ),
        (
            "{requests: {a: {}}, pools: [{document: b, name: n, used: u}]}",
            "mapping.pools[0].document: there is no request 'b'",
        ),
        (
            "{requests: {a: {}, b: {}}, pools: [{name: n, used: u}]}",
            "mapping.pools[0].document: must say of which request: a, b",
        ),
        (
            "{requests: {a: {path: 'x/{org}'}}, pools: [{name: n, used: u}]}",
            "mapping.requests.a: there is no variable 'org'; add it to variables",
        ),
        (
            "{requests: {a: {absent_status: 404, absent_if: '=='}}, pools: [{name: n, used: u}]}",
            "mapping.requests.a.absent_if: column 1: '==' cannot stand here",
        ),
        (
            "{requests: {a: {absent_when: '=='}}, pools: [{name: n, used: u}]}",
            "mapping.requests.a.absent_when: column 1: '==' cannot stand here",
        ),
        (
            "{requests: {a: {forbidden_when: '=='}}, pools: [{name: n, used: u}]}",
            "mapping.requests.a.forbidden_when: column 1: '==' cannot stand here",
        ),
    ],
)
def test_a_mapping_that_cannot_work_is_refused_with_its_place(mapping, problem):
    with pytest.raises(ConfigError) as caught:
        vendor(mapping)
    assert caught.value.problems == [problem]


def test_all_problems_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        vendor("pools: [{name: 'a[', used: 'b[', limit: 'c['}]")
    assert len(caught.value.problems) == 3


def test_a_name_that_sounds_like_a_secret_can_be_allowed():
    mapping = "pools: [{rows: p, name: {path: key, allow_sensitive: true}, used: u}]"
    assert pools(mapping, {"p": [{"key": "jira-software", "u": 5}]}) == (
        Pool("jira-software", "users", license="default", used=5.0),
    )


def test_what_is_found_but_cannot_be_read_is_said_as_that():
    mapping = "pools: [{name: {value: seats}, used: used, units: {enabled: limit}}]"
    for document, place in (
        ({"used": "19,609", "limit": "20,000"}, "pools[0].used"),
        ({"limit": "20,000"}, "pools[0].units.enabled"),
    ):
        with pytest.raises(SchemaError) as caught:
            read(mapping, document)
        assert caught.value.message == unread(place, "not a number")
    with pytest.raises(SchemaError) as caught:
        read("pools: [{name: n, used: u}]", {"n": " ", "u": 1})
    assert caught.value.message == unread("pools[0].name", "no label")
    with pytest.raises(SchemaError) as caught:
        read("pools: [{name: n, used: u}]", {"n": None, "u": 1})
    assert caught.value.message == NOTHING_READ


def unread(place, why):
    return (
        f"what {place} finds in the document cannot be read: {why}; all of it is told by: "
        "license-exporter probe NAME --explain"
    )


def test_what_cannot_be_read_in_another_document_is_not_the_reason():
    seats = {"used": 1, "limit": "many"}
    mapping = TWO_REQUESTS.replace("used: used}", "used: used, limit: limit}", 1)
    mapping = mapping.replace("extras: {optional: true}", "extras: {}")
    with pytest.raises(SchemaError) as caught:
        vendor(mapping).parse(Answer({"seats": seats, "extras": {}}, 0.0))
    assert (caught.value.document, caught.value.message) == ("extras", NOTHING_READ)


def test_a_number_that_json_does_not_have_is_counted_and_the_rest_read():
    document = decode(b'{"used": NaN, "limit": 10}')
    report, answer = read("pools: [{name: {value: seats}, used: used, limit: limit}]", document)
    assert (report.pools[0].used, report.pools[0].limit, answer.skipped) == (None, 10.0, 1)


def test_what_is_left_counts_from_the_answer_and_is_read_again_when_that_changes():
    vendor_ = vendor("licenses: [{expiry: {path: left, format: days_left}}]")
    answer = Answer({"doc": {"left": 12}}, now=NEW_YEAR + 1)
    report = vendor_.parse(answer)
    assert report.licenses[0].expiry == NEW_YEAR + 13 * 86400
    assert report.valid_until == NEW_YEAR + 86400


@pytest.mark.parametrize(
    ("expression", "document", "used"),
    [
        ("minus(total, free)", {"total": 50, "free": 2}, 48.0),
        ("minus(total, free)", {"total": "50", "free": "52"}, -2.0),
        ("minus(total, free)", {"total": 50, "free": None}, None),
        ("minus(total, free)", {"total": 50, "free": "few"}, None),
        ("from_json(text).seats.used", {"text": '{"seats": {"used": 7}}'}, 7.0),
        ("from_json(text).seats.used", {"text": "{"}, None),
        ("from_json(text).seats.used", {"text": None}, None),
    ],
)
def test_functions_subtract_and_read_json_within_a_text(expression, document, used):
    mapping = f"pools: [{{name: {{value: a}}, limit: {{value: 1}}, used: '{expression}'}}]"
    document["any"] = 1
    mapping += "\nreport: [{warnings: any}]"
    report, answer = read(mapping, document)
    assert report.pools[0].used == used
    assert answer.skipped == (used is None)


def test_a_label_from_json_within_a_text_is_checked_like_any_other():
    for expression in ("from_json(text).licenseKey", "from_json(text)"):
        with pytest.raises(ConfigError, match="may be a secret"):
            vendor(f"pools: [{{name: '{expression}', used: used}}]")


@pytest.mark.parametrize(
    ("answered", "states"),
    [
        ({"licensed": False}, frozenset([State.ABSENT])),
        ({"licensed": True, "seats": 3}, None),
    ],
)
def test_an_answer_that_says_that_there_is_no_license_is_no_failure(answered, states):
    mapping = """
        requests: {one: {absent_when: "one.licensed == `false`"}}
        pools: [{name: {value: seats}, used: {path: seats, optional: true}}]
    """
    report = vendor(mapping).parse(Answer({"one": answered}, 0.0))
    assert [license.states for license in report.licenses] == ([states] if states else [])
    assert [pool.used for pool in report.pools] == ([] if states else [3.0])
    with pytest.raises(SchemaError):
        vendor(mapping).parse(Answer({"one": None}, 0.0))


def test_what_an_answer_tells_beside_that_there_is_no_license_is_read():
    mapping = """
        requests: {one: {absent_when: "one.licensed == `false`"}}
        pools: [{name: {value: seats}, used: seats}]
    """
    report = vendor(mapping).parse(Answer({"one": {"licensed": False, "seats": 3}}, 0.0))
    assert [license.states for license in report.licenses] == [frozenset([State.ABSENT])]
    assert [pool.used for pool in report.pools] == [3.0]


REFUSABLE = """
requests:
  one: {forbidden_when: "one.code == '16'"}
  two: {optional: true, forbidden_when: "two.code == '16'"}
pools:
  - {document: one, name: {value: a}, used: used}
  - {document: two, name: {value: b}, used: used}
"""


def test_an_answer_that_says_that_it_is_not_permitted_fails_as_forbidden():
    with pytest.raises(FetchError) as caught:
        vendor(REFUSABLE).parse(Answer({"one": {"code": "16"}, "two": {"used": 1}}, 0.0))
    assert (caught.value.reason, caught.value.document) == (Reason.FORBIDDEN, "one")
    assert caught.value.message == (
        "the answer says that it is not permitted; check the account's rights"
    )


def test_an_optional_answer_that_says_so_fails_alone():
    answer = Answer({"one": {"used": 1}, "two": {"code": "16", "used": 5}}, 0.0)
    report = vendor(REFUSABLE).parse(answer)
    assert [pool.name for pool in report.pools] == ["a"]
    assert answer.failed["two"].reason is Reason.FORBIDDEN


WITH_VARIABLE = """
variables: {space: Its name.}
requests:
  whole: {unless: space}
  part: {params: {all: "1", of: "{space?}"}, headers: {X-Space: "{space?}"}}
pools:
  - {document: whole, name: {value: a}, used: used}
  - {document: part, name: {value: b}, used: used}
"""


def test_a_request_is_not_made_and_a_header_is_sent_where_a_variable_is_given():
    (whole, part) = vendor(WITH_VARIABLE).documents
    assert (whole.name, part.params, part.headers) == ("whole", {"all": "1"}, {})
    (part,) = vendor(WITH_VARIABLE, space="x").documents
    assert (part.name, part.params, part.headers) == (
        "part",
        {"all": "1", "of": "x"},
        {"X-Space": "x"},
    )


@pytest.mark.parametrize("written", ["{unless: spice}", "{headers: {X: '{spice?}'}}"])
def test_such_a_variable_has_to_be_declared_too(written):
    with pytest.raises(ConfigError, match="there is no variable 'spice'"):
        vendor(f"requests: {{one: {written}}}\npools: [{{name: {{value: a}}, used: u}}]")


LISTS = """
variables: {region: Its name.}
requests:
  foreign: {path: "{region}"}
  plans: {path: "foreign/{id}", for_each: {request: foreign, ids: "[].id"}}
  seats: {path: "sites/{id}", for_each: {request: sites, ids: "[].id", max: 7}}
  sites: {params: {all: "1"}}
pools: [{document: sites, name: {value: a}, used: used}]
"""


def test_a_document_of_several_requests_knows_the_list_that_it_needs():
    seats, sites = vendor(LISTS).documents
    assert sites == Document("sites", "sites", params={"all": "1"}, format=None)
    each = Each(sites, seats.each.ids, 7)
    assert seats == Document("seats", "sites/{id}", each=each, format=None)
    assert seats.each.ids([{"id": 5}]) == [5]
    names = [document.name for document in vendor(LISTS, region="eu").documents]
    assert names == ["foreign", "plans", "seats", "sites"]


@pytest.mark.parametrize(
    "sites",
    [
        "other: {}",
        "sites: {path: 'x/{id}', for_each: {request: other, ids: '@'}}, other: {}",
        "sites: {path: 'x/{date}', latest_day: {}}",
    ],
)
def test_a_list_that_is_not_made_once_is_refused(sites):
    seats = "{path: 'sites/{id}', for_each: {request: sites, ids: '[].id'}}"
    rows = "pools: [{document: seats, name: {value: a}, used: u}]"
    with pytest.raises(ConfigError) as caught:
        vendor(f"{{requests: {{seats: {seats}, plans: {seats}, {sites}}}, {rows}}}")
    problem = "for_each.request: must be another request, which is made once"
    assert caught.value.problems == [
        f"mapping.requests.seats.{problem}",
        f"mapping.requests.plans.{problem}",
    ]


def test_a_request_for_each_id_of_its_own_list_is_refused():
    seats = "{path: 'sites/{id}', for_each: {request: seats, ids: '[].id'}}"
    with pytest.raises(ConfigError, match="must be another request, which is made once"):
        vendor(f"{{requests: {{seats: {seats}}}, pools: [{{name: {{value: a}}, used: u}}]}}")
