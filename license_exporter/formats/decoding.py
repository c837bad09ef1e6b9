"""Which format a document is written in, and what decodes it."""

import re
from collections.abc import Callable
from functools import partial

from license_exporter.formats import json
from license_exporter.model.vendor import Document, Format

Decode = Callable[[bytes], object]

# To read a byte of XML, CSV or text takes up to so many times as long as of JSON.
_SLOWER = 16

# XHTML is a page, which somebody is to read.
_XML = re.compile(r"(?:text|application)/(?:xml|(?!xhtml\+)[\w.-]+\+xml)", re.ASCII)


def decoder(document: Document, media_type: str, charset: str) -> Decode:
    """What decodes the bytes of a document; it raises FetchError.

    `media_type` is what the server calls them, in small letters, `charset` the letters that it says
    they are in; "" where nobody says. Where the vendor leaves it open, they are XML or CSV if the
    media type says so, else JSON.
    """
    match document.format or _format(media_type):
        case "json":
            return partial(json.decode, charset=charset)
        case "text":
            from license_exporter.formats.text import decode_text

            return partial(decode_text, charset=charset)
        case "xml":
            from license_exporter.formats.xml import decode_xml

            return partial(decode_xml, charset=charset)
        case "csv":
            from license_exporter.formats.csv import decode_csv

            return partial(decode_csv, layout=document.csv, charset=charset)


def work(document: Document, media_type: str, size: int) -> int:
    """How large JSON is, in bytes, that takes as long to read as `size` bytes of a document."""
    is_json = (document.format or _format(media_type)) == "json"
    return size if is_json else size * _SLOWER


def _format(media_type: str) -> Format:
    if _XML.fullmatch(media_type):
        return "xml"
    return "csv" if media_type == "text/csv" else "json"
