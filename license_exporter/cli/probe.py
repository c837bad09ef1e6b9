"""`probe`: one fetch of a target, or of each, and what it brought."""

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path

from license_exporter.cli.recorded import recorded
from license_exporter.cli.verdict import summary, verdict
from license_exporter.collector.live_target import LiveTarget
from license_exporter.collector.unmatched import of_defaults
from license_exporter.config.spelling import suggestion
from license_exporter.config.target import Target
from license_exporter.errors import ConfigError
from license_exporter.exporter import Exporter
from license_exporter.exposition.rendering import render
from license_exporter.mapping.explain import explain, types
from license_exporter.mapping.unfound import unfound
from license_exporter.model.answer import Answer
from license_exporter.model.vendor import Vendor
from license_exporter.process import log
from license_exporter.process.clock import Clock
from license_exporter.vendors.json import UNFINISHED, asking
from license_exporter.vendors.registry import find_vendors


def probe(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """Fetch a target once, or each: what was found on standard output, the steps on standard error.

    Without a terminal, what was found of one target are its metrics.
    """
    # What the log has to say at its usual level, the steps say too.
    log.configure("debug" if args.log_level == "debug" else "error", args.log_format)
    return asyncio.run(run(args, environ, clock))


async def run(args: Namespace, environ: Mapping[str, str], clock: Clock) -> int:
    """The probe itself; the result is the exit code, 1 if a target is down. Raises ConfigError."""
    if args.draft:
        from license_exporter.cli.draft import draft_of_file, is_file, refuse_python

        if is_file(args.argument, args.config_file):
            if args.request:
                raise ConfigError(["--request is of a target; a file is drafted of as it is"])
            return draft_of_file(args.argument, args.from_format)
        if args.from_format:
            raise ConfigError(["--from-format is of a file; a request says its own: format: xml"])
    findings: dict[str, _Findings] = {}

    def note(target: Target, answer: Answer) -> None:
        findings[target.name] = _Findings(target, answer, args)

    name: str | None = args.argument
    vendors = find_vendors().replaced(asking(args.request) if args.request else UNFINISHED)
    exporter = Exporter(
        Path(args.config_file),
        environ,
        clock,
        keep=lambda each: name in (None, each),
        on_answer=note,
        vendors=vendors,
        source=(lambda target: recorded(target, args.from_file)) if args.from_file else None,
    )
    try:
        targets = exporter.collector.targets
        if not targets:
            raise ConfigError([_no_target(name, args, environ, vendors)])
        if len(targets) > 1 and _is_of_one(args):
            problem = f"these flags are of one target; name one of {', '.join(targets)}"
            raise ConfigError([problem])
        if args.draft:
            refuse_python(next(iter(targets.values())).target)
        alone = bool(name or (len(targets) == 1 and _is_of_one(args)))
        longest = max(live.target.timeout for live in targets.values())
        loop = asyncio.get_running_loop()
        collected = await exporter.collector.collect(loop.time() + longest + 1)
        for live in targets.values():
            _tell_steps(live, findings.get(live.target.name), named=not alone)
        # Of one target alone, what defaults name may well be another's.
        for problem in () if name else of_defaults([live.view() for live in targets.values()]):
            _say(problem)
        if args.draft:
            return _print_draft(findings.get(next(iter(targets))))
        if args.document or args.explain:
            _print("\n".join(line for each in findings.values() for line in each.shown))
        elif alone and _wants_metrics(args):
            chunks = render(collected[0].blocks, openmetrics=False)
            _print(b"".join(chunk.text for chunk in chunks).decode().rstrip())
        else:
            told = summary if alone else verdict
            for live in targets.values():
                known = findings.get(live.target.name)
                _print(told(live.view(), known.doubts if known else (), clock.time()))
        return 0 if all(each.up for each in collected) else 1
    finally:
        await exporter.close()


class _Findings:
    """What is to be told of an answer, of which nothing is left once it has been read."""

    def __init__(self, target: Target, answer: Answer, args: Namespace) -> None:
        self.answer = answer
        self.shown = list(_shown(target, answer, args))
        self.doubts = [] if args.draft else list(unfound(target.driver, answer))


def _is_of_one(args: Namespace) -> bool:
    told = args.metrics or args.summary or args.document or args.explain or args.draft
    return bool(told or args.from_file or args.request)


def _print_draft(findings: _Findings | None) -> int:
    """Print the draft, if there is one."""
    for text in findings.shown if findings else ():
        _print(text.rstrip())
    return 0 if findings and findings.shown else 1


def _wants_metrics(args: Namespace) -> bool:
    return bool(args.metrics or not (args.summary or sys.stdout.isatty()))


def _no_target(
    name: str | None, args: Namespace, environ: Mapping[str, str], vendors: Mapping[str, Vendor]
) -> str:
    file: str = args.config_file
    if name is None:
        return f"there is no target in {file}"
    from license_exporter.config.load import load_config

    names = [target.name for target in load_config(Path(file), environ, vendors).targets]
    no_file = f"there is no file {name}, and no target of that name" if args.draft else ""
    told = no_file or f"there is no target {name!r}"
    return f"{told} in {file}{suggestion(name, names)}"


def _tell_steps(live: LiveTarget, findings: _Findings | None, *, named: bool) -> None:
    """Tell on standard error what was asked, and what of the answers cannot be used."""
    before = f"{live.target.name}: " if named else ""
    for step in live.steps:
        took = f"{step.size} bytes, {step.seconds:.3f} s"
        _say(f"{before}{step.method} {step.path}: {step.outcome}, {took}")
    for failure in live.current().failures:
        _say(f"{before}{failure.document}: {failure.reason}: {failure.message}")
    for problem in live.view().unmatched:
        _say(f"{before}{problem}")
    if findings is None:
        return
    answer = findings.answer
    if answer.skipped:
        paths = ", ".join(
            f"{path} ({answer.unread[path]})" if path in answer.unread else path
            for path in dict.fromkeys(answer.skipped_paths)
        )
        count = f"{answer.skipped} value{'s' * (answer.skipped != 1)} in all"
        _say(f"{before}left out, as it cannot be read or is not there: {paths}; {count}")
    for doubt in findings.doubts:
        _say(f"{before}{doubt}")


def _shown(target: Target, answer: Answer, args: Namespace) -> Iterator[str]:
    """The documents without their values, and what a mapping finds in them, or could find."""
    if args.draft:
        from license_exporter.cli.draft import draft_of_target

        yield from draft_of_target(target, answer)
    if args.document:
        yield json.dumps({name: types(value) for name, value in answer.documents.items()}, indent=2)
    if args.explain:
        lines = list(explain(target.driver, answer))
        yield from lines or [
            f"{target.driver.name} has no expressions: it is no mapping, or an empty one"
        ]


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
