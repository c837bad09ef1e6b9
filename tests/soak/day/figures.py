"""What a day has seen of its replicas, and whether that is within the bounds."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from tests.soak.day.replica import FILES_LIMIT, MEMORY_LIMIT, Look
from tests.soak.figures import listed

_MB = 1024 * 1024
# How much more there may be in the last third of a day than in the one before it.
_GROWTH = {"memory": 8 * _MB, "files": 8, "children": 3}
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Thirds:
    """The medians of the middle and of the last third of a day, and the greatest value of all."""

    middle: float
    last: float
    most: float

    def shown(self, one: float = 1) -> str:
        values = (value / one for value in (self.middle, self.last, self.most))
        return "{:.0f}, then {:.0f}, at most {:.0f}".format(*values)


def thirds(looks: Sequence[Look]) -> dict[str, Thirds]:
    """What the looks saw, by what they looked at."""
    third = len(looks) // 3
    found = {}
    for what in _GROWTH:
        values = [getattr(look, what) for look in looks]
        found[what] = Thirds(
            median(values[third : 2 * third]), median(values[2 * third :]), max(values)
        )
    return found


@dataclass
class DayFigures:
    """Counts, times in seconds, and what each replica had."""

    targets: int
    seconds: float = 0.0
    scrapes: list[float] = field(default_factory=list)
    parsed: int = 0
    longest_page: float = 0.0
    done: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    replicas: list[dict[str, Thirds]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def broken(self) -> Sequence[str]:
        """The bounds that are broken."""
        return list(self._broken())

    def _broken(self) -> Iterator[str]:
        if self.failures:
            yield "not everything was as it should be"
        for number, replica in enumerate(self.replicas):
            for what, seen in replica.items():
                if seen.last - seen.middle > _GROWTH[what]:
                    yield f"{what} of replica {number} has grown too much"

    def __str__(self) -> str:
        rate = len(self.scrapes) / self.seconds
        lines = {
            "scrapes": f"{len(self.scrapes)} of {self.targets} targets in two shards in "
            f"{self.seconds:.0f} s, {rate:.0f} a second; {self.parsed} read by the parsers",
            "a scrape": f"{median(self.scrapes):.2f} s, 99 of 100 within "
            f"{quantiles(self.scrapes, n=100)[-1]:.2f} s, at most {max(self.scrapes):.2f} s",
            "longest page": f"{self.longest_page:.2f} s",
            "done meanwhile": listed(self.done),
            "shown as down": listed(self.reasons),
            "limits": f"{MEMORY_LIMIT / _MB:.0f} MB of addresses, {FILES_LIMIT} files",
        }
        for number, replica in enumerate(self.replicas):
            lines[f"replica {number}"] = "; ".join(
                f"{what} {seen.shown(_MB if what == 'memory' else 1)}"
                for what, seen in replica.items()
            )
        lines["failures"] = str(len(self.failures))
        told = [f"{name:16}{value}" for name, value in lines.items()]
        return "\n".join([*told, *self.failures[:_SHOWN], *self.broken])
