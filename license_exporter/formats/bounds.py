"""What a document may be before it is decoded, since memory is taken only then."""

import re
from collections.abc import Iterable

from license_exporter.errors import FetchError, Reason

# What a number or a short text takes of memory, and an object or array beside, in bytes.
_VALUE, _CONTAINER = 55, 100

# Memory that an answer may take when it is decoded, for each byte of its limit.
_EXPANSION = 7

# Other threads get their turn between pieces of so many bytes.
_PIECE = 1024**2

# How deep objects and arrays may stand in each other. Who walks through them needs some room for
# each level, and no license is told so deep.
_DEEPEST = 250

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def bounded(bodies: Iterable[bytes], limit: int, beside: int = 0) -> int:
    """What documents take of memory when they are decoded, in bytes, about; with `beside` of them.

    Raises FetchError `too_large` if that is too much for `limit`, the target's body_size_limit, in
    bytes. Commas and brackets are counted, in texts too: that takes a hundredth of the time that
    decoding does.
    """
    most = limit * _EXPANSION
    taken = beside
    for piece in (body[at : at + _PIECE] for body in bodies for at in range(0, len(body), _PIECE)):
        containers = piece.count(b"[") + piece.count(b"{")
        taken += piece.count(b",") * _VALUE + containers * _CONTAINER
        if taken > most:
            raise FetchError(
                Reason.TOO_LARGE,
                f"the answer has so many values that it takes more than {most} bytes of memory, "
                f"which are {_EXPANSION} times body_size_limit; raise that if it may",
            )
    return taken - beside


def check_depth(body: bytes | bytearray) -> None:
    """Raise FetchError `too_large` for JSON with too many objects and arrays in each other."""
    brackets = body.translate(None, _NO_BRACKETS)
    for _ in range(_DEEPEST):
        if not brackets:
            return
        shorter = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    # Deep, or with brackets in its texts.
    depth = 0
    for token in _TOKENS.finditer(body):
        first = body[token.start() : token.start() + 1]
        if first in (b"[", b"{"):
            depth += 1
            if depth > _DEEPEST:
                raise FetchError(
                    Reason.TOO_LARGE, f"the answer is nested more than {_DEEPEST} levels deep"
                )
        elif first in (b"]", b"}"):
            depth -= 1
