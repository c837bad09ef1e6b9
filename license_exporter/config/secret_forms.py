"""The ways in which a secret can be written in an answer, and striking it out in each of them."""

import base64
import re
from collections.abc import Iterable, Iterator
from html.entities import codepoint2name

# What is shorter, in characters, may stand in an answer by chance.
_LEAST = 8
_MASK = b"*"

# So much of an answer is looked through by a regular expression at a time, in bytes: it holds all
# other threads meanwhile.
_PIECE = 512 * 1024
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


def signs_in(body: bytes, sought: Iterable[bytes]) -> frozenset[bytes]:
    """Those of the signs `sought` that stand in a body, in small letters."""
    first = frozenset(octet for octet in b'\\&"' if octet in body)
    found = {
        sign
        for sign in sought
        if sign[0] in first
        and (sign in body or (sign[1:2] == b"u" and sign[:2] + sign[2:].upper() in body))
    }
    if b"%" in body:
        for at in range(0, len(body), _PIECE):
            told = _PERCENT.findall(body, at, at + _PIECE + _LONGEST)
            found.update(sign.lower() for sign in set(told))
    return frozenset(found)


class Form:
    """One form of a secret, as it is and with each character escaped or encoded."""

    def __init__(self, text: str) -> None:
        self.plain = text.encode("utf-8", "surrogatepass")
        self._plain = {self.plain}
        if all(ord(character) < 0x100 for character in text):
            self._plain.add(text.encode("latin-1"))
        self.signs = frozenset(_signs(text))
        self._text = text
        self._pattern: re.Pattern[bytes] | None = None

    def struck_out(self, body: bytes, signs: frozenset[bytes]) -> bytes:
        """The body without it; `signs` are those that are in there.

        Each look through ten megabytes takes a millisecond or two, that by a regular expression a
        hundred, so it is taken only where some character of the form may be escaped.
        """
        if not signs.isdisjoint(self.signs):
            body = self._replaced(body)
        for plain in self._plain:
            if plain in body:
                body = body.replace(plain, _MASK)
        return body

    def _replaced(self, body: bytes) -> bytes:
        if self._pattern is None:
            self._pattern = re.compile(b"".join(map(_written, self._text)))
        longest = _LONGEST * len(self._text)
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


def _signs(text: str) -> Iterator[bytes]:
    """What stands in a body if a character of the text is escaped there, or encoded."""
    yield b"&#"
    for character in text:
        for unit in _units(character):
            yield b"\\u%02x" % (unit >> 8)
        for octet in character.encode("utf-8", "surrogatepass"):
            yield from (b"%%%02x" % octet, b"%%25%02x" % octet)
        if character in "/\"'\\":
            yield b"\\" + character.encode()
        if character == '"':
            yield b'""'
        if ord(character) in codepoint2name or character == "'":
            yield b"&%s;" % codepoint2name.get(ord(character), "apos").lower().encode()


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
