"""The blocks of all targets as one exposition, of which much stays the same from scrape to scrape.

Most answers of most targets are what they were: so the lines of many targets are joined into
chunks, and a chunk whose lines have not changed is neither joined nor compressed again.
"""

from collections import defaultdict
from collections.abc import Iterable

from license_exporter.exposition.compression import Chunk
from license_exporter.exposition.families import FAMILIES, Family
from license_exporter.exposition.text import Blocks, escape

_Part = bytes | Chunk

# By the name of a family and the number of its first line: lines, and the chunk of them.
_Place = tuple[str, int]
_Kept = dict[_Place, tuple[list[bytes], Chunk]]

# So many parts of a family are joined into one chunk, and at least so many.
_RUN, _MANY = 1024, 128


def _header(family: Family, openmetrics: bool) -> bytes:
    name = family.name
    if openmetrics:
        help = escape(family.help)
        if family.type == "counter":
            name = name.removesuffix("_total")
    else:
        help = family.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {name} {help}\n# TYPE {name} {family.type}\n".encode()


_HEADERS = {
    openmetrics: {family.name: _header(family, openmetrics) for family in FAMILIES}
    for openmetrics in (False, True)
}


class Renderer:
    """Joins blocks into expositions; the chunks of the last one are kept for the next one."""

    def __init__(self) -> None:
        self._openmetrics = False
        self._kept: _Kept = {}

    def render(
        self, blocks: Iterable[Blocks], own: bytes = b"", *, openmetrics: bool
    ) -> list[Chunk]:
        """Join the blocks of all targets into one exposition.

        `own` are the metrics of the client library's registry, in the same format. The chunks are
        the text in order; compression.gzip_parts compresses those that are new.
        """
        former = self._kept if openmetrics == self._openmetrics else {}
        self._openmetrics, self._kept = openmetrics, {}
        by_family: defaultdict[str, list[_Part]] = defaultdict(list)
        for families in blocks:
            for name, block in families.items():
                by_family[name] += block
        parts: list[_Part] = []
        for name, header in _HEADERS[openmetrics].items():
            if name in by_family:
                lines = [header, *by_family[name]]
                for start in range(0, len(lines), _RUN):
                    parts += self._joined((name, start), lines[start : start + _RUN], former)
        parts.append(own.removesuffix(b"# EOF\n"))
        if openmetrics:
            parts.append(b"# EOF\n")
        return _chunks(parts)

    def _joined(self, place: _Place, run: list[_Part], former: _Kept) -> list[_Part]:
        """The parts that stand at a place as one chunk, where they are many."""
        lines = [part for part in run if isinstance(part, bytes)]
        if len(lines) < max(len(run), _MANY):
            return run
        kept = former.get(place)
        if kept is None or kept[0] != lines:
            kept = lines, Chunk(b"".join(lines))
        self._kept[place] = kept
        return [kept[1]]


def _chunks(parts: Iterable[_Part]) -> list[Chunk]:
    """The parts in order, with what stands between two chunks as one more."""
    chunks: list[Chunk] = []
    between: list[bytes] = []
    for part in parts:
        if isinstance(part, bytes):
            between.append(part)
            continue
        if between:
            chunks.append(Chunk(b"".join(between)))
            between = []
        chunks.append(part)
    return [*chunks, Chunk(b"".join(between))]


def render(blocks: Iterable[Blocks], own: bytes = b"", *, openmetrics: bool) -> list[Chunk]:
    """One exposition by itself, as `Renderer` makes it."""
    return Renderer().render(blocks, own, openmetrics=openmetrics)
