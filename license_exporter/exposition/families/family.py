"""What a family of metrics is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

CACHED = " An answer may be as old as the target's min_interval."


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A family of samples; with `of_target`, `labels` are those that follow `target` and `vendor`.

    The name of a counter ends in `_total`, as its samples do.
    """

    name: str
    help: str
    labels: tuple[str, ...] = ()
    type: Literal["gauge", "counter"] = "gauge"
    of_target: bool = True


def answer(name: str, help: str, *labels: str) -> Family:
    """A family whose values come from a vendor's answer, which may be a cached one."""
    return Family(name, help + CACHED, labels)


def members(module: Mapping[str, object]) -> tuple[Family, ...]:
    """The families of a module in their order: nobody can forget to list a new one."""
    return tuple(value for value in module.values() if isinstance(value, Family))
