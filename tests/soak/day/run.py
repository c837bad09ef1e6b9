"""A day: what is done to two replicas at the same time, and what must hold."""

import asyncio
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import yaml

from license_exporter.demo.command import Demo, simulators
from license_exporter.process.clock import SystemClock
from tests.soak.day.figures import DayFigures, thirds
from tests.soak.day.judge import OPENMETRICS, TEXT, Judge
from tests.soak.day.replica import Replica, files_in, is_alive, running, running_of
from tests.soak.day.settings import Settings
from tests.soak.day.spool import ILL, Spool

# One of the demo's fleet cannot sign in.
_ILL = {**ILL, "seerbox-dmz": "auth"}
# Of which there are copies that come and go: a file, a document of XML, programs of which one must
# be killed, managers by tool and by file, presets, and a vendor with a token.
_GUESTS = (
    *("file-csv", "file-xml", "program-csv", "program-hanging", "cad-flexlm", "output-rlm"),
    *("pan_os", "gitlab", "tableau", "seerbox-dmz"),
)
_HANGING = "program-hanging"

# What Prometheus would give a scrape, in seconds.
_PATIENCE = 10.0
# So long a replica has for giving back what a target took that is gone, in seconds.
_RELEASE = 30.0
_SCRAPERS = 4
_SECRETS = ("password", "token", "secret", "key", "jwk")


class Day:
    """Two replicas in use, and all that happens to them."""

    def __init__(
        self,
        replicas: Sequence[Replica],
        session: aiohttp.ClientSession,
        settings: Settings,
        spool: Spool,
        judge: Judge,
        chance: random.Random,
    ) -> None:
        self.figures = DayFigures(len(settings.names))
        self._replicas = replicas
        self._session = session
        self._settings = settings
        self._spool = spool
        self._judge = judge
        self._chance = chance

    async def run(self, seconds: float) -> DayFigures:
        """Do everything at the same time for so long."""
        before = [replica.now for replica in self._replicas]
        for replica in self._replicas:
            await self._scrape(replica)
        self._note(self._judge.shares())
        begin = time.monotonic()
        end = begin + seconds
        async with asyncio.TaskGroup() as group:
            for replica in self._replicas:
                for _ in range(_SCRAPERS):
                    group.create_task(_repeat(lambda r=replica: self._scrape(r), 0.02, end))
                group.create_task(_repeat(lambda r=replica: self._look(r), 0.5, end))
                group.create_task(_repeat(lambda r=replica: self._look_at_pages(r), 1.0, end))
            group.create_task(_repeat(self._reload, 2.0, end))
            group.create_task(_repeat(self._write, 3.0, end))
        figures = self.figures
        figures.seconds = time.monotonic() - begin
        figures.replicas = [thirds(replica.looks) for replica in self._replicas]
        figures.reasons, figures.parsed = self._judge.reasons, self._judge.parsed
        figures.done["lines logged"] = sum(replica.log.lines for replica in self._replicas)
        figures.done["stops of a log's reader"] = sum(
            replica.log.stops for replica in self._replicas
        )
        figures.done["kinds of guests"] = len(self._judge.guests)
        if len(self._judge.guests) != len(_GUESTS):
            self._note([f"these guests alone were seen: {sorted(self._judge.guests)}"])
        (working,) = (r for r in self._replicas if _HANGING in self._judge.share(r.number))
        (resting,) = (r for r in self._replicas if r is not working)
        await self._end_at_work(working)
        await self._end_at_rest(resting, before[resting.number].files)
        return figures

    async def _scrape(self, replica: Replica) -> None:
        accept = self._chance.choice((TEXT, OPENMETRICS))
        headers = {"Accept": accept, "X-Prometheus-Scrape-Timeout-Seconds": str(_PATIENCE)}
        begin = time.monotonic()
        status, text = await self._get(replica, "/metrics", headers)
        took = time.monotonic() - begin
        self.figures.scrapes.append(took)
        if status != 200 or took >= _PATIENCE:
            self._note([f"a scrape was answered {status} after {took:.2f} s"])
        else:
            self._note(self._judge.scrape(replica.number, text, accept))

    async def _look(self, replica: Replica) -> None:
        self._note(replica.look())

    async def _look_at_pages(self, replica: Replica) -> None:
        name = self._chance.choice(self._judge.share(replica.number))
        for path in (
            *("/", "/?page=2", f"/target?name={name}", f"/probe?target={name}", "/renewals"),
            *("/renewals.ics", "/renewals.csv", "/pools.csv", "/runbooks", "/config", "/sd"),
            "/-/metrics",
        ):
            begin = time.monotonic()
            status, text = await self._get(replica, path)
            if not path.startswith("/probe"):
                took = time.monotonic() - begin
                self.figures.longest_page = max(self.figures.longest_page, took)
            if status != 200:
                self._note([f"{path} was answered {status}"])
            else:
                self._note(self._judge.page(path, text))
            self.figures.done["pages"] += 1

    async def _reload(self) -> None:
        """Reload each replica in one of the ways; now and then what cannot be used."""
        turn = self.figures.done["reloads of both"]
        self.figures.done["reloads of both"] += 1
        good = turn % 5 != 4
        self._settings.write(turn, good=good)
        for replica in self._replicas:
            if (turn + replica.number) % 2:
                replica.process.send_signal(signal.SIGHUP)
            else:
                async with self._session.post(f"{replica.url}/-/reload") as response:
                    if response.status != (200 if good else 500):
                        self._note([f"a reload was answered {response.status}"])

    async def _write(self) -> None:
        self.figures.done["files written anew"] += 1
        await asyncio.to_thread(self._spool.write, self.figures.done["files written anew"])

    async def _end_at_work(self, replica: Replica) -> None:
        """End a replica while one of its programs hangs."""
        end = time.monotonic() + _RELEASE
        while not (children := replica.children) and time.monotonic() < end:
            probe = asyncio.create_task(self._get(replica, f"/probe?target={_HANGING}"))
            await asyncio.wait([probe], timeout=0.3)
        if not children:
            self._note(["the program that hangs was not run in the end"])
        await self._end(replica, children)

    async def _end_at_rest(self, replica: Replica, files: int) -> None:
        """End a replica when nothing is configured any more, and connections had time to end."""
        self._settings.empty()
        async with self._session.post(f"{replica.url}/-/reload") as response:
            if response.status != 200:
                self._note(["the last reload failed"])
        await self._session.close()
        end = time.monotonic() + _RELEASE
        while (now := replica.now).children or now.files > files:
            if time.monotonic() > end:
                self._note([f"{now.children} children and {now.files} of {files} files are left"])
                break
            await asyncio.sleep(0.1)
        await self._end(replica, [])

    async def _end(self, replica: Replica, children: Sequence[psutil.Process]) -> None:
        code = await asyncio.to_thread(replica.end)
        if code != 0:
            self._note([f"the exit code of replica {replica.number} is {code}"])
        self._note(f"left running: {child.pid}" for child in children if is_alive(child))
        self._note(f"the log has: {line}" for line in replica.log.alarming)

    async def _get(
        self, replica: Replica, path: str, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        try:
            async with self._session.get(replica.url + path, headers=headers) as response:
                return response.status, await response.text()
        except aiohttp.ClientError as error:
            return 0, repr(error)

    def _note(self, problems: Iterable[str]) -> None:
        after = len(self.figures.scrapes)
        self.figures.failures += [f"after {after} scrapes: {problem}" for problem in problems]


async def _repeat(action: Callable[[], Awaitable[None]], pause: float, end: float) -> None:
    while time.monotonic() < end:
        await action()
        await asyncio.sleep(pause)


async def day(seconds: float, folder: Path, seed: int) -> DayFigures:
    """Run for so long; the figures name each problem. `folder` is empty, and so it is left."""
    chance = random.Random(seed)
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(simulators(SystemClock(), everything=True))
        kept = demo.config_file.parent
        spool = Spool(kept / "spool")
        spool.write(0)
        settings = _settings(demo, spool)
        settings.write(0)
        secrets = [file.read_text().strip() for kind in _SECRETS for file in kept.glob(f"*.{kind}")]
        replicas = [
            stack.enter_context(running(number, 2, settings.file, folder, secrets))
            for number in range(2)
        ]
        timeout = aiohttp.ClientTimeout(3 * _PATIENCE)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        judge = Judge(settings.names, _ILL, secrets)
        figures = await Day(replicas, session, settings, spool, judge, chance).run(seconds)
        figures.failures += [f"left running: {process}" for process in running_of(kept)]
        figures.failures += [f"left behind: {name}" for name in files_in(folder)]
        return figures


def _settings(demo: Demo, spool: Spool) -> Settings:
    content: dict[str, Any] = yaml.safe_load(demo.config_file.read_text())
    return Settings(
        demo.config_file.parent,
        [*content["targets"], *spool.targets()],
        {**content["programs"], **spool.programs},
        _GUESTS,
        list(_ILL),
    )
