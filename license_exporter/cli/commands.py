"""The commands that need a configuration and end by themselves: probe, and the check of a file."""

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path

from license_exporter.config import checks
from license_exporter.config.load import load_config
from license_exporter.config.target import Config, Target
from license_exporter.errors import ConfigError
from license_exporter.exposition.text import render
from license_exporter.model.answer import Answer
from license_exporter.model.vendor import Vendor
from license_exporter.process import log
from license_exporter.process.clock import Clock, SystemClock
from license_exporter.vendors.registry import find_vendors


def check(args: Namespace, environ: Mapping[str, str]) -> int:
    """Check the configuration file, what it names, and the web config file."""
    if args.web_config:
        from license_exporter.web.guard import WebGuard

        WebGuard(Path(args.web_config), SystemClock())
    config = load_config(Path(args.config_file), environ, find_vendors())
    for warning in checks.warnings(config):
        _say(f"warning: {warning}")
    missing = [*checks.missing_secrets(config), *_unusable_programs(config)]
    if missing:
        raise ConfigError(missing)
    _print(f"{args.config_file} is good; targets: {len(config.targets)}")
    return 0


def _unusable_programs(config: Config) -> Iterator[str]:
    """The programs that cannot be run, as far as their files tell, one line each."""
    from license_exporter.sources.programs.explain import obstacle

    for name, program in config.programs.items():
        if problem := obstacle(program.path):
            yield f"programs.{name}: {problem}"


def probe(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """Fetch one target once: its metrics on standard output, the steps on standard error."""
    # What the log has to say at its usual level, the steps say too.
    log.configure("debug" if args.log_level == "debug" else "error", args.log_format)
    return asyncio.run(_probe(args, environ, clock))


async def _probe(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    from license_exporter.exporter import Exporter

    shown: list[str] = []
    answers: list[Answer] = []

    def show(target: Target, answer: Answer) -> None:
        answers.append(answer)
        shown.extend(_shown(answer, target.driver, args))

    file = Path(args.config_file)
    exporter = Exporter(file, environ, clock, keep=args.argument.__eq__, on_answer=show)
    try:
        live = exporter.collector.targets.get(args.argument)
        if live is None:
            raise ConfigError([f"there is no target {args.argument!r} in {args.config_file}"])
        loop = asyncio.get_running_loop()
        (collected,) = await exporter.collector.collect(loop.time() + live.target.timeout + 1)
        for step in live.steps:
            took = f"{step.size} bytes, {step.seconds:.3f} s"
            _say(f"{step.method} {step.path}: {step.outcome}, {took}")
        for failure in live.current().failures:
            _say(f"{failure.document}: {failure.reason}: {failure.message}")
        for answer in answers:
            if answer.skipped:
                paths = ", ".join(
                    f"{path} ({answer.unread[path]})" if path in answer.unread else path
                    for path in dict.fromkeys(answer.skipped_paths)
                )
                count = f"{answer.skipped} values in all"
                _say(f"left out, as it cannot be read or is not there: {paths}; {count}")
        if args.document or args.explain:
            _print("\n".join(shown))
        else:
            chunks = render(collected.blocks, openmetrics=False)
            _print(b"".join(chunk.text for chunk in chunks).decode().rstrip())
        return 0 if collected.up else 1
    finally:
        await exporter.close()


def _shown(answer: Answer, vendor: Vendor, args: Namespace) -> Iterator[str]:
    """The documents without their values, and what a mapping finds in them."""
    from license_exporter.mapping import explain, types

    if args.document:
        yield json.dumps({name: types(value) for name, value in answer.documents.items()}, indent=2)
    if args.explain:
        lines = list(explain(vendor, answer))
        yield from lines or [f"{vendor.name} is no mapping: it has no expressions"]


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
