"""The command line: `license-exporter`, its flags and its sub-commands."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from license_exporter import __version__
from license_exporter.errors import ConfigError
from license_exporter.process.clock import Clock, SystemClock

_COMMANDS = ("demo", "probe", "vendors", "schema", "health")
_EPILOG = """\
commands:
  (none)       serve the metrics of the targets in the configuration file
  demo         serve the metrics of simulated vendors
  probe NAME   fetch one target once; its metrics go to standard output
  vendors      tell what each vendor needs and yields; vendors NAME for one
  schema       print the JSON schema of the configuration file
  health       tell whether the exporter that runs with the same flags answers
"""


# argparse's add_argument, of a parser or of a group of its flags.
_Add = Callable[..., Any]


def main(argv: Sequence[str] | None = None, clock: Clock | None = None) -> int:
    """Run the program; the result is its exit code: 0 good, 1 failed, 2 unusable input."""
    try:
        args = _parser().parse_intermixed_args(argv)
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


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise ConfigError([f"{message}; license-exporter --help tells of every flag"])


def _run(args: argparse.Namespace, clock: Clock) -> int:
    # Each command imports what it needs: starting up is mostly importing.
    if args.command == "demo" or (args.command is None and not args.config_check):
        # Until there is something to reload, SIGHUP would end the program, for good under systemd.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        from license_exporter.cli.serve import demo, serve

        return (demo if args.command else serve)(args, os.environ, clock)
    if args.command == "health":
        from license_exporter.cli.health import health

        return health(args, _parser().parse_intermixed_args)
    from license_exporter.cli import commands

    if args.command == "vendors":
        return commands.show_vendors(args.argument, mapping=args.mapping)
    if args.command == "schema":
        return commands.show_schema()
    if args.command == "probe":
        return commands.probe(args, os.environ, clock)
    return commands.check(args, os.environ)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="license-exporter",
        description="Prometheus exporter for the licenses that a company pays for.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("command", nargs="?", metavar="COMMAND", help="see below")
    parser.add_argument("argument", nargs="?", metavar="NAME", help="what the command is about")
    _add_config_flags(parser.add_argument)
    _add_web_flags(parser.add_argument)
    _add_log_flags(parser.add_argument)
    parser.add_argument(
        "--version", action="version", version=f"license_exporter, version {__version__}"
    )
    _add_command_flags(parser.add_argument_group("of single commands").add_argument)
    return parser


def _add_config_flags(add: _Add) -> None:
    add(
        "--config.file",
        dest="config_file",
        default="config.yaml",
        metavar="PATH",
        help="configuration file (default: %(default)s)",
    )
    add(
        "--config.check",
        dest="config_check",
        action="store_true",
        help="check the configuration file and the secrets that it names, and exit",
    )
    add(
        "--config.auto-reload-interval",
        dest="auto_reload_interval",
        type=_seconds,
        default=0.0,
        metavar="DURATION",
        help="look for changes of the configuration so often, such as 30s; 0s is never (default)",
    )


def _seconds(written: str) -> float:
    """A duration in seconds, for argparse."""
    from license_exporter.config.values import duration

    try:
        return duration(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _add_web_flags(add: _Add) -> None:
    add(
        "--web.listen-address",
        dest="listen",
        action="append",
        metavar="[HOST]:PORT",
        help="address to listen on; may be repeated (default: :10058)",
    )
    add(
        "--web.health-address",
        dest="health_address",
        action="append",
        metavar="[HOST]:PORT",
        help="further address for /-/healthy and /-/ready alone, without TLS and passwords",
    )
    add(
        "--web.config.file",
        dest="web_config",
        default="",
        metavar="PATH",
        help="TLS, passwords and headers of the endpoints, as for other exporters",
    )
    add(
        "--web.telemetry-path",
        dest="telemetry_path",
        default="/metrics",
        metavar="PATH",
        help="path of the metrics (default: %(default)s)",
    )
    add(
        "--web.external-url",
        dest="external_url",
        default="",
        metavar="URL",
        help="address at which others reach the exporter, if there is a proxy in between",
    )
    add(
        "--web.route-prefix",
        dest="route_prefix",
        default=None,
        metavar="PATH",
        help="prefix of all paths (default: the path of --web.external-url)",
    )
    add(
        "--web.max-requests",
        dest="max_requests",
        type=int,
        default=40,
        metavar="N",
        help="scrapes answered at a time; 503 beyond, 0 is no limit (default: %(default)s)",
    )
    add(
        "--web.enable-lifecycle",
        dest="enable_lifecycle",
        default=False,
        action=argparse.BooleanOptionalAction,
        help="reload by POST or PUT to /-/reload",
    )
    add(
        "--timeout-offset",
        dest="timeout_offset",
        type=float,
        default=0.5,
        metavar="SECONDS",
        help="subtracted from the timeout that Prometheus sends (default: %(default)s)",
    )
    add(
        "--shutdown-timeout",
        dest="shutdown_timeout",
        type=float,
        default=25.0,
        metavar="SECONDS",
        help="time from SIGTERM to the end, at most (default: %(default)s)",
    )


def _add_log_flags(add: _Add) -> None:
    add(
        "--log.level",
        dest="log_level",
        default="info",
        choices=("debug", "info", "warn", "error"),
        help="default: %(default)s",
    )
    add(
        "--log.format",
        dest="log_format",
        default="logfmt",
        choices=("logfmt", "json"),
        help="default: %(default)s",
    )


def _add_command_flags(add: _Add) -> None:
    add(
        "--port",
        type=int,
        metavar="PORT",
        help="demo: port to listen on, on loopback (default: 10058)",
    )
    add(
        "--all",
        dest="everything",
        action="store_true",
        help="demo: simulate all presets and license managers too, whose tools are stand-ins",
    )
    add(
        "--mapping",
        action="store_true",
        help="vendors NAME: print the mapping of a preset, as a start for one's own",
    )
    add(
        "--document",
        action="store_true",
        help="probe: show the fetched documents with types in the place of values",
    )
    add(
        "--explain",
        action="store_true",
        help="probe: tell which expression of a mapping found what",
    )


def _refuse_nonsense(args: argparse.Namespace) -> None:
    """Raise ConfigError for what argparse cannot tell is wrong."""
    problems = []
    if args.command not in (None, *_COMMANDS):
        problems.append(f"unknown command {args.command!r}; there are {', '.join(_COMMANDS)}")
    if args.command == "probe" and not args.argument:
        problems.append("probe needs the name of a target: license-exporter probe NAME")
    if args.argument and args.command in ("demo", "schema", "health"):
        problems.append(f"{args.command} takes no {args.argument!r}")
    if args.command and args.config_check:
        problems.append(f"--config.check is a command by itself; {args.command} stands beside it")
    for flag, given, command in (
        ("--port", args.port is not None, "demo"),
        ("--all", args.everything, "demo"),
        ("--mapping", args.mapping, "vendors"),
        ("--document", args.document, "probe"),
        ("--explain", args.explain, "probe"),
    ):
        if given and args.command != command:
            problems.append(f"{flag} belongs to the command {command}")
    if args.max_requests < 0:
        problems.append("--web.max-requests must not be negative")
    if not 0 <= args.timeout_offset < 3600:
        problems.append("--timeout-offset must be seconds from 0 on")
    if not 1 <= args.shutdown_timeout < 3600:
        problems.append("--shutdown-timeout must be seconds from 1 on")
    if problems:
        raise ConfigError(problems)
