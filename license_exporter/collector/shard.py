"""Which of the targets are this replica's, where several replicas share one configuration."""

import hashlib
import re
from dataclasses import dataclass

_WRITTEN = re.compile(r"(?:.*-)?(\d{1,5})/(\d{1,5})", re.ASCII)
_JUMP = 2862933555777941757


@dataclass(frozen=True, slots=True)
class Shard:
    """The part `index`, from 0, of `count` parts of the targets."""

    index: int
    count: int

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"

    def holds(self, target: str) -> bool:
        """Whether the target of this name is in this part: it is in one part alone."""
        return shard_of(target, self.count) == self.index


def parse(written: str) -> Shard:
    """The shard that `2/5` names, or `license-exporter-2/5` by the name of a pod with its ordinal.

    5/5 is 0/5, so that counting from 1 names each part once, too. Raises ValueError.
    """
    match = _WRITTEN.fullmatch(written)
    if not match:
        raise ValueError(f"{written!r} is not NUMBER/SHARDS, such as 2/5, or POD-NUMBER/SHARDS")
    index, count = int(match[1]), int(match[2])
    if not count:
        raise ValueError(f"{written!r} is no shard; all targets in one are 0/1")
    if index > count:
        raise ValueError(f"{written!r} is none of {count} shards; the first is 0/{count}")
    return Shard(index % count, count)


def shard_of(target: str, count: int) -> int:
    """The part to which the target of this name belongs, of `count` parts.

    With one part more, only the targets of that part move: "A Fast, Minimal Memory, Consistent Hash
    Algorithm", Lamping and Veach, 2014.
    """
    key = int.from_bytes(hashlib.sha256(target.encode()).digest()[:8], "big")
    found = jump = 0
    while jump < count:
        found = jump
        key = (key * _JUMP + 1) % (1 << 64)
        jump = int((found + 1) * ((1 << 31) / ((key >> 33) + 1)))
    return found
