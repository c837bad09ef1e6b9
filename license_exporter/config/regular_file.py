"""Reading files that the configuration names, of which nobody knows what they are."""

import errno
import os
import stat
from pathlib import Path

# Without waiting: a pipe that nobody writes would be waited for for ever.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)

# What a secret or a certificate may hold, in bytes.
SECRET_LIMIT = 1 << 20


def read_regular(path: Path, limit: int) -> bytes:
    """The content of a file, which must be a regular one of `limit` bytes at most.

    Raises OSError, whose strerror tells what is wrong.
    """
    with open(path, "rb", opener=lambda name, _: os.open(name, _FLAGS)) as file:
        status = os.fstat(file.fileno())
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "It is no regular file", str(path))
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"It is larger than {limit:,} bytes", str(path))
    return content
