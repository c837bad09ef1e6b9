import pytest

from license_exporter.formats.text import decode_text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_is_utf_8_or_latin_1_with_line_feeds_alone(encoding, end):
    assert decode_text(f"Zürich{end}{end}x".encode(encoding), "") == "Zürich\n\nx"


def test_a_text_that_is_no_utf_8_is_what_the_server_says():
    assert decode_text("Łódź".encode("cp1250"), "windows-1250") == "Łódź"


def test_every_byte_is_a_character():
    assert len(decode_text(bytes(range(14, 256)), "")) == 242
