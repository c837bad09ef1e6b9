"""Signing in as a product wants it: credentials for a token or for cookies, and signing out."""

import asyncio
import base64
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from yarl import URL

from license_exporter.auth.tokens import (
    Token,
    TokenSource,
    check_accepted,
    token_answer,
    token_at,
    value_at,
)
from license_exporter.config.credentials import Secret
from license_exporter.errors import FetchError, Reason, SchemaError
from license_exporter.model.values import timestamp
from license_exporter.model.vendor import SignIn
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client
from license_exporter.sources.http.cookies import cookie_header, updated_cookies
from license_exporter.sources.http.errors import server_name
from license_exporter.sources.http.exchange import Response

_PLACEHOLDER = re.compile(r"\{(username|password|key)\}")

# An answer that is larger than this, in bytes, is not one with a token.
_ANSWER_LIMIT = 1024 * 1024
# A server that is gone keeps nobody from ending, in seconds.
_SIGN_OUT = 3.0


def signed_in(
    secrets: Mapping[str, Secret], way: SignIn, client: Client, clock: Clock
) -> TokenSource:
    """What a sign-in brings for the secrets, which are by name."""
    sign_in = _SignIn(tuple(secrets), way, client, clock)
    end = sign_in.end if way.sign_out else None
    return TokenSource(list(secrets.values()), sign_in.fetch, clock, end)


class _SignIn:
    def __init__(self, names: Sequence[str], way: SignIn, client: Client, clock: Clock) -> None:
        self._names = names
        self._way = way
        self._client = client
        self._clock = clock
        self._endpoint = f"{client.base}/{way.path}"
        self._server = f"sign-in at {server_name(URL(self._endpoint))}"

    async def fetch(self, secrets: Sequence[str]) -> Token:
        """Sign in. Raises FetchError."""
        way = self._way
        said = dict(zip(self._names, secrets, strict=True))
        body = _filled(way.body, said)
        headers = {name: _filled(value, said) for name, value in way.headers.items()}
        if way.basic:
            headers["Authorization"] = basic_value(
                said.get("username", ""), said.get("password", "")
            )
        response = await self._send(
            self._endpoint,
            headers,
            json=None if way.form else body,
            form=body if way.form else None,
        )
        return self._token(response)

    async def end(self, token: Token) -> None:
        """Sign out; a failure is nothing that anybody waits for."""
        headers = token.headers or {}
        with suppress(FetchError, TimeoutError):
            async with asyncio.timeout(_SIGN_OUT):
                await self._send(f"{self._client.base}/{self._way.sign_out}", headers)

    async def _send(
        self,
        url: str,
        headers: Mapping[str, str],
        json: object = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        try:
            return await self._client.send(
                "POST", url, headers=headers, json=json, form=form, limit=_ANSWER_LIMIT
            )
        except FetchError as error:
            if error.reason is not Reason.TOO_LARGE:
                raise
            problem = f"{self._server}: the answer is too large to be a token; check the address"
            raise FetchError(Reason.TOO_LARGE, problem) from None

    def _token(self, response: Response) -> Token:
        way = self._way
        check_accepted(response, self._server, self._clock.time())
        cookies = updated_cookies({}, response.headers)
        ends = None
        told = {}
        if way.token or way.expires or way.tells:
            answer = token_answer(response, self._server, self._clock.time())
            ends = _end(answer, way.expires)
            told = {name: self._told(answer, path) for name, path in way.tells.items()}
        headers = {}
        value = ""
        if way.token:
            value = token_at(answer, way.token, self._server)
        elif way.token_header:
            value = self._demanded(response.headers.get(way.token_header, ""), way.token_header)
        elif way.token_cookie:
            value = self._demanded(cookies.get(way.token_cookie, ""), way.token_cookie).strip('"')
        if value:
            headers[way.header] = way.prefix + value
        if way.cookies:
            headers["Cookie"] = self._demanded(cookie_header(cookies), "a cookie")
        return Token(value, way.lifetime, ends, headers, told)

    def _told(self, answer: Mapping[str, object], path: Sequence[str]) -> str:
        """What stands at `path` and can be one part of a path itself. Raises SchemaError."""
        value = value_at(answer, path)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str) or not value.strip("."):
            problem = f"{self._server}: the answer has no text or number at {'.'.join(path)}"
            raise SchemaError("", problem)
        return value

    def _demanded(self, value: str, name: str) -> str:
        """What an accepted sign-in sets; some products answer 200 to a wrong password, too."""
        if not value or not value.isascii() or not value.isprintable():
            raise FetchError(
                Reason.AUTH, f"{self._server}: the answer sets no {name}; check the credentials"
            )
        return value


def basic_value(username: str, password: str) -> str:
    """The header of basic authentication (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


def _filled(written: Any, said: Mapping[str, str]) -> Any:
    """A body with the credentials in the place of their names."""
    if isinstance(written, str):
        return _PLACEHOLDER.sub(lambda match: said.get(match[1], match[0]), written)
    if isinstance(written, Mapping):
        return {name: _filled(value, said) for name, value in written.items()}
    if isinstance(written, list | tuple):
        return [_filled(item, said) for item in written]
    return written


def _end(answer: Mapping[str, object], path: Sequence[str]) -> float | None:
    """The date at `path`; None where there is none, or none that can be read."""
    try:
        return timestamp(value_at(answer, path)) if path else None
    except ValueError:
        return None
