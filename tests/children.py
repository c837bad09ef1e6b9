"""The processes that a test has started."""

import psutil


def children() -> set[int]:
    """The children of this process, those among them that nobody has reaped."""
    return {child.pid for child in psutil.Process().children()}
