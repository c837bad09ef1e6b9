"""Secrets: given in the configuration or in a file of their own, and never shown."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from license_exporter.config.regular_file import SECRET_LIMIT, read_regular
from license_exporter.errors import FetchError, Reason

MASK = "<secret>"

# What files held, or why they could not be read.
Contents = Mapping[Path, bytes | OSError]

# A file that hangs, on a server that is gone, would hold up whoever reads it: what runs in the
# event loop reads what a thread has read.
_READ: ContextVar[Contents] = ContextVar("read")


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
            content = held(self.file).decode("utf-8-sig").strip()
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


def read_files(files: Iterable[Path]) -> Contents:
    """Read the files."""
    return {file: _read(file) for file in files}


def _read(file: Path) -> bytes | OSError:
    try:
        return read_regular(file, SECRET_LIMIT)
    except OSError as error:
        # Without its traceback, whose frames would stay in memory.
        return OSError(error.errno, error.strerror)


@contextmanager
def as_read(contents: Contents) -> Iterator[None]:
    """The files hold what was read before, for what is done and for the tasks that begin here."""
    token = _READ.set(contents)
    try:
        yield
    finally:
        _READ.reset(token)


def held(file: Path) -> bytes:
    """What a file holds: as it was read before (see `as_read`), else as it is read now.

    Raises OSError.
    """
    content = _READ.get({}).get(file)
    if content is None:
        return read_regular(file, SECRET_LIMIT)
    if isinstance(content, OSError):
        raise OSError(content.errno, content.strerror, str(file))
    return content


def fingerprint(files: Iterable[Path]) -> bytes:
    """A digest of the files' contents, by which a change of one of them is noticed.

    A file that cannot be read counts as an empty one.
    """
    digest = hashlib.blake2b(digest_size=16)
    for path in files:
        with suppress(OSError):
            digest.update(held(path))
        digest.update(b"\0")
    return digest.digest()
