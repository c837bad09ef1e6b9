"""`--config.check`: the configuration file and all that it names, with every problem at once."""

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from license_exporter.config import checks, strict_yaml
from license_exporter.config.environment import Elsewhere
from license_exporter.config.load import examine
from license_exporter.config.positions import Positions
from license_exporter.config.regular_file import read_regular
from license_exporter.config.target import Config, Target
from license_exporter.errors import ConfigError, FetchError
from license_exporter.process.clock import SystemClock
from license_exporter.vendors.registry import find_vendors

# What stands before the path in a problem of a target file.
_PROBLEM = re.compile(r"(?:(?P<file>.+?): )?(?P<path>targets\[\d+\][^:\s]*)(?::|\s)")


def check(args: Namespace, environ: Mapping[str, str]) -> int:
    """Check the configuration file, what it names, and the web config file.

    With `syntax_only`, neither secrets nor programs are needed, and no variable has to be set.
    Raises ConfigError with all that is wrong.
    """
    file = Path(args.config_file)
    variables = Elsewhere(environ) if args.syntax_only else environ
    config, problems = examine(file, variables, find_vendors())
    problems += _of_web_config(args)
    for warning in (*checks.warnings(config), *checks.ended(config, SystemClock().time())):
        _say(f"warning: {warning}")
    if not args.syntax_only:
        problems += [
            *checks.missing_secrets(config),
            *_unusable_programs(config),
            *_unusable_keys(config),
        ]
    if problems:
        raise ConfigError(list(_with_positions(problems, file)))
    without = ", but for secrets and programs" if args.syntax_only else ""
    sys.stdout.write(f"{args.config_file} is good{without}; targets: {len(config.targets)}\n")
    return 0


def _of_web_config(args: Namespace) -> list[str]:
    if not args.web_config:
        return []
    from license_exporter.web.config import examine_web_config
    from license_exporter.web.tls import server_context, unreadable

    examined = examine_web_config(Path(args.web_config))
    tls = examined.config.tls_server_config
    if args.syntax_only:
        return examined.problems
    if not (examined.tls_is_good and tls.enabled):
        return [*examined.problems, *unreadable(tls)]
    try:
        server_context(tls)
    except ConfigError as error:
        return [*examined.problems, *error.problems]
    return examined.problems


def _unusable_programs(config: Config) -> Iterator[str]:
    """The programs that cannot be run, as far as their files tell, one line each."""
    from license_exporter.sources.programs.explain import obstacle

    for name, program in config.programs.items():
        if problem := obstacle(program.path):
            yield f"programs.{name}: {problem}"


def _unusable_keys(config: Config) -> Iterator[str]:
    """The certificates and keys that are there and cannot be used, one line each."""
    for target in config.targets:
        for option, use in _uses(target):
            files = [file for path, file in target.files() if path.startswith(option)]
            if not all(map(checks.is_provided, files)):
                continue  # it is told that they are missing
            try:
                use()
            except FetchError as error:
                yield f"{target.where}.{option}: {error.message}"


def _uses(target: Target) -> Iterator[tuple[str, Callable[[], object]]]:
    """What a target uses certificates and keys for, by its options."""
    blocks = {"tls_config": target.tls_config}
    if target.oauth2:
        blocks["oauth2.tls_config"] = target.oauth2.tls_config
    for option, block in blocks.items():
        if block.secret("ca") or block.secret("cert"):
            from license_exporter.sources.http.tls import make_context

            yield option, partial(make_context, block)
    if target.rsa_admin_key or target.rsa_oauth:
        from license_exporter.auth.rsa import check_admin_key, check_jwk

        if target.rsa_admin_key:
            yield "rsa_admin_key", partial(check_admin_key, target.rsa_admin_key)
        if target.rsa_oauth:
            yield "rsa_oauth", partial(check_jwk, target.rsa_oauth)


def _with_positions(problems: Iterable[str], main: Path) -> Iterator[str]:
    """The problems, those of targets with the name of the target and the line of the file."""
    known: dict[str, Positions] = {}
    for problem in problems:
        place = _PROBLEM.match(problem)
        if place is None:
            yield problem
            continue
        file = place["file"] or ""
        if file not in known:
            try:
                path = main.parent / file if file else main
                known[file] = Positions(read_regular(path, strict_yaml.LARGEST))
            except OSError:
                known[file] = Positions(b"")
        position = known[file].of(place["path"])
        if position is None:
            yield problem
        else:
            name = f"target {position.target}, " if position.target else ""
            yield f"{problem} ({name}line {position.line})"


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
