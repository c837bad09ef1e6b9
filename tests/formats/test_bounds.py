import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.bounds import bounded, check_depth
from license_exporter.formats.json import decode

MIB = 1024**2


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1000 + b"]" * 1000,
        b'{"a":' * 400 + b"1" + b"}" * 400,
        b"[" * 200_000 + b"]" * 200_000,
        b"[" * 100_000,
        b'["' + b"]" * 2_000_000 + b'",' + b"[" * 300,
        b'["' + b"\\" * 1_048_574 + b'",' + b"[" * 300,
    ],
    ids=[
        "arrays",
        "objects",
        "deeper than the stack",
        "that do not end",
        "behind ends in a text",
        "behind backslashes where a piece ends",
    ],
)
def test_what_is_nested_too_deep_is_too_large(body):
    with pytest.raises(FetchError) as caught:
        decode(body)
    assert caught.value.reason is Reason.TOO_LARGE
    assert caught.value.message == "the answer is nested more than 250 levels deep"


def test_the_depth_is_that_of_the_deepest_however_much_was_closed_before():
    shallow = b"[{}]," * 300
    check_depth(b"[" + shallow + b"[" * 249)
    with pytest.raises(FetchError):
        check_depth(b"[" + shallow + b"[" * 250)


@pytest.mark.parametrize("levels", [b"[" * 250, b'{"a":' * 250, b'[{"a":' * 125])
def test_objects_and_arrays_are_250_levels_deep_at_most(levels):
    check_depth(levels)
    for deeper in (b"[" + levels, levels + b"[", levels + b"{"):
        with pytest.raises(FetchError):
            check_depth(deeper)


def test_the_depth_is_found_behind_more_backslashes_than_a_piece_has():
    with pytest.raises(FetchError):
        check_depth(b'["' + b"\\" * 2_500_000 + b'",' + b"[" * 300)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200 + b"]" * 200,
        b'["' + b"[" * 5000 + b'"]',
        b'["' + rb"\"" * 500 + b"[[[" + b'", {"a": "}}}"}]',
        b"[" + b",".join([b"[{}]"] * 20_000) + b"]",
        b"no json ]]]",
        b'["' + b"[" * 2_000_000 + b'"]',
        b'[["' + b"\\" * 1_048_573 + b'"' + b"[" * 300 + b'"]]',
        b'["' + b"\\" * 1_048_575 + b'"' + b"[" * 300 + b'"]',
    ],
    ids=[
        "a little",
        "brackets in a text",
        "quotes in a text",
        "wide",
        "too many ends",
        "more brackets in a text than a piece has",
        "behind a quote where a piece ends",
        "behind a quote where the next piece begins",
    ],
)
def test_what_is_not_deep_is_let_through(body):
    check_depth(body)


def test_values_are_counted_over_all_documents_of_a_fetch():
    arrays = b"[" + b",".join([b"[]"] * 1_000_000) + b"]"
    bounded([arrays] * 2, 64 * MIB)
    with pytest.raises(FetchError) as caught:
        bounded([arrays] * 3, 64 * MIB)
    assert caught.value.reason is Reason.TOO_LARGE
    assert caught.value.message == (
        "the answer has so many values that it takes more than 402653184 bytes of memory, which "
        "are 6 times body_size_limit; raise that if it may"
    )


def test_what_others_take_of_memory_leaves_no_more_than_the_rest_of_six_times_the_limit():
    body = b"[[1,2]]"  # takes 240 bytes
    assert bounded([], 100, 600) == 0
    assert bounded([body], 40) == 240
    assert bounded([body], 100, 360) == 240
    for bodies, beside in (([], 601), ([body], 361)):
        with pytest.raises(FetchError):
            bounded(bodies, 100, beside)


def test_members_beyond_20_of_an_object_count_for_the_limit_too():
    body = b"{%s}" % b",".join(b'"a%d":1' % number for number in range(1000))
    assert bounded([body], 23_112) == 140 + 999 * 70 + 980 * 70 <= 6 * 23_112
    with pytest.raises(FetchError):
        bounded([body], 23_111)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (b"123", 70),
        (b"[]", 155),
        (b"{}", 210),
        (b'{"a":1}', 210),
        (b'"a":1', 140),
        (b'{"a":1,"b":2,"c":3}', 350),
        (b"{%s}" % b",".join([b'"a":1'] * 25), 1 * 140 + 25 * 70 + 5 * 70),
    ],
)
def test_what_values_take_of_memory_goes_by_their_kind(text, most):
    values = b",".join([text] * 10_000) + b","
    assert bounded([values], 64 * MIB) == 10_000 * most


def test_what_was_counted_before_is_not_given_again():
    body = b"[1,2,3]"
    first = bounded([body], 1000)
    assert bounded([body], 1000, first) == first


def test_a_text_of_quotes_that_does_not_end_is_read_once():
    """To look for its end from each quote took hours of a megabyte."""
    check_depth(b']"' + rb"\"" * 500_000)
