"""What a changed file is noticed by, without reading it."""

from pathlib import Path

# When the file was written (in nanoseconds), its size, and which file it is.
Stamp = tuple[int, int, int]


def stamp(file: Path) -> Stamp:
    """The stamp of a file, which differs once the file has changed. Raises OSError."""
    status = file.stat()
    return status.st_mtime_ns, status.st_size, status.st_ino
