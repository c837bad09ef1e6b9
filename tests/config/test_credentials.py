from pathlib import Path

import pytest

from license_exporter.config.credentials import Secret, fingerprint
from license_exporter.errors import FetchError, Reason


def test_a_secret_in_place_is_read_as_it_is() -> None:
    assert Secret(" hunter2 ").read() == " hunter2 "
    assert Secret("").read() == ""


def test_a_file_is_read_anew_each_time_without_the_white_space_around(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("\n  hunter2 x \r\n")
    secret = Secret(file=file)
    assert secret.read() == "hunter2 x"
    file.write_bytes(b"\xef\xbb\xbfother")
    assert secret.read() == "other"


def test_no_repr_shows_a_secret() -> None:
    assert repr(Secret("hunter2")) == "Secret(<secret>)"
    assert "hunter2" not in f"{Secret('hunter2')}"
    assert repr(Secret(file=Path("/run/secrets/x"))) == "Secret(file='/run/secrets/x')"


def test_secrets_compare_by_value() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret(file=Path("a")) == Secret(file=Path("a"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot be read: No such file or directory"),
        (b" \n", "is empty"),
        (b"\xff\xfehunter2", "is not a text in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_not_shown(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(FetchError) as caught:
        Secret(file=file).read()
    assert caught.value.reason is Reason.CONFIG
    assert caught.value.message == f"{file} {problem}"


def test_the_fingerprint_of_files_changes_with_the_content_of_one_of_them(tmp_path: Path) -> None:
    files = [tmp_path / "user", tmp_path / "password"]
    files[0].write_text("a")
    files[1].write_text("b")
    before = fingerprint(files)
    files[1].write_text("b")
    assert fingerprint(files) == before
    files[1].write_text("c")
    assert fingerprint(files) != before
    files[1].unlink()
    assert fingerprint(files) != before
    assert fingerprint(files[::-1]) != fingerprint(files)
