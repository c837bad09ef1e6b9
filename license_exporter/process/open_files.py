"""How many files the process may have open, of which each target's connection is one."""

import resource
from contextlib import suppress


def raise_limit() -> None:
    """Raise the soft limit to the hard one; the soft one is there for programs that use select."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
