"""Tokens: fetched when needed, kept until shortly before they end, dropped when refused."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from license_exporter.config.credentials import Secret
from license_exporter.errors import FetchError, Reason, SchemaError
from license_exporter.formats.json import decode
from license_exporter.model import values
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client
from license_exporter.sources.http.exchange import Response, is_rate_limited, status_error

# A token is renewed this long before its end, in seconds, so that it does not end on its way to the
# server; but no longer before it than this share of its life.
_MARGIN = 60.0
_MARGIN_SHARE = 0.1

# An answer that is larger than this, in bytes, is not one with a token.
_ANSWER_LIMIT = 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A bearer token, or what else a sign-in brings: `headers` are sent instead of it, then.

    Its end is given as `lifetime`, in seconds from now, or as `ends`, a time of day in seconds
    since the epoch; with neither, it is good until it is refused. `told` is what stands for names
    in the paths of requests.
    """

    value: str
    lifetime: float | None = None
    ends: float | None = None
    headers: Mapping[str, str] | None = None
    told: Mapping[str, str] = field(default_factory=dict)


class TokenSource:
    """Authenticates by a token, which `fetch` gets for the values of `secrets`.

    Callers at the same time share one request and its outcome. A secret whose file has changed
    makes a new token. `end` ends the session of a token that is given up; one that is refused may
    be good all the same.
    """

    def __init__(
        self,
        secrets: Sequence[Secret],
        fetch: Callable[[Sequence[str]], Awaitable[Token]],
        clock: Clock,
        end: Callable[[Token], Awaitable[None]] | None = None,
    ) -> None:
        self._secrets = secrets
        self._fetch = fetch
        self._end = end
        self._clock = clock
        self._kept: _Kept | None = None
        self._refused: _Kept | None = None
        self._lock = asyncio.Lock()
        self._attempts = 0
        self._failure: FetchError | None = None

    async def headers(self) -> Mapping[str, str]:
        """The header with a token. Raises FetchError."""
        attempts = self._attempts
        async with self._lock:
            if attempts != self._attempts and self._failure:
                # The request that was waited for failed; another one would only repeat that.
                raise self._failure.again()
            secrets = [secret.read() for secret in self._secrets]
            if not self._kept or not self._kept.good(secrets, self._clock):
                self._kept = await self._renew(secrets)
            token = self._kept.token
            if token.headers is not None:
                return token.headers
            return {"Authorization": f"Bearer {token.value}"}

    def params(self) -> Mapping[str, str]:
        """None: a token is sent in headers."""
        return {}

    def told(self) -> Mapping[str, str]:
        """What the sign-in told beside the token that is kept."""
        return self._kept.token.told if self._kept else {}

    def refused(self) -> bool:
        """Drop the token, which the server refuses; True, since a fresh one may be accepted."""
        self._kept, self._refused = None, self._kept or self._refused
        return True

    async def close(self) -> None:
        """End the session, if there is one."""
        given_up = self._kept, self._refused
        self._kept = self._refused = None
        for kept in given_up:
            if kept and self._end:
                await self._end(kept.token)

    async def _renew(self, secrets: Sequence[str]) -> "_Kept":
        await self.close()
        self._failure = None
        try:
            token = await self._fetch(secrets)
        except FetchError as error:
            self._failure = error.again()
            raise
        finally:
            self._attempts += 1
        return _Kept.since_now(token, secrets, self._clock)


@dataclass(frozen=True, slots=True, repr=False)
class _Kept:
    """A token, the secrets that it was got for, and when to renew it by each of the two clocks."""

    token: Token
    secrets: Sequence[str]
    monotonic_end: float | None
    end: float | None

    @classmethod
    def since_now(cls, token: Token, secrets: Sequence[str], clock: Clock) -> "_Kept":
        monotonic_end = end = None
        if token.lifetime is not None:
            monotonic_end = clock.monotonic() + token.lifetime - _margin(token.lifetime)
        if token.ends is not None:
            end = token.ends - _margin(token.ends - clock.time())
        return cls(token, secrets, monotonic_end, end)

    def good(self, secrets: Sequence[str], clock: Clock) -> bool:
        if secrets != self.secrets:
            return False
        if self.monotonic_end is not None and clock.monotonic() >= self.monotonic_end:
            return False
        return self.end is None or clock.time() < self.end


def _margin(lifetime: float) -> float:
    return max(0.0, min(_MARGIN, lifetime * _MARGIN_SHARE))


async def ask(
    client: Client,
    url: str,
    server: str,
    clock: Clock,
    *,
    headers: Mapping[str, str] | None = None,
    json: object = None,
    form: Mapping[str, str] | None = None,
) -> Mapping[str, object]:
    """Ask a token endpoint, or sign in; gives the JSON object that is answered.

    Raises FetchError as `Client.send` and `token_answer` do.
    """
    try:
        response = await client.send(
            "POST", url, headers=headers, json=json, form=form, limit=_ANSWER_LIMIT
        )
    except FetchError as error:
        if error.reason is not Reason.TOO_LARGE:
            raise
        problem = f"{server}: the answer is too large to be a token; check the address"
        raise FetchError(Reason.TOO_LARGE, problem) from None
    return token_answer(response, server, clock.time())


def token_answer(response: Response, server: str, now: float) -> Mapping[str, object]:
    """The JSON object that a token endpoint or sign-in answered with.

    Raises FetchError: `auth` where it refuses (any 4xx but 404 and 429), else by the status;
    `decode` or `schema` for what is not an object of JSON. `server` names it in messages.
    """
    check_accepted(response, server, now)
    try:
        answer = decode(response.body, response.charset)
    except FetchError as error:
        raise FetchError(error.reason, f"{server}: {error.message}") from None
    if not isinstance(answer, dict):
        raise SchemaError("", f"{server}: the answer is not an object with a token")
    return answer


def check_accepted(response: Response, server: str, now: float) -> None:
    """Raise FetchError unless a token endpoint or sign-in accepts what was sent."""
    if not 200 <= response.status < 300:
        error = status_error(response, now)
        refusal = (
            400 <= response.status < 500
            and response.status != 404
            and not is_rate_limited(response)
        )
        raise FetchError(
            Reason.AUTH if refusal else error.reason,
            f"{server}: {error.message}",
            status=error.status,
            retry_after=error.retry_after,
        )


def token_at(answer: Mapping[str, object], path: Sequence[str], server: str) -> str:
    """The token at `path`. Raises SchemaError where there is none that can be sent."""
    value = value_at(answer, path)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value:
        raise SchemaError("", f"{server}: the answer holds no token at {'.'.join(path)}")
    return value


def value_at(answer: object, path: Sequence[str]) -> object:
    """What the keys of `path` lead to, None where there is nothing."""
    for key in path:
        answer = answer.get(key) if isinstance(answer, Mapping) else None
    return answer


def lifetime(answer: Mapping[str, object], default: float | None) -> float | None:
    """`expires_in` of an answer of OAuth in seconds, also as a string; else the default."""
    try:
        seconds = values.number(answer.get("expires_in"))
    except ValueError:
        return default
    return seconds if seconds and seconds > 0 else default
