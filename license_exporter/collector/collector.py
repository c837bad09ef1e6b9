"""All targets of the configuration in force, and the collection of them for a scrape."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from license_exporter.collector.live_target import LiveTarget
from license_exporter.collector.standing import Outcome
from license_exporter.collector.status import FetchStatus, status_blocks
from license_exporter.config.target import Config, Target
from license_exporter.errors import Reason
from license_exporter.exposition import families
from license_exporter.exposition.labels import label_value
from license_exporter.exposition.text import Blocks, encode

_Item = TypeVar("_Item")

# After so many targets, the event loop gets its turn: to begin their fetches takes some 20 ms.
_SLICE = 100
# To make them takes longer.
_MADE = 20


@dataclass(frozen=True, slots=True)
class Collected:
    """What a scrape shows of one target; `blocks` are its samples."""

    up: bool
    blocks: tuple[Blocks, ...]


class Collector:
    """The targets in force.

    `open` makes what fetches a configured target, with connections of its own.
    """

    def __init__(self, open: Callable[[Target], LiveTarget]) -> None:
        self._open = open
        self._targets: dict[str, LiveTarget] = {}
        self._closing: dict[LiveTarget, asyncio.Task[None]] = {}

    @property
    def targets(self) -> Mapping[str, LiveTarget]:
        """The targets by their names, in the order of the configuration."""
        return self._targets

    def apply(self, config: Config) -> None:
        """Put a configuration in force; what is known of unchanged targets is kept.

        A scrape that is running goes on with the targets that it began with.
        """
        for _ in self._applied(config):
            pass

    async def apply_in_slices(self, config: Config) -> None:
        """As `apply`, while scrapes go on with what was in force; once at a time."""
        for _ in self._applied(config):
            await asyncio.sleep(0)

    async def collect(self, deadline: float, names: Sequence[str] | None = None) -> list[Collected]:
        """Collect the named targets, or all of them, at the same time.

        `deadline` is when the scrape must be answered, by the event loop's clock. A name that is
        not configured is collected as a target that is down.
        """
        names = list(self._targets if names is None else dict.fromkeys(names))
        unknown = [name for name in names if name not in self._targets]
        # Looked up one by one: in between, a reload can take one out of force.
        begun = [
            (live, live.begin())
            async for name in _in_slices(names)
            if (live := self._targets.get(name))
        ]
        running = [fetch for _, fetch in begun if fetch]
        if running:
            left = deadline - asyncio.get_running_loop().time()
            await asyncio.wait(running, timeout=max(left, 0.0))
        collected = [
            _collected(live, live.outcome(fetch)) async for live, fetch in _in_slices(begun)
        ]
        return collected + [_unknown(name) for name in unknown]

    def tallies(self) -> Blocks:
        """The exporter's own counters by target."""
        fetches: dict[tuple[str, ...], float] = {}
        requests: dict[tuple[str, ...], float] = {}
        for name, live in self._targets.items():
            fetches[name, "success"] = live.tally.successes
            fetches[name, "failure"] = live.tally.failures
            requests[name, "hit"] = live.tally.hits
            requests[name, "miss"] = live.tally.misses
        return encode({families.FETCHES: fetches, families.CACHE_REQUESTS: requests})

    async def close(self) -> None:
        """End the running fetches and close all connections."""
        every = (*self._targets.values(), *self._closing)
        ends = (live.close(at_once=True) for live in every)
        await asyncio.gather(*ends, *self._closing.values())

    async def _close(self, live: LiveTarget) -> None:
        await live.close()
        del self._closing[live]

    def _applied(self, config: Config) -> Iterator[None]:
        """Put a configuration in force; gives the event loop a chance to have its turn."""
        former = self._targets
        targets = {}
        for count, target in enumerate(config.targets):
            targets[target.name] = self._kept_or_opened(target, former.get(target.name))
            if not count % _MADE:
                yield
        self._targets = targets
        for count, (name, live) in enumerate(former.items()):
            if targets.get(name) is not live:
                self._closing[live] = asyncio.create_task(self._close(live))
            if not count % _MADE:
                yield

    def _kept_or_opened(self, target: Target, former: LiveTarget | None) -> LiveTarget:
        if former and (former.target is target or former.target == target):
            return former
        live = self._open(target)
        if former:
            live.take_over(former)
        return live


async def _in_slices(items: Sequence[_Item]) -> AsyncIterator[_Item]:
    """The items; after each slice of them, the event loop gets its turn."""
    for start in range(0, len(items), _SLICE):
        for item in items[start : start + _SLICE]:
            yield item
        await asyncio.sleep(0)


def _collected(live: LiveTarget, outcome: Outcome) -> Collected:
    status = FetchStatus(
        up=outcome.up,
        duration=live.duration,
        errors={failure.document: failure.reason for failure in outcome.failures},
        last_success=live.last_success,
        next_fetch=live.next_fetch,
    )
    target = live.target
    blocks = [live.settings, status_blocks(status, target.name, target.driver.name)]
    if outcome.answered:
        blocks.append(outcome.answered.blocks)
    return Collected(outcome.up, tuple(blocks))


def _unknown(name: str) -> Collected:
    """A target that a scrape asks for and that is not configured: removed, or misspelt."""
    status = FetchStatus(up=False, errors={"": Reason.CONFIG})
    return Collected(False, (status_blocks(status, label_value(name), ""),))
