import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.xml import decode_xml


def failure(body):
    with pytest.raises(FetchError) as caught:
        decode_xml(body)
    return caught.value


def test_elements_and_attributes_are_keys_and_what_repeats_is_an_array():
    body = b"""<?xml version="1.0"?>
    <licenses server="lic1">
      <license name="solver" used="3"><expires>2027-01-31</expires></license>
      <license name="mesher" used="0"><expires/></license>
      <owner>Engineering</owner>
    </licenses>"""
    assert decode_xml(body) == {
        "licenses": {
            "server": "lic1",
            "license": [
                {"name": "solver", "used": "3", "expires": "2027-01-31"},
                {"name": "mesher", "used": "0", "expires": None},
            ],
            "owner": "Engineering",
        }
    }


def test_a_text_beside_attributes_is_called_text():
    assert decode_xml(b'<a><limit unit="users"> 5 </limit></a>') == {
        "a": {"limit": {"unit": "users", "text": "5"}}
    }


def test_an_attribute_and_an_element_of_one_name_are_an_array():
    assert decode_xml(b'<a b="1"><b>2</b><b>3</b></a>') == {"a": {"b": ["1", "2", "3"]}}


def test_prefixes_of_namespaces_are_left_out():
    body = b'<x:a xmlns:x="urn:x" xmlns="urn:y"><x:b x:c="1"/></x:a>'
    assert decode_xml(body) == {"a": {"b": {"c": "1"}}}


def test_comments_and_instructions_are_left_out_and_cdata_is_text():
    assert decode_xml(b"<a><!-- b --><?c d?><e><![CDATA[<5>]]></e></a>") == {"a": {"e": "<5>"}}


@pytest.mark.parametrize(
    "body",
    [
        '<?xml version="1.0" encoding="ISO-8859-1"?><a>Zürich</a>'.encode("latin-1"),
        "<a>Zürich</a>".encode("latin-1"),
        "<a>Zürich</a>".encode(),
        "\ufeff<a>Zürich</a>".encode(),
        "<a>Zürich</a>".encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16"?><a>Zürich</a>'.encode("utf-16"),
        '\ufeff<?xml version="1.0" encoding="UTF-16"?><a>Zürich</a>'.encode("utf-16-be"),
        b'\r\n<?xml version="1.0"?><a>Z\xc3\xbcrich</a>',
        "\r\n\r\n<a>Zürich</a>\r\n".encode(),
    ],
)
def test_the_encoding_is_the_declared_one_else_utf_8_else_latin_1(body):
    assert decode_xml(body) == {"a": "Zürich"}


def test_what_is_no_utf_8_and_declares_nothing_is_what_the_server_says():
    assert decode_xml("<a>Łódź</a>".encode("cp1250"), "windows-1250") == {"a": "Łódź"}


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY b "secret">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        b'<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/x"> %b;]><a/>',
        b'<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    ],
)
def test_entities_are_not_read(body):
    error = failure(body)
    assert (error.reason, error.message) == (
        Reason.DECODE,
        "the answer declares entities, which are not read",
    )


def test_attributes_that_a_document_type_adds_are_not_read():
    """A long one for each of many elements would be gigabytes."""
    body = b'<!DOCTYPE a [<!ATTLIST b c CDATA "long">]><a><b d="1"/></a>'
    assert decode_xml(body) == {"a": {"b": {"d": "1"}}}


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (b"", "is empty, not XML"),
        (b" \n", "is empty, not XML"),
        (b"secret", "is not valid XML: line 1, column 1"),
        (b"<a>", "is not valid XML: line 1, column 4"),
        (b"<a></b>", "is not valid XML: line 1, column 6"),
        (b"<a>\n <b></a>", "is not valid XML: line 2, column 7"),
        (b"<a/><b/>", "is not valid XML: line 1, column 5"),
        (b"<a>\0", "is not valid XML: line 1, column 4"),
    ],
)
def test_what_is_not_xml_is_told_by_its_place_and_without_its_content(body, what):
    error = failure(body)
    assert (error.reason, error.message) == (Reason.DECODE, f"the answer {what}")


def test_elements_are_nested_100_levels_deep_at_most():
    assert decode_xml(b"<a>" * 100 + b"</a>" * 100)
    error = failure(b"<a>" * 101 + b"</a>" * 101)
    assert error.reason is Reason.TOO_LARGE
    assert error.message == "the answer is nested over 100 levels deep"


def test_elements_and_their_attributes_are_a_million_at_most():
    elements = b"<b c='' d='' e='' f='' g='' h='' i='' j=''/>" * 111_111
    assert len(decode_xml(b"<a>" + elements + b"</a>")["a"]["b"]) == 111_111
    error = failure(b"<a>" + elements + b"<c/></a>")
    assert error.reason is Reason.TOO_LARGE
    assert error.message == "the answer has over 1000000 elements and attributes"


@pytest.mark.parametrize("name", ["utf-7", "klingon", "big5", "hex"])
def test_letters_that_are_not_known_are_told(name):
    error = failure(f"<?xml version='1.0' encoding='{name}'?><a>x</a>".encode())
    assert error.reason is Reason.DECODE
    assert error.message == "the answer declares letters that are not known"
