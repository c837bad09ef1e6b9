"""Secrets that a server sends back: struck out of its answers, however they are written there."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from html.entities import codepoint2name
from pathlib import Path
from urllib.parse import quote, quote_plus

from license_exporter.config.credentials import Secret
from license_exporter.config.file_stamp import Stamp, stamp
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


class Echoes:
    """The secrets that a server may send back: the credentials of a request, and those beside them.

    `secrets` are what the server is sent beside credentials. Those in files are read again once
    the files have changed.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        self._stamps: list[Stamp | None] = []
        self._beside: list[str] = []
        self._sent: dict[str, str] | None = None
        self._sought = Sought(())

    def sought(self, credentials: Mapping[str, str]) -> "Sought":
        """What no answer may tell to a request with `credentials`: its headers and parameters."""
        stamps = [_stamp(secret) for secret in self._secrets]
        if self._sent != credentials or self._stamps != stamps:
            # Stamps are older than what is read: a file that changes meanwhile is read once more.
            self._stamps, self._beside = stamps, list(_read(self._secrets))
            self._sent = dict(credentials)
            self._sought = Sought(self._forms(credentials))
        return self._sought

    def _forms(self, credentials: Mapping[str, str]) -> Iterator[str]:
        for value in credentials.values():
            for part in _parts(value):
                yield from _encoded(part)
        for secret in self._beside:
            yield from _encoded(secret)


class Sought:
    """Some secrets in each of the forms that are made of them, to be struck out of answers.

    Digits alone are not: they may be a number of the answer's own. `mark` tells one set of secrets
    from another.
    """

    def __init__(self, forms: Iterable[str]) -> None:
        told = dict.fromkeys(form for form in forms if _is_told(form))
        self._forms = {form: form.encode() for form in told}
        written = "".join(told)
        self._escapes = [
            (escape, character) for escape, character in _ESCAPES.items() if character in written
        ]
        self._patterns: dict[str, re.Pattern[bytes]] = {}
        self.mark = hashlib.blake2b("\0".join(told).encode(), digest_size=16).digest()

    def struck_out(self, body: bytes) -> bytes:
        """The answer without the secrets, however they are written in it.

        Each look through ten megabytes takes a millisecond or two; a regular expression that looks
        for all at once would take a hundred.
        """
        escaped: list[str] = []
        if b"\\" in body or b"&" in body:
            escaped = [character for escape, character in self._escapes if escape in body]
        for form, plain in self._forms.items():
            if escaped and any(character in form for character in escaped):
                body = self._pattern(form).sub(_MASK, body)
            if plain in body:
                body = body.replace(plain, _MASK)
        return body

    def _pattern(self, form: str) -> re.Pattern[bytes]:
        if form not in self._patterns:
            self._patterns[form] = re.compile(b"".join(map(_escaped, form)))
        return self._patterns[form]


def _stamp(secret: Secret) -> Stamp | None:
    """The stamp of the secret's file; None where there is none."""
    with suppress(OSError):
        return stamp(secret.file) if secret.file else None
    return None


def _read(secrets: Iterable[Secret]) -> Iterator[str]:
    for secret in secrets:
        # A file that cannot be read has not been sent either.
        with suppress(FetchError):
            yield secret.read()


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
