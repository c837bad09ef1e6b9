"""What runs: the configuration in force, its targets, and the metrics of it all."""

import asyncio
import gc
import logging
import os
import random
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from license_exporter.collector.budget import Budget
from license_exporter.collector.collector import Collector
from license_exporter.collector.fetch import Fetcher
from license_exporter.collector.live_target import LiveTarget
from license_exporter.collector.own_metrics import OwnMetrics
from license_exporter.collector.reading import Reader
from license_exporter.collector.room import Places
from license_exporter.collector.sources import open_sources
from license_exporter.config import checks
from license_exporter.config.load import load_config
from license_exporter.config.target import Config, Target
from license_exporter.errors import ConfigError
from license_exporter.model.answer import Answer
from license_exporter.model.vendor import Vendor
from license_exporter.process.clock import Clock
from license_exporter.sources.http.client import Network
from license_exporter.sources.http.resolver import Resolver
from license_exporter.sources.programs.source import Processes
from license_exporter.sources.source import OnStep, Source
from license_exporter.vendors.registry import find_vendors

_log = logging.getLogger(__name__)

# How many large answers are in memory at a time, over all targets.
_LARGE_ANSWERS = 2
# After so many reloads, what they have left is looked for: reading a configuration makes it old at
# once (process/memory.py), and what is old is not looked at by itself.
_COLLECTED = 20


class Exporter:
    """The configuration file in force, its targets and the metrics of it all.

    Raises ConfigError for a configuration that cannot be used; a later reload keeps what is in
    force instead. With `keep`, there are only the targets of whose name it is true; `on_answer` is
    called with each answer before it is read, and `source` makes what is asked instead of the
    target's own sources. `vendors` are those that there are, by default the installed ones. To be
    made within the event loop that will run the targets.
    """

    def __init__(
        self,
        file: Path,
        environ: Mapping[str, str],
        clock: Clock,
        *,
        keep: Callable[[str], bool] = lambda name: True,
        on_answer: Callable[[Target, Answer], None] | None = None,
        own: OwnMetrics | None = None,
        source: Callable[[Target], Source] | None = None,
        vendors: Mapping[str, Vendor] | None = None,
    ) -> None:
        self._file = file
        self._environ = environ
        self._keep = keep
        self._on_answer = on_answer
        self._source = source
        self._vendors = find_vendors() if vendors is None else vendors
        self._clock = clock
        self._places = Places(asyncio.Semaphore(_LARGE_ANSWERS))
        self._budget = Budget()
        self._network = Network(Resolver(), environ)
        self._processes = Processes(environ.get("PATH", os.defpath))
        self._reader = ThreadPoolExecutor(1, "config")
        # The reload that is running, and the one that waits for its end.
        self._reloading: asyncio.Task[bool] | None = None
        self._waiting: asyncio.Task[bool] | None = None
        self.own = own or OwnMetrics()
        self.collector = Collector(self._open)
        self._config = Config()
        self._reloads = 0
        loaded = self._load()
        self._budget.resize(loaded[0].answers_size_limit, len(loaded[0].targets))
        self.collector.apply(loaded[0])
        self._in_force(*loaded)

    @property
    def config(self) -> Config:
        """The configuration in force."""
        return self._config

    def reload(self) -> asyncio.Task[bool]:
        """Read the file anew; False if it cannot be used, and the former one stays in force.

        Calls that come before the reading has begun are one; those that come during it are one
        more, since the file may have changed meanwhile.
        """
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._reload(self._reloading))
        return self._waiting

    async def close(self) -> None:
        """End all fetches and close all connections."""
        for task in (self._reloading, self._waiting):
            if task:
                task.cancel()
        self._reader.shutdown(wait=False, cancel_futures=True)
        await self.collector.close()
        await self._processes.close()
        await self._network.resolver.close()

    async def _reload(self, running: asyncio.Task[bool] | None) -> bool:
        if running:
            await asyncio.wait({running})
        self._reloading, self._waiting = self._waiting, None
        try:
            # A thread of its own: however long the files are, scrapes go on.
            loaded = await asyncio.get_running_loop().run_in_executor(self._reader, self._load)
            self._budget.resize(loaded[0].answers_size_limit, len(loaded[0].targets))
            await self.collector.apply_in_slices(loaded[0])
        except ConfigError as error:
            self.own.refused()
            for problem in error.problems:
                extra = {"file": str(self._file), "problem": problem}
                _log.error("The configuration cannot be used; the former one goes on", extra=extra)
            return False
        finally:
            self._reloading = None
        self._in_force(*loaded)
        self._reloads += 1
        if not self._reloads % _COLLECTED:
            await asyncio.get_running_loop().run_in_executor(self._reader, gc.collect)
        return True

    def _load(self) -> tuple[Config, list[str]]:
        """The configuration in the file, and what is risky about it."""
        config = load_config(self._file, self._environ, self._vendors, self._keep)
        risks = [*checks.warnings(config), *checks.ended(config, self._clock.time())]
        return config.sharing(self._config), risks

    def _in_force(self, config: Config, risks: list[str]) -> None:
        self._config = config
        self.own.loaded(len(config.targets), self._clock.time())
        for warning in risks:
            _log.warning("The configuration is risky", extra={"problem": warning})
        extra = {"file": str(self._file), "targets": len(config.targets)}
        _log.info("The configuration is in force", extra=extra)

    def _open(self, target: Target) -> LiveTarget:
        reader = Reader(target, self._on_answer)

        def source(on_step: OnStep) -> Source:
            if self._source:
                return self._source(target)
            return open_sources(target, self._network, self._processes, self._clock, on_step)

        fetcher = Fetcher(reader, source, self._clock, self._places, self.own.request_done)
        failed = self.own.fetch_failed
        return LiveTarget(target, fetcher, self._clock, random.random, failed, self._budget)
