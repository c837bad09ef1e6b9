"""The credentials of one fetch, which all its documents share."""

import asyncio
from collections.abc import Mapping

from license_exporter.auth.ways import Authenticator
from license_exporter.errors import FetchError


class Credentials:
    """Headers that authenticate the requests of one fetch.

    Refused ones are made anew at most once. If they cannot be had at all, that is found out once,
    and not for each document.
    """

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator
        self._current: Mapping[str, str] | None = None
        self._failure: FetchError | None = None
        self._renewed = False
        self._lock = asyncio.Lock()

    async def current(self) -> Mapping[str, str]:
        """The headers to send. Raises FetchError."""
        async with self._lock:
            return await self._had()

    def params(self) -> Mapping[str, str]:
        """The parameters to send. Raises FetchError."""
        return self._authenticator.params()

    def told(self) -> Mapping[str, str]:
        """What the sign-in told that stands for names in the paths of requests."""
        return self._authenticator.told()

    async def renewed(self, refused: Mapping[str, str]) -> Mapping[str, str] | None:
        """Headers to try instead of the `refused` ones; None if there are none.

        Raises FetchError.
        """
        async with self._lock:
            if self._current is refused:
                if self._renewed or not self._authenticator.refused():
                    return None
                self._renewed = True
                # So that the next document goes on where this one is cancelled while it waits.
                self._current = None
            return await self._had()

    async def _had(self) -> Mapping[str, str]:
        if self._failure is not None:
            raise self._failure.again()
        if self._current is None:
            try:
                self._current = await self._authenticator.headers()
            except FetchError as error:
                self._failure = error.again()
                raise
        return self._current
