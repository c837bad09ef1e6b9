import os
import time
from pathlib import Path

import pytest

from license_exporter.config.file_stamp import stamp


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    file.write_text("one")
    return file


def test_the_stamp_of_an_unchanged_file_stays(file: Path) -> None:
    before = stamp(file)
    file.read_text()
    assert stamp(file) == before


def test_a_file_of_another_time_or_size_has_another_stamp(file: Path) -> None:
    before = stamp(file)
    os.utime(file, ns=(before[0], before[0] + 1))
    later = stamp(file)
    assert later != before
    file.write_text("three")
    os.utime(file, ns=(later[0], later[0]))
    assert stamp(file) != later


def test_a_file_that_is_written_again_with_its_old_time_and_size_has_another_stamp(
    file: Path,
) -> None:
    before = stamp(file)
    time.sleep(0.02)  # the file system's clock ticks
    file.write_text("two")
    os.utime(file, ns=(before[0], before[0]))
    assert stamp(file) != before


def test_a_file_put_in_its_place_has_another_stamp_even_if_it_is_as_old(file: Path) -> None:
    before = stamp(file)
    other = file.with_suffix(".new")
    other.write_text("two")
    os.utime(other, ns=(before[0], before[0]))
    other.replace(file)
    assert stamp(file) != before


def test_a_file_that_is_gone_has_none(file: Path) -> None:
    file.unlink()
    with pytest.raises(OSError, match="No such file"):
        stamp(file)
