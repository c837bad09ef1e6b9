"""The command line: what each command does, and how it ends."""

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from license_exporter.cli.arguments import COMMANDS, PROGRAM, parse
from license_exporter.cli.flags_of_commands import misplaced
from license_exporter.config.spelling import suggestion
from license_exporter.errors import ConfigError
from license_exporter.process import memory
from license_exporter.process.clock import Clock, SystemClock


def main(argv: Sequence[str] | None = None, clock: Clock | None = None) -> int:
    """Run the program; the result is its exit code: 0 good, 1 failed, 2 unusable input."""
    try:
        args = parse(argv, os.environ)
        _refuse_nonsense(args)
        return _run(args, clock or SystemClock())
    except ConfigError as error:
        for problem in error.problems:
            sys.stderr.write(f"{problem}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"{error.strerror or error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 1


def _run(args: argparse.Namespace, clock: Clock) -> int:
    # Each command imports what it needs: starting up is mostly importing.
    if args.command == "demo" or (args.command is None and not args.config_check):
        # Until there is something to reload, SIGHUP would end the program, for good under systemd.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if not args.command:
            _refuse_missing_file(args.config_file)
        with memory.lasting():
            from license_exporter.cli.serve import demo, serve

        return (demo if args.command else serve)(args, os.environ, clock)
    if args.command == "health":
        from license_exporter.cli.health import health

        return health(args, lambda flags: parse(flags, os.environ))
    if args.command in ("assets", "completion", "init", "schema", "vendors"):
        return _print_something(args)
    if not args.draft:  # which a file may be enough for
        _refuse_missing_file(args.config_file)
    if args.command == "probe":
        from license_exporter.cli.probe import probe

        return probe(args, os.environ, clock)
    if args.command == "report":
        from license_exporter.cli.report import report

        return report(args, os.environ, clock)
    from license_exporter.cli.check import check

    return check(args, os.environ)


def _refuse_missing_file(file: str) -> None:
    """Say what to do first where there is no configuration file yet."""
    if not Path(file).exists():
        advice = f"{PROGRAM} init VENDOR... prints one to begin with, {PROGRAM} demo needs none"
        raise ConfigError([f"{file}: cannot be read: No such file or directory; {advice}"])


def _print_something(args: argparse.Namespace) -> int:
    """The commands that need no configuration."""
    if args.command == "assets":
        from license_exporter.cli.assets import write_assets

        return write_assets(args)
    if args.command == "completion":
        from license_exporter.cli.completion import print_completion

        return print_completion(args.argument)
    from license_exporter.cli import catalogue

    if args.command == "init":
        return catalogue.init(args.arguments)
    if args.command == "schema":
        return catalogue.show_schema()
    return catalogue.show_vendors(args.argument, mapping=args.mapping, search=args.search)


def _refuse_nonsense(args: argparse.Namespace) -> None:
    if problems := list(_nonsense(args)):
        raise ConfigError(problems)


def _nonsense(args: argparse.Namespace) -> Iterator[str]:
    """What argparse cannot tell is wrong."""
    if args.command not in (None, *COMMANDS):
        nearest = suggestion(args.command, COMMANDS) or f"; there are {', '.join(COMMANDS)}"
        yield f"unknown command {args.command!r}{nearest}"
        return
    if args.command:
        yield from _miscounted(args)
        if args.config_check:
            yield f"--config.check is a command by itself; {args.command} stands beside it"
    if args.syntax_only and not args.config_check:
        yield "--config.syntax-only goes with --config.check"
    yield from misplaced(args)
    if args.max_requests < 0:
        yield "--web.max-requests must not be negative"
    if not 0 <= args.timeout_offset < 3600:
        yield "--timeout-offset must be seconds from 0 on"
    if not 1 <= args.shutdown_timeout < 3600:
        yield "--shutdown-timeout must be seconds from 1 on"


def _miscounted(args: argparse.Namespace) -> Iterator[str]:
    """Too many arguments of a command, or too few."""
    takes = COMMANDS[args.command].arguments
    if not takes and args.arguments:
        yield f"{args.command} takes no {args.argument!r}"
    elif takes and not takes[-1].endswith("...") and len(args.arguments) > len(takes):
        yield f"unrecognized arguments: {' '.join(args.arguments[len(takes) :])}"
    if args.command == "init" and not args.argument:
        yield "init needs vendors: license-exporter init rsa gitlab; license-exporter vendors"
    if args.command == "assets" and not args.argument and not args.list:
        yield "assets needs a folder: license-exporter assets DIR; or --list"
