"""The process that serves: its addresses, and the signals that it obeys."""

import asyncio
import logging
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from license_exporter import __version__
from license_exporter.cli.following import following
from license_exporter.cli.preparing import CALENDAR, preparing
from license_exporter.cli.refreshing import refreshing
from license_exporter.collector.own_metrics import OwnMetrics
from license_exporter.errors import ConfigError
from license_exporter.exporter import Exporter
from license_exporter.process import log, memory, open_files
from license_exporter.process.clock import Clock
from license_exporter.process.ending import Ending
from license_exporter.web import address, listen
from license_exporter.web.address import Address
from license_exporter.web.options import read as read_options
from license_exporter.web.server import application, health_application

if TYPE_CHECKING:
    from license_exporter.web.guard import WebGuard

_log = logging.getLogger(__name__)

# How often the demo reads its targets, in seconds; what is still in the cache is not fetched.
_DEMO_INTERVAL = 15.0


def serve(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """Serve until SIGTERM or SIGINT; the result is the exit code."""
    served = _served(args, args.listen or [address.DEFAULT])
    return asyncio.run(_serve(args, environ, clock, Path(args.config_file), served))


def demo(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """Serve the metrics of simulated vendors until SIGTERM or SIGINT."""
    port = address.DEFAULT_PORT if args.port is None else args.port
    served = _served(args, args.listen or [f"127.0.0.1:{port}"])
    return asyncio.run(_demo(args, environ, clock, served))


@dataclass(frozen=True, slots=True)
class _Served:
    """Where to listen: for all endpoints, and for those of health alone."""

    addresses: list[Address]
    health: list[Address]


def _served(args: Namespace, addresses: list[str]) -> _Served:
    return _Served(
        _addresses("--web.listen-address", addresses),
        _addresses("--web.health-address", args.health_address or []),
    )


async def _demo(args: Namespace, environ: Mapping[str, str], clock: Clock, served: _Served) -> int:
    from license_exporter.demo.command import simulators
    from license_exporter.demo.introduction import introduction

    log.configure(args.log_level, args.log_format)
    async with simulators(clock, everything=args.everything) as simulated:
        _log.info("Simulators are running", extra={"config": str(simulated.config_file)})

        def ready(urls: Sequence[str]) -> None:
            sys.stdout.write(introduction(simulated, urls[0]))
            sys.stdout.flush()

        file = simulated.config_file
        return await _serve(args, environ, clock, file, served, ready, _DEMO_INTERVAL)


async def _serve(
    args: Namespace,
    environ: Mapping[str, str],
    clock: Clock,
    file: Path,
    served: _Served,
    ready: Callable[[Sequence[str]], None] = lambda urls: None,
    refresh: float = 0.0,
) -> int:
    """Serve the configuration in `file`; `ready` is told the URLs at which it is reached.

    With `refresh`, all targets are read every so many seconds, whether or not they are scraped.
    """
    own = OwnMetrics(args.shard)
    log.configure_in_background(args.log_level, args.log_format, own.log_line_dropped)
    _log.info("Starting license_exporter", extra={"version": __version__})
    options = read_options(args)
    guard = _guard(args.web_config, clock)
    shared = {"keep": args.shard.holds} if args.shard else {}
    with memory.lasting():
        exporter = Exporter(file, environ, clock, own=own, **shared)
    ending = Ending(args.shutdown_timeout)
    code = 1
    try:
        app = application(exporter, options, clock)
        if guard:
            guard.protect(app)
        context = guard.ssl_context if guard else None
        memory.settle()
        # The event loop waits so long for a thread that computes, each time it has something to do.
        sys.setswitchinterval(0.001)
        open_files.raise_limit()
        _obey_signals(exporter, ending)
        async with (
            refreshing(exporter.collector, refresh),
            listen.listening(health_application(), served.health, None),
            listen.listening(app, served.addresses, context) as listener,
            following(exporter, file, args.auto_reload_interval),
            preparing([CALENDAR]),
        ):
            ready(listener.urls)
            await ending.told.wait()
            _log.info("Told to end; running scrapes are answered first")
            code = 0 if await ending.wait_for(listener.drained()) else 1
    finally:
        # Only now: a scrape that is still answered must not see its fetches end.
        await exporter.close()
    _log.info("Ended")
    ending.closed(code)
    return code


def _obey_signals(exporter: Exporter, ending: Ending) -> None:
    """Reload by SIGHUP, and end by SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.tell)
    loop.add_signal_handler(signal.SIGHUP, exporter.reload)


def _guard(file: str, clock: Clock) -> "WebGuard | None":
    if not file:
        return None
    from license_exporter.web.guard import WebGuard

    return WebGuard(Path(file), clock)


def _addresses(flag: str, written: list[str]) -> list[Address]:
    try:
        return [address.parse(each) for each in written]
    except ValueError as error:
        raise ConfigError([f"{flag}: {error}"]) from None
