"""What the simulated license servers serve: features, their ends, and who uses them when."""

import math
from dataclasses import dataclass
from datetime import date

from license_exporter.demo.moments import Curve


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of which so many licenses are wanted at a time.

    `ends` are (licenses, last day), None for a permanent one. Each checkout takes `units`.
    """

    name: str
    version: str
    wanted: Curve
    ends: tuple[tuple[int, date | None], ...]
    units: int = 1
    first_user: int = 1

    @property
    def total(self) -> int:
        return sum(licenses for licenses, _ in self.ends)

    def checkouts(self, time: float) -> list[tuple[str, str]]:
        """Who has checked some out, as (user, host)."""
        return self._people(0, self._held(time))

    def waiting(self, time: float) -> list[tuple[str, str]]:
        """Who waits for some."""
        return self._people(self._held(time), self._wanted(time))

    def used(self, time: float) -> int:
        return self._held(time) * self.units

    def _wanted(self, time: float) -> int:
        return max(0, math.floor(self.wanted(time) / self.units))

    def _held(self, time: float) -> int:
        return min(self._wanted(time), self.total // self.units)

    def _people(self, begin: int, end: int) -> list[tuple[str, str]]:
        first = self.first_user
        return [(f"user{first + each:03}", f"ws-{first + each:03}") for each in range(begin, end)]
