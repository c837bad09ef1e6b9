"""No bytes make a format raise what nobody foresaw, nor tell what they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.csv import decode_csv
from license_exporter.formats.text import decode_text
from license_exporter.formats.xml import decode_xml
from license_exporter.model.vendor import CSV
from tests.fuzz import fuzz

pytestmark = pytest.mark.fuzz

_XML_PARTS = st.sampled_from(
    ["<a>", "</a>", "<b c='1'/>", "<?xml version='1.0' encoding='utf-7'?>", "<!DOCTYPE a [", "]>"]
    + ["<!ENTITY b 'c'>", "&b;", "&#0;", "&#x10FFFF;", "<![CDATA[", "]]>", "<!--", "-->", "\0"]
    + [f"<?xml version='1.0' encoding='{name}'?>" for name in ("x", "cp037", "utf-16", "big5")]
    + ["<x:y xmlns:x='z'>", "</x:y>", "secret", "\ufeff", "é", "\ud800", " ", "\n"]
)
_CSV_PARTS = st.sampled_from(['"', ",", ";", "\t", "|", "\n", "\r", "\0", "a", "secret", "é", " "])


def _written(parts):
    return parts.map("".join).flatmap(
        lambda text: st.sampled_from(["utf-8", "latin-1", "utf-16"]).map(
            lambda encoding: text.encode(encoding, "replace")
        )
    )


@fuzz
@given(st.one_of(st.binary(max_size=100), _written(st.lists(_XML_PARTS, max_size=12))))
def test_xml(body):
    _decoded(decode_xml, body)


@fuzz
@given(
    st.one_of(st.binary(max_size=100), _written(st.lists(_CSV_PARTS, max_size=40))),
    st.sampled_from([CSV(), CSV(";"), CSV("", "a"), CSV(" ", "secret")]),
)
def test_csv(body, layout):
    rows = _decoded(lambda body: decode_csv(body, layout, ""), body)
    assert rows is None or all(isinstance(row, dict) for row in rows)


@fuzz
@given(st.binary(max_size=100))
def test_text(body):
    assert "\r" not in decode_text(body, "")


def _decoded(decode, body):
    try:
        return decode(body)
    except FetchError as error:
        assert error.reason in (Reason.DECODE, Reason.SCHEMA)
        assert "secret" not in error.message.removesuffix("'secret'")
        return None
