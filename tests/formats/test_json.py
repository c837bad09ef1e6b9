import math

import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.json import decode


def test_a_number_beyond_a_double_does_not_take_the_document_with_it():
    assert decode(b'{"a": 1e400, "b": 2}') == {"a": math.inf, "b": 2}
    assert decode(b'{"a": %s, "b": 2}' % (b"9" * 5000)) == {"a": math.inf, "b": 2}


@pytest.mark.parametrize(
    ("digits", "number"),
    [
        (b"9007199254740993", 2**53 + 1),
        (b"18446744073709551615", 2**64 - 1),
        (b"-9223372036854775808", -(2**63)),
        (b"123456789012345678901", 1.2345678901234568e20),
    ],
)
def test_a_whole_number_of_up_to_64_bits_is_exact_whatever_stands_beside_it(digits, number):
    assert decode(b"[%s]" % digits) == [number]
    assert decode(b"[%s, 1e400]" % digits) == [number, math.inf]


def test_a_lone_surrogate_does_not_take_the_document_with_it():
    assert decode(b'{"a": "\\ud800"}') == {"a": "\ud800"}


def test_a_byte_order_mark_is_passed_over():
    assert decode(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


PAGE = "a page, not JSON: a wrong url, a login page or a proxy in between"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "empty, not JSON"),
        (b" \n", "empty, not JSON"),
        (b"<html>secret</html>", PAGE),
        (b" <!DOCTYPE html>", PAGE),
        (b"license: <none>", "not valid JSON: line 1, column 1"),
        (b"{", "not valid JSON: line 1, column 2"),
        (b'{"key": "secret"', "not valid JSON: line 1, column 17"),
        (b'{"a": 1,\n "b": secret}', "not valid JSON: line 2, column 7"),
        (b'{"a": 1e400, "b": secret}', "not valid JSON: line 1, column 19"),
    ],
)
def test_what_came_instead_of_json_is_told_by_its_kind_and_without_a_word_of_it(body, what):
    with pytest.raises(FetchError) as caught:
        decode(body)
    assert caught.value.reason is Reason.DECODE
    assert caught.value.message == f"the answer is {what}"


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_what_json_has_no_number_for_takes_nothing_else_with_it(word):
    document = decode(b'{"a": %s, "b": 2}' % word.encode())
    assert document["b"] == 2
    assert not math.isfinite(document["a"])


TEXT = '{"used": 3, "owner": "M\u00fcller"}'


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "ISO-8859-1"),  # the body is what it is, whatever the header says
        (TEXT.encode("latin-1"), "ISO-8859-1"),
        (TEXT.encode("latin-1"), ""),
        (TEXT.encode("latin-1"), "utf-8"),
        (TEXT.encode("latin-1"), "idna"),
        (TEXT.encode("latin-1"), "no-such-letters"),
        (TEXT.encode("cp1252"), "windows-1252"),
        (TEXT.encode("cp850"), "cp850"),
        (TEXT.encode("utf-16"), ""),
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-le"), "utf-16"),
        (TEXT.encode("utf-16-be"), ""),
        (TEXT.encode("utf-32"), ""),
    ],
)
def test_json_is_read_in_the_letters_it_is_written_in(body, charset):
    assert decode(body, charset) == {"used": 3, "owner": "M\u00fcller"}
