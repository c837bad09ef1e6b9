"""The rules of fetching once more, as a small model: what a scrape shows, whatever happened before.

It is written from docs/operation.md, "Fetching", and knows nothing of the exporter's code. Times
are in seconds: `now` is by the clock that only moves on, `wall` by the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

LAST_WORDS = 1.0
OPTIONAL_SHARE = 0.75


@dataclass(frozen=True)
class Said:
    """What came of a document: its value, or why there is none.

    `late` is a failure that is found only when all documents are read together.
    """

    used: float | None = None
    reason: str = ""
    throttled: bool = False
    retry_after: float | None = None
    late: bool = False


@dataclass(frozen=True)
class Document:
    name: str
    required: bool = True


@dataclass(frozen=True)
class Options:
    """What the configuration says of a target; `vendor` is a key of `DOCUMENTS`."""

    name: str
    vendor: str
    place: str
    origin: int = 0
    min_interval: float = 30.0
    timeout: float = 12.0
    max_stale: float = 0.0


DOCUMENTS = {
    "enterprise_recon": (Document("licenses"),),
    "immuta": (
        Document("license"),
        Document("licenseStatus"),
        Document("usage", required=False),
    ),
}


@dataclass
class Tally:
    successes: int = 0
    failures: int = 0
    hits: int = 0
    misses: int = 0


@dataclass(frozen=True)
class Good:
    values: Mapping[str, float]
    errors: Mapping[str, str]
    at: float
    wall: float


@dataclass
class Wait:
    """A failure that is waited out, at least and at most so long from `at` on."""

    errors: Mapping[str, str]
    at: float
    wall: float
    least: float
    most: float
    throttled: bool
    secret: str | None
    seconds: float | None = None


@dataclass(frozen=True)
class Shown:
    """What a scrape shows of a target."""

    up: bool
    values: Mapping[str, float] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    last_success: float | None = None
    next_fetch: float | None = None
    duration: float | None = None


@dataclass(eq=False)
class Fetch:
    """A running fetch: what came so far, and the documents that are still awaited."""

    target: "Target"
    secret: str | None
    begun: float
    came: dict[str, Said] = field(default_factory=dict)
    awaited: set[str] = field(default_factory=set)
    failed_at: float | None = None
    ended: bool = False
    failed: bool = False

    def next_event(self) -> float:
        """When it ends or gives a document up, unless something comes before."""
        ends = [] if self.failed_at is None else [self.failed_at + LAST_WORDS]
        return min([*ends, *(self._end(each) for each in self._documents if self._awaits(each))])

    def note(self, document: str, said: Said, now: float) -> None:
        self.awaited.discard(document)
        self.came[document] = said
        required = {each.name for each in self._documents if each.required}
        if document in required and said.reason and not said.late and self.failed_at is None:
            self.failed_at = now

    def go_on(self, now: float, wall: float) -> None:
        """Give up what is awaited for too long, and end if that was all."""
        for document in self._documents:
            if self._awaits(document) and now >= self._end(document):
                self.note(document.name, Said(reason="timeout"), now)
        if self.failed_at is not None and now >= self.failed_at + LAST_WORDS:
            self.awaited.clear()
        if not self.awaited and not self.ended:
            self.ended = True
            self.target.fetched(self, now, wall)

    def early(self) -> dict[str, Said]:
        return {name: said for name, said in self.came.items() if said.reason and not said.late}

    @property
    def _documents(self) -> tuple[Document, ...]:
        return DOCUMENTS[self.target.options.vendor]

    def _awaits(self, document: Document) -> bool:
        return document.name in self.awaited

    def _end(self, document: Document) -> float:
        share = 1 if document.required else OPTIONAL_SHARE
        return self.begun + self.target.options.timeout * share


class Target:
    """A target as the rules have it. `token` is the one that is kept, and the secret it is for."""

    def __init__(self, options: Options, former: "Target | None" = None) -> None:
        self.options = options
        self.tally = former.tally if former else Tally()
        self.good: Good | None = None
        self.wait: Wait | None = None
        self.running: Fetch | None = None
        self.duration: float | None = None
        self.token: tuple[int, str] | None = None
        self._throttled = 0
        self._refused = 0
        if former and former.wait and former.wait.throttled and self._is_at_the_origin_of(former):
            self.wait = former.wait
            self._throttled = former._throttled

    def scraped(self, now: float, secret: str | None) -> tuple[Fetch | None, bool]:
        """The fetch that a scrape waits for, and whether it has begun for it."""
        if not self.running and not self._is_due(now, secret):
            self.tally.hits += 1
            return None, False
        self.tally.misses += 1
        begins = self.running is None
        if self.running is None:
            self.running = Fetch(self, secret, now)
        return self.running, begins

    def shown(self, joined: Fetch | None, now: float) -> Shown:
        if joined and not joined.ended:
            allowed = self.options.min_interval + self.options.timeout
            if self.good and now - self.good.at <= allowed:
                return self._shown(True, self.good.values, self.good.errors)
            first = DOCUMENTS[self.options.vendor][0]
            return self._shown(False, self._stale(now), {first.name: "timeout"})
        if self.wait:
            return self._shown(False, self._stale(now), self.wait.errors)
        assert self.good
        return self._shown(True, self.good.values, self.good.errors)

    def fetched(self, fetch: Fetch, now: float, wall: float) -> None:
        self.running = None
        self.duration = now - fetch.begun
        required = [each.name for each in DOCUMENTS[self.options.vendor] if each.required]
        failed = fetch.early()
        if not failed.keys() & set(required):
            unread = {name: said for name, said in fetch.came.items() if said.reason == "decode"}
            wrong = {name: said for name, said in fetch.came.items() if said.reason == "schema"}
            failed |= unread
            if not unread.keys() & set(required):
                # The shape of one document is of no interest once another one's has failed all.
                fatal = {name: said for name, said in wrong.items() if name in required}
                failed |= fatal or wrong
        errors = {name: said.reason for name, said in failed.items()}
        if failed.keys() & set(required):
            fetch.failed = True
            self.tally.failures += 1
            self._leave_alone([failed[name] for name in required if name in failed], errors, fetch)
            assert self.wait
            self.wait.at, self.wait.wall = now, wall
            return
        self.tally.successes += 1
        self._throttled = self._refused = 0
        self.wait = None
        values = {name: said.used for name, said in fetch.came.items() if said.used is not None}
        self.good = Good(values, errors, now, wall)

    def due(self) -> float:
        """When it is fetched again, unless a secret changes before."""
        if self.wait:
            assert self.wait.seconds is not None
            return self.wait.at + self.wait.seconds
        return self.good.at + self.options.min_interval if self.good else 0.0

    def turns(self) -> list[float]:
        """The moments from which on a scrape shows something else."""
        moments = [self.due()] if self.wait or self.good else []
        if self.good:
            moments.append(self.good.at + self.options.min_interval + self.options.timeout)
            moments.append(self.good.at + self.options.max_stale)
        return moments

    def _is_due(self, now: float, secret: str | None) -> bool:
        wait = self.wait
        changed = wait and not wait.throttled and secret != wait.secret
        return changed or now >= self.due()

    def _leave_alone(self, failed: list[Said], errors: Mapping[str, str], fetch: Fetch) -> None:
        least = most = min(self.options.min_interval, 30.0)
        throttled = [said for said in failed if said.throttled]
        if throttled:
            told = throttled[0].retry_after
            if told is not None:
                least = most = max(least, min(told, 3600.0))
            else:
                least = min(30.0 * 2**self._throttled, 900.0)
                most = min(least * 1.2, 900.0)
            self._throttled += 1
        elif any(said.reason in ("auth", "forbidden") for said in failed):
            least = most = min(300.0 * 2**self._refused, 3600.0)
            self._refused += 1
        self.wait = Wait(errors, 0.0, 0.0, least, most, bool(throttled), fetch.secret)

    def _stale(self, now: float) -> Mapping[str, float]:
        good = self.good
        return good.values if good and now - good.at <= self.options.max_stale else {}

    def _shown(self, up: bool, values: Mapping[str, float], errors: Mapping[str, str]) -> Shown:
        next_fetch = None
        if self.wait:
            assert self.wait.seconds is not None
            next_fetch = self.wait.wall + self.wait.seconds
        elif self.good:
            next_fetch = self.good.wall + self.options.min_interval
        last_success = self.good.wall if self.good else None
        return Shown(up, values, errors, last_success, next_fetch, self.duration)

    def _is_at_the_origin_of(self, other: "Target") -> bool:
        return self.options.origin == other.options.origin
