"""An answer as it comes, piece by piece: never more of it than a limit."""

from io import BytesIO
from types import TracebackType
from typing import Self

from license_exporter.errors import FetchError, Reason
from license_exporter.sources.source import LARGE, OnLarge


class Growing:
    """The bytes of an answer so far, at most `limit` of them; a context manager, which frees them.

    `on_large` is awaited before more than `LARGE` is kept, and again before each further `LARGE`.
    """

    def __init__(self, limit: int, on_large: OnLarge | None = None) -> None:
        self._limit = limit
        self._on_large = on_large
        self._told = 0
        self._bytes = BytesIO()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Closed at the end: whoever keeps an exception would keep the answer with it.
        self._bytes.close()

    async def add(self, part: bytes) -> None:
        """Keep what came. Raises FetchError `too_large` beyond the limit."""
        size = self._bytes.tell() + len(part)
        if size > self._limit:
            raise too_large(self._limit)
        if self._on_large and size > self._told + LARGE:
            await self._on_large(size - self._told)
            self._told = size
        self._bytes.write(part)

    def value(self) -> bytes:
        """All that came."""
        return self._bytes.getvalue()


def too_large(limit: int) -> FetchError:
    """The error for an answer of more than `limit` bytes."""
    return FetchError(
        Reason.TOO_LARGE, f"the answer is over {limit} bytes; raise body_size_limit if it may be"
    )
