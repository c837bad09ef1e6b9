"""Documents from files instead of a target's own source, for a mapping that is being written."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from license_exporter.config.regular_file import read_regular
from license_exporter.config.target import Target
from license_exporter.errors import ConfigError, FetchError, Reason
from license_exporter.formats.decoding import decoder
from license_exporter.model.vendor import Document
from license_exporter.sources.source import Bring, Fetched, OnLarge, Tag, digest, printed


class Recorded:
    """A source that brings what stands in files; `files` has them by the document's name."""

    def __init__(self, files: Mapping[str, Path], limit: int) -> None:
        self._files = files
        self._limit = limit

    async def begin(self, on_large: OnLarge) -> Bring:
        """Begin a fetch."""

        async def bring(document: Document, known: Tag | None, deadline: float) -> Fetched:
            return await self._bring(document)

        return bring

    async def close(self) -> None:
        """Nothing is open."""

    async def _bring(self, document: Document) -> Fetched:
        if document.name not in self._files:
            message = f"no file is given for it; add --from-file={document.name}=FILE"
            raise FetchError(Reason.NOT_FOUND, message, document=document.name)
        try:
            body = read_regular(self._files[document.name], self._limit)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            raise FetchError(Reason.CONFIG, message, document=document.name) from None
        if document.source != "http":
            return await printed(document, body, None)
        tag, decode = Tag(digest(body)), decoder(document, media_type="", charset="")
        if document.paging:
            return Fetched(document.name, tag, pages=[decode(body)], size=len(body))
        return Fetched(document.name, tag, body, decode, size=len(body))


def recorded(target: Target, written: Sequence[str]) -> Recorded:
    """The source of FILE, or of DOCUMENT=FILE each. Raises ConfigError."""
    names = [document.name for document in target.driver.documents]
    files: dict[str, Path] = {}
    for each in written:
        name, equals, file = each.partition("=")
        if not equals or name not in names:
            # A path may have the sign in it; without a name, it is the first document.
            name, file = names[0], each
        if name in files:
            told = ", ".join(names)
            raise ConfigError(
                [f"--from-file: {name} has two files; write DOCUMENT=FILE, of {told}"]
            )
        if not Path(file).is_file():
            beside = f", and no document of that name; there is {', '.join(names)}"
            hint = beside if equals and Path(each.partition("=")[2]).is_file() else ""
            raise ConfigError([f"--from-file: there is no file {file}{hint}"])
        files[name] = Path(file)
    return Recorded(files, target.body_size_limit)
