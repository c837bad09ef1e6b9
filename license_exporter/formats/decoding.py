"""Bytes to documents, by the format that they are written in."""

from license_exporter.formats import json
from license_exporter.model.vendor import Format


def decode(body: bytes, format: Format) -> object:
    """Decode a document. Raises FetchError `decode`, whose message holds nothing of the body."""
    if format == "text":
        from license_exporter.formats.text import decode_text

        return decode_text(body)
    return json.decode(body)
