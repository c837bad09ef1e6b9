"""`python -m bench [--json-exporter PATH] [NAME ...]` prints a table of what was measured.

Each figure is the median of several runs, and each comparison is made with figures of one run.
"""

import argparse
import datetime
import gc
import itertools
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest

from bench import configurations, managers, programs
from bench.processes import Scrape, Server, exporter, fixture_server, json_exporter
from license_exporter.exposition import families
from license_exporter.exposition.rendering import render
from license_exporter.exposition.text import encode

_RUNS = 7
_PREPARED = 3.0  # seconds after a start


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    figure: str
    aim: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a measurement needs: the fixture server's address, and other exporters' binaries."""

    origin: str
    json_exporter: str | None
    flexlm_exporter: str | None = None


def _target(name: str, vendor: str, url: str, **options: object) -> dict[str, object]:
    # As long as tokens are: what is looked for in answers follows from it.
    authorization = {"credentials": "a-token-of-the-benchmark-that-is-long"}
    return {
        "name": name,
        "vendor": vendor,
        "url": url,
        "authorization": authorization,
        "min_interval": "0s",
        "timeout": "2m",
        **options,
    }


def _locations_target(setting: Setting, kind: str, count: int) -> dict[str, object]:
    return _target(
        "big",
        "enterprise_recon",
        f"{setting.origin}/{kind}/locations/{count}",
        max_locations=0,
        sample_limit=2 * count + 1000,
        exposition_size_limit="1GB",
        body_size_limit="1GB",
    )


def _small_targets(setting: Setting, kind: str, count: int) -> list[dict[str, object]]:
    return [
        _target(f"target-{number}", "seerbox", f"{setting.origin}/{kind}/small/{number}")
        for number in range(count)
    ]


def _measured(server: Server, *paths: str) -> Scrape:
    """The medians of several runs, after one that opens connections."""
    server.scrape(*paths)
    return _median([server.scrape(*paths) for _ in range(_RUNS)])


def _median(scrapes: Sequence[Scrape]) -> Scrape:
    return Scrape(
        statistics.median(scrape.wall for scrape in scrapes),
        statistics.median(scrape.processor for scrape in scrapes),
        scrapes[-1].samples,
    )


def _median_time(function: Callable[[], object]) -> float:
    times = []
    for _ in range(_RUNS):
        gc.collect()
        begin = time.perf_counter()
        function()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def big_document(setting: Setting) -> Iterator[Row]:
    """(a) One target of 100,000 locations."""
    count = 100_000
    walls = {}
    for kind, word, aim in (("changing", "new", "0.45 s"), ("same", "unchanged", "")):
        with exporter([_locations_target(setting, kind, count)]) as server:
            scrape = _measured(server, "/metrics")
            peak = server.peak_memory()
        walls[kind] = scrape.wall
        yield Row(f"{count:,} locations, {word}: wall time", f"{scrape.wall:.3f} s", aim)
        yield Row(f"{count:,} locations, {word}: processor time", f"{scrape.processor:.2f} s")
        yield Row(f"{count:,} locations, {word}: peak memory", _mb(peak), "250 MB")
    yield Row(
        "new answer / unchanged answer: wall time", f"{walls['changing'] / walls['same']:.1f}"
    )
    if setting.json_exporter:
        with json_exporter(setting.json_exporter) as server:
            url = f"{setting.origin}/changing/locations/{count}/v1/licenses"
            other = _measured(server, f"/probe?module=locations&target={url}")
            peak = server.peak_memory()
        yield Row("json_exporter: wall time, peak memory", f"{other.wall:.2f} s, {_mb(peak)}")
        yield Row("json_exporter / new", f"{other.wall / walls['changing']:.1f}", "8")
        yield Row("json_exporter / unchanged", f"{other.wall / walls['same']:.1f}", "80")


def renderer(setting: Setting) -> Iterator[Row]:
    """The encoder beside prometheus_client's, from the same rows to the same bytes."""
    count = 100_000
    rows = {
        ("server", "bytes", f"server-{number:07}.example.com:/srv/data", "File path"): float(
            1_000_000_007 * (number % 997 + 1)
        )
        for number in range(count)
    }

    def encoded() -> bytes:
        blocks = encode({families.LOCATION_USED: rows}, "big", "enterprise_recon")
        return b"".join(chunk.text for chunk in render([blocks], openmetrics=False))

    def library() -> bytes:
        return generate_latest(_Collector(rows))

    assert encoded() == library()
    own, other = _median_time(encoded), _median_time(library)
    yield Row(f"encoder: {count:,} samples", f"{own:.3f} s")
    yield Row(f"prometheus_client: {count:,} samples", f"{other:.3f} s")
    yield Row("prometheus_client / encoder", f"{other / own:.1f}")


class _Collector:
    """The same rows as a family of the client library."""

    def __init__(self, rows: dict[tuple[str, ...], float]) -> None:
        self._rows = rows

    def collect(self) -> list[Metric]:
        family = families.LOCATION_USED
        labels = ("target", "vendor", *family.labels)
        metric = GaugeMetricFamily(family.name, family.help, labels=labels)
        for values, value in self._rows.items():
            metric.add_metric(("big", "enterprise_recon", *values), value)
        return [metric]


def small_documents(setting: Setting) -> Iterator[Row]:
    """(b) 1,000 small targets in one scrape."""
    count = 1000
    per_target = {}
    for kind, word, aim in (("changing", "new", "0.28 ms"), ("same", "unchanged", "0.17 ms")):
        with exporter(_small_targets(setting, kind, count)) as server:
            scrape = _measured(server, "/metrics")
            peak = server.peak_memory()
        per_target[kind] = scrape.processor / count
        name = f"{count:,} small targets, {word}"
        yield Row(f"{name}: processor time a target", _ms(per_target[kind]), aim)
        yield Row(f"{name}: wall time", f"{scrape.wall:.3f} s")
        yield Row(f"{name}: samples, peak memory", f"{scrape.samples:,}, {_mb(peak)}")
    if setting.json_exporter:
        with json_exporter(setting.json_exporter) as server:
            probes = [
                f"/probe?module=small&target={setting.origin}/changing/small/{number}/api/v1/license"
                for number in range(count)
            ]
            other = _measured(server, *probes).processor / count
        yield Row("json_exporter: processor time a target", _ms(other))
        yield Row("json_exporter / new", f"{other / per_target['changing']:.1f}", "2")


def many_targets(setting: Setting) -> Iterator[Row]:
    """10,000 small targets in one process."""
    count = 10_000
    with exporter(_small_targets(setting, "same", count)) as server:
        server.scrape("/metrics")
        scrape = _median([server.scrape("/metrics") for _ in range(3)])
        peak = server.peak_memory()
    name = f"{count:,} small targets, unchanged"
    yield Row(f"{name}: wall time", f"{scrape.wall:.2f} s", "3 s")
    yield Row(f"{name}: processor time", f"{scrape.processor:.2f} s")
    yield Row(f"{name}: samples, peak memory", f"{scrape.samples:,}, {_mb(peak)}", "450 MB")


def slow_targets(setting: Setting) -> Iterator[Row]:
    """1,000 targets that answer after 0.3 s."""
    with exporter(_small_targets(setting, "slow", 1000)) as server:
        scrape = _measured(server, "/metrics")
    yield Row("1,000 targets that answer after 0.3 s: wall time", f"{scrape.wall:.2f} s", "0.9 s")


def growth(setting: Setting) -> Iterator[Row]:
    """(c) More targets, more locations.

    A scrape costs something whatever there is to scrape: what grows is the rest.
    """
    sizes = (1, 10, 100, 1000, 3000)
    grown = _grown({count: _small_targets(setting, "changing", count) for count in sizes})
    for count, (scrape, _) in grown.items():
        yield Row(f"{count:,} targets: processor time", _ms(scrape.processor))
    for fewer, more in itertools.pairwise(sizes):
        further = (grown[more][0].processor - grown[fewer][0].processor) / (more - fewer)
        yield Row(f"each target from {fewer:,} to {more:,}: processor time", _ms(further))
    sizes = (1000, 10_000, 100_000, 1_000_000)
    grown = _grown({count: [_locations_target(setting, "changing", count)] for count in sizes})
    for count, (scrape, peak) in grown.items():
        aim = "800 MB" if count == 1_000_000 else ""
        figure = f"{_ms(scrape.wall)}, {_mb(peak)}"
        yield Row(f"{count:,} locations: wall time, peak memory", figure, aim)
    for fewer, more in itertools.pairwise(sizes):
        further = (grown[more][0].wall - grown[fewer][0].wall) / (more - fewer)
        yield Row(f"each location from {fewer:,} to {more:,}: wall time", f"{further * 1e6:.2f} µs")


def _grown(sizes: Mapping[int, list[dict[str, object]]]) -> dict[int, tuple[Scrape, int]]:
    """The median scrape of each size, and the peak memory in bytes.

    They are scraped in turn, so that what else the machine does is the same for all.
    """
    with ExitStack() as stack:
        servers = {size: stack.enter_context(exporter(targets)) for size, targets in sizes.items()}
        scrapes: dict[int, list[Scrape]] = {size: [] for size in sizes}
        for run in range(1 + _RUNS):
            for size, server in servers.items():
                # The kernel counts processor time in hundredths of a second.
                times = max(1, 300 // size)
                scrape = server.scrape(*["/metrics"] * times)
                each = Scrape(scrape.wall / times, scrape.processor / times, scrape.samples)
                if run:
                    scrapes[size].append(each)
        return {
            size: (_median(scrapes[size]), server.peak_memory()) for size, server in servers.items()
        }


def start(setting: Setting) -> Iterator[Row]:
    """(d) From the start to the first answer."""
    times = []
    processor = []
    peaks = []
    for run in range(1 + _RUNS):
        begin = time.perf_counter()
        with exporter(_small_targets(setting, "same", 10)) as server:
            if run:
                times.append(time.perf_counter() - begin)
                processor.append(server.processor_time())
            server.scrape("/metrics")
            peaks.append(server.peak_memory())
    name = "start to the first /-/healthy"
    yield Row(f"{name}: wall time", f"{statistics.median(times):.2f} s", "0.35 s")
    yield Row(f"{name}: processor time", f"{statistics.median(processor):.2f} s")
    yield Row("10 targets, after one scrape: peak memory", _mb(statistics.median(peaks)), "80 MB")


def large_configurations(setting: Setting) -> Iterator[Row]:
    """10,000 targets: in force, reloaded, and in shards."""
    name = f"{configurations.TARGETS:,} targets with mappings"
    wall, processor = configurations.started()
    yield Row(f"{name}, in force: wall time", f"{wall:.2f} s", "4 s")
    yield Row(f"{name}, in force: processor time", f"{processor:.2f} s")
    reload = configurations.reloaded()
    figure = f"{reload.wall:.2f} s, {reload.processor:.2f} s"
    yield Row(f"{name}, reloaded: wall time, processor time", figure)
    yield Row(f"{name}, reloaded: longest /-/healthy", f"{reload.longest * 1000:.0f} ms", "300 ms")
    sizes = configurations.memory(_small_targets(setting, "same", configurations.TARGETS))
    name = f"{configurations.TARGETS:,} small targets, after one scrape: memory"
    yield Row(name, _mb(sizes["all"]))
    yield Row(f"{name} of one of {configurations.SHARDS} shards", _mb(sizes["shard"]))
    share = (sizes["shard"] - sizes["none"]) / (sizes["all"] - sizes["none"])
    yield Row(f"{name} of a shard beside all, less an empty process", f"{share:.0%}", "20 %")


def health(setting: Setting) -> Iterator[Row]:
    """How long /-/healthy takes while 100,000 new locations are read and encoded."""
    longest = []
    with exporter([_locations_target(setting, "changing", 100_000)]) as server:
        server.scrape("/metrics")
        other = Server(server.process, server.port)
        for _ in range(_RUNS):
            scraping = threading.Thread(target=server.get, args=("/metrics",))
            scraping.start()
            latencies = [0.0]
            while scraping.is_alive():
                begin = time.perf_counter()
                other.get("/-/healthy")
                latencies.append(time.perf_counter() - begin)
                time.sleep(0.002)
            longest.append(max(latencies))
    figure = f"{statistics.median(longest) * 1000:.0f} ms"
    yield Row("/-/healthy during 100,000 new locations: the longest answer", figure, "150 ms")


def page(setting: Setting) -> Iterator[Row]:
    """How long the status page takes."""
    with exporter(_small_targets(setting, "same", 1000)) as server:
        server.scrape("/metrics")
        times = []
        for _ in range(_RUNS):
            begin = time.perf_counter()
            server.get("/")
            times.append(time.perf_counter() - begin)
    figure = _ms(statistics.median(times))
    yield Row("the status page of 1,000 targets: wall time", figure, "200 ms")
    yield from _calendar(setting)


def _calendar(setting: Setting) -> Iterator[Row]:
    """How long a year with 500 ends takes those who subscribe to it."""
    today = datetime.datetime.now(datetime.UTC).date()
    days = (today + datetime.timedelta(days=each * 365 // 500) for each in range(500))
    targets = [
        {**target, "contract": {"expiry": str(day)}}
        for target, day in zip(_small_targets(setting, "same", 500), days, strict=True)
    ]
    with exporter(targets) as server:
        # Nobody subscribes in the seconds after a start, in which libraries are loaded.
        time.sleep(_PREPARED)
        times = []
        for _ in range(1 + _RUNS):
            begin = time.perf_counter()
            server.get("/renewals.ics")
            times.append(time.perf_counter() - begin)
    first, *again = times
    yield Row("a calendar of 500 ends, the first: wall time", _ms(first), "50 ms")
    yield Row("a calendar of 500 ends, again: wall time", _ms(statistics.median(again)), "50 ms")


def crowd(setting: Setting) -> Iterator[Row]:
    """Many targets with large documents: a few at a time are in memory."""
    locations = 500_000
    for count in (1, 2, 40):
        targets = [
            {**_locations_target(setting, "changing", locations), "name": f"big-{number}"}
            | {"max_locations": 1000}
            for number in range(count)
        ]
        with exporter(targets) as server:
            server.scrape("/metrics")
            server.scrape("/metrics")
            peak = server.peak_memory()
        yield Row(f"{count} targets of 60 MB documents: peak memory", _mb(peak))


def running_programs(setting: Setting) -> Iterator[Row]:
    """Targets that run programs."""
    wall, processor, peak = programs.slow()
    name = "100 targets whose programs take 0.3 s, 16 at a time"
    yield Row(f"{name}: wall time", f"{wall:.2f} s", "2.5 s")
    yield Row(f"{name}: processor time, peak memory", f"{processor:.2f} s, {_mb(peak)}", "100 MB")
    before, after, peak = programs.leftovers()
    name = "1,000 scrapes, of whose three programs one hangs or dies"
    yield Row(f"{name}: zombies, programs left", f"{after.zombies}, {after.running}", "0, 0")
    more = after.descriptors - before.descriptors
    yield Row(f"{name}: further descriptors, peak memory", f"{more}, {_mb(peak)}", "0, 100 MB")


def license_manager(setting: Setting) -> Iterator[Row]:
    """A FlexLM server with 2,000 features and 20,000 checkouts."""
    name = f"lmstat of {managers.FEATURES:,} features and {managers.CHECKOUTS:,} checkouts"
    for changing, word, aim in ((True, "new", "0.15 s"), (False, "unchanged", "0.02 s")):
        scrape, size, peak = managers.lmstat(changing=changing)
        yield Row(f"{name}, {word}: processor time", f"{scrape.processor:.3f} s", aim)
        yield Row(
            f"{name}, {word}: size, samples, peak memory",
            f"{size / 1e6:.1f} MB, {scrape.samples:,}, {_mb(peak)}",
        )
        if setting.flexlm_exporter:
            other, _, peak = managers.lmstat(changing=changing, binary=setting.flexlm_exporter)
            yield Row(
                f"flexlm_exporter, {word}: processor time, peak memory",
                f"{other.processor:.3f} s, {_mb(peak)}",
            )
            ratio = other.processor / max(scrape.processor, 0.001)
            yield Row(f"flexlm_exporter / {word}", f"{ratio:.1f}", "3" if changing else "20")


_MEASUREMENTS = {
    "a": big_document,
    "encoder": renderer,
    "b": small_documents,
    "many": many_targets,
    "slow": slow_targets,
    "c": growth,
    "d": start,
    "config": large_configurations,
    "health": health,
    "page": page,
    "crowd": crowd,
    "programs": running_programs,
    "lmstat": license_manager,
}


def _mb(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def main() -> None:
    """Measure what was asked for, or all, and print it as a table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json-exporter", metavar="PATH", help="json_exporter's binary")
    parser.add_argument("--flexlm-exporter", metavar="PATH", help="flexlm_exporter's binary")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(_MEASUREMENTS))
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(_MEASUREMENTS)
    if unknown:
        parser.error(f"no measurement is called {', '.join(sorted(unknown))}")
    print("| measure | result | aim |\n|---|---|---|")
    with fixture_server() as origin:
        setting = Setting(origin, arguments.json_exporter, arguments.flexlm_exporter)
        for name in arguments.names or _MEASUREMENTS:
            for row in _MEASUREMENTS[name](setting):
                print(f"| {row.what} | {row.figure} | {row.aim} |", flush=True)


if __name__ == "__main__":
    main()
