"""One configured target: its last good answer, what it waits for, and the fetch that is running.

Each scrape asks it for an `Outcome`. The rules are told in full in docs/operation.md, "Fetching".
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from yarl import URL

from license_exporter.auth.ways import api_url
from license_exporter.collector.backoff import Backoff
from license_exporter.collector.fetch import Fetcher
from license_exporter.collector.reading import Answered
from license_exporter.collector.samples import configured_samples
from license_exporter.collector.target_view import TargetView
from license_exporter.config.addresses import origin
from license_exporter.config.credentials import fingerprint
from license_exporter.config.target import Target
from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.exposition.text import encode
from license_exporter.process.clock import Clock
from license_exporter.sources.source import Step

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scrape shows of a target.

    `up` is `license_up`. `answered` has the values to show, None if there are none; where the
    target is not up, they are the last good ones, which `max_stale` allows to stand in.
    `failures` are why the target is not up, or which optional documents of it failed.
    """

    up: bool
    answered: Answered | None
    failures: tuple[Failure, ...]


@dataclass(slots=True)
class Tally:
    """Counts since the start, for the exporter's own counters by target."""

    successes: int = 0
    failures: int = 0
    hits: int = 0
    misses: int = 0


@dataclass(frozen=True, slots=True)
class _Good:
    """A good answer and when it came: by the monotonic clock, and as a time of day."""

    answered: Answered
    at: float
    wall: float


@dataclass(frozen=True, slots=True)
class _Wait:
    """A failure, and until when the target is left alone, by both clocks as in `_Good`.

    `secrets` is the fingerprint of the secret files with which the failed fetch began.
    """

    failures: tuple[Failure, ...]
    until: float
    wall: float
    throttled: bool
    secrets: bytes


class LiveTarget:
    """A target as scrapes see it.

    `settings` are the samples that depend on no fetch, `duration` is the time of the last fetch in
    seconds (None before the first has ended). `jitter` gives a number from 0 to 1; `on_failure` is
    called with the reason of each failed fetch.
    """

    def __init__(
        self,
        target: Target,
        fetcher: Fetcher,
        clock: Clock,
        jitter: Callable[[], float],
        on_failure: Callable[[Reason], None],
    ) -> None:
        self.target = target
        self.settings = encode(configured_samples(target), target.name, target.driver.name)
        self.tally = Tally()
        self.duration: float | None = None
        self._secret_files = target.secret_files()
        self._fetcher = fetcher
        self._clock = clock
        self._on_failure = on_failure
        self._good: _Good | None = None
        self._wait: _Wait | None = None
        self._backoff = Backoff(target.min_interval, jitter)
        self._task: asyncio.Task[None] | None = None

    @property
    def steps(self) -> Sequence[Step]:
        """The exchanges of the last fetch."""
        return self._fetcher.steps

    @property
    def last_success(self) -> float | None:
        """When the last good answer came, in seconds since the epoch."""
        return self._good.wall if self._good else None

    @property
    def next_fetch(self) -> float | None:
        """The time before which the target is not fetched, in seconds since the epoch."""
        if self._wait:
            return self._wait.wall
        return self._good.wall + self.target.min_interval if self._good else None

    def begin(self) -> asyncio.Task[None] | None:
        """Begin a fetch for a scrape, or join the running one; None if none is due."""
        if not self._is_due():
            self.tally.hits += 1
            return None
        self.tally.misses += 1
        if self._task is None:
            self._task = asyncio.create_task(self._fetch())
        return self._task

    def outcome(self, fetch: asyncio.Task[None] | None) -> Outcome:
        """Answer the scrape for which `begin` gave `fetch`, whether or not that has ended."""
        if fetch and (not fetch.done() or fetch.cancelled()):
            return self._late()
        return self.current()

    def current(self) -> Outcome:
        """The outcome as it stands, without a fetch."""
        if self._wait:
            return self._down(self._wait.failures)
        if self._good:
            return Outcome(True, self._good.answered, self._good.answered.failures)
        return self._down((self._failure(Reason.TIMEOUT, "not fetched yet"),))

    def view(self) -> TargetView:
        """The target as the status page shows it."""
        target = self.target
        outcome = self.current()
        was_fetched = bool(self._good or self._wait)
        failure = outcome.failures[0] if was_fetched and outcome.failures else None
        return TargetView(
            name=target.name,
            vendor=target.driver.name,
            product=target.driver.product,
            labels=target.labels,
            up=outcome.up,
            reason=failure.reason if failure else None,
            message=failure.message if failure else "",
            report=outcome.answered.report if outcome.answered else None,
            last_success=self.last_success,
            next_fetch=self.next_fetch,
            duration=self.duration,
            steps=tuple(self._fetcher.steps),
            contract=target.contract,
        )

    def take_over(self, former: "LiveTarget") -> None:
        """Go on from the former configuration of the target with its counts.

        Where the server asked to be left alone, and is still the same one, it is left alone.
        """
        self.tally = former.tally
        wait = former._wait
        if wait and wait.throttled and _is_same_server(self.target, former.target):
            self._wait = wait
            self._backoff.take_over(former._backoff)

    async def close(self, *, at_once: bool = False) -> None:
        """Let the running fetch end, or end it `at_once`, and close the connections.

        One that runs programs is ended: what the configuration drops runs no longer.
        """
        if self._task:
            if at_once or self.target.programs:
                self._task.cancel()
            await asyncio.wait({self._task})
        await self._fetcher.close()

    def _due(self) -> float | None:
        """When the next fetch is due, by the monotonic clock; None if it is due at once."""
        if self._wait:
            return self._wait.until
        if self._good:
            return self._good.at + self.target.min_interval
        return None

    def _is_due(self) -> bool:
        due = self._due()
        if due is None or self._clock.monotonic() >= due:
            return True
        # A new secret is what a wait after refused credentials is for; a server that asked to be
        # left alone is left alone.
        wait = self._wait
        return bool(wait and not wait.throttled and wait.secrets != fingerprint(self._secret_files))

    def _late(self) -> Outcome:
        """Answer a scrape that cannot wait for the running fetch any longer."""
        if self._good and self._age(self._good) <= self.target.min_interval + self.target.timeout:
            return Outcome(True, self._good.answered, self._good.answered.failures)
        problem = "the scrape ended before the answer came; it goes on"
        return self._down((self._failure(Reason.TIMEOUT, problem),))

    def _down(self, failures: tuple[Failure, ...]) -> Outcome:
        stands_in = self._good and self._age(self._good) <= self.target.max_stale
        return Outcome(False, self._good.answered if self._good and stands_in else None, failures)

    def _age(self, good: _Good) -> float:
        return self._clock.monotonic() - good.at

    def _failure(self, reason: Reason, message: str, document: str = "") -> Failure:
        return Failure(document or self.target.driver.documents[0].name, reason, message)

    async def _fetch(self) -> None:
        secrets = fingerprint(self._secret_files)
        begin = self._clock.monotonic()
        try:
            answered = await self._fetcher.fetch(self._good.answered if self._good else None)
        except FetchError as error:
            self._failed(error, secrets)
        except Exception:
            internal = FetchError(Reason.INTERNAL, "an error of the exporter's own")
            self._failed(internal, secrets, unforeseen=True)
        else:
            self._succeeded(answered)
        finally:
            self.duration = self._clock.monotonic() - begin
            self._task = None

    def _succeeded(self, answered: Answered) -> None:
        self.tally.successes += 1
        if self._wait or not self._good:
            _log.info("Target is up", extra=self._names())
        self._good = _Good(answered, self._clock.monotonic(), self._clock.time())
        self._wait = None
        self._backoff.succeeded()
        if answered.skipped:
            paths = " ".join(answered.skipped_paths)
            extra = {**self._names(), "count": answered.skipped, "paths": paths}
            _log.debug("Values of the answer cannot be read and are left out", extra=extra)

    def _failed(self, error: FetchError, secrets: bytes, *, unforeseen: bool = False) -> None:
        self.tally.failures += 1
        self._on_failure(error.reason)
        failure = self._failure(error.reason, error.message, error.document)
        if not self._wait or self._wait.failures[0].reason != error.reason:
            extra = {
                **self._names(),
                "document": failure.document,
                "reason": failure.reason.value,
                "error": failure.message,
            }
            level = logging.ERROR if unforeseen else logging.WARNING
            _log.log(level, "Target is down", extra=extra, exc_info=unforeseen)
        pause = self._backoff.pause(error)
        until, wall = self._clock.monotonic() + pause, self._clock.time() + pause
        self._wait = _Wait((failure, *error.beside), until, wall, error.throttled, secrets)

    def _names(self) -> dict[str, str]:
        return {"target": self.target.name, "vendor": self.target.driver.name}


def _is_same_server(target: Target, former: Target) -> bool:
    """Whether both are at one origin; False where a key file that names it cannot be read."""
    with suppress(FetchError):
        return origin(URL(api_url(target))) == origin(URL(api_url(former)))
    return False
