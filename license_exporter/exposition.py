"""Samples as text: the Prometheus text format 0.0.4 and OpenMetrics 1.0.

What prometheus_client writes for the same families, byte for byte, at a tenth of its cost. A
sample line is the same in both formats; only the lines before a family differ. So the samples of
one answer are encoded once, into blocks by family, and a scrape joins the blocks of all targets
under one HELP and TYPE.

All functions are pure; those that read many samples may run in a thread.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat

from license_exporter.compression import Chunk
from license_exporter.families import FAMILIES, Family
from license_exporter.model import LocationKey

# The values of a family's labels, in the order of `Family.labels`, with the sample's value.
Rows = Mapping[tuple[str, ...], float] | Mapping[LocationKey, float]
Samples = Mapping[Family, Rows]

# Sample lines by family name. A target's blocks are kept for as long as its answer is, so that an
# unchanged answer is not encoded again: some 160 bytes a sample, and a tenth of that once a scrape
# asked for gzip.
Blocks = Mapping[str, tuple[Chunk, ...]]

_COMMON_LABELS = ("target", "vendor")

# Rows of one chunk: some 0.6 MB of text, written in one call that holds the interpreter's lock
# for a few milliseconds.
_CHUNK_ROWS = 4096

# Chunks below this size (bytes) are joined before they are compressed: by itself, a few lines
# shrink little.
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


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _escape_all(values: Sequence[str]) -> Sequence[str]:
    """The label values of many rows, escaped; most often none needs it."""
    text = "".join(values)
    if '"' in text or "\\" in text or "\n" in text:
        return [_escape(value) for value in values]
    return values


@dataclass(frozen=True, slots=True)
class _Pattern:
    """How a family's sample lines are written.

    A line is its `parts` with a label value between each two: those of the labels sorted by name,
    whose places among the common ones and the family's own `order` gives.
    """

    parts: tuple[str, ...]
    order: tuple[int, ...]


def _pattern(family: Family) -> _Pattern:
    names = (*_COMMON_LABELS, *family.labels) if family.of_target else family.labels
    if not names:
        return _Pattern((f"{family.name} ",), ())
    order = sorted(range(len(names)), key=names.__getitem__)
    first, *others = (names[place] for place in order)
    between = (f'",{name}="' for name in others)
    return _Pattern((f'{family.name}{{{first}="', *between, '"} '), tuple(order))


_PATTERNS = {family: _pattern(family) for family in FAMILIES}


def _encode_rows(family: Family, rows: Rows, common: tuple[str, ...]) -> Iterator[Chunk]:
    pattern = _PATTERNS.get(family) or _pattern(family)
    keys, values = list(rows), list(rows.values())
    if not family.of_target:
        common = ()
    for start in range(0, len(keys), _CHUNK_ROWS):
        batch = keys[start : start + _CHUNK_ROWS]
        own = [_escape_all([key[place] for key in batch]) for place in range(len(batch[0]))]
        # The columns of the lines: what all have in common is joined with the parts around it.
        columns: list[Iterable[str]] = []
        fixed = pattern.parts[0]
        for place, part in zip(pattern.order, pattern.parts[1:], strict=True):
            if place < len(common):
                fixed += common[place] + part
            else:
                columns += repeat(fixed), own[place - len(common)]
                fixed = part
        numbers = map(go_float, values[start : start + _CHUNK_ROWS])
        lines = zip(*columns, repeat(fixed), numbers, repeat("\n"), strict=False)
        text = "".join(chain.from_iterable(lines))
        yield Chunk(unicode_scalars(text).encode())


def encode(samples: Samples, *common: str) -> Blocks:
    """Write the samples of one target as blocks.

    `common` are the values of the labels `target` and `vendor`; families that are not of one
    target need none.
    """
    escaped = tuple(map(_escape, common))
    return {
        family.name: tuple(_encode_rows(family, rows, escaped))
        for family, rows in samples.items()
        if rows
    }


def _header(family: Family, openmetrics: bool) -> bytes:
    name = family.name
    if openmetrics:
        help = _escape(family.help)
        if family.type == "counter":
            name = name.removesuffix("_total")
    else:
        help = family.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {name} {help}\n# TYPE {name} {family.type}\n".encode()


_HEADERS = {
    openmetrics: {family.name: _header(family, openmetrics) for family in FAMILIES}
    for openmetrics in (False, True)
}


def render(blocks: Iterable[Blocks], own: bytes = b"", *, openmetrics: bool) -> list[Chunk]:
    """Join the blocks of all targets into one exposition.

    `own` are the metrics of the client library's registry, in the same format. The chunks are
    the text in order; compression.gzip_member compresses those that are new.
    """
    by_family: dict[str, list[Chunk]] = {}
    for families in blocks:
        for name, chunks in families.items():
            by_family.setdefault(name, []).extend(chunks)
    result: list[Chunk] = []
    small: list[bytes] = []
    for name, header in _HEADERS[openmetrics].items():
        if name not in by_family:
            continue
        small.append(header)
        for chunk in by_family[name]:
            if len(chunk.text) < _LARGE:
                small.append(chunk.text)
            else:
                result += [Chunk(b"".join(small)), chunk]
                small = []
    small.append(own.removesuffix(b"# EOF\n"))
    if openmetrics:
        small.append(b"# EOF\n")
    result.append(Chunk(b"".join(small)))
    return result
