"""Secrets: given in the configuration or in a file of their own, and never shown."""

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from license_exporter.config.regular_file import SECRET_LIMIT, read_regular
from license_exporter.errors import FetchError, Reason

MASK = "<secret>"


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A secret, or the file that holds it. Its repr shows the file's name and never a value."""

    value: str | None = None
    file: Path | None = None

    def read(self) -> str:
        """The secret; a file is read anew, and white space around its content is removed.

        Raises FetchError (reason `config`) for a file that cannot be read or is empty; its
        message names the file and never shows the content.
        """
        if self.file is None:
            return self.value or ""
        try:
            content = read_regular(self.file, SECRET_LIMIT).decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise self._unusable("is not a text in UTF-8") from None
        except OSError as error:
            raise self._unusable(f"cannot be read: {error.strerror}") from None
        if not content:
            raise self._unusable("is empty")
        return content

    def __repr__(self) -> str:
        return f"Secret(file={str(self.file)!r})" if self.file else f"Secret({MASK})"

    def _unusable(self, problem: str) -> FetchError:
        return FetchError(Reason.CONFIG, f"{self.file} {problem}")


def fingerprint(files: Iterable[Path]) -> bytes:
    """A digest of the files' contents, by which a change of one of them is noticed.

    A file that cannot be read counts as an empty one.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in files:
        with suppress(OSError):
            digest.update(read_regular(path, SECRET_LIMIT))
        digest.update(b"\0")
    return digest.digest()
