"""What targets take that run programs: the programs' own time, and what is left of them."""

import stat
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.processes import Server, exporter

_RUNS = 5
_SCRAPES = 1000

_ANSWER = """echo '[{"name": "solver", "used": 3, "limit": 40}]'"""
_SLOW = f"sleep 0.3\n{_ANSWER}"
# Ignores the signal that asks it to end, and has children, as wrappers of license tools do.
_HANGS = "trap '' TERM INT\nsleep 4242 &\nsleep 4242"
_DIES = "sleep 4242 &\nkill -SEGV $$"

_MAPPING = {
    "requests": {"features": {"program": "", "format": "json"}},
    "pools": [{"rows": "@", "name": "name", "used": "used", "limit": "limit"}],
}


@dataclass(frozen=True, slots=True)
class Left:
    """What a process has beside itself: descriptors, zombies, and programs that still run."""

    descriptors: int
    zombies: int
    running: int


def _target(name: str, program: str, **options: object) -> dict[str, object]:
    requests = {"features": {"program": program, "format": "json"}}
    mapping = {**_MAPPING, "requests": requests}
    said = {"name": name, "vendor": "json", "as": "bench", "mapping": mapping}
    return {**said, "min_interval": "0s", **options}


@contextmanager
def _programs(**texts: str) -> Iterator[dict[str, dict[str, object]]]:
    with tempfile.TemporaryDirectory() as folder:
        programs: dict[str, dict[str, object]] = {}
        for name, text in texts.items():
            path = Path(folder) / name
            path.write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
            programs[name] = {"path": str(path), "max_processes": 16}
        yield programs


def slow() -> tuple[float, float, int]:
    """A scrape of 100 targets whose programs take 300 ms: wall time, processor time, memory."""
    with _programs(slow=_SLOW) as programs:
        targets = [_target(f"target-{number}", "slow", timeout="30s") for number in range(100)]
        with exporter(targets, programs) as server:
            scrapes = [server.scrape("/metrics") for _ in range(_RUNS)]
            walls = statistics.median(scrape.wall for scrape in scrapes)
            processor = statistics.median(scrape.processor for scrape in scrapes)
            return walls, processor, server.peak_memory()


def leftovers() -> tuple[Left, Left, int]:
    """What there is beside the process before and after many scrapes, and its memory.

    Of three targets, one hangs in every other scrape and dies in the others.
    """
    hangs_or_dies = f'if [ "$(($(date +%N | cut -c4) % 2))" = 0 ]; then\n{_DIES}\nfi\n{_HANGS}'
    with _programs(good=_ANSWER, fails=hangs_or_dies) as programs:
        targets = [_target("a", "good"), _target("b", "good")]
        targets.append(_target("fails", "fails", timeout="150ms"))
        with exporter(targets, programs) as server:
            server.scrape("/metrics")
            time.sleep(0.5)
            before = _left(server)
            for _ in range(_SCRAPES):
                body = server.get("/metrics?target=a&target=b&target=fails")
                assert body
            time.sleep(0.5)
            return before, _left(server), server.peak_memory()


def _left(server: Server) -> Left:
    children = server.process.children(recursive=True)
    zombies = sum(child.status() == psutil.STATUS_ZOMBIE for child in children)
    running = sum("4242" in (each.info["cmdline"] or ()) for each in _all())
    return Left(server.process.num_fds(), zombies, running)


def _all() -> Iterator[psutil.Process]:
    return psutil.process_iter(["cmdline"])
