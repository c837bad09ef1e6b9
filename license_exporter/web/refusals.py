"""What the library answers by itself, before there is a request: to what is no HTTP, say."""

import asyncio
from typing import Any

from aiohttp import hdrs, web
from aiohttp.web_protocol import _ErrInfo


def make_harmless(response: web.StreamResponse) -> None:
    """Say that an answer is what it says and is not to be stored."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


class Runner(web.AppRunner):
    """Runs an application so that the answers to what is no HTTP are harmless too."""

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        # The library has no place to say what its connections are made of.
        server.__class__ = _Server
        return server


class _Server(web.Server):
    _loop: asyncio.AbstractEventLoop
    _kwargs: dict[str, Any]

    def __call__(self) -> web.RequestHandler:
        return _Connection(self, loop=self._loop, **self._kwargs)


class _Connection(web.RequestHandler):
    __slots__ = ()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        for message, _ in self._messages:
            if isinstance(message, _ErrInfo):
                # It has the frame that it was raised in, which has it and all that came: a cycle,
                # and megabytes that would stay until somebody looks for cycles.
                message.exc.__traceback__ = None

    def handle_error(self, *args: Any, **kwargs: Any) -> web.StreamResponse:
        response = super().handle_error(*args, **kwargs)
        make_harmless(response)
        return response
