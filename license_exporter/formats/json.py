"""JSON from bytes."""

import json
import math

import orjson

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.bounds import check_depth
from license_exporter.formats.charset import to_text
from license_exporter.formats.json_pieces import PiecesError, decode_in_pieces

# Beyond this size, in bytes, a document is decoded piece by piece.
_LARGE = 2 * 1024**2


def decode(body: bytes | bytearray, charset: str = "") -> object:
    """Decode a document, in the server's `charset` where it is not in UTF-8.

    NaN and Infinity, which JSON does not have, become numbers that nobody can read, so that they
    are counted where they are sought. Raises FetchError `decode`, whose message holds nothing of
    the body, and `too_large` for one that is too deep.
    """
    check_depth(body)
    if len(body) > _LARGE:
        return _decoded_in_pieces(bytes(body), charset)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    # orjson refuses what JSON allows: numbers beyond a double (which are skipped later, as one
    # value), lone surrogates and a byte order mark.
    text = to_text(body, _wide(body) or charset)
    try:
        return json.loads(text, parse_int=_int)
    except json.JSONDecodeError as error:
        raise FetchError(Reason.DECODE, _complaint(text, error)) from None


def _decoded_in_pieces(body: bytes, charset: str) -> object:
    try:
        return decode_in_pieces(body, orjson.loads)
    except PiecesError:
        pass
    try:
        return decode_in_pieces(to_text(body, _wide(body) or charset).encode(), _lenient)
    except PiecesError as error:
        problem = f"the answer is not valid JSON: behind byte {error.at:,}"
        raise FetchError(Reason.DECODE, problem) from None


def _lenient(piece: bytes) -> object:
    try:
        return orjson.loads(piece)
    except orjson.JSONDecodeError:
        return json.loads(piece, parse_int=_int)


def _wide(body: bytes | bytearray) -> str:
    """The encoding of a document in UTF-16 or UTF-32, which its first zero bytes tell; else ""."""
    encoding = json.detect_encoding(body)
    return "" if encoding.startswith("utf-8") else encoding


def _int(digits: str) -> float:
    try:
        number: float = orjson.loads(digits)  # a double beyond 64 bits, here as elsewhere
    except orjson.JSONDecodeError:
        return math.inf
    return number


def _complaint(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "the answer is empty, not JSON"
    if text.lstrip().startswith("<"):
        return "the answer is a page, not JSON: a wrong url, a login page or a proxy in between"
    return f"the answer is not valid JSON: line {error.lineno}, column {error.colno}"
