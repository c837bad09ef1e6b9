"""Vendors' servers that answer as a course of events has it, for the model of the rules."""

import asyncio
import base64
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from aiohttp import web

from tests.collector.fetch_rules import DOCUMENTS, Said
from tests.fakes import FakeClock


@dataclass(frozen=True)
class Mode:
    """How a document is answered."""

    status: int = 200
    reason: str = ""
    retry_after: float | None = None
    as_date: bool = False
    body: bytes | None = None
    cut: bool = False

    @property
    def throttled(self) -> bool:
        return self.status in (429, 503)


_GOOD = Mode()
_THROTTLING = [
    Mode(status, reason, retry_after, as_date)
    for status, reason in ((429, "rate_limited"), (503, "server"))
    for retry_after, as_date in ((None, False), (5.0, False), (90.0, True), (7200.0, False))
]
_FAILING = [
    Mode(500, "server"),
    Mode(404, "not_found"),
    Mode(418, "http"),
    Mode(302, "http"),
    Mode(cut=True, reason="connect"),
    Mode(body=b"<html>", reason="decode"),
    Mode(body=b"3", reason="schema"),
]
_REFUSING = [Mode(401, "auth"), Mode(403, "forbidden")]
_ABSENT = Mode(404)

# How each document may be answered. Immuta's are refused by its token alone.
MODES = {
    "licenses": [_GOOD, *_THROTTLING, *_FAILING, *_REFUSING],
    "license": [_GOOD, *_THROTTLING, *_FAILING],
    "licenseStatus": [_GOOD],
    "usage": [_GOOD, _ABSENT, *_THROTTLING, *(each for each in _FAILING if each.status != 404)],
    "sign-in": [_GOOD, *_THROTTLING, Mode(500, "server"), Mode(404, "not_found")],
}


@dataclass
class Place:
    """A vendor's server for one target: what it will answer, and what it was asked."""

    vendor: str
    clock: FakeClock
    file: Path
    secret: str = "secret-0"
    used: int = 1
    etags: bool = False
    generation: int = 1
    modes: dict[str, Mode] = field(default_factory=dict)
    holding: set[str] = field(default_factory=set)
    held: dict[str, list[asyncio.Future[None]]] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def names(self) -> list[str]:
        """The names of its documents."""
        return [document.name for document in DOCUMENTS[self.vendor]]

    def in_file(self) -> str | None:
        return self.file.read_text() if self.file.exists() else None

    def mode(self, name: str) -> Mode:
        return self.modes.get(name, _GOOD)

    def said(self, name: str) -> Said:
        """What the rules will be told of a document that is answered now."""
        mode = self.mode(name)
        if mode is _ABSENT:
            return Said()
        retry_after = mode.retry_after
        if mode.as_date and retry_after is not None:
            retry_after -= self.clock.now % 1
        return Said(
            None if mode.reason else self.used,
            mode.reason,
            mode.throttled,
            retry_after,
            late=mode.reason in ("decode", "schema"),
        )

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        if name == "authenticate":
            self.asked["sign-in"] += 1
            if (await request.json())["apikey"] != self.secret:
                return web.Response(status=401)
            return await self._answer(request, "sign-in", {"token": f"t{self.generation}"})
        self.asked[name] += 1
        if request.headers["Authorization"] != self._credentials():
            return web.Response(status=401)
        if name in self.holding:
            release = asyncio.get_running_loop().create_future()
            self.held.setdefault(name, []).append(release)
            await release
        return await self._answer(request, name, self._document(name))

    def _credentials(self) -> str:
        if self.vendor == "immuta":
            return f"Bearer t{self.generation}"
        return "Basic " + base64.b64encode(f"u:{self.secret}".encode()).decode()

    def _document(self, name: str) -> object:
        return {
            "licenses": {
                "state": "licensed",
                "summary": [{"comment": "Server", "type": "server", "usage": self.used}],
            },
            "license": [{"id": 1, "seats": self.used}],
            "licenseStatus": {"activeUserCount": self.used, "licenseSeats": 20},
            "usage": {"summary": {"dataConsumers": {"totalCount": self.used}}},
        }[name]

    async def _answer(
        self, request: web.Request, name: str, document: object
    ) -> web.StreamResponse:
        mode = self.mode(name)
        headers = {}
        if mode.retry_after is not None:
            headers["Retry-After"] = f"{mode.retry_after:g}"
            if mode.as_date:
                moment = datetime.fromtimestamp(int(self.clock.now) + mode.retry_after, UTC)
                headers["Retry-After"] = format_datetime(moment, usegmt=True)
        if mode.status == 302:
            headers["Location"] = "http://elsewhere.example.com/"
        if mode.cut:
            answer = web.StreamResponse()
            answer.content_length = 1000
            await answer.prepare(request)
            await answer.write(b"{")
            assert request.transport
            request.transport.close()
            return answer
        if mode.body is not None:
            return web.Response(body=mode.body)
        if self.etags and mode is _GOOD and name != "sign-in":
            headers["ETag"] = f'"{self.used}"'
            if request.headers.get("If-None-Match") == headers["ETag"]:
                return web.Response(status=304)
        return web.json_response(document, status=mode.status, headers=headers)
