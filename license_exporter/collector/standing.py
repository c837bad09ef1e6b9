"""How a target stands: its last good answer, what it waits for, and what a scrape shows of that.

Nothing here fetches. The rules are told in full in docs/operation.md, "Fetching".
"""

from collections.abc import Callable
from dataclasses import dataclass

from license_exporter.collector.backoff import Backoff
from license_exporter.collector.reading import Answered
from license_exporter.config.target import Target
from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.process.clock import Clock


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


class Standing:
    """What is known of a target between its fetches; `jitter` gives a number from 0 to 1."""

    def __init__(self, target: Target, clock: Clock, jitter: Callable[[], float]) -> None:
        self._target = target
        self._clock = clock
        self._good: _Good | None = None
        self._wait: _Wait | None = None
        self._backoff = Backoff(target.min_interval, jitter)

    @property
    def answered(self) -> Answered | None:
        """The last good answer."""
        return self._good.answered if self._good else None

    @property
    def reason(self) -> Reason | None:
        """Why the last fetch failed; None if it did not, or none has ended yet."""
        return self._wait.failures[0].reason if self._wait else None

    @property
    def last_success(self) -> float | None:
        """When the last good answer came, in seconds since the epoch."""
        return self._good.wall if self._good else None

    @property
    def next_fetch(self) -> float | None:
        """The time before which the target is not fetched, in seconds since the epoch."""
        if self._wait:
            return self._wait.wall
        return self._good.wall + self._target.min_interval if self._good else None

    @property
    def was_fetched(self) -> bool:
        """Whether a fetch has ended."""
        return bool(self._good or self._wait)

    @property
    def is_due(self) -> bool:
        """Whether a fetch is due."""
        due = self._due()
        return due is None or self._clock.monotonic() >= due

    @property
    def may_end_early(self) -> bool:
        """Whether a new secret ends the wait, which is what one after refused credentials is for.

        A server that asked to be left alone is left alone.
        """
        return bool(self._wait and not self._wait.throttled)

    def is_ended_by(self, secrets: bytes) -> bool:
        """Whether secret files with this fingerprint end the wait."""
        return bool(self.may_end_early and self._wait and self._wait.secrets != secrets)

    def current(self) -> Outcome:
        """The outcome as it stands, where no fetch runs."""
        if self._wait:
            return self._down(self._wait.failures)
        if self._good:
            return Outcome(True, self._good.answered, self._good.answered.failures)
        return self._down((self.failure(Reason.TIMEOUT, "not fetched yet"),))

    def late(self) -> Outcome:
        """The outcome for a scrape that cannot wait for the running fetch any longer."""
        longest = self._target.min_interval + self._target.timeout
        if self._good and self._age(self._good) <= longest:
            return Outcome(True, self._good.answered, self._good.answered.failures)
        problem = "the scrape ended before the answer came; it goes on"
        return self._down((self.failure(Reason.TIMEOUT, problem),))

    def succeeded(self, answered: Answered) -> None:
        """Note a good answer, which has come now."""
        self._good = _Good(answered, self._clock.monotonic(), self._clock.time())
        self._wait = None
        self._backoff.succeeded()

    def failed(self, error: FetchError, secrets: bytes) -> Failure:
        """Note a fetch that has failed now; gives its failure.

        `secrets` is the fingerprint of the secret files with which it began.
        """
        failure = self.failure(error.reason, error.message, error.document)
        pause = self._backoff.pause(error)
        until, wall = self._clock.monotonic() + pause, self._clock.time() + pause
        self._wait = _Wait((failure, *error.beside), until, wall, error.throttled, secrets)
        return failure

    def take_over(self, former: "Standing", is_same_server: Callable[[], bool]) -> None:
        """Go on with the wait of the target's former configuration.

        Only where the server asked to be left alone, and is still the same one.
        """
        wait = former._wait
        if wait and wait.throttled and is_same_server():
            self._wait = wait
            self._backoff.take_over(former._backoff)

    def failure(self, reason: Reason, message: str, document: str = "") -> Failure:
        """A failure of a document, of the first one if none is named."""
        return Failure(document or self._target.driver.documents[0].name, reason, message)

    def _due(self) -> float | None:
        """When the next fetch is due, by the monotonic clock; None if it is due at once."""
        if self._wait:
            return self._wait.until
        if self._good:
            return self._good.at + self._target.min_interval
        return None

    def _down(self, failures: tuple[Failure, ...]) -> Outcome:
        stands_in = self._good and self._age(self._good) <= self._target.max_stale
        return Outcome(False, self._good.answered if self._good and stands_in else None, failures)

    def _age(self, good: _Good) -> float:
        return self._clock.monotonic() - good.at
