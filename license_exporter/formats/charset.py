"""Which letters bytes are, by themselves or by what the server says."""

import codecs
import re
from collections.abc import Iterator

# What most texts are, and what has a letter for every byte.
_USUAL, _ANY = "utf-8", "latin-1"

# What a text can begin with, and what it is then; the longer marks first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# Those that texts come in; others of Python's codecs take long, or are no character sets.
_KNOWN = re.compile(
    r"iso[-_]?8859[-_]\d+|latin[-_]?\d|windows-125\d|cp\d+|(us-)?ascii|utf-?(8|16|32)([-_]?[lb]e)?|"
    r"shift[-_]jis|euc[-_](jp|kr)|gb(k|2312|18030)|big5|koi8[-_][ru]",
    re.ASCII | re.IGNORECASE,
)
_BY_UNITS = re.compile(r"utf-?(16|32)", re.ASCII | re.IGNORECASE)


def to_text(body: bytes | bytearray, charset: str) -> str:
    """The text of the bytes, without a byte order mark.

    They are UTF-8 if they can be, whatever the server's `charset` says, else what that is, else
    Latin-1; but UTF-16 and UTF-32 where it says so, or a byte order mark does.
    """
    for encoding in _encodings(body, charset):
        try:
            return body.decode(encoding).removeprefix("\ufeff")
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode(_ANY)


def _encodings(body: bytes | bytearray, charset: str) -> Iterator[str]:
    """What the bytes may be, the likeliest first."""
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            yield encoding
    if not _KNOWN.fullmatch(charset):
        yield _USUAL
    elif _BY_UNITS.match(charset):
        yield from (charset, _USUAL)
    else:
        yield from (_USUAL, charset)
