"""All sources of one target as one: each document comes from where its vendor says."""

from collections.abc import Mapping

from license_exporter.collector.documents import HTTPSource
from license_exporter.config.target import Target
from license_exporter.model.vendor import Document, SourceKind
from license_exporter.process.clock import Clock
from license_exporter.sources.files import FileSource
from license_exporter.sources.http.client import Network
from license_exporter.sources.programs.source import Processes, ProgramSource
from license_exporter.sources.source import Bring, Fetched, OnLarge, OnStep, Source, Tag


class Sources:
    """The sources by their kinds, of which each brings its own documents."""

    def __init__(self, sources: Mapping[SourceKind, Source]) -> None:
        self._sources = sources

    async def begin(self, on_large: OnLarge) -> Bring:
        """Begin a fetch in each of them. Raises FetchError."""
        brings = {kind: await source.begin(on_large) for kind, source in self._sources.items()}

        async def bring(document: Document, known: Tag | None, deadline: float) -> Fetched:
            return await brings[document.source](document, known, deadline)

        return bring

    async def close(self) -> None:
        """Close each of them."""
        for source in self._sources.values():
            await source.close()


def open_sources(
    target: Target, network: Network, processes: Processes, clock: Clock, on_step: OnStep
) -> Source:
    """The source of a target's documents; `on_step` is told of each exchange."""
    sources: dict[SourceKind, Source] = {}
    for document in target.driver.documents:
        kind = document.source
        if kind in sources:
            continue
        if kind == "program":
            sources[kind] = ProgramSource(
                target.programs, processes, target.body_size_limit, on_step
            )
        elif kind == "file":
            sources[kind] = FileSource(target.body_size_limit, clock, on_step)
        else:
            sources[kind] = HTTPSource(target, network, clock, on_step)
    return Sources(sources)
