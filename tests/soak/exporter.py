"""The exporter, with a wall clock that jumps at each SIGUSR1."""

import itertools
import signal
import sys

from license_exporter.cli.flags import main
from license_exporter.process.clock import SystemClock

_DAY = 24 * 3600.0


class JumpingClock(SystemClock):
    """Goes forth and back by hours, days and a year."""

    def __init__(self) -> None:
        self._offsets = itertools.cycle([3600.0, -_DAY, 30 * _DAY, 0.0, 400 * _DAY, -3600.0])
        self._offset = 0.0

    def time(self) -> float:
        return super().time() + self._offset

    def jump(self, *_: object) -> None:
        self._offset = next(self._offsets)


if __name__ == "__main__":
    clock = JumpingClock()
    signal.signal(signal.SIGUSR1, clock.jump)
    sys.exit(main(clock=clock))
