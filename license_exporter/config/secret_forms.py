"""The ways in which a secret can be written in an answer, and striking it out in each of them."""

import base64
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html.entities import codepoint2name

# What is shorter, in characters, may stand in an answer by chance.
_LEAST = 8
_MASK = b"*"

# So much of an answer is looked through by a regular expression at a time, in bytes: it holds all
# other threads meanwhile.
_PIECE = 512 * 1024
# What stands in a body so many times at most is rare there.
_RARE = 100
# A character of a secret is written in so many bytes at most.
_LONGEST = 48

# Where JSON stands in a text of JSON, there are backslashes before each other.
_BACKSLASHES = rb"\\{1,8}+"
_PERCENT = re.compile(rb"%(?:25)?[0-9A-Fa-f]{2}")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f-]+")


def forms_of(secret: str) -> Iterator[str]:
    """A secret, and what is made of it on its way; characters of each may be written otherwise."""
    if _is_told(secret):
        yield secret
        if _HEXADECIMAL.fullmatch(secret):
            yield from {secret.lower(), secret.upper()} - {secret}
    octets = secret.encode("utf-8", "surrogatepass")
    yield from filter(_is_told, (base64.b64encode(octets).decode(), *_within_base64(octets)))


def _is_told(form: str) -> bool:
    """Whether a form of a secret tells it, and does not stand in answers by chance."""
    return len(form) >= _LEAST and not form.isdigit()


def _within_base64(secret: bytes) -> Iterator[str]:
    """What is always the same in base64 of a text with a secret, by where it stands in there."""
    for before, begin in enumerate((0, 2, 3)):
        length = before + len(secret)
        encoded = base64.b64encode(bytes(before) + secret).rstrip(b"=").decode()
        form = encoded[begin : length * 8 // 6]
        yield from dict.fromkeys((form, form.translate(str.maketrans("+/", "-_"))))


def signs_in(body: bytes, characters: str) -> frozenset[bytes]:
    """The signs that stand in a body and may be one of the characters, in small letters."""
    found: set[bytes] = set()
    if b"\\" in body or b"&" in body or ('"' in characters and b'""' in body):
        first = frozenset(octet for octet in b'\\&"' if octet in body)
        sought = frozenset[bytes]().union(*map(_signs, characters))
        found.update(
            sign
            for sign in sought
            if sign[0] in first
            and (
                _stands_in(body, sign)
                or (sign[1:2] == b"u" and _stands_in(body, sign[:2] + sign[2:].upper()))
            )
        )
    if b"%" in body:
        for at in range(0, len(body), _PIECE):
            told = _PERCENT.findall(body, at, at + _PIECE + _LONGEST)
            found.update(sign.lower() for sign in set(told))
    return frozenset(found)


def _stands_in(body: bytes, sign: bytes) -> bool:
    """As `sign in body`: a single octet is found fifty times as fast as two, and most are rare."""
    at = -1
    for _ in range(_RARE):
        at = body.find(sign[:1], at + 1)
        if at < 0 or body.startswith(sign, at):
            return at >= 0
    return body.find(sign, at) >= 0


class Form:
    """One form of a secret, as it is and with each character escaped or encoded."""

    # Each of many targets has several, and most of them are never needed.
    __slots__ = ("_pattern", "plain")

    def __init__(self, text: str) -> None:
        self.plain: tuple[bytes, ...] = (text.encode("utf-8", "surrogatepass"),)
        if not text.isascii() and all(ord(character) < 0x100 for character in text):
            self.plain += (text.encode("latin-1"),)
        self._pattern: re.Pattern[bytes] | None = None

    @property
    def text(self) -> str:
        """The form as text, which is seldom asked for and not kept beside its bytes."""
        return self.plain[0].decode("utf-8", "surrogatepass")

    def struck_out(self, body: bytes, signs: frozenset[bytes]) -> bytes:
        """The body without it; `signs` are those that are in there.

        Each look through ten megabytes takes a millisecond or two, that by a regular expression a
        hundred, so it is taken only where some character of the form may be escaped.
        """
        if signs and not all(signs.isdisjoint(_signs(character)) for character in self.text):
            body = self._replaced(body)
        for plain in self.plain:
            if plain in body:
                body = body.replace(plain, _MASK)
        return body

    def _replaced(self, body: bytes) -> bytes:
        if self._pattern is None:
            self._pattern = re.compile(b"".join(map(_written, self.text)))
        longest = _LONGEST * len(self.text)
        parts: list[bytes] = []
        kept = at = 0
        while at < len(body):
            end = at + _PIECE
            found = self._pattern.search(body, at, end + longest)
            if found and found.start() < end:
                parts += (body[kept : found.start()], _MASK)
                kept = at = found.end()
            else:
                at = end
        return b"".join((*parts, body[kept:])) if parts else body


def forms(secrets: Iterable[str]) -> tuple[Form, ...]:
    """All forms of some secrets, the longest first: one may be a part of another."""
    told = {form for secret in secrets for form in forms_of(secret)}
    return tuple(map(Form, sorted(told, key=lambda form: (-len(form), form))))


@lru_cache(1024)
def _signs(character: str) -> frozenset[bytes]:
    """What stands in a body if the character is escaped there, or encoded."""
    signs = {b"&#"}
    signs.update(b"\\u%02x" % (unit >> 8) for unit in _units(character))
    octets = character.encode("utf-8", "surrogatepass")
    for octet in octets:
        signs |= {b"%%%02x" % octet, b"%%25%02x" % octet}
    if character in "/\"'\\":
        signs.add(b"\\" + octets)
    if character == '"':
        signs.add(b'""')
    if ord(character) in codepoint2name or character == "'":
        signs.add(b"&%s;" % codepoint2name.get(ord(character), "apos").lower().encode())
    return frozenset(signs)


def _written(character: str) -> bytes:
    """A pattern of all ways in which JSON, XML, tables and addresses write a character."""
    code = ord(character)
    octets = character.encode("utf-8", "surrogatepass")
    ways = [
        b"".join(_BACKSLASHES + rb"u(?i:%04x)" % unit for unit in _units(character)),
        rb"&#0{0,8}%d;" % code,
        rb"&#[xX]0{0,8}(?i:%x);" % code,
        b"".join(rb"%%(?:25)?(?i:%02x)" % octet for octet in octets),
    ]
    if character == "\\":
        ways.append(_BACKSLASHES)
    elif character in "/\"'":
        ways.append(_BACKSLASHES + octets)
    if character == '"':
        ways.append(b'""')
    if character == " ":
        ways.append(rb"\+")
    if code in codepoint2name or character == "'":
        ways.append(b"&%s;" % codepoint2name.get(code, "apos").encode())
    # An escaped backslash begins like a plain one, which so comes last.
    ways.append(re.escape(octets))
    return b"(?:%s)" % b"|".join(ways)


def _units(character: str) -> tuple[int, ...]:
    """The numbers by which JSON writes a character."""
    encoded = character.encode("utf-16-be", "surrogatepass")
    return tuple(int.from_bytes(encoded[at : at + 2], "big") for at in range(0, len(encoded), 2))
