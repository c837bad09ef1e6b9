"""What is risky about a configuration, or probably not meant."""

from collections.abc import Iterator

from license_exporter.config import checks
from license_exporter.config.target import Config


def warnings(config: Config) -> Iterator[str]:
    """What is risky about a configuration, or probably not meant, one line each with its path."""
    from license_exporter.mapping import doubtful_quotes

    yield from checks.warnings(config)
    for target in config.targets:
        for line in doubtful_quotes(target.driver):
            yield f"{target.where}.mapping.{line}"
