"""Which letters bytes are, by themselves or by what the server says."""

import re

# Those that texts come in; others of Python's codecs take long, or are no character sets.
_KNOWN = re.compile(
    r"iso[-_]?8859[-_]\d+|latin[-_]?\d|windows-125\d|cp\d+|(us-)?ascii|utf-?(8|16|32)([-_]?[lb]e)?|"
    r"shift[-_]jis|euc[-_](jp|kr)|gb(k|2312|18030)|big5|koi8[-_][ru]",
    re.ASCII | re.IGNORECASE,
)
_BY_UNITS = re.compile(r"utf-?(16|32)", re.ASCII | re.IGNORECASE)


def to_text(body: bytes | bytearray, charset: str = "") -> str:
    """The text of the bytes, without a byte order mark.

    They are UTF-8 if they can be, whatever the server's `charset` says, else what that is, else
    Latin-1; but UTF-16 and UTF-32 where it says so, or a byte order mark does.
    """
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        wide = "utf-32" if body.startswith((b"\xff\xfe\0\0",)) else "utf-16"
    else:
        wide = charset if _BY_UNITS.match(charset) else ""
    for encoding in (wide, "utf-8-sig", charset):
        if _KNOWN.fullmatch(encoding) or encoding == "utf-8-sig":
            try:
                return body.decode(encoding).removeprefix("\ufeff")
            except (UnicodeDecodeError, LookupError):
                continue
    return body.decode("latin-1")
