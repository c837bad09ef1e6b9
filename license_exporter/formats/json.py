"""JSON from bytes."""

import json
import math

import orjson

from license_exporter.errors import FetchError, Reason


def decode(body: bytes | bytearray) -> object:
    """Decode a document. Raises FetchError `decode`, whose message holds nothing of the body."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    # orjson refuses what JSON allows: numbers beyond a double (which are skipped later, as one
    # value), lone surrogates and a byte order mark.
    try:
        return json.loads(body.decode("utf-8-sig"), parse_int=_int, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise FetchError(Reason.DECODE, _complaint(body)) from None


def _int(digits: str) -> float:
    return int(digits) if len(digits) < 400 else math.inf


def _constant(name: str) -> float:
    raise ValueError("NaN and Infinity are not JSON")


def _complaint(body: bytes | bytearray) -> str:
    if not body.strip():
        return "the answer is empty, not JSON"
    if body.lstrip().startswith(b"<"):
        return "the answer is a page, not JSON: a wrong url, a login page or a proxy in between"
    return "the answer is not valid JSON"
