import math

import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.json import decode


def test_a_number_beyond_a_double_does_not_take_the_document_with_it():
    assert decode(b'{"a": 1e400, "b": 2}') == {"a": math.inf, "b": 2}
    assert decode(b'{"a": %s, "b": 2}' % (b"9" * 1000)) == {"a": math.inf, "b": 2}


def test_a_lone_surrogate_does_not_take_the_document_with_it():
    assert decode(b'{"a": "\\ud800"}') == {"a": "\ud800"}


def test_a_byte_order_mark_is_passed_over():
    assert decode(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"<html>secret</html>",
        '{"a": 1}'.encode("utf-16"),
        b'{"a": "\xff"}',
        b"[" * 200_000 + b"]" * 200_000,
        b'{"key": "secret"',
    ],
)
def test_what_is_not_json_is_refused_without_a_word_of_it(body):
    with pytest.raises(FetchError) as caught:
        decode(body)
    assert caught.value.reason == Reason.DECODE
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b" \n", "the answer is empty, not JSON"),
        (b" <!DOCTYPE html>", "the answer is a page, not JSON"),
        (b"license: <none>", "the answer is not valid JSON"),
    ],
)
def test_what_came_instead_of_json_is_told_by_its_kind(body, complaint):
    with pytest.raises(FetchError, match=complaint):
        decode(body)
