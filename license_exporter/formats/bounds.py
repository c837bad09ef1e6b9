"""What a document may be before it is decoded, since memory is taken only then."""

from collections.abc import Iterable, Iterator

from license_exporter.errors import FetchError, Reason

# What a number or a short text takes of memory in its place, and an array or object beside, in
# bytes.
_VALUE, _ARRAY, _OBJECT = 70, 85, 140
# So many members of each object have names that are those of others, which take no memory more; the
# rest take as much as a value.
_SHARED = 20

# Memory that an answer may take when it is decoded, for each byte of its limit.
_EXPANSION = 6

# Other threads get their turn between pieces of so many bytes.
_PIECE = 1024**2

# How deep objects and arrays may stand in each other. Who walks through them needs some room for
# each level, and no license is told so deep.
_DEEPEST = 250

# Up to here, brackets are taken away level by level, which takes less time than counting them.
_SHALLOW = 20

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_NO_STRUCTURE = bytes(set(range(256)) - set(b"[{,:"))
_OPENING = frozenset(b"[{")
_PAIRS = (b"[]", b"{}")

# What stands in a text for a backslash and a quote.
_ESCAPES = (b"\\\\", b'\\"')


def bounded(bodies: Iterable[bytes], limit: int, beside: int = 0) -> int:
    """What documents take of memory when they are decoded, in bytes, about; with `beside` of them.

    Raises FetchError `too_large` if that is too much for `limit`, the target's body_size_limit, in
    bytes. Commas, colons and brackets are counted, in texts too: that takes a hundredth of the time
    that decoding does.
    """
    taken = members = shared = 0
    _check_memory(beside, limit)
    for piece in (body[at : at + _PIECE] for body in bodies for at in range(0, len(body), _PIECE)):
        structure = piece.translate(None, _NO_STRUCTURE)  # a pass for all, and not one for each
        objects = structure.count(b"{")
        members += structure.count(b":")
        shared += objects * _SHARED
        taken += structure.count(b",") * _VALUE
        taken += structure.count(b"[") * _ARRAY + objects * _OBJECT
        _check_memory(beside + taken + max(0, members - shared) * _VALUE, limit)
    return taken + max(0, members - shared) * _VALUE


def _check_memory(taken: int, limit: int) -> None:
    if taken > limit * _EXPANSION:
        raise FetchError(
            Reason.TOO_LARGE,
            f"the answer has so many values that it takes more than {limit * _EXPANSION} bytes of "
            f"memory, which are {_EXPANSION} times body_size_limit; raise that if it may",
        )


def check_depth(body: bytes | bytearray) -> None:
    """Raise FetchError `too_large` for JSON with too many objects and arrays in each other."""
    few = body.count(b"[") + body.count(b"{") <= _DEEPEST
    if few or not unpaired(body.translate(None, _NO_BRACKETS), _SHALLOW):
        return
    # Deep, or with brackets in its texts.
    depth = 0
    for bracket in _brackets(body):
        depth += 1 if bracket in _OPENING else -1
        if depth > _DEEPEST:
            raise FetchError(
                Reason.TOO_LARGE, f"the answer is nested more than {_DEEPEST} levels deep"
            )


def _brackets(body: bytes | bytearray) -> Iterator[int]:
    """The brackets outside of texts; piece by piece, so that no long text holds other threads."""
    is_text = False
    at = 0
    while piece := body[at : whole_end(body, at + _PIECE)]:
        brackets, is_text = outside_of_texts(piece, is_text=is_text)
        yield from brackets
        at += len(piece)


def whole_end(body: bytes | bytearray, end: int) -> int:
    """The end of a piece that is to end there, moved so that it parts no backslash from the next.

    A backslash belongs to what follows it.
    """
    while body[end - 1 : end] == b"\\":
        end += 1
    return end


def outside_of_texts(piece: bytes | bytearray, *, is_text: bool) -> tuple[bytes | bytearray, bool]:
    """The brackets of a piece of JSON outside of texts, and whether it ends within a text.

    `is_text` says whether it begins in one.
    """
    if b"\\" in piece:
        for escape in _ESCAPES:
            piece = piece.replace(escape, b"")
    parts = piece.split(b'"')
    brackets = b"".join(parts[is_text::2]).translate(None, _NO_BRACKETS)
    return brackets, is_text == (len(parts) % 2 == 1)


def unpaired(brackets: bytes | bytearray, levels: int) -> bytes | bytearray:
    """What is left of brackets when pairs are taken away that are so many levels deep at most."""
    for _ in range(levels):
        before = len(brackets)
        for pair in _PAIRS:
            brackets = brackets.replace(pair, b"")
        if len(brackets) == before:
            break
    return brackets
