"""What Prometheus scrapes: all targets, one of them, or the exporter's own metrics."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from license_exporter.collector.scrape import time_left
from license_exporter.exposition import families
from license_exporter.exposition.compression import Chunk, gzip_parts
from license_exporter.exposition.negotiation import Format, choose_format, gzip_accepted
from license_exporter.exposition.rendering import Renderer
from license_exporter.exposition.text import Blocks, encode
from license_exporter.web.answers import bad_request
from license_exporter.web.running import Running
from license_exporter.web.sending import Parts
from license_exporter.web.workbench import Workbench

# Compression leaves the interpreter to others, so that two threads are as fast as two processors.
_THREADS = 2


class Scrapes:
    """The handlers of `/metrics`, `/probe` and `/-/metrics`.

    `offset`, in seconds, is subtracted from the time that Prometheus gives a scrape.
    """

    def __init__(self, exporter: Running, offset: float, workbench: Workbench) -> None:
        self._exporter = exporter
        self._offset = offset
        self._workbench = workbench
        self._rendering = asyncio.Lock()
        # For scrapes of all targets, of which each is much like the one before.
        self._renderer = Renderer()
        self._threads = ThreadPoolExecutor(_THREADS, "gzip")

    async def close(self, app: web.Application) -> None:
        """End the threads that compress."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def metrics(self, request: web.Request) -> web.StreamResponse:
        """All targets and the exporter's own metrics, or those of each `target`."""
        names = request.query.getall("target", None)
        collected = await self._exporter.collector.collect(self._deadline(request), names)
        blocks = [block for target in collected for block in target.blocks]
        if names is None:
            blocks.append(self._exporter.collector.tallies())
        return await self._exposition(request, blocks, own=names is None)

    async def probe(self, request: web.Request) -> web.StreamResponse:
        """The one target that `target` names."""
        names = request.query.getall("target", [])
        if len(names) != 1:
            return bad_request('give one parameter "target": /probe?target=NAME')
        if names[0] not in self._exporter.collector.targets:
            return bad_request(
                'parameter "target" is not the name of a configured target; '
                "names are those of the configuration file, and never addresses"
            )
        begin = time.perf_counter()
        (collected,) = await self._exporter.collector.collect(self._deadline(request), names)
        seconds = time.perf_counter() - begin
        no_labels: tuple[str, ...] = ()
        probe = encode(
            {
                families.PROBE_SUCCESS: {no_labels: collected.up},
                families.PROBE_DURATION: {no_labels: seconds},
            }
        )
        return await self._exposition(request, [*collected.blocks, probe], own=False)

    async def own(self, request: web.Request) -> web.StreamResponse:
        """The exporter's own metrics, made as a page is: nobody waits for them in a hurry."""
        format = choose_format(request.headers.get("Accept", ""))

        async def make() -> bytes:
            return await self._workbench.in_thread(lambda: self._own_text(format))

        text = await self._workbench.page(request, ("/-/metrics", format.content_type), make)
        return await self._answer(request, format, [Chunk(text)])

    def _own_text(self, format: Format) -> bytes:
        blocks = [self._exporter.collector.tallies()]
        return b"".join(
            chunk.text for chunk in self._rendered(Renderer(), format, blocks, own=True)
        )

    async def _exposition(
        self, request: web.Request, blocks: list[Blocks], *, own: bool
    ) -> web.StreamResponse:
        format = choose_format(request.headers.get("Accept", ""))
        # One after another: between two, the event loop has its turn.
        async with self._rendering:
            renderer = self._renderer if own else Renderer()
            chunks = self._rendered(renderer, format, blocks, own=own)
        return await self._answer(request, format, chunks)

    def _rendered(
        self, renderer: Renderer, format: Format, blocks: list[Blocks], *, own: bool
    ) -> list[Chunk]:
        generate = generate_openmetrics if format.openmetrics else generate_latest
        text = generate(self._exporter.own.registry) if own else b""
        return renderer.render(blocks, text, openmetrics=format.openmetrics)

    async def _answer(
        self, request: web.Request, format: Format, chunks: list[Chunk]
    ) -> web.StreamResponse:
        headers = {"Content-Type": format.content_type, "Vary": "Accept, Accept-Encoding"}
        if gzip_accepted(request.headers.get("Accept-Encoding", "")):
            headers["Content-Encoding"] = "gzip"
            loop = asyncio.get_running_loop()
            parts = await loop.run_in_executor(self._threads, gzip_parts, chunks)
            return Parts(parts, sum(map(len, parts)), headers)
        return Parts((chunk.text for chunk in chunks), sum(map(len, chunks)), headers)

    def _deadline(self, request: web.Request) -> float:
        return asyncio.get_running_loop().time() + time_left(request.headers, self._offset)
