"""Large JSON, decoded piece by piece.

A decoder holds the interpreter for as long as it works: a second and more for tens of megabytes, in
which no other thread does anything. Elements and members that follow each other are a piece; each
is decoded by itself, and what is larger than a piece is entered.

Where a piece ends is guessed in arrays, whose elements mostly begin alike: what is no whole number
of elements is no JSON within brackets, so that a wrong guess is noticed. Else it is looked for.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from license_exporter.errors import FetchError, Reason
from license_exporter.formats.bounds import outside_of_texts, unpaired, whole_end

# How long a piece is, in bytes, and how far beyond that its end is looked for.
_PIECE = 64 * 1024
_FURTHER = 16 * 1024

# Brackets in each other are taken away level by level, unless there are more than so many.
_LEVELS = 20

# What is larger than a piece is entered so many times: no answer that means well has more of it,
# and each time a piece is looked through.
_MOST_ENTERED = 4000

# No text is longer that anybody means, in bytes; to decode one holds the interpreter, too. In an
# answer that is beyond the usual limit, which somebody has raised, it may be as long as it is.
_LONGEST_TEXT = 16 * 1024**2
_USUAL_LIMIT = 64 * 1024**2

_SPACE = re.compile(rb"[ \t\n\r]*+")
_WORD = re.compile(rb"[^,\]}]*+")
_WITHIN_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_FLAT = rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+'
_TOKENS = re.compile(
    rb'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)|\{%b\}|\[%b\]|[\[\]{},]' % (_FLAT, _FLAT), re.DOTALL
)
# What the elements of an array have in common: of objects, the name that comes first.
_BEGINNING = re.compile(rb'[ \t\n\r]*+(\{[ \t\n\r]*+"[^"]{0,100}+"|[\[{"]?)')
_COLON = re.compile(rb"[ \t\n\r]*+:[ \t\n\r]*+")

Decode = Callable[[bytes], Any]


@dataclass(eq=False)
class PiecesError(ValueError):
    """What stands at or behind the byte `at` cannot be decoded."""

    at: int


def decode_in_pieces(body: bytes, decode: Decode) -> Any:
    """What `decode` would make of a document as a whole, which it raises a ValueError for.

    Raises PiecesError, and FetchError `too_large` for too many large arrays in each other and for a
    text that is too long. The document is not nested too deep.
    """
    value, end = _Pieces(body, decode).value(_after(_SPACE, body, 0))
    if _after(_SPACE, body, end) < len(body):
        raise PiecesError(end)
    return value


class _Pieces:
    def __init__(self, body: bytes, decode: Decode) -> None:
        self._body = body
        self._decode = decode
        self._entered = 0

    def value(self, at: int) -> tuple[Any, int]:
        """The value that begins there, and where it ends."""
        first = self._body[at : at + 1]
        if first in (b"[", b"{"):
            self._entered += 1
            if self._entered > _MOST_ENTERED:
                problem = f"the answer has more than {_MOST_ENTERED} large arrays and objects"
                raise FetchError(Reason.TOO_LARGE, problem)
            return self._array(at + 1) if first == b"[" else self._object(at + 1)
        end = self._end_of_text(at) if first == b'"' else _after(_WORD, self._body, at)
        return self._decoded(at, end), end

    def _array(self, at: int) -> tuple[list[Any], int]:
        array: list[Any] = []
        for elements, comma in self._alike(at):
            array += elements
            at = comma + 1
        while True:
            end, closed = self._piece(at, b"]")
            if end is not None:
                array += self._several(at, end, b"[%b]", closed and not array)
            else:
                value, end = self.value(_after(_SPACE, self._body, at))
                array.append(value)
                end, closed = self._parted(end, b"]")
            at = end + 1
            if closed:
                return array, at

    def _object(self, at: int) -> tuple[dict[str, Any], int]:
        members: dict[str, Any] = {}
        while True:
            end, closed = self._piece(at, b"}")
            if end is not None:
                members.update(self._several(at, end, b"{%b}", closed and not members))
            else:
                at = _after(_SPACE, self._body, at)
                name_end = self._end_of_text(at)
                colon = _COLON.match(self._body, name_end)
                if not colon:
                    raise PiecesError(name_end)
                name = self._decoded(at, name_end)
                members[name], end = self.value(colon.end())
                end, closed = self._parted(end, b"}")
            at = end + 1
            if closed:
                return members, at

    def _alike(self, at: int) -> Iterator[tuple[list[Any], int]]:
        """Pieces of an array, each with the comma behind it, for as long as they can be guessed.

        A piece ends before what begins as it does itself.
        """
        beginning = _BEGINNING.match(self._body, at)
        assert beginning  # it can be empty
        following = re.compile(rb",[ \t\n\r]*+" + re.escape(beginning[1]))
        while comma := following.search(self._body, at + _PIECE, at + _PIECE + _FURTHER):
            try:
                elements = self._decode(b"[%b]" % self._body[at : comma.start()])
            except ValueError:
                return
            if not elements:
                return
            yield elements, comma.start()
            at = comma.start() + 1

    def _piece(self, at: int, close: bytes) -> tuple[int | None, bool]:
        """Where a piece ends that begins there, and whether the container does so too.

        None where what stands there is larger than a piece. `close` is the end of the container.
        """
        comma = self._far_comma(at)
        if comma is not None:
            return comma, False
        last = None
        for token, depth in self._tokens(at, at + _PIECE + _FURTHER, 0):
            if depth < 0:
                if token[0] != close:
                    raise PiecesError(token.start())
                return token.start(), True
            if not depth and token[0] == b",":
                last = token.start()
                if last - at >= _PIECE:
                    break
        return last, False

    def _far_comma(self, at: int) -> int | None:
        """The first comma beyond a piece that parts elements of its container.

        None where it is not easily found, since the container ends before it, say.
        """
        end = whole_end(self._body, at + _PIECE)
        brackets, is_text = outside_of_texts(self._body[at:end], is_text=False)
        brackets = unpaired(brackets, _LEVELS)
        if b"]" in brackets or b"}" in brackets:
            return None
        if is_text:
            end = _after(_WITHIN_TEXT, self._body, end, end + _FURTHER)
            if self._body[end : end + 1] != b'"':
                return None
            end += 1
        for token, depth in self._tokens(end, end + _FURTHER, len(brackets)):
            if depth < 0:
                return None
            if not depth and token[0] == b",":
                return token.start()
        return None

    def _tokens(self, at: int, end: int, depth: int) -> Iterator[tuple[re.Match[bytes], int]]:
        """Commas, brackets and texts, each with the depth behind it; `depth` is that before all.

        An object or array with no other in it is one token, as most rows are.
        """
        # Not by `finditer`, which looks "search" up by a new text each time: the interpreter's
        # cache of attributes keeps thousands of them, each from among what is decoded meanwhile.
        while token := _TOKENS.search(self._body, at, end):
            at = token.end()
            text = token[0]
            if text in (b"[", b"{"):
                depth += 1
            elif text in (b"]", b"}"):
                depth -= 1
            yield token, depth

    def _parted(self, end: int, close: bytes) -> tuple[int, bool]:
        """What comes after an element: a comma, or the end of the container."""
        end = _after(_SPACE, self._body, end)
        found = self._body[end : end + 1]
        if found not in (b",", close):
            raise PiecesError(end)
        return end, found == close

    def _end_of_text(self, at: int) -> int:
        """Where a text ends that begins there; looked for piece by piece."""
        end = at + 1
        if self._body[at:end] != b'"':
            raise PiecesError(at)
        while self._body[end : end + 1] != b'"':
            begin, end = end, _after(_WITHIN_TEXT, self._body, end, end + _PIECE)
            if begin == end:
                raise PiecesError(at)
            if end - at > _LONGEST_TEXT and len(self._body) <= _USUAL_LIMIT:
                problem = f"the answer has a text of over {_LONGEST_TEXT} bytes"
                raise FetchError(Reason.TOO_LARGE, problem)
        return end + 1

    def _several(self, at: int, end: int, within: bytes, may_be_none: bool) -> Any:
        """The elements or members of a piece; there is at least one unless there `may_be_none`."""
        decoded = self._decoded(at, end, within)
        if not decoded and not may_be_none:
            raise PiecesError(at)
        return decoded

    def _decoded(self, at: int, end: int, within: bytes = b"%b") -> Any:
        try:
            return self._decode(within % self._body[at:end])
        except ValueError:
            raise PiecesError(at) from None


def _after(pattern: re.Pattern[bytes], body: bytes, at: int, end: int = sys.maxsize) -> int:
    """Where that ends which begins there and may be empty; it is looked for up to `end`."""
    found = pattern.match(body, at, end)
    assert found  # it can be empty
    return found.end()
