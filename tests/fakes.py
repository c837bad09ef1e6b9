"""Stand-ins for what cannot be had in a test: time that passes as told, and vendors that obey."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import yaml
from aiohttp import web

from license_exporter.config.auth_config import WAYS
from license_exporter.config.load import load_config
from license_exporter.config.target import Entry, Target
from license_exporter.model.vendor import Vendor as Driver
from license_exporter.vendors.registry import find_vendors
from tests.servers import serving_app

_VENDORS = find_vendors()


class FakeClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: float = 1_700_000_000.0) -> None:
        self.now = now
        self.ticks = 1000.0

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.ticks

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self.ticks += seconds


class Gate(asyncio.Semaphore):
    """One place, and word of when it is asked for."""

    def __init__(self) -> None:
        super().__init__(1)
        self.asked = asyncio.Event()

    async def acquire(self) -> Literal[True]:
        self.asked.set()
        return await super().acquire()


def target(**options: object) -> Target:
    """A target of Enterprise Recon, or with the options given instead."""
    said = {
        "name": "recon",
        "vendor": "enterprise_recon",
        "url": "https://er-master.example.com:8339",
        "basic_auth": {"username": "u", "password": "p"},
        **options,
    }
    if options.keys() & set(WAYS) - {"basic_auth"}:
        del said["basic_auth"]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": [said]}))
        return load_config(file, {}, _VENDORS).targets[0]


def target_of(driver: Driver, **said: object) -> Target:
    """A target of a vendor that no registry has."""
    return Target.of(Entry.model_validate({"name": "a", "vendor": driver.name} | said), driver)


class Vendor:
    """A server in the place of Enterprise Recon, which answers as a test tells it to."""

    def __init__(self) -> None:
        self.url = ""
        self.document: object = {
            "state": "licensed",
            "expires": "1938048757",
            "edition": "PRO",
            "company": "Example Company Inc",
            "summary": [{"type": "server", "comment": "Server", "total": "5", "usage": "1"}],
        }
        self.status = 200
        self.delay = 0.0
        self.headers: dict[str, str] = {}
        self.requests: list[web.Request] = []
        self.asked = asyncio.Event()

    async def answer(self, request: web.Request) -> web.Response:
        self.requests.append(request)
        self.asked.set()
        await asyncio.sleep(self.delay)
        return web.json_response(self.document, status=self.status, headers=self.headers)


@asynccontextmanager
async def vendor() -> AsyncIterator[Vendor]:
    """Serve a Vendor."""
    obedient = Vendor()
    app = web.Application()
    app.router.add_route("*", "/v1/licenses", obedient.answer)
    async with serving_app(app) as url:
        obedient.url = url
        yield obedient
