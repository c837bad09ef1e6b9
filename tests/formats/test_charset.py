import codecs

import pytest

from license_exporter.formats.charset import to_text

TEXT = "Z\u00fcrich, \u0141\u00f3d\u017a"


@pytest.mark.parametrize(
    "charset", ["", "utf-8", "UTF-8", "ascii", "iso-8859-2", "windows-1250", "cp99999", "klingon"]
)
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_what_can_be_utf_8_is_whatever_the_server_says(mark, charset):
    assert to_text(mark + TEXT.encode(), charset) == TEXT


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        ("iso8859-2", "ISO-8859-2"),
        ("iso8859-2", "latin2"),
        ("cp1250", "windows-1250"),
        ("gb18030", "gb18030"),
    ],
)
def test_what_cannot_be_utf_8_is_what_the_server_says(encoding, charset):
    assert to_text(bytearray(TEXT.encode(encoding)), charset) == TEXT


@pytest.mark.parametrize("charset", ["", "utf-8", "klingon", "cp99999", "utf-7", "rot13", "hex"])
def test_what_is_nothing_that_is_known_is_latin_1(charset):
    assert to_text(b"Z\xfcrich", charset) == "Z\u00fcrich"


@pytest.mark.parametrize("charset", ["", "utf-8", "iso-8859-1", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_says_more_than_the_server(mark, encoding, charset):
    assert to_text(mark + TEXT.encode(encoding), charset) == TEXT


@pytest.mark.parametrize("charset", ["utf-16-le", "UTF-16BE", "utf-32le", "UTF-32BE"])
def test_without_a_mark_the_server_alone_can_tell_that_letters_are_of_two_bytes_or_four(charset):
    assert to_text("abc".encode(charset), charset) == "abc"
    assert to_text(f"\ufeff{TEXT}".encode(charset), charset) == TEXT


def test_what_the_server_calls_utf_16_may_be_utf_8_all_the_same():
    assert to_text(f"{TEXT}!".encode(), "utf-16") == f"{TEXT}!"
