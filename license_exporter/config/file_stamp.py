"""What a changed file is noticed by, without reading it."""

from pathlib import Path

# When the file was written and when anything about it changed (in nanoseconds), its size, and which
# file it is. The second time cannot be set: it tells of a change that keeps the first one, as
# `cp -p` and `rsync -t` do, and of another owner or mode.
Stamp = tuple[int, int, int, int]


def stamp(file: Path) -> Stamp:
    """The stamp of a file, which differs once the file has changed. Raises OSError."""
    status = file.stat()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
