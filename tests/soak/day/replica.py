"""A replica with its share of the targets, under bounds of the system, whose log is a pipe."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from tests.e2e.programs import free_port, get, needed, wait_until

# Of the address space, in bytes, and of open files.
MEMORY_LIMIT = 512 * 1024 * 1024
FILES_LIMIT = 128

# What must not stand in a log.
_ALARMING = ("Traceback", "level=ERROR source=asyncio", "reason=internal", "MemoryError")
_KEPT = 10
# A log of which so many bytes wait is full; its reader stops after so many lines, for so long.
_PIPE = 4096
_LINES = 100
_STOPS = 5.0
# A child that has ended keeps the number of its group until a busy loop comes to reap it.
_REAPED = 5.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a replica has at a moment; `memory` is in bytes."""

    memory: int
    files: int
    children: int


class Log(threading.Thread):
    """Reads a log to its end; it stops now and then, until the pipe is full."""

    def __init__(self, pipe: IO[bytes], secrets: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.lines = 0
        self.stops = 0
        self.alarming: list[str] = []
        self._pipe = pipe
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
        self._ending = threading.Event()
        self._words = (*_ALARMING, *secrets)

    def run(self) -> None:
        for line in self._pipe:
            text = line.decode(errors="replace")
            self.lines += 1
            if any(word in text for word in self._words) and len(self.alarming) < _KEPT:
                self.alarming.append(text.strip())
            if self.lines % _LINES == 0 and not self._ending.wait(_STOPS):
                self.stops += 1

    def end(self) -> None:
        """Do not stop any more: the pipe has been closed, or is about to be."""
        self._ending.set()
        self.join(10)


class Replica:
    """A process of the exporter, and what is seen of it."""

    def __init__(self, number: int, process: subprocess.Popen[bytes], url: str, log: Log) -> None:
        self.number = number
        self.url = url
        self.log = log
        self.process = psutil.Process(process.pid)
        self.looks: list[Look] = []
        self._popen = process
        # Since when children are dead.
        self._dead: dict[int, float] = {}

    def look(self) -> Sequence[str]:
        """Look at it; gives what is wrong: a child that has been dead for too long."""
        self.looks.append(self.now)
        now = time.monotonic()
        self._dead = {
            child.pid: self._dead.get(child.pid, now) for child in self.children if _is_dead(child)
        }
        return [
            f"the dead child {pid} is not reaped"
            for pid, since in self._dead.items()
            if now - since > _REAPED
        ]

    @property
    def children(self) -> Sequence[psutil.Process]:
        return list(self.process.children(recursive=True))

    @property
    def now(self) -> Look:
        return Look(self.process.memory_info().rss, self.process.num_fds(), len(self.children))

    def end(self) -> int:
        """End it as an init system does; gives its exit code."""
        self._popen.terminate()
        code = self._popen.wait(30)
        self.log.end()
        return code


@contextmanager
def running(
    number: int, count: int, config: Path, folder: Path, secrets: Sequence[str]
) -> Iterator[Replica]:
    """A replica, from when it answers to the end of the context; `folder` is for what it keeps."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        *(needed("prlimit"), f"--as={MEMORY_LIMIT}", f"--nofile={FILES_LIMIT}"),
        *(sys.executable, "-m", "license_exporter", f"--config.file={config}"),
        *(f"--shard={number}/{count}", f"--web.listen-address=127.0.0.1:{port}"),
        *("--web.enable-lifecycle", "--log.level=debug"),
    ]
    environ = {**os.environ, "TMPDIR": str(folder)}
    process = subprocess.Popen(
        command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout
    log = Log(process.stdout, secrets)
    log.start()
    try:
        wait_until(lambda: get(f"{url}/-/healthy"), what="a replica answers")
        yield Replica(number, process, url, log)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def running_of(folder: Path) -> Sequence[str]:
    """The processes in whose command lines a folder stands, and these."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = " ".join(process.cmdline())
            if str(folder) in words:
                found.append(f"{process.pid}: {words}")
    return found


def files_in(folder: Path) -> Sequence[str]:
    return [file.name for file in folder.iterdir()]


def is_alive(process: psutil.Process) -> bool:
    """Whether it runs; what waits for an heir to reap it does not."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


def _is_dead(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    return False
