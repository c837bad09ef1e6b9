"""Several kinds of sources as one: each document comes from its own."""

import asyncio
from pathlib import Path

import yaml
from aiohttp import web

from license_exporter.collector.documents import HTTPSource
from license_exporter.collector.sources import Sources, open_sources
from license_exporter.config.load import load_config
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document, OutputFile
from license_exporter.sources.http.client import Network
from license_exporter.sources.http.resolver import Resolver
from license_exporter.sources.programs.source import Processes
from license_exporter.sources.source import Fetched, Tag
from license_exporter.vendors.registry import find_vendors
from tests.fakes import FakeClock, target
from tests.scripts import script
from tests.servers import serving


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


async def test_a_large_answer_by_http_is_told_of_while_it_arrives():
    async def answer(_request):
        return web.Response(body=b" " * 2_000_000)

    async def note(size):
        told.append(size)

    told = []
    async with serving(answer) as url:
        recon = target(url=url)
        source = HTTPSource(recon, Network(Resolver(), {}), FakeClock(), lambda step: None)
        bring = await source.begin(note)
        licenses = Document("licenses", "v1/{today}", dated=True)
        assert (await bring(licenses, None, 0.0)).size == 2_000_000
        await source.close()
    assert 1024**2 < sum(told) <= 2_000_000


def configured(folder, url):
    """A target with documents of each kind, and two large ones, in a configuration of its own."""
    printing = str(script(folder, "cat $1"))
    files = {name: {"file": name, "max_age": "1h"} for name in ("a.json", "b.json", "large")}
    programs = {
        "printed": {"program": "cat", "arguments": [str(folder / "a.json")]},
        "much": {"program": "cat", "arguments": [str(folder / "large")]},
    }
    mapping = {"requests": {**files, **programs, "web": {}}, "pools": [{"document": "web"}]}
    mapping["pools"][0] |= {"name": "name", "used": "used"}
    said = {"name": "t", "vendor": "json", "as": "acme", "mapping": mapping, "url": url}
    said["body_size_limit"] = "1KB"
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump({"programs": {"cat": printing}, "targets": [said]}))
    return load_config(file, {}, find_vendors()).targets[0]


async def test_the_sources_of_a_target_are_those_of_its_documents_with_its_limit(tmp_path):
    async def answer(_request):
        return web.json_response({})

    for name, text in (("a.json", "[1]"), ("b.json", "[2]"), ("large", " " * 1025)):
        (tmp_path / name).write_text(text)
    clock = FakeClock((tmp_path / "large").stat().st_mtime + 60)
    steps, bodies = [], {}
    async with serving(answer) as url:
        described = configured(tmp_path, url)
        processes = Processes("/usr/bin:/bin")
        source = open_sources(described, Network(Resolver(), {}), processes, clock, steps.append)
        bring = await source.begin(nothing)
        deadline = asyncio.get_running_loop().time() + 10
        for document in described.driver.documents:
            try:
                bodies[document.name] = (await bring(document, None, deadline)).body
            except FetchError as error:
                bodies[document.name] = error.reason
        await source.close()
        await processes.close()
    assert bodies == {
        "a.json": b"[1]",
        "b.json": b"[2]",
        "large": Reason.TOO_LARGE,
        "printed": b"[1]",
        "much": Reason.TOO_LARGE,
        "web": b"{}",
    }
    assert [step.method for step in steps] == ["read", "read", "read", "run", "run", "GET"]
