"""The flags of the exporter that serves; other commands know some of them."""

import argparse
from collections.abc import Callable
from typing import Any

from license_exporter.collector import shard
from license_exporter.collector.shard import Shard

# argparse's add_argument, of a parser or of a group of its flags.
Add = Callable[..., Any]


def add_config_file(add: Add) -> None:
    """The file itself."""
    add(
        "--config.file",
        dest="config_file",
        default="config.yaml",
        metavar="PATH",
        help="configuration file (default: %(default)s)",
    )


def add_config(add: Add) -> None:
    """What is done with the configuration file."""
    add(
        "--config.check",
        dest="config_check",
        action="store_true",
        help="check the configuration file and what it names, secrets and keys too, and exit",
    )
    add(
        "--config.syntax-only",
        dest="syntax_only",
        action="store_true",
        help="with --config.check: without secrets, programs and variables, as in CI",
    )
    add(
        "--config.auto-reload-interval",
        dest="auto_reload_interval",
        type=_seconds,
        default=0.0,
        metavar="DURATION",
        help="look for changes of the configuration so often, such as 30s; 0s is never (default)",
    )


def add_shard(add: Add) -> None:
    """Which part of the targets is this replica's."""
    add(
        "--shard",
        type=_shard,
        metavar="NUMBER/SHARDS",
        help="fetch and show one part of the targets, such as 2/5, by their names; the number "
        "counts from 0, and may be the name of a pod that ends in it",
    )


def _shard(written: str) -> Shard:
    try:
        return shard.parse(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_web(add: Add) -> None:
    """Where and how it is served."""
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


def add_log(add: Add) -> None:
    """What the log tells, and how."""
    add(
        "--log.level",
        dest="log_level",
        default="info",
        choices=("debug", "info", "warn", "error"),
        help="log messages of this level and above (default: %(default)s)",
    )
    add(
        "--log.format",
        dest="log_format",
        default="logfmt",
        choices=("logfmt", "json"),
        help="form of the log's lines (default: %(default)s)",
    )


def _seconds(written: str) -> float:
    """A duration in seconds, for argparse."""
    from license_exporter.config.values import duration

    try:
        return duration(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
