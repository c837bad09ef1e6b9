"""What the simulators' servers have in common."""

import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

_HOST = "127.0.0.1"
# A request still running at the end is the demo's own exporter's, which is ending as well.
_SHUTDOWN_SECONDS = 0.5


@asynccontextmanager
async def served(app: web.Application, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve an application on a free port of loopback; gives its address, `http://127.0.0.1:1`."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        await web.TCPSite(runner, _HOST, 0, ssl_context=tls).start()
        port = runner.addresses[0][1]
        yield f"{'https' if tls else 'http'}://{_HOST}:{port}"
    finally:
        await runner.cleanup()


async def json_object(request: web.Request) -> dict[str, object]:
    """The JSON object in a request's body; an empty one if the body is anything else."""
    try:
        body = json.loads(await request.read())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
