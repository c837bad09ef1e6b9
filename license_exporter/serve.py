"""The running program: the configuration in force, the endpoints, and the signals that it obeys."""

import asyncio
import logging
import random
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from license_exporter import __version__, checks, listen, log, memory, web_options
from license_exporter.client import Network
from license_exporter.clock import Clock
from license_exporter.collector import Collector
from license_exporter.config import Config, Target
from license_exporter.errors import ConfigError
from license_exporter.fetch import Fetcher
from license_exporter.listen import Address
from license_exporter.live_target import LiveTarget
from license_exporter.load import load_config
from license_exporter.masking import masked
from license_exporter.own_metrics import OwnMetrics
from license_exporter.registry import find_vendors
from license_exporter.resolver import Resolver
from license_exporter.server import Endpoints

if TYPE_CHECKING:
    from license_exporter.web_guard import WebGuard

_log = logging.getLogger(__name__)

# How many large answers are in memory at a time, over all targets.
_LARGE_ANSWERS = 2


class Exporter:
    """The configuration file in force, its targets and the metrics of it all.

    Raises ConfigError for a configuration that cannot be used; a later reload keeps what is in
    force instead. With `only`, the target of that name alone. Made within the event loop that runs
    the targets.
    """

    def __init__(
        self, file: Path, environ: Mapping[str, str], clock: Clock, only: str | None = None
    ) -> None:
        self._file = file
        self._only = only
        self._environ = environ
        self._vendors = find_vendors()
        self._clock = clock
        self._gate = asyncio.Semaphore(_LARGE_ANSWERS)
        self._network = Network(Resolver(), environ)
        self.own = OwnMetrics()
        self.collector = Collector(self._open)
        self._apply(self._load())

    @property
    def configuration(self) -> str:
        """The configuration in force as YAML, without its secrets."""
        return masked(self._config)

    def reload(self) -> bool:
        """Read the configuration file anew; False, and all goes on, if it cannot be used."""
        try:
            config = self._load()
        except ConfigError as error:
            self.own.refused()
            for problem in error.problems:
                extra = {"file": str(self._file), "problem": problem}
                _log.error("The configuration cannot be used; the former one goes on", extra=extra)
            return False
        self._apply(config)
        return True

    async def close(self) -> None:
        """End all fetches and close all connections."""
        await self.collector.close()
        await self._network.resolver.close()

    def _load(self) -> Config:
        config = load_config(self._file, self._environ, self._vendors)
        if self._only is None:
            return config
        targets = tuple(target for target in config.targets if target.name == self._only)
        return replace(config, targets=targets)

    def _apply(self, config: Config) -> None:
        self._config = config
        self.collector.apply(config)
        self.own.loaded(len(config.targets), self._clock.time())
        for warning in checks.warnings(config):
            _log.warning("The configuration is risky", extra={"problem": warning})
        extra = {"file": str(self._file), "targets": len(config.targets)}
        _log.info("The configuration is in force", extra=extra)

    def _open(self, target: Target) -> LiveTarget:
        fetcher = Fetcher(target, self._network, self._clock, self._gate, self.own.request_done)
        return LiveTarget(target, fetcher, self._clock, random.random, self.own.fetch_failed)


def serve(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """Serve until SIGTERM or SIGINT; the result is the exit code."""
    log.configure(args.log_level, args.log_format)
    addresses = _addresses(args.listen or [listen.DEFAULT])
    return _run(_serve(args, environ, clock, Path(args.config_file), addresses))


def demo(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """Serve the metrics of simulated vendors until SIGTERM or SIGINT."""
    log.configure(args.log_level, args.log_format)
    port = listen.DEFAULT_PORT if args.port is None else args.port
    addresses = _addresses(args.listen or [f"127.0.0.1:{port}"])
    return _run(_demo(args, environ, clock, addresses))


def _run(serving: Coroutine[None, None, None]) -> int:
    try:
        asyncio.run(serving)
    except asyncio.CancelledError:
        _log.warning("Told to end again; running scrapes are not answered")
        return 1
    return 0


async def _demo(
    args: Namespace, environ: Mapping[str, str], clock: Clock, addresses: list[Address]
) -> None:
    from license_exporter.demo.command import simulators
    from license_exporter.demo.introduction import introduction

    async with simulators(clock, everything=args.everything) as simulated:
        _log.info("Simulators are running", extra={"config": str(simulated.config_file)})

        def ready(urls: list[str]) -> None:
            sys.stdout.write(introduction(simulated, urls[0]))
            sys.stdout.flush()

        await _serve(args, environ, clock, simulated.config_file, addresses, ready)


async def _serve(
    args: Namespace,
    environ: Mapping[str, str],
    clock: Clock,
    file: Path,
    addresses: list[Address],
    ready: Callable[[list[str]], None] = lambda urls: None,
) -> None:
    """Serve the configuration in `file`; `ready` is told the URLs at which it is reached."""
    _log.info("Starting license_exporter", extra={"version": __version__})
    options = web_options.read(args)
    guard = _guard(args.web_config, clock)
    exporter = Exporter(file, environ, clock)
    try:
        app = Endpoints(exporter, options, clock).application()
        if guard:
            guard.protect(app)
        context = guard.ssl_context if guard else None
        memory.settle()
        told_to_end = _obey_signals(exporter)
        async with listen.listening(app, addresses, context) as urls:
            ready(urls)
            await told_to_end.wait()
            _log.info("Told to end; running scrapes are answered first")
    finally:
        await exporter.close()
    _log.info("Ended")


def _guard(file: str, clock: Clock) -> "WebGuard | None":
    if not file:
        return None
    from license_exporter.web_guard import WebGuard

    return WebGuard(Path(file), clock)


def _obey_signals(exporter: Exporter) -> asyncio.Event:
    """Reload by SIGHUP, and set the event by SIGTERM or SIGINT; a second one cancels this task."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task
    told_to_end = asyncio.Event()

    def end() -> None:
        if told_to_end.is_set():
            task.cancel()
        told_to_end.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
    loop.add_signal_handler(signal.SIGHUP, exporter.reload)
    return told_to_end


def _addresses(written: list[str]) -> list[Address]:
    try:
        return [listen.parse(address) for address in written]
    except ValueError as error:
        raise ConfigError([f"--web.listen-address: {error}"]) from None
