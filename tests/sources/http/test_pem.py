import os
import tempfile
from pathlib import Path

import pytest

from license_exporter.sources.http.pem import pem_file

LOCKED = 0o600


def test_the_text_can_be_read_in_the_block_and_is_gone_after_it() -> None:
    with pem_file("key") as path:
        assert Path(path).read_text() == "key"
        assert Path(path).read_text() == "key"
    assert not Path(path).exists()


def test_without_files_in_memory_a_locked_one_on_disk_serves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pem_file("key") as path:
        assert Path(path).read_text() == "key"
        assert Path(path).stat().st_mode & 0o777 == LOCKED
    assert list(tmp_path.iterdir()) == []
