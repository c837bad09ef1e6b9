"""Several kinds of sources as one: each document comes from its own."""

from pathlib import Path

from license_exporter.collector.sources import Sources
from license_exporter.model.vendor import Document, OutputFile
from license_exporter.sources.source import Fetched, Tag


class Source:
    """Brings what it is asked for, and notes what that was."""

    def __init__(self):
        self.asked = []
        self.closed = False

    async def begin(self, on_large):
        async def bring(document, known, deadline):
            self.asked.append((on_large, document, known, deadline))
            return Fetched.absent(document)

        return bring

    async def close(self):
        self.closed = True


async def nothing(_size):
    pass


async def test_each_document_is_brought_by_the_source_of_its_kind_and_all_are_closed():
    http, files = Source(), Source()
    both = Sources({"http": http, "file": files})
    bring = await both.begin(nothing)
    told, kept = (
        Document("told", "told"),
        Document("kept", file=OutputFile(Path("kept.txt"), 3600.0)),
    )
    assert (await bring(told, None, 10.0)).document == "told"
    assert (await bring(kept, Tag(b"1"), 9.0)).document == "kept"
    assert http.asked == [(nothing, told, None, 10.0)]
    assert files.asked == [(nothing, kept, Tag(b"1"), 9.0)]
    await both.close()
    assert (http.closed, files.closed) == (True, True)
