"""The exporter, from a configuration file to what a scrape shows of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from license_exporter.collector.collector import Collector
from license_exporter.collector.live_target import LiveTarget
from license_exporter.config.load import load_config
from license_exporter.config.target import Target
from license_exporter.exposition.rendering import render
from license_exporter.model.answer import Answer
from license_exporter.process.clock import Clock
from license_exporter.vendors.registry import find_vendors
from tests.fetchers import fetcher_of

VENDORS = find_vendors()


class Metrics:
    """The samples of one scrape."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._samples = [
            sample for family in text_string_to_metric_families(text) for sample in family.samples
        ]

    def values(self, name: str, **labels: str) -> list[float]:
        """The values of all samples of this name that have these labels."""
        return [
            sample.value
            for sample in self._samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]

    def value(self, name: str, **labels: str) -> float:
        """The value of the one sample of this name that has these labels."""
        [value] = self.values(name, **labels)
        return value


class Scraper:
    """Scrapes the targets of a configuration file."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector

    async def __call__(self, *names: str) -> Metrics:
        deadline = asyncio.get_running_loop().time() + 10
        collected = await self._collector.collect(deadline, names or None)
        blocks = [block for each in collected for block in each.blocks]
        chunks = render(blocks, openmetrics=False)
        return Metrics(b"".join(chunk.text for chunk in chunks).decode())


@asynccontextmanager
async def scraper(
    config_file: Path,
    clock: Clock,
    on_answer: Callable[[Target, Answer], None] | None = None,
) -> AsyncIterator[Scraper]:
    """The exporter as it reads `config_file`, with its time from `clock`.

    `on_answer` is called with each answer before it is read.
    """

    def live(target: Target) -> LiveTarget:
        fetcher = fetcher_of(target, clock, on_answer=on_answer)
        return LiveTarget(target, fetcher, clock, lambda: 0.0, lambda _reason: None)

    collector = Collector(live)
    collector.apply(load_config(config_file, {}, VENDORS))
    try:
        yield Scraper(collector)
    finally:
        await collector.close()
