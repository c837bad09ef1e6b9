"""Secrets that a server sends back: struck out of its answers, however they are written there."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html.entities import codepoint2name
from pathlib import Path
from urllib.parse import quote, quote_plus

from license_exporter.config.credentials import Secret
from license_exporter.config.target import Target
from license_exporter.errors import FetchError

# Behind the words before them, as in `Bearer x` and `Token token=x`.
_CREDENTIALS = re.compile(r"(.* )?(?:[a-z]+=(?=[^=]))?(.+)", re.DOTALL)
# What is shorter, in characters, may stand in an answer by chance.
_LEAST = 8
# How an escape begins in JSON or XML, and of which characters it is one; "" is any.
_ESCAPES = {
    b"\\u00": "",
    b"\\/": "/",
    b"\\\\": "\\",
    b'\\"': '"',
    b"&#": "",
    b"&amp;": "&",
    b"&lt;": "<",
    b"&gt;": ">",
    b"&quot;": '"',
}
_MASK = b"*"
# So many patterns of secrets are kept; a target has fewer, but tokens change.
_KEPT = 16


class Echoes:
    """Strikes secrets out of what a server answers, in each of the forms that are made of them.

    Those are the credentials of a request, and `secrets` that the server is sent beside them.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        self._patterns: dict[str, re.Pattern[bytes]] = {}

    def struck_out(self, body: bytes, credentials: Mapping[str, str]) -> bytes:
        """The answer without secrets; `credentials` are the headers and parameters of its request.

        Digits alone stay: they may be a number of the answer's own.
        """
        forms = [form for form in self._forms(credentials) if _is_told(form)]
        written = "".join(forms)
        # Each look through an answer takes a millisecond for ten megabytes of it.
        escaped = [
            character
            for escape, character in _ESCAPES.items()
            if character in written and escape[:1] in body and escape in body
        ]
        for form in forms:
            if any(character in form for character in escaped):
                body = self._pattern(form).sub(_MASK, body)
            plain = form.encode()
            if plain in body:
                body = body.replace(plain, _MASK)
        return body

    def _forms(self, credentials: Mapping[str, str]) -> Iterator[str]:
        for value in credentials.values():
            for part in _parts(value):
                yield from _encoded(part)
        for secret in self._secrets:
            # A file that cannot be read has not been sent either.
            with suppress(FetchError):
                yield from _encoded(secret.read())

    def _pattern(self, form: str) -> re.Pattern[bytes]:
        pattern = self._patterns.get(form)
        if pattern is None:
            if len(self._patterns) >= _KEPT:
                self._patterns.clear()
            pattern = self._patterns[form] = re.compile(b"".join(map(_escaped, form)))
        return pattern


def _is_told(form: str) -> bool:
    """Whether a form of a secret tells it, and does not stand in answers by chance."""
    return len(form) >= _LEAST and not form.isdigit()


def _parts(header: str) -> Iterator[str]:
    """The credentials in a header, as they are sent, and the password in basic ones."""
    written = _CREDENTIALS.fullmatch(header)
    if written:
        yield written[2]
        if written[1] == "Basic ":
            with suppress(ValueError):
                yield base64.b64decode(written[2]).decode().partition(":")[2]


def _encoded(secret: str) -> Iterator[str]:
    """A secret, and what is made of it on its way: for an address, and in base64."""
    yield secret
    for encoded in (quote(secret, safe=""), quote_plus(secret, safe="")):
        if encoded != secret:
            yield encoded
    yield base64.b64encode(secret.encode()).decode()


def _escaped(character: str) -> bytes:
    """A pattern of all ways in which JSON and XML write a character."""
    code = ord(character)
    ways = []
    if code < 0x10000:
        ways.append(rb"\\u(?i:%04x)" % code)
    ways += [rb"&#0*%d;" % code, rb"&#[xX]0*(?i:%x);" % code]
    if character in '/"\\':
        ways.append(re.escape(b"\\" + character.encode()))
    if code in codepoint2name:
        ways.append(b"&%s;" % codepoint2name[code].encode())
    # An escaped backslash begins like a plain one, which so comes last.
    ways.append(re.escape(character.encode()))
    return b"(?:%s)" % b"|".join(ways)


def secrets_beside(target: Target) -> Iterator[Secret]:
    """What a target sends its server as a secret, beside the credentials of each request."""
    for header in target.http_headers.values():
        yield from header.secrets
        yield from (Secret(file=file) for file in header.files)
    for block, option in (
        (target.oauth2, "client_secret"),
        (target.login, "password"),
        (target.api_key, "key"),
    ):
        if block is None:
            continue
        secret, file = getattr(block, option), getattr(block, f"{option}_file")
        if isinstance(secret, Secret):
            yield secret
        if isinstance(file, Path):
            yield Secret(file=file)
