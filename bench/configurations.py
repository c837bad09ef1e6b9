"""Large configurations: how long they take to be in force, what a reload holds up, their memory."""

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.processes import Server, exporter

TARGETS = 10_000
SHARDS = 5

_MAPPING = {
    "requests": {"license": {"path": "api/license"}},
    "licenses": [{"expiry": "expires"}],
    "pools": [{"name": {"value": "seats"}, "used": "seats.used", "limit": "seats.purchased"}],
}
# Every target is new after the reload, as where a default changes.
_BEFORE, _AFTER = "10s", "20s"


@dataclass(frozen=True, slots=True)
class Reloaded:
    """Seconds: of the reload, of processor time for it, and of the longest /-/healthy meanwhile."""

    wall: float
    processor: float
    longest: float


def mapped(timeout: str = _BEFORE) -> list[dict[str, object]]:
    """Targets that nobody answers, each with a mapping of its own."""
    return [
        {
            "name": f"target-{number}",
            "vendor": "json",
            "as": "acme",
            "url": f"http://127.0.0.1:9/{number}",
            "authorization": {"credentials": "bench"},
            "labels": {"team": f"team-{number % 50}"},
            "timeout": timeout,
            "mapping": _MAPPING | {"product": f"Product {number}"},
        }
        for number in range(TARGETS)
    ]


def started() -> tuple[float, float]:
    """The wall and the processor time until they are in force, in seconds."""
    begin = time.perf_counter()
    with exporter(mapped()) as server:
        return time.perf_counter() - begin, server.processor_time()


def reloaded() -> Reloaded:
    """A reload after which all of them are others."""
    with exporter(mapped(), flags=["--web.enable-lifecycle"]) as server:
        server.configure(mapped(_AFTER))
        other = Server(server.process, server.port)
        latencies: list[float] = []
        ended = threading.Event()
        asking = threading.Thread(target=lambda: latencies.extend(_latencies(other, ended)))
        asking.start()
        begin, processor = time.perf_counter(), server.processor_time()
        server.post("/-/reload")
        wall, processor = time.perf_counter() - begin, server.processor_time() - processor
        ended.set()
        asking.join()
    return Reloaded(wall, processor, max(latencies))


def _latencies(server: Server, ended: threading.Event) -> Iterator[float]:
    while not ended.is_set():
        begin = time.perf_counter()
        server.get("/-/healthy")
        yield time.perf_counter() - begin
        time.sleep(0.002)


def memory(targets: list[dict[str, object]]) -> Mapping[str, int]:
    """The resident size in bytes, once scraped: without targets, of all, of one shard of them."""
    shard = [f"--shard=0/{SHARDS}"]
    sizes = {}
    for name, some, flags in (("none", [], []), ("all", targets, []), ("shard", targets, shard)):
        with exporter(some, flags=flags) as server:
            server.scrape("/metrics")
            sizes[name] = server.memory()
    return sizes
