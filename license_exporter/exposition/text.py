"""Samples as text: the Prometheus text format 0.0.4 and OpenMetrics 1.0.

What prometheus_client writes for the same families, byte for byte, at a tenth of its cost. A
sample line is the same in both formats; only the lines before a family differ. So the samples of
one answer are encoded once, into blocks by family, and a scrape joins the blocks of all targets
under one HELP and TYPE.

All functions are pure; those that read many samples may run in a thread.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from itertools import chain, islice

from license_exporter.exposition.compression import Chunk
from license_exporter.exposition.families import FAMILIES, Family
from license_exporter.model.report import LocationKey

# The values of a family's labels, in the order of `Family.labels`, with the sample's value.
Rows = Mapping[tuple[str, ...], float] | Mapping[LocationKey, float]
Samples = Mapping[Family, Rows]
_Row = tuple[tuple[str, ...], float]

# Sample lines by family name. A target's blocks are kept for as long as its answer is, so that an
# unchanged answer is not encoded again: some 160 bytes a sample, or a tenth of that where scrapes
# ask for gzip. A Chunk is compressed by itself; a few lines alone would shrink little, so they stay
# bytes and are joined with those of other targets first.
Blocks = Mapping[str, tuple[bytes | Chunk, ...]]

_COMMON_LABELS = ("target", "vendor")

# Rows of one chunk: some 0.6 MB of text, written in one call that holds the interpreter's lock
# for a few milliseconds.
_CHUNK_ROWS = 4096

# The least size in bytes of what is compressed by itself.
_LARGE = 1 << 16

_SURROGATE = re.compile("[\ud800-\udfff]")

# By the number of an integer's digits.
_EXPONENTS = tuple(f"e+{digits - 1:02d}" for digits in range(18))


def go_float(value: float) -> str:
    """A sample's value as text: the shortest digits, with an exponent from a million on."""
    value = float(value)
    if value < 1e6:
        return repr(value) if value != -math.inf else "-Inf"
    if value < 1e16:
        whole = str(int(value))
        digits = whole if value.is_integer() else repr(value).replace(".", "")
        return f"{digits[0]}.{digits[1:]}".rstrip("0.") + _EXPONENTS[len(whole)]
    if value == math.inf:
        return "+Inf"
    return "NaN" if math.isnan(value) else repr(value)


def unicode_scalars(text: str) -> str:
    """The text with each lone surrogate, which UTF-8 cannot hold, as U+FFFD."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def escape(text: str) -> str:
    """The text as it stands within quotes."""
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _written(family: Family, rows: Iterable[_Row], *common: str) -> list[str]:
    """The rows as sample lines, with their labels sorted by name."""
    names = (*_COMMON_LABELS, *family.labels) if common else family.labels
    lines = []
    for key, value in rows:
        labels = sorted(zip(names, (*common, *key), strict=True))
        text = ",".join(f'{name}="{label}"' for name, label in labels)
        lines.append(f"{family.name}{{{text}}} {go_float(value)}\n")
    return lines


def _compiled(family: Family) -> Callable[..., list[str]]:
    """What `_written` does for one family, eight times as fast.

    The line is an f-string in a function that is compiled from the table, as dataclasses compiles
    its methods; no name in it comes from elsewhere.
    """
    own = {name: f"label{place}" for place, name in enumerate(family.labels)}
    names = {name: name for name in _COMMON_LABELS} | own if family.of_target else own
    labels = ",".join(f'{name}="{{{names[name]}}}"' for name in sorted(names))
    line = family.name + (f"{{{{{labels}}}}}" if names else "") + " {go_float(value)}\\n"
    key = "".join(f"{variable}, " for variable in own.values())
    common = ", ".join(_COMMON_LABELS) if family.of_target else ""
    source = f"lambda rows, {common}: [f'{line}' for ({key}), value in rows]"
    writer: Callable[..., list[str]] = eval(source, {"go_float": go_float})  # noqa: S307
    return writer


_WRITERS = {family: _compiled(family) for family in FAMILIES}


def encode(samples: Samples, *common: str, compressed: bool = False) -> Blocks:
    """Write the samples of one target as blocks.

    `common` are the values of the labels `target` and `vendor`; families that are not of one
    target need none. Where the blocks are `compressed`, chunks are deflated one by one as they are
    written: their text all together takes ten times as much memory.
    """
    large = {family: rows for family, rows in samples.items() if len(rows) > _CHUNK_ROWS}
    few = samples
    if large:
        few = {family: rows for family, rows in samples.items() if family not in large}
    blocks: dict[str, tuple[bytes | Chunk, ...]] = _encoded(few, common)
    for family, rows in large.items():
        parts: list[bytes | Chunk] = []
        for batch in _batches(rows):
            (part,) = _encoded({family: batch}, common)[family.name]
            if compressed and isinstance(part, Chunk):
                part.deflated()
            parts.append(part)
        blocks[family.name] = tuple(parts)
    return blocks


def encode_single(values: Mapping[Family, float], target: str, vendor: str) -> Blocks:
    """What `encode` does for families of a target that have no labels of their own."""
    labels = f'{{target="{escape(target)}",vendor="{escape(vendor)}"}}'
    return {
        family.name: (f"{family.name}{labels} {go_float(value)}\n".encode(),)
        for family, value in values.items()
    }


def _encoded(samples: Samples, common: tuple[str, ...]) -> dict[str, tuple[bytes | Chunk, ...]]:
    """The samples as blocks of one part each, of families that are small enough for that."""
    texts = "".join(chain(common, chain.from_iterable(chain.from_iterable(samples.values()))))
    backslashes = "\\" in texts
    if '"' in texts or "\n" in texts:
        common = tuple(map(escape, common))
        samples = {family: _escaped(rows) for family, rows in samples.items()}
        backslashes = False
    blocks: dict[str, tuple[bytes | Chunk, ...]] = {}
    for family, rows in samples.items():
        if not rows:
            continue
        write = _WRITERS.get(family) or partial(_written, family)
        lines = write(rows.items(), *common) if family.of_target else write(rows.items())
        text = "".join(lines)
        # Paths are full of backslashes, and the rest of a line has none.
        blocks[family.name] = (_part(text.replace("\\", r"\\") if backslashes else text),)
    return blocks


def with_former(blocks: Blocks, former: Blocks) -> Blocks:
    """The blocks, with the `former` one of each family whose block has the same lines.

    Of most answers only the use changes from one to the next: nothing new is kept of the rest.
    """
    return {
        name: known if (known := former.get(name)) == block else block
        for name, block in blocks.items()
    }


def _escaped(rows: Rows) -> Rows:
    return {tuple(map(escape, key)): value for key, value in rows.items()}


def _batches(rows: Rows) -> Iterator[Rows]:
    rest = iter(rows.items())
    return iter(lambda: dict(islice(rest, _CHUNK_ROWS)), {})


def _part(text: str) -> bytes | Chunk:
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = unicode_scalars(text).encode()
    return data if len(data) < _LARGE else Chunk(data)
