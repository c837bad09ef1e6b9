"""One configured target as scrapes see it: the fetch that runs for them, and how it stands.

Each scrape asks it for an `Outcome`. The rules are told in full in docs/operation.md, "Fetching".
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from yarl import URL

from license_exporter.auth.ways import api_url
from license_exporter.collector.budget import Budget, size_of
from license_exporter.collector.configured import configured_samples
from license_exporter.collector.fetch import Fetcher
from license_exporter.collector.reading import Answered
from license_exporter.collector.secret_files import SecretFiles
from license_exporter.collector.standing import Outcome, Standing
from license_exporter.collector.target_view import TargetView
from license_exporter.config.addresses import origin
from license_exporter.config.credentials import Contents, as_read
from license_exporter.config.target import Target
from license_exporter.errors import FetchError, Reason
from license_exporter.exposition.text import encode
from license_exporter.process.clock import Clock
from license_exporter.sources.source import Step

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tally:
    """Counts since the start, for the exporter's own counters by target."""

    successes: int = 0
    failures: int = 0
    hits: int = 0
    misses: int = 0


class LiveTarget:
    """A target as scrapes see it.

    `settings` are the samples that depend on no fetch, `duration` is the time of the last fetch in
    seconds (None before the first has ended). `jitter` gives a number from 0 to 1; `on_failure` is
    called with the reason of each failed fetch. `budget` is what the answers of all targets take.
    """

    def __init__(
        self,
        target: Target,
        fetcher: Fetcher,
        clock: Clock,
        jitter: Callable[[], float],
        on_failure: Callable[[Reason], None],
        budget: Budget | None = None,
    ) -> None:
        self.target = target
        self.settings = encode(configured_samples(target), target.name, target.driver.name)
        self.tally = Tally()
        self.duration: float | None = None
        self._secrets = SecretFiles(target)
        self._contents: Contents = {}
        self._fetcher = fetcher
        self._clock = clock
        self._on_failure = on_failure
        self._budget = budget or Budget()
        self._standing = Standing(target, clock, jitter)
        self._task: asyncio.Task[None] | None = None
        self._fetching = False
        # So many scrapes wait to know whether there is a new secret to fetch with.
        self._undecided = 0

    @property
    def steps(self) -> Sequence[Step]:
        """The exchanges of the last fetch."""
        return self._fetcher.steps

    @property
    def last_success(self) -> float | None:
        """When the last good answer came, in seconds since the epoch."""
        return self._standing.last_success

    @property
    def next_fetch(self) -> float | None:
        """The time before which the target is not fetched, in seconds since the epoch."""
        return self._standing.next_fetch

    def begin(self) -> asyncio.Task[None] | None:
        """Begin a fetch for a scrape, or join the running one; None if none is due."""
        due = self._standing.is_due
        if due or self._fetching:
            self.tally.misses += 1
        elif self._secrets.files and self._standing.may_end_early:
            self._undecided += 1
        else:
            self.tally.hits += 1
            return None
        if self._task is None:
            self._task = asyncio.create_task(self._run(due=due))
        return self._task

    def outcome(self, fetch: asyncio.Task[None] | None) -> Outcome:
        """Answer the scrape for which `begin` gave `fetch`, whether or not that has ended."""
        if fetch and (not fetch.done() or fetch.cancelled()):
            return self._standing.late()
        return self.current()

    def current(self) -> Outcome:
        """The outcome as it stands, without a fetch."""
        return self._standing.current()

    def view(self) -> TargetView:
        """The target as the status page shows it."""
        target = self.target
        outcome = self.current()
        told = self._standing.was_fetched and outcome.failures
        failure = outcome.failures[0] if told else None
        return TargetView(
            name=target.name,
            vendor=target.driver.name,
            product=target.driver.product,
            labels=target.labels,
            up=outcome.up,
            reason=failure.reason if failure else None,
            message=failure.message if failure else "",
            report=outcome.answered.report if outcome.answered else None,
            known=self._standing.answered.report if self._standing.answered else None,
            last_success=self.last_success,
            next_fetch=self.next_fetch,
            duration=self.duration,
            steps=tuple(self._fetcher.steps),
            contracts=target.contracts,
            alerts=target.alerts,
            unmatched=outcome.answered.unmatched if outcome.answered else (),
            inherited=target.inherited,
            in_vain=self._standing.answered.in_vain if self._standing.answered else None,
            data_age=target.driver.data_age,
        )

    def take_over(self, former: "LiveTarget") -> None:
        """Go on from the former configuration of the target with its counts.

        Where the server asked to be left alone, and is still the same one, it is left alone.
        """
        self.tally = former.tally
        self._budget.hand_over(former, self)
        self._standing.take_over(
            former._standing, lambda: _is_same_server(self.target, former.target)
        )

    async def close(self, *, at_once: bool = False) -> None:
        """Let the running fetch end, or end it `at_once`, and close the connections.

        One that runs programs is ended: what the configuration drops runs no longer.
        """
        if self._task:
            if at_once or self.target.programs:
                self._task.cancel()
            await asyncio.wait({self._task})
        with as_read(self._contents):
            await self._fetcher.close()
        self._budget.release(self)

    async def _run(self, *, due: bool) -> None:
        """Fetch, if that is `due` or a secret file has changed."""
        begin = self._clock.monotonic()
        try:
            self._contents, secrets = await self._secrets.read(self.target.timeout)
            if due or self._standing.is_ended_by(secrets):
                self.tally.misses += self._decided()
                self._fetching = True
                with as_read(self._contents):
                    await self._fetch(secrets)
                self.duration = self._clock.monotonic() - begin
        except FetchError as error:
            if due:
                self._failed(error, b"", unforeseen=False)
                self.duration = self._clock.monotonic() - begin
        finally:
            self.tally.hits += self._decided()
            self._fetching = False
            self._task = None

    def _decided(self) -> int:
        """How many scrapes have waited for the secret files to be read."""
        waited, self._undecided = self._undecided, 0
        return waited

    async def _fetch(self, secrets: bytes) -> None:
        try:
            former = self._standing.answered
            answered = await self._fetcher.fetch(former)
            if former is None or answered.blocks is not former.blocks:
                self._budget.take(self, size_of(answered))
        except FetchError as error:
            self._failed(error, secrets, unforeseen=False)
        except asyncio.CancelledError:
            raise
        except BaseException:
            # Whatever it is, it is told and tried again, like any other failure.
            internal = FetchError(Reason.INTERNAL, "an error of the exporter's own")
            self._failed(internal, secrets, unforeseen=True)
        else:
            self._succeeded(answered)

    def _succeeded(self, answered: Answered) -> None:
        self.tally.successes += 1
        if self._standing.reason or not self._standing.was_fetched:
            _log.info("Target is up", extra=self._names())
        known = self._standing.answered
        for problem in answered.unmatched:
            if not known or problem not in known.unmatched:
                told = {**self._names(), "problem": problem}
                _log.warning("The configuration names what the answer does not have", extra=told)
        self._standing.succeeded(answered)
        if answered.skipped:
            paths = " ".join(answered.skipped_paths)
            extra = {**self._names(), "count": answered.skipped, "paths": paths}
            _log.debug("Values of the answer cannot be read and are left out", extra=extra)

    def _failed(self, error: FetchError, secrets: bytes, *, unforeseen: bool) -> None:
        self.tally.failures += 1
        self._on_failure(error.reason)
        before = self._standing.reason
        failure = self._standing.failed(error, secrets)
        if before != error.reason:
            extra = {
                **self._names(),
                "document": failure.document,
                "reason": failure.reason.value,
                "error": failure.message,
            }
            level = logging.ERROR if unforeseen else logging.WARNING
            _log.log(level, "Target is down", extra=extra, exc_info=unforeseen)

    def _names(self) -> dict[str, str]:
        return {"target": self.target.name, "vendor": self.target.driver.name}


def _is_same_server(target: Target, former: Target) -> bool:
    """Whether both are at one origin; False where a key file that names it cannot be read."""
    with suppress(FetchError):
        return origin(URL(api_url(target))) == origin(URL(api_url(former)))
    return False
