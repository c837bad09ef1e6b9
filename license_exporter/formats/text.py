"""Text from bytes: what programs print, on any system."""

from license_exporter.formats.charset import to_text


def decode_text(body: bytes, charset: str) -> str:
    """The text, in UTF-8 or else in `charset` or Latin-1, with line feeds alone."""
    return to_text(body, charset).replace("\r\n", "\n").replace("\r", "\n")
