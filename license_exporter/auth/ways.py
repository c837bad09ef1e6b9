"""The ways to authenticate: which headers a target's requests carry, and where they come from.

Those of few targets are imported by the first of them.
"""

from collections.abc import Callable, Mapping
from typing import Protocol

from license_exporter.auth.sign_in import basic_value, signed_in
from license_exporter.auth.tokens import TokenSource
from license_exporter.config.auth_config import check_prefix
from license_exporter.config.credentials import Secret
from license_exporter.config.options import Options
from license_exporter.config.target import Target
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import HeaderKey, ParamKey, SignIn
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Client


class Authenticator(Protocol):
    """Gives the headers that authenticate a target's requests."""

    async def headers(self) -> Mapping[str, str]:
        """The headers; may fetch a token, once for all callers at a time. Raises FetchError."""

    def params(self) -> Mapping[str, str]:
        """The parameters of the query that authenticate them. Raises FetchError."""

    def told(self) -> Mapping[str, str]:
        """What a sign-in told that stands for names in the paths of requests."""

    async def close(self) -> None:
        """End what has to be ended, such as a session."""

    def refused(self) -> bool:
        """Note that the server refuses the headers (401, 403); True if fresh ones may help."""


def api_url(target: Target) -> str:
    """The address of the target's API: its `url`, or the one that its RSA key file names.

    Raises FetchError `config` for a key file that cannot be used, and where there is none.
    """
    if target.url:
        return target.url
    if not target.rsa_admin_key:
        raise FetchError(Reason.CONFIG, "the target has no url")
    from license_exporter.auth.rsa import admin_api_url

    return admin_api_url(target.rsa_admin_key)


def authenticator(target: Target, client: Client, clock: Clock) -> Authenticator:
    """What authenticates the requests of `target`; tokens are asked for by its `client`."""
    if target.rsa_admin_key:
        from license_exporter.auth.rsa import AdminKeySigner

        signer = AdminKeySigner(target.rsa_admin_key, clock)
        return TokenSource(signer.secrets, signer.fetch, clock)
    if target.rsa_oauth:
        from license_exporter.auth.rsa import OAuthClient

        oauth_client = OAuthClient(target.rsa_oauth, client, clock)
        return TokenSource(oauth_client.secrets, oauth_client.fetch, clock)
    if target.oauth2:
        from license_exporter.auth.oauth2 import token_endpoint

        sibling = client.sibling(tls=target.oauth2.tls_config, proxy=target.oauth2)
        credentials = token_endpoint(target.oauth2, sibling, clock)
        return TokenSource(credentials.secrets, credentials.fetch, clock)
    if target.login:
        assert target.driver.login
        secrets = {name: _secret(target.login, name) for name in ("username", "password")}
        return signed_in(secrets, target.driver.login, client, clock)
    if target.api_key:
        way = target.driver.api_key
        if isinstance(way, SignIn):
            return signed_in({"key": _secret(target.api_key, "key")}, way, client, clock)
        if isinstance(way, ParamKey):
            return _Fixed(dict, _param_key(way, _secret(target.api_key, "key")))
        assert way
        return _Fixed(_header_key(way, _secret(target.api_key, "key")))
    if target.basic_auth:
        return _Fixed(
            _basic(_secret(target.basic_auth, "username"), _secret(target.basic_auth, "password"))
        )
    if target.authorization:
        kind = target.authorization.type
        return _Fixed(_authorization(kind, _secret(target.authorization, "credentials")))
    return _Fixed(dict)  # anonymous: no header


class _Fixed:
    """Credentials that are sent as they are; those in files are read anew for each fetch."""

    def __init__(
        self,
        build: Callable[[], Mapping[str, str]],
        params: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self._build = build
        self._params = params

    async def headers(self) -> Mapping[str, str]:
        return self._build()

    def params(self) -> Mapping[str, str]:
        return self._params()

    def told(self) -> Mapping[str, str]:
        return {}

    async def close(self) -> None:
        """Nothing to end."""

    def refused(self) -> bool:
        return False


def _basic(username: Secret, password: Secret) -> Callable[[], Mapping[str, str]]:
    return lambda: {"Authorization": basic_value(username.read(), password.read())}


def _authorization(kind: str, credentials: Secret) -> Callable[[], Mapping[str, str]]:
    return lambda: {"Authorization": f"{kind} {_without(kind, credentials)}"}


def _without(word: str, credentials: Secret) -> str:
    """The credentials. Raises FetchError `config` where a word that is sent stands in them."""
    value = credentials.read()
    try:
        check_prefix(value, word)
    except ValueError as error:
        raise FetchError(Reason.CONFIG, f"{credentials.file or 'the token'} {error}") from None
    return value


def _param_key(way: ParamKey, key: Secret) -> Callable[[], Mapping[str, str]]:
    return lambda: {way.parameter: key.read()}


def _header_key(way: HeaderKey, key: Secret) -> Callable[[], Mapping[str, str]]:
    word = way.prefix.strip()
    if not word:
        return lambda: {way.header: key.read()}
    return lambda: {way.header: way.prefix + _without(word, key)}


def _secret(options: Options, name: str) -> Secret:
    secret = options.secret(name)
    assert secret  # the configuration requires it
    return secret
