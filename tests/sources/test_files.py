"""Files that something else writes, as a source."""

import asyncio
import os
from pathlib import Path

import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document, OutputFile
from license_exporter.sources import files
from license_exporter.sources.files import FileSource
from tests.fakes import FakeClock

NOW = 1_700_000_000.0


def document(path, **options):
    return Document("licenses", file=OutputFile(Path(path), 600.0), format="text", **options)


def written(path, body=b"licenses\n", age=60.0):
    path.write_bytes(body)
    os.utime(path, (NOW - age, NOW - age))
    return path


async def bring(path, steps=None, limit=1000, known=None, **options):
    source = FileSource(limit, FakeClock(NOW), (steps if steps is not None else []).append)

    async def room():
        pass

    async with asyncio.timeout(5):
        return await (await source.begin(room))(document(path, **options), known, 0.0)


async def failure(path, **options):
    with pytest.raises(FetchError) as caught:
        await bring(path, **options)
    return caught.value


async def test_what_stands_in_a_file_is_the_document(tmp_path):
    steps = []
    fetched = await bring(written(tmp_path / "lmstat.txt"), steps)
    assert (fetched.body, fetched.size) == (b"licenses\n", 9)
    (step,) = steps
    assert (step.method, step.path, step.reason, step.size) == ("read", "lmstat.txt", None, 9)


async def test_an_older_file_is_down_with_its_age(tmp_path):
    path = written(tmp_path / "lmstat.txt", age=3 * 3600)
    error = await failure(path)
    assert error.reason == Reason.TIMEOUT
    assert error.message == (
        f"{path} was last written 3 h ago, and max_age is 10 min; "
        "see whether what writes it still runs"
    )


async def test_a_file_from_a_future_that_would_never_get_old_is_down(tmp_path):
    error = await failure(written(tmp_path / "lmstat.txt", age=-86400 * 3))
    assert error.reason == Reason.TIMEOUT
    assert "3 days from now" in error.message


async def test_a_file_of_a_clock_that_is_a_little_fast_is_read(tmp_path):
    assert (await bring(written(tmp_path / "lmstat.txt", age=-60))).body == b"licenses\n"


async def test_a_file_that_is_being_written_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_STILL", 0.1)
    path = written(tmp_path / "lmstat.txt", b"half", age=0.0)

    async def finish():
        await asyncio.sleep(0.05)
        written(path, b"licenses\n", age=-0.2)

    task = asyncio.create_task(finish())
    assert (await bring(path)).body == b"licenses\n"
    await task


async def test_a_file_that_is_written_anew_between_two_looks_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_STILL", 0.1)
    path = written(tmp_path / "lmstat.txt")
    look = Path.stat
    finishing = []

    async def finish():
        await asyncio.sleep(0.05)
        written(path, b"licenses, new\n", age=0.0)

    def begins_after(looked_at, **options):
        found = look(looked_at, **options)
        if not finishing:
            written(path, b"half", age=0.0)
            finishing.append(asyncio.run_coroutine_threadsafe(finish(), loop))
        return found

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(Path, "stat", begins_after)
    assert (await bring(path)).body == b"licenses, new\n"


async def test_a_missing_file_and_one_that_may_not_be_read_are_told(tmp_path):
    error = await failure(tmp_path / "none")
    assert error.reason == Reason.CONFIG
    assert error.message.startswith(f"there is no file {tmp_path}/none")
    error = await failure(tmp_path / ("n" * 300))
    assert (error.reason, "cannot be read" in error.message) == (Reason.CONFIG, True)


async def test_what_is_no_regular_file_is_neither_read_nor_waited_for(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    os.utime(pipe, (NOW, NOW))
    for path in (pipe, tmp_path, Path("/dev/zero")):
        assert (await failure(path)).reason == Reason.CONFIG


async def test_a_file_over_the_limit_is_not_read(tmp_path):
    error = await failure(written(tmp_path / "large", bytes(1001)))
    assert error.reason == Reason.TOO_LARGE


async def test_an_error_that_was_written_there_is_one(tmp_path):
    def refused(text):
        return FetchError(Reason.CONNECT, "down") if text == "down\n" else None

    path = written(tmp_path / "lmstat.txt", b"down\r\n")
    assert (await failure(path, refusal=refused)).reason == Reason.CONNECT
