"""A vendor for tests with several exporters: it counts who asks for what."""

import asyncio
import threading
from collections import Counter

from aiohttp import web


class CountingVendor:
    """Any number of servers of Enterprise Recon under one address, which count who asks whom."""

    def __init__(self):
        self.asked = Counter()
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *exception):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self):
        app = web.Application()
        app.router.add_get("/{target}/v1/licenses", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _answer(self, request):
        # Some exporters send a header of their own, which tells them apart here.
        user = request.headers.get("X-Replica", "")
        self.asked[user, request.match_info["target"]] += 1
        pool = {"type": "server", "comment": "Server", "total": "5", "usage": "1"}
        return web.json_response({"state": "licensed", "summary": [pool]})
