"""What a run has seen, and whether that is within the bounds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_MB = 1024 * 1024
_GROWTH = 10 * _MB
_SHOWN = 20


@dataclass
class Figures:
    """Counts, times in seconds, and memory in bytes.

    `reasons` are those for which scrapes showed a target down, `done` what was done to the
    exporter. `memory` is that after warming up and in the end, `open_files` those before the
    first scrape and in the end.
    """

    targets: int
    seconds: float = 0.0
    scrapes: int = 0
    longest_scrape: float = 0.0
    longest_page: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    memory: tuple[float, float] = (0.0, 0.0)
    open_files: tuple[int, int] = (0, 0)
    failures: list[str] = field(default_factory=list)

    @property
    def broken(self) -> Sequence[str]:
        """The bounds that are broken."""
        broken = []
        if self.failures:
            broken.append("not everything was as it should be")
        if self.memory[1] - self.memory[0] >= _GROWTH:
            broken.append("memory has grown too much")
        if self.open_files[1] > self.open_files[0]:
            broken.append("files are left open")
        return broken

    def __str__(self) -> str:
        memory = [value / _MB for value in self.memory]
        lines = {
            "scrapes": f"{self.scrapes} of {self.targets} targets in {self.seconds:.0f} s",
            "longest scrape": f"{self.longest_scrape:.2f} s",
            "longest page": f"{self.longest_page:.2f} s",
            "done meanwhile": listed(self.done),
            "shown as down": listed(self.reasons),
            "memory": "{:.1f} MB after warming up, {:.1f} MB in the end".format(*memory),
            "open files": "{} before the first scrape, {} in the end".format(*self.open_files),
            "failures": str(len(self.failures)),
        }
        told = [f"{name:16}{value}" for name, value in lines.items()]
        return "\n".join([*told, *self.failures[:_SHOWN], *self.broken])


def listed(counts: Counter[str]) -> str:
    """The counts by name, the greatest first."""
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())
