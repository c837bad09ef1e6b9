"""Text from bytes: what programs print, on any system."""


def decode_text(body: bytes) -> str:
    """The text, in UTF-8 or else in Latin-1, with line feeds alone and no byte order mark."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n")
