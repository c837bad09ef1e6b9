from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, ValidationError

from license_exporter.config.credentials import Secret
from license_exporter.config.options import (
    SHOWN,
    File,
    HeaderSecret,
    InlineSecret,
    Options,
    PairFile,
    PossiblyEmptySecret,
    RequiredPairFile,
    annotations,
    writer,
)
from license_exporter.config.values import Date, Duration, Text


class Block(Options):
    optional: InlineSecret | None = None
    optional_file: PairFile = Field(default=None, validate_default=True)
    required: Text | None = None
    required_file: RequiredPairFile = Field(default=None, validate_default=True)


def errors(**said: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        Block.model_validate(said)
    return {str(e["loc"][0]): str(e["ctx"]["error"]) for e in caught.value.errors()}


def test_a_pair_is_one_secret() -> None:
    assert Block(required="x").secret("required") == Secret("x")
    assert Block(required="x").secret("optional") is None
    block = Block.model_validate({"required": "x", "optional": "y"})
    assert block.secret("optional") == Secret("y")
    files = Block.model_validate({"required_file": "a", "optional_file": "/b"})
    assert files.secret("required") == Secret(file=Path("a"))
    assert files.secret("optional") == Secret(file=Path("/b"))


def test_a_pair_is_given_once() -> None:
    assert errors(optional="a", optional_file="b", required="c", required_file="d") == {
        "optional_file": "stands beside optional: keep one of the two",
        "required_file": "stands beside required: keep one of the two",
    }
    assert errors() == {"required_file": "is missing: give required or required_file"}


def test_a_pair_of_which_one_cannot_be_read_is_not_missing() -> None:
    assert errors(required=[]) == {"required": "must be a text"}


def test_a_block_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Block(required="x").required = "y"  # type: ignore[misc]


def test_no_error_of_a_block_shows_what_was_said() -> None:
    with pytest.raises(ValidationError) as caught:
        Block.model_validate({"required": ["hunter2"], "unknown": "hunter2"})
    assert "hunter2" not in str(caught.value)


class Secrets(Options):
    inline: InlineSecret | None = None
    empty: PossiblyEmptySecret | None = None
    header: HeaderSecret | None = None
    file: File | None = None


def test_only_a_password_can_be_empty() -> None:
    assert Secrets.model_validate({"empty": ""}).empty == Secret("")
    for name in ("inline", "header", "file"):
        with pytest.raises(ValidationError, match="is empty"):
            Secrets.model_validate({name: " "})


def test_what_goes_into_a_header_is_one_line() -> None:
    assert Secrets.model_validate({"header": " a\tb\n"}).header == Secret("a\tb")
    for written in ("a\nb", "a\rb", "a\0b", "a\x7fb"):
        with pytest.raises(ValidationError, match="holds a line break or another control char"):
            Secrets.model_validate({"header": written})


def test_relative_paths_start_at_the_folder_of_the_context() -> None:
    context = {"folder": Path("/etc/license_exporter")}
    relative = Secrets.model_validate({"file": "secrets/x"}, context=context)
    absolute = Secrets.model_validate({"file": "/run/secrets/x"}, context=context)
    assert relative.file == Path("/etc/license_exporter/secrets/x")
    assert absolute.file == Path("/run/secrets/x")


class Marked(Options):
    plain: Text = "x"
    shown: Annotated[Text | None, SHOWN] = None
    timeout: Duration = 90.0
    expiry: Date | None = None


def test_marks_are_found_beside_none_too() -> None:
    fields = Marked.model_fields
    assert SHOWN in annotations(fields["shown"])
    assert SHOWN not in annotations(fields["plain"])
    assert writer(annotations(fields["plain"])) is None
    write_duration = writer(annotations(fields["timeout"]))
    write_date = writer(annotations(fields["expiry"]))
    assert write_duration is not None
    assert write_date is not None
    assert write_duration(90.0) == "1m30s"
    assert write_date(0.0) == "1970-01-01"
