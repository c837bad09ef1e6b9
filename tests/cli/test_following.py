import asyncio
import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from license_exporter.cli.following import fingerprint, following


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text("targets: []")
    (tmp_path / "conf.d").mkdir()
    return file


def test_what_is_no_file_or_larger_than_any_is_not_read(file: Path) -> None:
    os.mkfifo(file.parent / "conf.d" / "pipe.yaml")
    with (file.parent / "conf.d" / "vast.yaml").open("wb") as vast:
        vast.truncate(1 << 40)
    assert fingerprint(file, ["conf.d/*.yaml"]) == fingerprint(file, ["conf.d/*.yaml"])


def test_the_fingerprint_is_of_the_contents_of_all_files(file: Path) -> None:
    seen = [fingerprint(file, ["conf.d/*.yaml"])]

    def changed() -> bool:
        seen.append(fingerprint(file, ["conf.d/*.yaml"]))
        return seen[-1] != seen[-2]

    file.write_text("targets: []")
    assert not changed()
    file.write_text("targets: [] ")
    assert changed()
    (file.parent / "conf.d" / "a.yaml").write_text("targets: []")
    assert changed()
    (file.parent / "conf.d" / "a.yaml").rename(file.parent / "conf.d" / "b.yaml")
    assert changed()
    (file.parent / "conf.d" / "c.txt").write_text("targets: []")
    assert not changed()
    (file.parent / "conf.d" / "b.yaml").unlink()
    assert changed()
    file.unlink()
    assert changed()


def test_a_folder_that_is_swapped_by_a_link_is_seen(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text(f"# {name}\ntargets: []")
    (tmp_path / "..data").symlink_to("one")
    file = tmp_path / "config.yaml"
    file.symlink_to("..data/config.yaml")
    before = fingerprint(file, [])
    (tmp_path / "new").symlink_to("two")
    (tmp_path / "new").replace(tmp_path / "..data")
    assert fingerprint(file, []) != before


def test_what_is_no_file_is_not_waited_for(file: Path) -> None:
    os.mkfifo(file.parent / "conf.d" / "a.yaml")
    assert fingerprint(file, ["conf.d/*.yaml"])


class Exporter:
    """An exporter that counts its reloads."""

    def __init__(self) -> None:
        self.config = SimpleNamespace(target_files=("conf.d/*.yaml",))
        self.reloads = 0

    def reload(self) -> asyncio.Task[bool]:
        async def reload() -> bool:
            self.reloads += 1
            return True

        return asyncio.create_task(reload())


async def test_a_change_is_followed_once(file: Path) -> None:
    exporter = Exporter()
    async with following(exporter, file, 0.02):
        await asyncio.sleep(0.2)
        assert exporter.reloads == 0
        (file.parent / "conf.d" / "a.yaml").write_text("targets: []")
        await asyncio.sleep(0.3)
        assert exporter.reloads == 1


async def test_without_an_interval_nothing_is_followed(file: Path) -> None:
    exporter = Exporter()
    async with following(exporter, file, 0.0):
        file.unlink()  # noqa: ASYNC240
        await asyncio.sleep(0.1)
    assert exporter.reloads == 0
