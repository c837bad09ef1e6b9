"""Files as a source: what something else wrote there, a scheduled task on a license server, say."""

import asyncio
import os
import stat
import time
from functools import partial
from pathlib import Path

from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document, OutputFile
from license_exporter.process.clock import Clock
from license_exporter.process.human import span
from license_exporter.sources.growing import too_large
from license_exporter.sources.source import (
    LARGE,
    Bring,
    Fetched,
    OnLarge,
    OnStep,
    Step,
    Tag,
    printed,
)
from license_exporter.sources.threads import Calls

# A file that was written to less than this ago, in seconds, may not be whole; it is once it has
# not changed for _STILL.
_YOUNG = 2.0
_STILL = 0.5

# A pipe under the file's name would hold up whoever opens it until somebody writes to it.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class FileSource:
    """Reads documents from files of at most `limit` bytes; `on_step` is told of each."""

    def __init__(self, limit: int, clock: Clock, on_step: OnStep) -> None:
        self._limit = limit
        self._clock = clock
        self._on_step = on_step
        self._stats: Calls[os.stat_result] = Calls("file")
        self._reads: Calls[tuple[bytes, os.stat_result]] = Calls("file")

    async def begin(self, on_large: OnLarge) -> Bring:
        """Begin a fetch, whose documents share nothing here."""
        return partial(self._bring, on_large)

    async def close(self) -> None:
        """Nothing to let go of."""

    async def _bring(
        self, on_large: OnLarge, document: Document, known: Tag | None, _deadline: float
    ) -> Fetched:
        """Read the file of a document.

        Raises FetchError: `timeout` for one that is older than its `max_age`, `config` for one that
        cannot be read, `too_large`.
        """
        assert document.file
        begun = time.perf_counter()
        reason: Reason | None = None
        size = 0
        try:
            body = await self._body(document.file, on_large)
            size = len(body)
            return await printed(document, body, known)
        except FetchError as error:
            reason = error.reason
            raise
        except asyncio.CancelledError:
            reason = Reason.TIMEOUT
            raise
        finally:
            seconds = time.perf_counter() - begun
            self._on_step(Step("read", document.file.path.name, None, reason, size, seconds))

    async def _body(self, file: OutputFile, on_large: OnLarge) -> bytes:
        try:
            while True:
                found = await self._stats.result(file.path, file.path.stat)
                self._check(file, found)
                if found.st_size > LARGE:
                    await on_large(found.st_size)
                body, read = await self._reads.result(
                    file.path, partial(_read, file.path, self._limit)
                )
                is_old = abs(self._clock.time() - found.st_mtime) >= _YOUNG
                if is_old and _written(read) == _written(found):
                    return body
                await asyncio.sleep(_STILL)
                if _written(await self._stats.result(file.path, file.path.stat)) == _written(found):
                    return body
        except FileNotFoundError:
            problem = f"there is no file {file.path}; is it written, and may the exporter see it?"
            raise FetchError(Reason.CONFIG, problem) from None
        except OSError as error:
            problem = f"{file.path} cannot be read: {error.strerror}"
            raise FetchError(Reason.CONFIG, problem) from None

    def _check(self, file: OutputFile, found: os.stat_result) -> None:
        if not stat.S_ISREG(found.st_mode):
            raise FetchError(Reason.CONFIG, f"{file.path} is not a file that can be read")
        if found.st_size > self._limit:
            raise too_large(self._limit)
        age = self._clock.time() - found.st_mtime
        if age > file.max_age:
            # What writes it has not answered in time.
            problem = f"{file.path} was last written {span(age)} ago, and max_age is "
            advice = f"{span(file.max_age)}; see whether what writes it still runs"
            raise FetchError(Reason.TIMEOUT, problem + advice)
        if -age > file.max_age:
            problem = f"{file.path} was written {span(-age)} from now; set the clocks of both sides"
            raise FetchError(Reason.TIMEOUT, problem)


def _written(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path, limit: int) -> tuple[bytes, os.stat_result]:
    """The file's bytes, and what it was after that; blocks.

    Raises OSError, and FetchError `too_large`.
    """
    with open(path, "rb", opener=lambda name, _: os.open(name, _FLAGS)) as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise FetchError(Reason.CONFIG, f"{path} is not a file that can be read")
        body = opened.read(limit + 1)
        read = os.fstat(opened.fileno())
    if len(body) > limit:
        raise too_large(limit)
    return body, read
