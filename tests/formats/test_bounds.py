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
    ],
    ids=["arrays", "objects", "deeper than the stack", "that do not end"],
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
    ],
    ids=["a little", "brackets in a text", "quotes in a text", "wide", "too many ends"],
)
def test_what_is_not_deep_is_let_through(body):
    check_depth(body)


def test_values_are_counted_over_all_documents_of_a_fetch():
    arrays = b"[" + b",".join([b"[]"] * 1_000_000) + b"]"
    bounded([arrays] * 3, 64 * MIB)
    with pytest.raises(FetchError, match="body_size_limit") as caught:
        bounded([arrays] * 4, 64 * MIB)
    assert caught.value.reason is Reason.TOO_LARGE


def test_as_many_numbers_take_less_memory_than_arrays():
    numbers = b"[" + b",".join([b"123"] * 8_000_000) + b"]"
    assert bounded([numbers], 64 * MIB) == pytest.approx(440_000_000, rel=0.01)


def test_what_was_counted_before_is_not_given_again():
    body = b"[1,2,3]"
    first = bounded([body], 1000)
    assert bounded([body], 1000, first) == first
