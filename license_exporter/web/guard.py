"""What stands before every request: TLS, the rate limit, passwords and the extra headers.

The file and the certificates are looked at again with each connection and each request, and read
again when they have changed. A change never takes protection away: that needs a restart.
"""

import logging
import math
import ssl
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from license_exporter.config.file_stamp import Stamp, stamp
from license_exporter.errors import ConfigError
from license_exporter.process.clock import Clock
from license_exporter.web.clients import client_of
from license_exporter.web.config import RateLimit, WebConfig, load_web_config
from license_exporter.web.passwords import Passwords, basic_credentials
from license_exporter.web.rate_limit import TokenBucket
from license_exporter.web.tls import LiveContext, allowed, server_context
from license_exporter.web.turns import BusyError
from license_exporter.web.weakening import weakened

_log = logging.getLogger(__name__)

_CHALLENGE = {hdrs.WWW_AUTHENTICATE: 'Basic realm="license_exporter", charset="UTF-8"'}

# The stamp of each file; None where there is no such file.
_Stamps = tuple[Stamp | None, ...]

# Read once more so many seconds after a change, and again and again while the files are no good:
# two changes within a tick of the file system's clock leave one stamp, and what could not be read
# may be readable without a change.
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class _Setup:
    config: WebConfig
    context: ssl.SSLContext | None


class WebGuard:
    """Protects a server as the file of `--web.config.file` says, and follows that file.

    `ssl_context` is for the server's sites, None without TLS. Raises ConfigError, if the file or
    one that it names cannot be used.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._files: tuple[Path, ...] = (path,)
        self._problems: list[str] = []
        self._again_at = clock.monotonic() + _PATIENCE
        self._setup = self._read()
        self._passwords = Passwords()
        self._limit = RateLimit()
        self._bucket = TokenBucket(0, 0, clock)
        self.ssl_context = LiveContext.following(self._context) if self._setup.context else None

    def protect(self, app: web.Application) -> None:
        """Stand before every handler of `app`, and behind its other middlewares so far."""
        app.middlewares.append(self._middleware)
        app.on_response_prepare.append(self._add_headers)
        app.on_cleanup.append(self._close)

    @web.middleware
    async def _middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        config = self._current().config
        names = config.tls_server_config.client_allowed_sans
        if names is not None and not allowed(request.get_extra_info("peercert"), names):
            if request.transport:
                request.transport.abort()
            raise web.HTTPForbidden
        if not self._bucket_of(config.rate_limit).take():
            raise web.HTTPTooManyRequests
        if config.basic_auth_users and not await self._knows(request, config):
            raise web.HTTPUnauthorized(headers=_CHALLENGE)
        return await handler(request)

    async def _add_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(self._setup.config.http_server_config.headers)

    async def _close(self, app: web.Application) -> None:
        self._passwords.close()

    async def _knows(self, request: web.Request, config: WebConfig) -> bool:
        credentials = basic_credentials(request.headers.get(hdrs.AUTHORIZATION, ""))
        if credentials is None:
            return False
        user, password = credentials
        users = config.basic_auth_users
        try:
            return await self._passwords.are_right(users, user, password, client_of(request))
        except BusyError:
            raise web.HTTPTooManyRequests(headers={hdrs.RETRY_AFTER: "1"}) from None

    def _bucket_of(self, limit: RateLimit) -> TokenBucket:
        if limit != self._limit:
            self._limit = limit
            self._bucket = TokenBucket(limit.interval, limit.burst, self._clock)
        return self._bucket

    def _context(self) -> ssl.SSLContext:
        context = self._current().context
        assert context, "TLS is never switched off while running"
        return context

    def _current(self) -> _Setup:
        """The setup in force, read again if a file has changed; a bad one changes nothing."""
        changed = _stamps(self._files) != self._stamps
        now = self._clock.monotonic()
        if changed or now >= self._again_at:
            self._again_at = now + _PATIENCE if changed else math.inf
            try:
                self._follow(self._read())
            except ConfigError as error:
                self._again_at = now + _PATIENCE
                self._complain(error.problems)
            else:
                if changed or self._problems:
                    _log.info("Loaded web config file", extra={"file": str(self._path)})
                self._problems = []
        return self._setup

    def _follow(self, setup: _Setup) -> None:
        """Put in force what was read. Raises ConfigError, if that would protect less."""
        if setup.context and not self._setup.context:
            raise ConfigError(["tls_server_config: switching TLS on needs a restart"])
        if less := list(weakened(self._setup.config, setup.config)):
            raise ConfigError([f"{problem}; less protection needs a restart" for problem in less])
        self._setup = setup

    def _complain(self, problems: list[str]) -> None:
        """Log what is wrong, once."""
        if problems != self._problems:
            self._problems = problems
            for problem in problems:
                _log.error(
                    "Web config file cannot be used, the old one goes on",
                    extra={"file": str(self._path), "problem": problem},
                )

    def _read(self) -> _Setup:
        # Each stamp is taken before its file is read: a change in between is seen the next time.
        self._stamps = _stamps(self._files)
        config = load_web_config(self._path)
        tls = config.tls_server_config
        self._files = (self._path, *tls.files)
        self._stamps = (self._stamps[0], *_stamps(tls.files))
        return _Setup(config, server_context(tls) if tls.enabled else None)


def _stamps(files: tuple[Path, ...]) -> _Stamps:
    return tuple(_stamp(file) for file in files)


def _stamp(file: Path) -> Stamp | None:
    try:
        return stamp(file)
    except OSError:
        return None
