"""`--config.check`: the configuration file, and what it names."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path

from license_exporter.config import checks
from license_exporter.config.load import load_config
from license_exporter.config.target import Config
from license_exporter.errors import ConfigError
from license_exporter.process.clock import SystemClock
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


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
