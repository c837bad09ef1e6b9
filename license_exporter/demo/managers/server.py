"""A simulated license server: what its manager's tool would print at the clock's time."""

import shlex
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from license_exporter.demo.managers import tool
from license_exporter.process.clock import Clock

# What a tool prints for its words at a time, in seconds since the epoch.
Report = Callable[[float, str], str]


@dataclass(frozen=True, slots=True)
class LicenseServer:
    """Answers the stand-in of one tool."""

    clock: Clock
    tool: str
    report: Report

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get(f"/{self.tool}", self._handle)
        return app

    async def _handle(self, request: web.Request) -> web.Response:
        words = request.query.get("words", "")
        return web.Response(text=self.report(self.clock.time(), words))


def install_tool(folder: Path, name: str) -> str:
    """Write the stand-in of a tool into a folder, as a program; gives its path."""
    path = folder / name
    command = shlex.join([sys.executable, "-I", "-S", str(Path(tool.__file__)), name])
    path.write_text(f'#!/bin/sh\n# A stand-in; see --help.\nexec {command} "$@"\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)
