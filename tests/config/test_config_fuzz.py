"""Any edit of a configuration file is read, or refused in plain words, and shows no secret."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.config import strict_yaml
from license_exporter.config.checks import missing_secrets, warnings
from license_exporter.config.load import load_config
from license_exporter.config.masking import masked
from license_exporter.errors import ConfigError
from tests.config.vendors import VENDORS
from tests.fuzz import REMOVED, REPLACEMENTS, edited, edits, fuzz, paths

FULL = Path(__file__).parent / "fixtures/full.yaml"
SAID = strict_yaml.read(FULL, {"FROM_ENVIRONMENT": "hunter2"}).value
PATHS = [path for path in paths(SAID) if path]


def outcome(content: bytes, folder: Path) -> str:
    """All that is shown of a file: its problems, or the configuration with what to tell of it."""
    path = folder / "config.yaml"
    path.write_bytes(content)
    try:
        config = load_config(path, {}, VENDORS)
    except ConfigError as error:
        assert error.problems
        assert all(problem.isprintable() for problem in error.problems), error.problems
        return str(error)
    shown = masked(config)
    assert strict_yaml.parse(shown.encode()).problems == []
    return "\n".join([shown, *warnings(config), *missing_secrets(config)])


def yaml_of(said: Any) -> bytes:
    return yaml.dump(said, allow_unicode=False).encode()


@fuzz
@given(path=st.sampled_from(PATHS), replacement=st.sampled_from([REMOVED, *REPLACEMENTS]))
def test_an_option_of_another_value_shows_no_secret(
    path: tuple[str | int, ...], replacement: Any, tmp_path: Path
) -> None:
    assert "hunter2" not in outcome(yaml_of(edited(SAID, path, replacement)), tmp_path)


@fuzz
@given(said=edits(SAID))
def test_any_edit_is_read_or_refused_in_plain_words(said: Any, tmp_path: Path) -> None:
    outcome(yaml_of(said), tmp_path)


@fuzz
@given(
    at=st.integers(0, len(FULL.read_bytes())),
    length=st.integers(0, 20),
    put=st.binary(max_size=5) | st.sampled_from([b"&a ", b"*a", b"<<: ", b"${", b"!!x ", b"\t"]),
)
def test_any_bytes_are_read_or_refused_in_plain_words(
    at: int, length: int, put: bytes, tmp_path: Path
) -> None:
    content = FULL.read_bytes()
    outcome(content[:at] + put + content[at + length :], tmp_path)
