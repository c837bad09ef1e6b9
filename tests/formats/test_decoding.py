import pytest

from license_exporter.formats.decoding import decoder, work
from license_exporter.model.vendor import CSV, Document

BODIES = {"json": b'{"a": "1"}', "xml": b"<a>1</a>", "csv": b"a\n1\n", "text": b"a\r\n1"}
READ = {"json": {"a": "1"}, "xml": {"a": "1"}, "csv": [{"a": "1"}], "text": "a\n1"}


@pytest.mark.parametrize("format", BODIES)
def test_the_vendor_says_what_a_document_is_written_in(format):
    decode = decoder(Document("a", format=format), "application/octet-stream", "")
    assert decode(BODIES[format]) == READ[format]


@pytest.mark.parametrize(
    ("media_type", "format"),
    [
        ("", "json"),
        ("application/json", "json"),
        ("text/plain", "json"),
        ("text/html", "json"),
        ("application/xhtml+xml", "json"),
        ("text/xml", "xml"),
        ("application/xml", "xml"),
        ("application/vnd.acme+xml", "xml"),
        ("text/csv", "csv"),
    ],
)
def test_without_that_the_content_type_tells_else_it_is_json(media_type, format):
    assert decoder(Document("a", format=None), media_type, "")(BODIES[format]) == READ[format]


@pytest.mark.parametrize(
    ("format", "text", "read"),
    [
        ("json", '["Łódź"]', ["Łódź"]),
        ("xml", "<a>Łódź</a>", {"a": "Łódź"}),
        ("csv", "a\nŁódź", [{"a": "Łódź"}]),
        ("text", "Łódź", "Łódź"),
    ],
)
def test_what_is_no_utf_8_is_in_the_letters_that_the_server_says(format, text, read):
    decode = decoder(Document("a", format=format), "", "windows-1250")
    assert decode(text.encode("cp1250")) == read


def test_a_vendor_that_does_not_say_reads_json():
    assert decoder(Document("a"), "text/xml", "")(BODIES["json"]) == READ["json"]


def test_a_table_is_read_as_the_vendor_lays_it_out():
    decode = decoder(Document("a", format="csv", csv=CSV(";", "b")), "", "")
    assert decode(b"x;y\na;b\n1;2\n") == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("format", "media_type", "most"),
    [
        (None, "application/json", 100),
        ("json", "text/xml", 100),
        (None, "application/xml", 1600),
        ("csv", "", 1600),
        ("text", "", 1600),
    ],
)
def test_what_is_no_json_makes_more_work(format, media_type, most):
    assert work(Document("a", "a", format=format), media_type, 100) == most
