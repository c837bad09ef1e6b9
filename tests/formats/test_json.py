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
        b"<html>secret</html>",
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
        (b"license: <none>", "the answer is not valid JSON: line 1, column 1"),
        (b'{"a": 1,\n "b": secret}', "the answer is not valid JSON: line 2, column 7"),
    ],
)
def test_what_came_instead_of_json_is_told_by_its_kind(body, complaint):
    with pytest.raises(FetchError, match=complaint):
        decode(body)


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
