"""Following the configuration without a signal: `--config.auto-reload-interval`."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from license_exporter.config.patterns import MOST, found
from license_exporter.config.regular_file import read_regular
from license_exporter.config.strict_yaml import LARGEST
from license_exporter.exporter import Exporter


@asynccontextmanager
async def following(exporter: Exporter, file: Path, interval: float) -> AsyncIterator[None]:
    """Reload when the files change, looked at every `interval` seconds; 0 is never."""
    if not interval:
        yield
        return
    task = asyncio.create_task(_follow(exporter, file, interval))
    try:
        yield
    finally:
        task.cancel()


async def _follow(exporter: Exporter, file: Path, interval: float) -> None:
    seen = await asyncio.to_thread(fingerprint, file, exporter.config.target_files)
    while True:
        await asyncio.sleep(interval)
        now = await asyncio.to_thread(fingerprint, file, exporter.config.target_files)
        if now != seen:
            await asyncio.shield(exporter.reload())
            # With what was read: a change during it is seen the next time.
            seen = now


def fingerprint(file: Path, patterns: Iterable[str]) -> bytes:
    """A digest of what the configuration file and its `target_files` hold.

    It is of their content, wherever links lead, so that a file that is swapped for another, as
    Kubernetes does with a whole folder, is seen, and one that is written anew as it was is not.
    """
    digest = hashlib.blake2b(digest_size=16)
    names = {name for pattern in patterns for name in found(pattern, file.parent)[:MOST]}
    for path in (file, *(file.parent / name for name in sorted(names))):
        digest.update(str(path).encode("utf-8", "surrogateescape") + b"\0")
        with suppress(OSError):
            content = read_regular(path, LARGEST)
            digest.update(len(content).to_bytes(8, "big") + content)
    return digest.digest()
