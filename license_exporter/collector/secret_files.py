"""The files with a target's secrets, read beside the event loop."""

import asyncio

from license_exporter.config.credentials import Contents, fingerprint, read_files
from license_exporter.config.target import Target
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.threads import Calls

_NONE: tuple[Contents, bytes] = ({}, b"")


class SecretFiles:
    """The secret files of one target; `files` are their paths.

    Those of TLS can be long and equal for many targets: they are read where a context is made.
    """

    def __init__(self, target: Target) -> None:
        self.files = target.secret_files()
        self._kept = tuple(file for option, file in target.files() if "tls_config" not in option)
        self._calls = Calls[tuple[Contents, bytes]]("secrets")

    async def read(self, seconds: float) -> tuple[Contents, bytes]:
        """What the files hold, and the fingerprint of all of them.

        Raises FetchError `timeout` where reading takes longer: it may hang for ever.
        """
        if not self.files:
            return _NONE
        try:
            async with asyncio.timeout(seconds):
                return await self._calls.result(self, self._read)
        except TimeoutError:
            names = ", ".join(map(str, self.files))
            raise FetchError(
                Reason.TIMEOUT,
                f"{names}: not read within {seconds:g} s; see whether the file system answers",
            ) from None

    def _read(self) -> tuple[Contents, bytes]:
        return read_files(self._kept), fingerprint(self.files)
