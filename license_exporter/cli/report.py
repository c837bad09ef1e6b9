"""`report`: what ends when, once and without a server, as `/renewals` and its tables tell it."""

import asyncio
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from license_exporter.collector.live_target import LiveTarget
from license_exporter.collector.target_view import TargetView
from license_exporter.collector.unmatched import of_defaults
from license_exporter.errors import ConfigError
from license_exporter.exporter import Exporter
from license_exporter.process import log
from license_exporter.process.clock import Clock
from license_exporter.web.status.renewals import Filter, renewals


def report(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """Fetch each target once and write what ends when; what is wrong goes to standard error."""
    # What the log has to say at its usual level is said below, in words.
    log.configure("debug" if args.log_level == "debug" else "error", args.log_format)
    return asyncio.run(run(args, environ, clock))


async def run(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """The report itself; the result is the exit code, 1 if something could not be read.

    Of a target that could not be read, the report still has what its contracts tell. Raises
    ConfigError, and OSError where it cannot be written.
    """
    exporter = Exporter(Path(args.config_file), environ, clock)
    try:
        targets = list(exporter.collector.targets.values())
        if not targets:
            raise ConfigError([f"there is no target in {args.config_file}"])
        longest = max(live.target.timeout for live in targets)
        await exporter.collector.collect(asyncio.get_running_loop().time() + longest + 1)
        views = [live.view() for live in targets]
        _write(_written(args, views, clock.time()), args.output)
        told = [line for live in targets for line in _problems(live)]
        for problem in (*told, *of_defaults(views)):
            sys.stderr.write(f"{problem}\n")
        return 1 if any(live.current().failures for live in targets) else 0
    finally:
        await exporter.close()


def _written(args: Namespace, views: Sequence[TargetView], now: float) -> bytes:
    """The report in the format that is asked for."""
    if args.what == "pools":
        from license_exporter.web.status.downloads import pools_csv

        return pools_csv(views)
    asked = Filter()
    found = renewals(views, now, asked)
    if args.format == "html":
        from license_exporter.web.status.rendering import Pages

        return Pages(None).renewals(found, asked, "", now)
    if args.format == "ics":
        from license_exporter.web.status.calendar import calendar, entries

        return calendar(entries(found))
    from license_exporter.web.status.downloads import renewals_csv

    return renewals_csv(found, now)


def _write(body: bytes, file: str | None) -> None:
    if file is None:
        # Bytes: the lines of tables and calendars end as their standards say.
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return
    try:
        Path(file).write_bytes(body)
    except OSError as error:
        raise OSError(f"{file}: cannot be written: {error.strerror}") from None


def _problems(live: LiveTarget) -> Iterator[str]:
    """What of a target is not in the report, and what its configuration names in vain."""
    for failure in live.current().failures:
        yield f"{live.target.name}: {failure.document}: {failure.reason}: {failure.message}"
    yield from (f"{live.target.name}: {problem}" for problem in live.view().unmatched)
