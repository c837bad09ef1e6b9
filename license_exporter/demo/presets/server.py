"""A simulated API that does nothing but serve documents, as far as the presets read one."""

import base64
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from license_exporter.process.clock import Clock

# A document as it is at a time, in seconds since the epoch.
Document = Callable[[float], object]
# Whether a request has the right credentials.
Credentials = Callable[[web.Request], bool]


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
    documents: Mapping[str, Document | ByQuery]
    credentials: Credentials

    def app(self) -> web.Application:
        app = web.Application()
        for place, document in self.documents.items():
            method, _, path = place.rpartition(" ")
            app.router.add_route(method or "GET", path, self._handler(document))
        return app

    def _handler(
        self, document: Document | ByQuery
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if not self.credentials(request):
                return web.json_response({"message": "Unauthorized"}, status=401)
            asked = document.of(request) if isinstance(document, ByQuery) else document
            return web.json_response(asked(self.clock.time()))

        return handle


@dataclass(frozen=True, slots=True)
class OAuthDocumentServer:
    """A document server that gives out its tokens itself, for an OAuth client's credentials."""

    clock: Clock
    documents: Mapping[str, Document | ByQuery]
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


def header(name: str, value: str) -> Credentials:
    """The credentials of requests that have this header."""
    return lambda request: secrets.compare_digest(
        request.headers.get(name, "").encode(), value.encode()
    )


def basic(username: str, password: str) -> Credentials:
    """The credentials of requests with this user name and password."""
    encoded = base64.b64encode(f"{username}:{password}".encode()).decode()
    return header("Authorization", f"Basic {encoded}")
