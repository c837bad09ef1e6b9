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
    with pytest.raises(FetchError, match="body_size_limit") as caught:
        bounded([arrays] * 3, 64 * MIB)
    assert caught.value.reason is Reason.TOO_LARGE
    with pytest.raises(FetchError):
        bounded([], 64 * MIB, 400 * MIB)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (b"123", 70),
        (b"[]", 155),
        (b"{}", 210),
        (b'{"a":1}', 210),
        (b'"a":1', 140),
        (b'{"a":1,"b":2,"c":3}', 350),
    ],
)
def test_what_values_take_of_memory_goes_by_their_kind(text, most):
    values = b",".join([text] * 100_000)
    assert bounded([values], 64 * MIB) == pytest.approx(100_000 * most, rel=0.01)


def test_what_was_counted_before_is_not_given_again():
    body = b"[1,2,3]"
    first = bounded([body], 1000)
    assert bounded([body], 1000, first) == first


def test_a_text_of_quotes_that_does_not_end_is_read_once():
    """To look for its end from each quote took hours of a megabyte."""
    check_depth(b']"' + rb"\"" * 500_000)
