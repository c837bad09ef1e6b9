import os
import socket
from pathlib import Path

import pytest

from license_exporter.config import strict_yaml
from license_exporter.config.credentials import Secret, fingerprint
from license_exporter.config.regular_file import SECRET_LIMIT, read_regular
from license_exporter.errors import FetchError


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert read_regular(file, 5) == b"12345"
    with pytest.raises(OSError, match="larger than 4 bytes"):
        read_regular(file, 4)


def test_a_sparse_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "sparse"
    with file.open("wb") as sparse:
        sparse.truncate(1 << 40)
    with pytest.raises(OSError, match="larger than"):
        read_regular(file, SECRET_LIMIT)


def test_what_is_no_regular_file_is_refused_at_once(pipe: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "socket"))
        for path in (pipe, Path("/dev/zero"), tmp_path / "socket", tmp_path):
            with pytest.raises(OSError, match=r".") as refused:
                read_regular(path, 100)
            assert refused.value.strerror


def test_a_secret_in_a_pipe_fails_its_target_with_the_files_name(pipe: Path) -> None:
    with pytest.raises(FetchError, match=r"pipe cannot be read: It is no regular file"):
        Secret(file=pipe).read()
    assert fingerprint([pipe]) == fingerprint([pipe.with_name("none")])


def test_a_target_file_that_is_a_pipe_is_one_problem(pipe: Path) -> None:
    (problem,) = strict_yaml.read_named(pipe).problems
    assert problem.message == "cannot be read: It is no regular file"
