"""The products' side of the benchmark, a process of its own so that its time is not counted.

`python -m bench.fixture_server` prints its port. A path is KIND/.../SIZE: `changing` answers
differ from one to the next, `same` ones do not, `slow` ones come after 0.3 s.
"""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from aiohttp import web

from bench import documents

_DELAY = 0.3

# A number that stands nowhere else in a small answer.
_VERSION = 7_000_000


class FixtureServer:
    """Answers as Enterprise Recon or as Seer Box."""

    def __init__(self) -> None:
        self._requests: defaultdict[str, Iterator[int]] = defaultdict(itertools.count)
        self._locations = cache(documents.locations)
        self._small = documents.small(_VERSION)

    async def locations(self, request: web.Request) -> web.Response:
        """Two versions are made beforehand, and answered in turns."""
        changing = request.match_info["kind"] == "changing"
        version = next(self._requests[request.path]) % 2 if changing else 0
        count = int(request.match_info["count"])
        for each in (0, 1):
            self._locations(count, each)
        return web.Response(body=self._locations(count, version), content_type="application/json")

    async def small(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        if kind == "slow":
            await asyncio.sleep(_DELAY)
        version = _VERSION + (next(self._requests[request.path]) if kind == "changing" else 0)
        body = self._small.replace(b"%d" % _VERSION, b"%d" % version)
        return web.Response(body=body, content_type="application/json")

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{kind}/locations/{count}/v1/licenses", self.locations)
        app.router.add_get("/{kind}/small/{number}/api/v1/license", self.small)
        return app


async def _serve() -> None:
    runner = web.AppRunner(FixtureServer().application(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
