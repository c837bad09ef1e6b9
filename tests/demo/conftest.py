import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import aiohttp
import pytest
from aiohttp import web

from license_exporter.demo.serving import served
from tests.fakes import FakeClock

Serve = Callable[..., Awaitable[str]]


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at noon of 2026-03-12, a Thursday."""
    return FakeClock(1_773_316_800.0)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves an application until the test ends, and gives its address."""
    async with AsyncExitStack() as stack:

        async def start(app: web.Application, tls: ssl.SSLContext | None = None) -> str:
            return await stack.enter_async_context(served(app, tls))

        yield start


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session
