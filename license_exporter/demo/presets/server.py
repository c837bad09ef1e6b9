"""A simulated API that does nothing but serve documents, as far as the presets read one."""

import base64
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from aiohttp import web

from license_exporter.process.clock import Clock

# A document as it is at a time, in seconds since the epoch; or a response, which is sent as it is.
Document = Callable[[float], object]
# Whether a request has the right credentials.
Credentials = Callable[[web.Request], bool]


class ByRequest(Protocol):
    """Documents of one path, of which each request asks for one."""

    def of(self, request: web.Request) -> Document: ...


@dataclass(frozen=True, slots=True)
class ByQuery:
    """Documents of one path: the first of whose text a query parameter contains."""

    parameter: str
    documents: Mapping[str, Document]

    def of(self, request: web.Request) -> Document:
        asked = request.query.get(self.parameter, "")
        return next(document for text, document in self.documents.items() if text in asked)


@dataclass(frozen=True, slots=True)
class DocumentServer:
    """Serves each document at its path to those with the right credentials; to others, a 401.

    A path is one of GET, or `POST /path`.
    """

    clock: Clock
    documents: Mapping[str, Document | ByRequest]
    credentials: Credentials

    def app(self) -> web.Application:
        app = web.Application()
        for place, document in self.documents.items():
            method, _, path = place.rpartition(" ")
            app.router.add_route(method or "GET", path, self._handler(document))
        return app

    def _handler(
        self, document: Document | ByRequest
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if not self.credentials(request):
                return web.json_response({"message": "Unauthorized"}, status=401)
            asked = document if callable(document) else document.of(request)
            answer = asked(self.clock.time())
            return answer if isinstance(answer, web.Response) else web.json_response(answer)

        return handle


@dataclass(frozen=True, slots=True)
class OAuthDocumentServer:
    """A document server that gives out its tokens itself, for an OAuth client's credentials."""

    clock: Clock
    documents: Mapping[str, Document | ByRequest]
    token_path: str
    client_id: str
    client_secret: str
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    def app(self) -> web.Application:
        app = DocumentServer(
            self.clock, self.documents, header("Authorization", f"Bearer {self.token}")
        ).app()
        app.router.add_post(self.token_path, self._give_token)
        return app

    async def _give_token(self, request: web.Request) -> web.Response:
        form = await request.post()
        in_body = form.get("client_id"), form.get("client_secret")
        known = in_body == (self.client_id, self.client_secret)
        if not known and not basic(self.client_id, self.client_secret)(request):
            return web.json_response({"error": "invalid_client"}, status=401)
        if form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "unsupported_grant_type"}, status=400)
        return web.json_response(
            {"access_token": self.token, "token_type": "Bearer", "expires_in": 3600}
        )


@dataclass(frozen=True, slots=True)
class SignInServer:
    """A document server for those who have signed in, until they sign out.

    `path` is that of the POST that signs in, which `accepts` judges; `answer` is what is told of
    the session's token, which is then sent in `name`, after `prefix`. `ends` is the path of the
    POST that signs out.
    """

    clock: Clock
    documents: Mapping[str, Document | ByRequest]
    path: str
    accepts: Callable[[web.Request], Awaitable[bool]]
    answer: Callable[[str], object]
    name: str = "Authorization"
    prefix: str = "Bearer "
    ends: str = ""
    sessions: set[str] = field(default_factory=set)

    def app(self) -> web.Application:
        app = DocumentServer(self.clock, self.documents, self._is_in_session).app()
        app.router.add_post(self.path, self._sign_in)
        if self.ends:
            app.router.add_post(self.ends, self._sign_out)
        return app

    def _is_in_session(self, request: web.Request) -> bool:
        return request.headers.get(self.name, "").removeprefix(self.prefix) in self.sessions

    async def _sign_in(self, request: web.Request) -> web.Response:
        if not await self.accepts(request):
            return web.json_response({"error": {"summary": "Signin Error"}}, status=401)
        token = secrets.token_hex(16)
        self.sessions.add(token)
        return web.json_response(self.answer(token))

    async def _sign_out(self, request: web.Request) -> web.Response:
        self.sessions.discard(request.headers.get(self.name, "").removeprefix(self.prefix))
        return web.Response(status=204)


def header(name: str, value: str) -> Credentials:
    """The credentials of requests that have this header."""
    return lambda request: secrets.compare_digest(
        request.headers.get(name, "").encode(), value.encode()
    )


def basic(username: str, password: str) -> Credentials:
    """The credentials of requests with this user name and password."""
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return header("Authorization", f"Basic {encoded}")
