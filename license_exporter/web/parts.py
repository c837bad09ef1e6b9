"""An answer that is sent part by part."""

from collections.abc import Iterable, Mapping

from aiohttp import hdrs, web

from license_exporter.exposition.compression import Chunk


class Parts(web.StreamResponse):
    """Sends the texts of chunks one after another, each once the client has taken the one before.

    So a client that reads slowly, or not at all, does not keep a copy of a large exposition in
    memory.
    """

    def __init__(
        self, request: web.BaseRequest, chunks: Iterable[Chunk], headers: Mapping[str, str]
    ) -> None:
        super().__init__(headers=headers)
        self._chunks = tuple(chunks)
        self._of_headers_alone = request.method == hdrs.METH_HEAD
        self.content_length = sum(chunk.size for chunk in self._chunks)

    async def write_eof(self, data: bytes = b"") -> None:
        """Send the parts; called once the headers have been sent."""
        if not self._of_headers_alone:
            for chunk in self._chunks:
                await self.write(chunk.text)
        await super().write_eof(data)
