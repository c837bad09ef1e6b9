"""One run of a program, from its start until nothing is left of it. POSIX only.

The program leads a process group of its own, which is killed whole. It is reaped only after that:
until then its process id, which is the group's too, cannot become another one's.
"""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import BinaryIO

_PIECE = 64 * 1024
# Once the program has ended, so much more is read of what is left in a pipe, which holds no more:
# somebody who has escaped the group may go on writing.
_LEFT_PIECES = 16

# How often it is seen whether a program has ended where the system does not tell, in seconds.
_POLL = 0.05
# How often, and how many times, it is seen whether the killed members of a group can be reaped.
_REAP = 0.01
_REAPS = 100


class Child:
    """A program that runs.

    `words` are the program and its arguments, `environment` is all of its variables, `input` what
    stands on its standard input. It inherits nothing else. Raises OSError if it cannot be started.
    """

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], input: str = ""
    ) -> None:
        with _stdin(input) as stdin:
            self._process = subprocess.Popen(  # noqa: S603 - without a shell
                words,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                cwd="/",
                bufsize=0,
                close_fds=True,
                start_new_session=True,
            )
        assert self._process.stdout
        assert self._process.stderr
        self._stdout = self._process.stdout.fileno()
        self._stderr = self._process.stderr.fileno()
        for pipe in (self._stdout, self._stderr):
            os.set_blocking(pipe, False)
        self._left = {self._stdout: _LEFT_PIECES, self._stderr: _LEFT_PIECES}
        self._waiting: set[asyncio.Future[None]] = set()
        self._ended = asyncio.get_running_loop().create_task(self._end())
        self._ended.add_done_callback(self._wake)

    @property
    def pid(self) -> int:
        """The process id, which is the group's too."""
        return self._process.pid

    async def read(self) -> bytes:
        """What comes next on standard output; b"" at its end."""
        return await self._read(self._stdout)

    async def read_errors(self) -> bytes:
        """What comes next on standard error; b"" at its end."""
        return await self._read(self._stderr)

    async def end(self) -> int:
        """Wait until the program has ended, whoever it has left behind.

        Gives its exit code, or the signal that ended it as a negative number.
        """
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        """Kill the whole group, and let go of the pipes; to be followed by `reap`."""
        self._kill_group()
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe
            pipe.close()

    async def reap(self) -> None:
        """Leave no zombie of a group that is killed."""
        await self.end()
        self._process.wait()
        for _ in range(_REAPS):
            # As process 1 of a container, the exporter is the parent of whoever is left.
            try:
                while os.waitpid(-self._process.pid, os.WNOHANG)[0]:  # noqa: ASYNC222 - at once
                    pass
            except ChildProcessError:
                return
            await asyncio.sleep(_REAP)

    async def _end(self) -> int:
        """Wait for the end of the program, which stays to be reaped; gives its exit code."""
        if sys.platform == "linux":
            # An old kernel, or a container's rules, may not have it.
            with suppress(OSError):
                descriptor = os.pidfd_open(self._process.pid)
                try:
                    await _readable(descriptor)
                finally:
                    os.close(descriptor)
        while (code := self._code()) is None:  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(_POLL)
        return code

    def _code(self) -> int | None:
        """The exit code, None while the program runs."""
        if not hasattr(os, "waitid"):
            return self._process.poll()
        ended = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def _wake(self, _: object) -> None:
        # Whoever the program has left behind keeps its pipes open.
        self._kill_group()
        for woken in self._waiting:
            _set(woken)

    def _kill_group(self) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _read(self, pipe: int) -> bytes:
        while True:
            if self._ended.done():
                self._left[pipe] -= 1
                if self._left[pipe] < 0:
                    return b""
            try:
                return os.read(pipe, _PIECE)
            except BlockingIOError:
                if self._ended.done():
                    return b""
            woken = asyncio.get_running_loop().create_future()
            self._waiting.add(woken)
            try:
                await _readable(pipe, woken)
            finally:
                self._waiting.discard(woken)


def _stdin(input: str) -> BinaryIO:
    """What a program reads: a file, which needs nobody to write it meanwhile."""
    if not input:
        return open(os.devnull, "rb")  # noqa: PTH123 - closed by the caller
    file: BinaryIO
    if sys.platform == "linux":
        file = open(os.memfd_create("input"), "w+b")  # noqa: PTH123, SIM115 - as above
    else:
        file = tempfile.TemporaryFile("w+b")  # noqa: SIM115 - as above
    file.write(input.encode())
    file.seek(0)
    return file


async def _readable(descriptor: int, woken: "asyncio.Future[None] | None" = None) -> None:
    """Wait until there is something to read, or somebody wakes the future."""
    loop = asyncio.get_running_loop()
    woken = loop.create_future() if woken is None else woken
    loop.add_reader(descriptor, _set, woken)
    try:
        await woken
    finally:
        loop.remove_reader(descriptor)


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)
