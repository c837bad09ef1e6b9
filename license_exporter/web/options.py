"""How the endpoints are served, and where others reach them: `--web` and what goes with it."""

import re
from argparse import Namespace
from dataclasses import dataclass
from urllib.parse import urlsplit

from license_exporter.collector.shard import Shard
from license_exporter.errors import ConfigError

_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Options:
    """How the endpoints are served.

    `external_url` is an address, or a path alone; "" where clients come by the address of their
    requests. `route_prefix` stands before all paths. Neither ends in a slash. `timeout_offset` is
    in seconds; a `max_requests` of 0 is no limit. With `shard`, other replicas have other targets.
    """

    telemetry_path: str = "/metrics"
    external_url: str = ""
    route_prefix: str = ""
    max_requests: int = 40
    enable_lifecycle: bool = False
    timeout_offset: float = 0.5
    shard: Shard | None = None

    @property
    def root(self) -> str:
        """What stands before all paths for clients that come by `external_url`."""
        return urlsplit(self.external_url).path or self.route_prefix


def read(args: Namespace) -> Options:
    """The options that the flags give. Raises ConfigError for those that cannot be used."""
    problems = []
    try:
        external_url = _address(args.external_url.strip())
    except ValueError as error:
        external_url = ""
        problems.append(f"--web.external-url {error}")
    external_path = urlsplit(external_url).path
    prefix = external_path if args.route_prefix is None else _path(args.route_prefix)
    telemetry_path = _path(args.telemetry_path)
    for flag, path in (
        ("--web.external-url", external_path),
        ("--web.route-prefix", "" if args.route_prefix is None else prefix),
        ("--web.telemetry-path", telemetry_path),
    ):
        if not _PATH.fullmatch(path):
            problems.append(f"{flag} is no path of letters, digits and . _ ~ - between slashes")
    if problems:
        raise ConfigError(problems)
    return Options(
        telemetry_path=telemetry_path or "/",
        external_url=external_url,
        route_prefix=prefix,
        max_requests=args.max_requests,
        enable_lifecycle=args.enable_lifecycle,
        timeout_offset=args.timeout_offset,
        shard=args.shard,
    )


def _address(written: str) -> str:
    """An address, or a path alone. Raises ValueError."""
    if not written or written.startswith("/"):
        return _path(written)
    from license_exporter.config.addresses import web_address

    parts = web_address(written)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("holds more than a host, a port and a path")
    return parts.geturl().rstrip("/?#")


def _path(written: str) -> str:
    """A path that begins with a slash and ends in none; "" for the root."""
    written = written.strip("/")
    return f"/{written}" if written else ""
