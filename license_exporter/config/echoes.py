"""Secrets that a server sends back: struck out of its answers, however they are written there."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from yarl import URL

from license_exporter.config.credentials import Secret
from license_exporter.config.secret_forms import forms, signs_in
from license_exporter.config.target import Target
from license_exporter.errors import FetchError

# Behind the words before them, as in `Bearer x` and `Token token=x`.
_CREDENTIALS = re.compile(r"(.* )?(?:[a-z]+=(?=[^=]))?(.+)", re.DOTALL)


class Echoes:
    """The secrets that a server may send back: the credentials of a request, and those beside them.

    `secrets` are what the server is sent beside credentials.
    """

    def __init__(self, secrets: Iterable[Secret] = ()) -> None:
        self._secrets = tuple(secrets)
        self._beside: tuple[str, ...] = ()
        self._sent: dict[str, str] | None = None
        self._sought = Sought(())

    def sought(self, credentials: Mapping[str, str]) -> "Sought":
        """What no answer may tell to a request with `credentials`: its headers and parameters."""
        beside = tuple(_read(self._secrets))
        if self._sent != credentials or self._beside != beside:
            self._beside = beside
            self._sent = dict(credentials)
            self._sought = Sought(self._all(credentials))
        return self._sought

    def _all(self, credentials: Mapping[str, str]) -> Iterator[str]:
        for name, value in credentials.items():
            yield from _parts(name, value)
        for secret in self._beside:
            yield secret
            yield from _parts("", secret)


class Sought:
    """Some secrets in each of the forms that are made of them, to be struck out of answers.

    Digits alone are not: they may be a number of the answer's own. `mark` tells one set of secrets
    from another.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = forms(secrets)
        self._characters = "".join(set("".join(form.text for form in self._forms)))
        self._plain = tuple(plain for form in self._forms for plain in form.plain)
        told = b"\0".join(form.plain[0] for form in self._forms)
        self.mark = hashlib.blake2b(told, digest_size=16).digest()

    def struck_out(self, body: bytes) -> bytes:
        """The answer without the secrets, however they are written in it."""
        signs = signs_in(body, self._characters)
        if not signs and not any(map(body.__contains__, self._plain)):
            return body  # as nearly always, with little time spent on it
        for form in self._forms:
            body = form.struck_out(body, signs)
        return body


def _read(secrets: Iterable[Secret]) -> Iterator[str]:
    for secret in secrets:
        # A file that cannot be read has not been sent either.
        with suppress(FetchError):
            yield secret.read()


def _parts(name: str, header: str) -> Iterator[str]:
    """The credentials in a header, as they are sent, and the password in basic ones."""
    if name.lower() == "cookie":
        for cookie in header.split(";"):
            yield cookie.partition("=")[2].strip().strip('"')
        return
    written = _CREDENTIALS.fullmatch(header)
    if written:
        yield written[2].strip('"')
        if written[1] == "Basic ":
            with suppress(ValueError):
                yield base64.b64decode(written[2]).decode().partition(":")[2]


def secrets_beside(target: Target) -> Iterator[Secret]:
    """What a target sends as a secret, to its server or its proxy, beside the credentials."""
    for header in target.http_headers.values():
        yield from header.secrets
        yield from (Secret(file=file) for file in header.files)
    for values in target.proxy_connect_header.values():
        yield from values
    if target.proxy_url:
        yield Secret(URL(target.proxy_url.read()).password or "")
    if target.oauth2:
        yield from target.oauth2.endpoint_params.values()
    for block, option in (
        (target.oauth2, "client_secret"),
        (target.oauth2, "client_assertion"),
        (target.login, "password"),
        (target.api_key, "key"),
    ):
        secret, file = getattr(block, option, None), getattr(block, f"{option}_file", None)
        if isinstance(secret, Secret):
            yield secret
        if isinstance(file, Path):
            yield Secret(file=file)
