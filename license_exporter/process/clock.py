"""Time, passed in so that tests can make it pass."""

import time
from typing import Protocol


class Clock(Protocol):
    """The two clocks: one that tells the time, and one that only ever moves on."""

    def time(self) -> float:
        """Seconds since the epoch; may jump."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; never jumps."""


class SystemClock:
    """The machine's clocks."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()
