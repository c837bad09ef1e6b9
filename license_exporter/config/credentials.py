"""Secrets: given in the configuration or in a file of their own, and never shown."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from license_exporter.config.regular_file import SECRET_LIMIT, read_regular
from license_exporter.errors import FetchError, Reason

MASK = "<secret>"

# Behind the words before them, as in `Bearer x` and `Token token=x`.
_CREDENTIALS = re.compile(rb"(.* )?(?:[a-z]+=(?=[^=]))?(.+)")
# What is shorter, in bytes, may stand in an answer by chance.
_LEAST_STRUCK_OUT = 8


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


def struck_out(body: bytes, headers: Mapping[str, str]) -> bytes:
    """An answer without the credentials of its request, which some servers send back.

    `headers` are those of the request that authenticate it. Digits alone stay: they may be a
    number of the answer's own.
    """
    for value in headers.values():
        for secret in _secrets(value.encode()):
            if len(secret) >= _LEAST_STRUCK_OUT and not secret.isdigit() and secret in body:
                body = body.replace(secret, b"*")
    return body


def _secrets(header: bytes) -> Iterator[bytes]:
    """The credentials in a header, as they are sent, and the password in basic ones."""
    written = _CREDENTIALS.fullmatch(header)
    if written:
        yield written[2]
        if written[1] == b"Basic ":
            yield base64.b64decode(written[2]).partition(b":")[2]
