"""What an attack is, what is measured of it, and the bounds that hold under each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.hostile.scene import Scene

# Under each attack, with the default settings.
HEALTHY_SECONDS = 0.5
SCRAPE_SECONDS = 2.0
MEMORY_MB = 600
END_SECONDS = 25.0


@dataclass(frozen=True)
class Attack:
    """Something that means harm, done to a running exporter.

    `act` does it, and returns what it measured beside the usual; what it opens through the scene
    stays open until the exporter has ended. `targets` are those that it needs beside the good one;
    `config` what stands beside targets in the configuration; `flags` and the web config file, which
    `web` gives, are how the exporter is started, and `is_tls` whether it speaks TLS. Meanwhile the
    good target is scraped with `headers`. `short` attacks are those of the short form.
    """

    name: str
    act: Callable[[Scene], "Sequence[Figure] | None"]
    targets: Callable[[Scene], Sequence[Mapping[str, Any]]] = lambda scene: ()
    config: Callable[[Scene], Mapping[str, Any]] = lambda scene: {}
    flags: Sequence[str] = ()
    web: Callable[[], str] = lambda: ""
    headers: Mapping[str, str] = field(default_factory=dict)
    is_tls: bool = False
    short: bool = True


@dataclass(frozen=True)
class Figure:
    """A number and the greatest that it may be; a bound of None is told and never broken."""

    name: str
    value: float
    bound: float | None
    unit: str = ""

    @property
    def broken(self) -> bool:
        return self.bound is not None and not self.value <= self.bound

    def __str__(self) -> str:
        form = {"MB": ",.0f", "": ",g"}.get(self.unit, ",.2f")
        return f"{self.value:{form}} {self.unit}".rstrip() + (" (!)" if self.broken else "")


@dataclass(frozen=True)
class Result:
    """What was measured of one attack: the four figures of all, and further ones."""

    name: str
    healthy: Figure
    scrape: Figure
    memory: Figure
    end: Figure
    further: Sequence[Figure] = ()

    @property
    def figures(self) -> tuple[Figure, ...]:
        return self.healthy, self.scrape, self.memory, self.end, *self.further

    @property
    def broken(self) -> bool:
        return any(figure.broken for figure in self.figures)
