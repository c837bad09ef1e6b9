"""The seam between a fetch and where bytes come from: a document is asked for, and comes or fails.

HTTP, programs and files are sources behind it; a fetch knows none of them.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from license_exporter.errors import FetchError, Reason
from license_exporter.formats import json
from license_exporter.formats.bounds import bounded
from license_exporter.formats.decoding import Decode, decoder, work
from license_exporter.formats.text import decode_text
from license_exporter.model.vendor import Document

_T = TypeVar("_T")

# Beyond this size, in bytes, an answer is one of those of which few may be in memory at a time.
LARGE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tag:
    """The version of a document: a digest of its bytes, and the server's own name of it (ETag)."""

    digest: bytes
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document that came.

    It is in `body`, to be read by `decode`, or decoded in `pages` if it is paged. Both are None
    where the vendor says that there is no such thing, and where the known version is still the
    current one (`not_modified`). `size` is that of all that came, `memory` what `pages` take of
    memory, in bytes; `work` is the size of JSON that takes as long to read, 0 for `size`. `doubt`
    is the error to tell where nothing can be recognised in it: a program that failed says more than
    its output. `struck_out` gives a text without the secrets that the server was sent.
    """

    document: str
    tag: Tag
    body: bytes | None = None
    decode: Decode = json.decode
    pages: list[object] | None = None
    size: int = 0
    memory: int = 0
    work: int = 0
    not_modified: bool = False
    doubt: FetchError | None = None
    struck_out: Callable[[bytes], bytes] | None = None

    @classmethod
    def absent(cls, document: Document) -> "Fetched":
        """A document that there is not, as the vendor says."""
        return cls(document.name, Tag(b""))


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange with a source, as the status page and the exporter's own metrics show it.

    Of HTTP, `path` is that of the request without its query, before any redirect; at another server
    than the target's (a token endpoint), the whole address without query; `status` is None if there
    was no answer. Of a program (`method` is `run`), `path` is its name and its server; of a file
    (`read`), the file's name. `reason` is None unless the exchange failed. `size` is that of the
    decompressed answer in bytes. `note` is what else there is to say of it.
    """

    method: str
    path: str
    status: int | None
    reason: Reason | None
    size: int
    seconds: float
    note: str = ""

    @property
    def outcome(self) -> str:
        """How it ended, in a word: the status, else the note, the reason, or `ok`."""
        if self.status is not None:
            return str(self.status)
        return self.note or self.reason or "ok"


OnStep = Callable[[Step], None]

# Awaited before more than `LARGE` of an answer is kept, and before each further `LARGE` of it, with
# how many bytes of memory more that is.
OnLarge = Callable[[int], Awaitable[None]]

# Brings a document; the version of it that was read last is given, if there is one, and when the
# caller gives up, by the event loop's clock: so a source can leave time for another try. Raises
# FetchError.
Bring = Callable[[Document, Tag | None, float], Awaitable[Fetched]]


class Source(Protocol):
    """Where documents of one target come from. There is no timeout but the caller's."""

    async def begin(self, on_large: OnLarge) -> Bring:
        """Begin a fetch, whose documents share what is found out once. Raises FetchError."""

    async def close(self) -> None:
        """Let go of all connections; the source is not used again."""


async def aside(function: Callable[[bytes], _T], body: bytes, work: int = 0) -> _T:
    """The function's result for a body; in a thread where that is slow.

    So it is for a large body, and for one that makes much `work` (see `Fetched`).
    """
    is_slow = max(len(body), work) > LARGE
    return await asyncio.to_thread(function, body) if is_slow else function(body)


async def weighed(body: bytes, limit: int, beside: int = 0) -> int:
    """What a body takes of memory when it is decoded; see `bounded`."""
    return await aside(lambda body: bounded([body], limit, beside), body)


def digest(body: bytes) -> bytes:
    """What tells one version of a document from another."""
    return hashlib.blake2b(body, digest_size=16).digest()


async def printed(
    document: Document, body: bytes, known: Tag | None, doubt: FetchError | None = None
) -> Fetched:
    """What a program printed, or wrote into a file, as the document that it is.

    Raises the error that it says, unless it is what was read last.
    """
    moving = document.moving
    told = await aside(lambda whole: digest(moving.sub(b"", whole) if moving else whole), body)
    tag = Tag(told)
    refusal = document.refusal
    if refusal and tag != known:
        error = await aside(lambda whole: refusal(decode_text(whole, charset="")), body)
        if error:
            raise error
    size = len(body)
    decode = decoder(document, media_type="", charset="")
    to_read = work(document, "", size)
    return Fetched(document.name, tag, body, decode, size=size, work=to_read, doubt=doubt)
