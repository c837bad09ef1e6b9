"""`probe --draft`: a mapping to start from, of a target's answer or of what a file holds."""

import errno
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from license_exporter.config.credentials import MASK
from license_exporter.config.masking import shown
from license_exporter.config.regular_file import read_regular
from license_exporter.config.target import Target
from license_exporter.errors import ConfigError, FetchError
from license_exporter.formats.decoding import decoder
from license_exporter.mapping.draft import Draft, draft
from license_exporter.mapping.parser import Parser
from license_exporter.mapping.requests import Request
from license_exporter.mapping.spec import SECTIONS
from license_exporter.model.answer import Answer
from license_exporter.model.vendor import Document, Format

_LIMIT = 64 * 1024**2
_STDIN = "-"
_FORMATS: dict[str, Format] = {".xml": "xml", ".csv": "csv"}
_NOTHING = (
    "nothing is recognised: no name and value of the answer says how much is used, how much is "
    "entitled or what ends when; docs/mapping.md tells how to write a mapping\n"
)


def is_file(name: str | None, config: str) -> bool:
    """Whether what stands in the place of a target's name is a file, or standard input.

    Raises ConfigError where it is none, and there is no configuration file with targets.
    """
    if name is None:
        return False
    known = name == _STDIN or Path(name).is_file()
    if not known and not Path(config).exists():
        raise ConfigError([f"there is no file {name}, and no {config} with a target"])
    return known


def draft_of_file(name: str, format: Format | None) -> int:
    """Print what is drafted of a file; the result is the exit code. Raises ConfigError."""
    try:
        body = _read(name)
    except OSError as error:
        raise ConfigError([f"{name} cannot be read: {error.strerror}"]) from None
    request = "answer" if name == _STDIN else Path(name).stem
    known = format or _FORMATS.get(Path(name).suffix.lower(), "json")
    try:
        document = decoder(Document(request, format=known), media_type="", charset="")(body)
    except FetchError as error:
        sys.stderr.write(f"{name}: {error.message}\n")
        return 1
    options = {} if known == "json" else {"format": known}
    made = draft({request: document}, {request: options})
    if not made.row_sets:
        _tell_nothing(made)
        return 1
    note = (
        "# The request's name is its path behind the target's url, unless it says another `path`.\n"
    )
    sys.stdout.write(note + made.text())
    return 0


def _read(name: str) -> bytes:
    """The content of a file, or of standard input. Raises OSError."""
    if name != _STDIN:
        return read_regular(Path(name), _LIMIT)
    content = sys.stdin.buffer.read(_LIMIT + 1)
    if len(content) > _LIMIT:
        raise OSError(errno.EFBIG, f"It is larger than {_LIMIT:,} bytes", name)
    return content


def refuse_python(target: Target) -> None:
    """Raise ConfigError for a target whose vendor is no mapping."""
    if not isinstance(target.driver.parse, Parser):
        problem = f"--draft is for mappings, and {target.driver.name} is written in Python"
        raise ConfigError([f"{problem}; a target of vendor json can ask for the same path"])


def draft_of_target(target: Target, answer: Answer) -> Iterator[str]:
    """The text of what is drafted of a target's answer, if anything is."""
    parser = target.driver.parse
    assert isinstance(parser, Parser), "refuse_python was asked"
    told = {name: _shown(request) for name, request in parser.mapping.requests.items()}
    paged = frozenset(document.name for document in parser.documents if document.paging)
    made = draft(answer.documents, {name: each for name, (each, _) in told.items()}, paged)
    if not made.row_sets:
        _tell_nothing(made)
        return
    hidden = {name: left for name, (_, left) in told.items() if left}
    yield "".join(_notes(parser, hidden)) + made.text()


def _tell_nothing(made: Draft) -> None:
    """Say that nothing was drafted, and what there is all the same."""
    sys.stderr.write(_NOTHING + "".join(f"left out: {line}\n" for line in made.left_out))


def _shown(request: Request) -> tuple[dict[str, object], list[str]]:
    """A request as it is written, without what may be a secret, of which the keys are told."""
    given = shown(request)
    hidden = [key for key, value in given.items() if _hides(value)]
    return {key: value for key, value in given.items() if key not in hidden}, hidden


def _hides(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_hides, value.values()))
    if isinstance(value, list):
        return any(map(_hides, value))
    return bool(value == MASK)


def _notes(parser: Parser, hidden: dict[str, list[str]]) -> Iterator[str]:
    """What of the target's own mapping is to be kept beside the draft."""
    given = parser.mapping.model_fields_set - {*SECTIONS, "requests"}
    if given:
        yield f"# Keep what your mapping has beside this: {', '.join(sorted(given))}\n"
    for name, keys in hidden.items():
        yield f"# Keep what your request {name} has beside this: {', '.join(keys)}\n"
