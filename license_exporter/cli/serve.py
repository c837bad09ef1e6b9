"""The process that serves: its addresses, and the signals that it obeys."""

import asyncio
import logging
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from license_exporter import __version__
from license_exporter.errors import ConfigError
from license_exporter.exporter import Exporter
from license_exporter.process import log, memory, open_files
from license_exporter.process.clock import Clock
from license_exporter.web import listen
from license_exporter.web.listen import Address
from license_exporter.web.options import read as read_options
from license_exporter.web.server import Endpoints

if TYPE_CHECKING:
    from license_exporter.web.guard import WebGuard

_log = logging.getLogger(__name__)


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
    options = read_options(args)
    guard = _guard(args.web_config, clock)
    exporter = Exporter(file, environ, clock)
    try:
        app = Endpoints(exporter, options, clock).application()
        if guard:
            guard.protect(app)
        context = guard.ssl_context if guard else None
        memory.settle()
        open_files.raise_limit()
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
    from license_exporter.web.guard import WebGuard

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
