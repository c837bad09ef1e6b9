"""A run: what is done to the exporter at the same time, what must hold, and the figures of it."""

import asyncio
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

import aiohttp
import psutil
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.e2e.programs import Program, free_port, running
from tests.soak import exporter
from tests.soak.configuration import GUEST, Configuration
from tests.soak.figures import Figures
from tests.soak.vendors import SECRET, Failing, Healthy, fleet

TARGETS = 200

# What Prometheus would give a scrape, in seconds.
_PATIENCE = 5.0
# So long after a secret is right again its target must be up, in seconds.
_RECOVERY = 3.0

_TEXT = "text/plain;version=0.0.4"
_OPENMETRICS = "application/openmetrics-text;version=1.0.0"
_UP = re.compile(r'^license_up{target="(.*?)",.*} (.*)$', re.MULTILINE)
_REASON = re.compile(r'^license_scrape_error{.*reason="(.*?)",target="(.*?)",', re.MULTILINE)
_VALUE = re.compile(r'^license_(?:used|limit|state){.*target="(.*?)",', re.MULTILINE)


class Soak:
    """The exporter in use, and all that happens to it."""

    def __init__(
        self,
        program: Program,
        session: aiohttp.ClientSession,
        configuration: Configuration,
        healthy: Healthy,
        failing: Failing,
        chance: random.Random,
    ) -> None:
        self.figures = Figures(TARGETS)
        self._program = program
        self._process = psutil.Process(program.process.pid)
        self._session = session
        self._configuration = configuration
        self._healthy = healthy
        self._failing = failing
        self._chance = chance
        self._whole: Counter[str] = Counter()
        # Targets whose secret is revoked: they may be down.
        self._excused: set[str] = set()
        self._memory: list[int] = []

    async def run(self, seconds: float) -> Figures:
        """Do everything at the same time for so long."""
        files = self._process.num_fds()
        begin = time.monotonic()
        everything = {
            self._scrape: 1.0,
            self._change_fault: 0.05,
            self._rotate_secret: 2.0,
            self._revoke_secret: 10.0,
            self._reload: 5.0,
            self._jump: 15.0,
            self._look_at_pages: 5.0,
        }
        await self._scrape()
        async with asyncio.TaskGroup() as group:
            for action, interval in everything.items():
                group.create_task(self._repeat(action, interval, begin + seconds))
        self.figures.seconds = time.monotonic() - begin
        warm = self._memory[len(self._memory) // 3 :]
        self.figures.memory = median(warm[:10]), median(warm[-10:])
        self.figures.open_files = files, await self._files_in_the_end(files)
        await self._end()
        return self.figures

    async def _repeat(
        self, action: Callable[[], Awaitable[None]], interval: float, end: float
    ) -> None:
        """Begin an action at each interval, whether or not the one before has ended."""
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < end:
                group.create_task(action())
                await asyncio.sleep(interval)

    async def _scrape(self) -> None:
        accept = self._chance.choice((_TEXT, _OPENMETRICS))
        headers = {"Accept": accept, "X-Prometheus-Scrape-Timeout-Seconds": str(_PATIENCE)}
        excused = set(self._excused)
        begin = time.monotonic()
        try:
            async with self._session.get("/metrics", headers=headers) as response:
                text = await response.text()
        except aiohttp.ClientError as error:
            self._problem(f"a scrape failed: {error!r}")
            return
        took = time.monotonic() - begin
        self.figures.scrapes += 1
        self.figures.longest_scrape = max(self.figures.longest_scrape, took)
        self._memory.append(self._process.memory_info().rss)
        if response.status != 200 or took >= _PATIENCE:
            self._problem(f"a scrape was answered {response.status} after {took:.2f} s")
            return
        self._judge(text, excused | self._excused)
        if self.figures.scrapes % 20 == 1:
            for _ in (parse_openmetrics if accept == _OPENMETRICS else parse_text)(text):
                pass

    def _judge(self, text: str, excused: set[str]) -> None:
        up = Counter(_UP.findall(text))
        reasons = {target: reason for reason, target in _REASON.findall(text)}
        values = Counter(_VALUE.findall(text))
        names = [name for name, _ in up.elements()]
        if sorted(name for name in names if name != GUEST) != self._configuration.names:
            self._problem("not every target is in a scrape once")
        self._whole = self._whole or values
        for name, said in up:
            if name in self._healthy.vendors and name not in excused:
                if said != "1.0":
                    self._problem(f"{name} is down: {reasons.get(name)}")
                elif values[name] != self._whole[name]:
                    self._problem(f"{name} is not whole")
            if said != "1.0":
                self.figures.reasons[reasons.get(name, "nothing")] += 1
                if values[name] or reasons.get(name, "internal") == "internal":
                    self._problem(f"{name} is down with values or for no reason of its own")

    async def _change_fault(self) -> None:
        self._failing.change()

    async def _rotate_secret(self) -> None:
        """Change a secret as it should be done: the old one is refused later."""
        name = self._chance.choice([n for n in self._healthy.changing if n not in self._excused])
        self._healthy.announce(name)
        await asyncio.sleep(1.0)
        self._healthy.refuse(name)
        self.figures.done["secrets rotated"] += 1

    async def _revoke_secret(self) -> None:
        """Change a secret as it happens: the target is down until it has the new one."""
        name = self._chance.choice([n for n in self._healthy.changing if n not in self._excused])
        self._excused.add(name)
        self._healthy.revoke(name)
        await asyncio.sleep(8.0)
        self._healthy.announce(name)
        await asyncio.sleep(_RECOVERY)
        self._excused.remove(name)
        self.figures.done["secrets revoked"] += 1

    async def _reload(self) -> None:
        """Reload by each of the ways in turn; now and then a file that cannot be used."""
        turn = self.figures.done["reloads"]
        self.figures.done["reloads"] += 1
        good = turn % 4 != 3
        self._configuration.write(turn, good=good)
        if turn % 2:
            async with self._session.request(
                self._chance.choice(("POST", "PUT")), "/-/reload"
            ) as response:
                if response.status != (200 if good else 500):
                    self._problem(f"a reload was answered {response.status}")
        else:
            self._process.send_signal(signal.SIGHUP)

    async def _jump(self) -> None:
        self._process.send_signal(signal.SIGUSR1)
        self.figures.done["jumps of the clock"] += 1

    async def _look_at_pages(self) -> None:
        name = self._chance.choice(self._configuration.names)
        for path in ("/", "/?page=2", f"/target?name={name}", "/config", "/sd", "/-/metrics"):
            begin = time.monotonic()
            async with self._session.get(path) as response:
                text = await response.text()
            self.figures.longest_page = max(self.figures.longest_page, time.monotonic() - begin)
            if response.status != 200 or SECRET in text:
                self._problem(f"{path} was answered {response.status}, or holds a secret")
        self.figures.done["looks at pages"] += 1

    async def _files_in_the_end(self, wanted: int) -> int:
        """The open files, when nothing is configured any more and connections had time to end."""
        self._configuration.empty()
        async with self._session.post("/-/reload") as response:
            if response.status != 200:
                self._problem("the last reload failed")
        await self._session.close()
        for _ in range(300):
            files = self._process.num_fds()
            if files <= wanted:
                break
            await asyncio.sleep(0.1)
        return files

    async def _end(self) -> None:
        code = await asyncio.to_thread(self._program.end)
        log = self._program.log
        if code != 0:
            self._problem(f"the exit code is {code}")
        for word in (SECRET, "Traceback", "level=ERROR source=asyncio", "reason=internal"):
            if word in log:
                self._problem(f"the log has {word}")

    def _problem(self, problem: str) -> None:
        self.figures.failures.append(f"after {self.figures.scrapes} scrapes: {problem}")


async def soak(seconds: float, folder: Path, seed: int) -> Figures:
    """Run for so long; the figures name each problem."""
    chance = random.Random(seed)
    ill = TARGETS // 3
    healthy, failing = Healthy(folder, TARGETS - ill), Failing(ill, chance)
    async with AsyncExitStack() as stack:
        targets = await stack.enter_async_context(fleet(healthy, failing))
        configuration = Configuration(folder / "config.yaml", targets)
        configuration.write(0)
        port = free_port()
        program = stack.enter_context(
            running(
                [
                    sys.executable,
                    exporter.__file__,
                    f"--config.file={folder / 'config.yaml'}",
                    f"--web.listen-address=127.0.0.1:{port}",
                    "--web.enable-lifecycle",
                ],
                f"http://127.0.0.1:{port}",
                folder / "exporter.log",
                "/-/healthy",
            )
        )
        session = await stack.enter_async_context(aiohttp.ClientSession(program.url))
        return await Soak(program, session, configuration, healthy, failing, chance).run(seconds)
