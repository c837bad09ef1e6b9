"""Certificates and keys that are text, for functions that read files only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pem_file(text: str) -> Iterator[str]:
    """The path of a file that holds `text` and that no one else can read, while in the block.

    Where the system can, the file is in memory: a key never reaches a disk, and a read-only file
    system does not matter.
    """
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create("pem"), "w", encoding="latin-1", errors="replace") as file:  # noqa: PTH123 - not a path
            file.write(text)
            file.flush()
            yield f"/proc/self/fd/{file.fileno()}"
    else:
        with tempfile.NamedTemporaryFile("w", encoding="latin-1", errors="replace") as file:
            file.write(text)
            file.flush()
            yield file.name
