"""What is read of the documents that came: all that an `Answered` has, and which error is told."""

import json
import weakref
from dataclasses import replace

import pytest

from license_exporter.collector.reading import Reader
from license_exporter.errors import Failure, FetchError, Reason, SchemaError
from license_exporter.model.allowance import Allowance
from license_exporter.model.report import License, LicenseReport, Pool
from license_exporter.model.vendor import Document, Vendor
from license_exporter.sources.source import Fetched, Tag
from tests.fakes import target_of

NEEDED = Document("needed", "needed")
MORE, LESS = (Document(name, name, required=False) for name in ("more", "less"))
REPORT = LicenseReport(pools=(Pool("a", "users", used=1.0), Pool("b", "users")))
LATE = (Failure("late", Reason.TIMEOUT, "no whole answer within 7.5 s"),)
DOUBT = FetchError(Reason.SERVER, "it ended with the status 1", status=1)
MIB = 1024**2


def came(name, document, **more):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    values = {"body": body, "size": len(body), **more}
    return Fetched(name, Tag(name.encode()), **values)


def reader(parse, *documents, on_answer=None, **options):
    vendor = Vendor("acme", "Acme", documents or (NEEDED, MORE), parse)
    return Reader(target_of(vendor, url="http://a.example", **options), on_answer)


def read(made, *fetched, missing=(), known=None, allowance=None):
    return made.read(list(fetched), missing, known or {}, 1000.0, allowance or Allowance())


def failure(made, *fetched, missing=()):
    with pytest.raises(FetchError) as caught:
        read(made, *fetched, missing=missing)
    return caught.value


def told(error):
    return [(each.document, each.reason, each.message) for each in (error.failure, *error.beside)]


def test_an_answer_has_the_report_and_all_that_is_told_of_it():
    asked = []

    def parse(answer):
        documents = answer.documents
        asked.append((documents["needed"], documents["more"], answer.now, answer.allowance))
        answer.skip("needed.a", "no number")
        return REPORT

    seen = []
    made = reader(
        parse,
        on_answer=lambda target, answer: seen.append((target, answer.documents["needed"])),
        contract={"limits": {"a/users": 5, "x/users": 1}},
        pools={"exclude": ["b"]},
    )
    allowance = Allowance()
    answered = read(made, came("needed", {"a": 1}), came("more", [2]), allowance=allowance)
    assert asked == [({"a": 1}, [2], 1000.0, allowance)]
    assert seen == [(made.target, {"a": 1})]
    assert answered.report == replace(REPORT, pools=REPORT.pools[:1])
    assert answered.blocks["license_used"] == (
        b'license_used{pool="a",target="a",unit="users",vendor="acme"} 1.0\n',
    )
    assert answered.blocks["license_skipped_values"] == (
        b'license_skipped_values{target="a",vendor="acme"} 1.0\n',
    )
    assert (answered.skipped, answered.skipped_paths) == (1, ("needed.a",))
    assert (answered.missing, answered.misread, answered.failures) == ((), (), ())
    assert answered.unmatched == (
        "contract names pool 'x', which the answer does not have; it has a, b",
    )
    assert answered.in_vain == frozenset()
    assert answered.tags == {"needed": Tag(b"needed"), "more": Tag(b"more")}


def test_what_is_exported_as_before_is_not_written_again():
    made = reader(lambda answer: REPORT)
    first = read(made, came("needed", {})).blocks
    again = read(made, came("needed", {}), known=first).blocks
    assert again == first
    assert all(again[name] is first[name] for name in first)


def test_of_an_answer_that_is_not_whole_nothing_is_said_to_be_named_in_vain():
    made = reader(lambda answer: REPORT, contract={"limits": {"x/users": 1}})
    misread = (Failure("more", Reason.DECODE, failure(made, came("needed", b"<")).message),)
    for fetched, missing, wrong in (
        ([came("needed", {})], LATE, ()),
        ([came("needed", {}), came("more", b"<")], (), misread),
    ):
        answered = read(made, *fetched, missing=missing)
        assert (answered.missing, answered.misread) == (missing, wrong)
        assert (answered.unmatched, answered.in_vain) == ((), None)


def test_a_document_that_the_vendor_finds_wrong_is_told_with_those_that_did_not_come():
    def parse(answer):
        answer.failed["more"] = SchemaError("more", "there is no list")
        return REPORT

    answered = read(reader(parse), came("needed", {}), came("more", {}), missing=LATE)
    assert answered.failures == (*LATE, Failure("more", Reason.SCHEMA, "there is no list"))
    assert (answered.unmatched, answered.in_vain) == ((), None)


def test_where_all_are_optional_one_that_can_be_decoded_is_enough():
    made = reader(lambda answer: REPORT, MORE, LESS)
    assert read(made, came("less", {}), came("more", b"<")).report == REPORT
    (first, second) = told(failure(made, came("less", b"<"), came("more", b"<")))
    assert (first[:2], second[:2]) == (("less", Reason.DECODE), ("more", Reason.DECODE))


def test_what_fails_an_answer_is_told_with_all_others_beside():
    def parse(answer):
        error = SchemaError("needed", "it has no rows")
        error.beside = (Failure("less", Reason.SCHEMA, "neither has this one"),)
        raise error

    made = reader(parse)
    error = failure(made, came("needed", {}), came("more", b"<"), missing=LATE)
    first, beside, second, third = told(error)
    assert first == ("needed", Reason.SCHEMA, "it has no rows")
    assert beside == ("less", Reason.SCHEMA, "neither has this one")
    assert second[:2] == ("more", Reason.DECODE)
    assert third == ("late", Reason.TIMEOUT, LATE[0].message)


def test_an_error_keeps_nothing_of_what_was_read_in_memory():
    class Rows(list):
        pass

    made = []

    def parse(answer):
        rows = Rows()
        made.append(weakref.ref(rows))
        try:
            raise ValueError(rows[:])
        except ValueError as error:
            raise SchemaError("needed", "it has no rows") from error

    try:
        read(reader(parse), came("needed", {}))
    except SchemaError:
        assert [each() for each in made] == [None]
    assert made


def wrong_shape(_answer):
    raise SchemaError("needed", "it has no rows")


@pytest.mark.parametrize(
    ("body", "parse"),
    [(b"<", lambda answer: REPORT), (b"{}", wrong_shape), (b"{}", lambda answer: LicenseReport())],
)
def test_a_program_that_failed_says_more_than_output_in_which_nothing_is_found(body, parse):
    error = failure(reader(parse), came("needed", body, doubt=DOUBT), missing=LATE)
    assert told(error) == [
        ("needed", Reason.SERVER, "it ended with the status 1"),
        ("late", Reason.TIMEOUT, LATE[0].message),
    ]
    assert error.status == 1


def test_what_is_found_in_the_output_of_a_program_that_failed_is_an_answer():
    doubtful = came("needed", {}, doubt=DOUBT)
    assert read(reader(lambda answer: REPORT), doubtful).report == REPORT


def test_what_is_wrong_with_much_output_of_a_program_that_failed_is_told():
    def parse(answer):
        raise FetchError(Reason.TOO_LARGE, "it is too much", document="needed")

    error = failure(reader(parse), came("needed", {}, doubt=DOUBT), missing=LATE)
    assert told(error)[0] == ("needed", Reason.TOO_LARGE, "it is too much")
    other = came("more", b"<", doubt=DOUBT)
    (first, second) = told(failure(reader(wrong_shape), came("needed", {}), other))
    assert (first[2], second[:2]) == ("it has no rows", ("more", Reason.DECODE))


@pytest.mark.parametrize("fails", [False, True])
def test_a_large_document_is_let_go_once_it_is_read_however_that_ends(fails):
    kept = []

    def parse(answer):
        kept.append(answer.documents["needed"])
        return wrong_shape(answer) if fails else REPORT

    for size in (MIB, MIB + 1):
        fetched = came("needed", [[1], [2]], size=size)
        if fails:
            failure(reader(parse), fetched)
        else:
            read(reader(parse), fetched)
    assert kept == [[[1], [2]], []]


def test_pages_that_were_decoded_count_for_what_an_answer_may_take_of_memory():
    made = reader(lambda answer: REPORT, body_size_limit="1KB")
    pages = Fetched("more", Tag(b""), pages=[{}], memory=6000)
    assert read(made, came("needed", {}), pages).report == REPORT
    error = failure(made, came("needed", [1] * 4), pages)
    assert error.reason is Reason.TOO_LARGE
    assert "more than 6144 bytes of memory" in error.message


def test_what_came_is_used_up_and_a_document_that_there_is_not_is_none():
    fetched = [came("needed", {}), Fetched.absent(MORE)]
    made = reader(lambda answer: LicenseReport(licenses=(License(str(list(answer.documents))),)))
    answered = made.read(fetched, (), {}, 1000.0, Allowance())
    assert fetched == []
    assert answered.report.licenses[0].id == "['needed']"
    assert answered.tags == {"needed": Tag(b"needed"), "more": Tag(b"")}


def test_of_many_locations_the_greatest_stay_in_the_report_and_all_are_exported():
    locations = {("a", "bytes", f"host-{number}", "host"): float(number) for number in range(25)}
    answered = read(reader(lambda answer: LicenseReport(locations=locations)), came("needed", {}))
    assert answered.report.locations == {
        ("a", "bytes", f"host-{number}", "host"): float(number) for number in range(5, 25)
    }
    (lines,) = answered.blocks["license_location_used"]
    assert lines.count(b"\n") == 25
