"""Scrapes, failures, reloads and jumps of the clock in any order, compared with the rules."""

import asyncio
import math
import shutil
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml
from aiohttp import web
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from prometheus_client.parser import text_string_to_metric_families

from license_exporter.collector.collector import Collected
from license_exporter.exporter import Exporter
from license_exporter.exposition.rendering import render
from tests.collector.fetch_rules import Fetch, Options, Said, Shown, Target
from tests.collector.fetch_vendors import MODES, Place
from tests.fakes import FakeClock
from tests.fuzz import COURSES
from tests.servers import serving_app

# How long something may take that takes no time, in real seconds.
_STUCK = 60.0

_PLACES = {"one": "enterprise_recon", "two": "enterprise_recon", "three": "immuta"}


class _Loop(asyncio.SelectorEventLoop):
    """An event loop whose timers obey the fake clock."""

    def __init__(self, clock: FakeClock) -> None:
        self._fake_clock = clock
        super().__init__()

    def time(self) -> float:
        return self._fake_clock.monotonic()


@dataclass(eq=False)
class Scrape:
    """A running scrape, and the fetches that it waits for by the rules."""

    task: asyncio.Task[list[Collected]]
    joined: dict[Target, Fetch | None]
    unknown: bool
    deadline: float

    def ended(self, now: float) -> bool:
        fetches = [fetch for fetch in self.joined.values() if fetch]
        return now >= self.deadline or all(fetch.ended for fetch in fetches)


_names = st.sampled_from(list(_PLACES))
_seconds = st.sampled_from([0.5, 2.5, 7.5, 30.5])
_options = st.fixed_dictionaries(
    {
        "min_interval": st.sampled_from([0.0, 30.0, 300.0]),
        "timeout": st.sampled_from([4.0, 12.0, 40.0]),
        "max_stale": st.sampled_from([0.0, 60.0, 600.0]),
    }
)


class Course(RuleBasedStateMachine):
    """An exporter, its vendors, and what the rules say of them."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.loop = _Loop(self.clock)
        self.unforeseen: list[dict[str, Any]] = []
        self.loop.set_exception_handler(lambda loop, context: self.unforeseen.append(context))
        self.folder = Path(mkdtemp())
        self.places = {
            name: Place(vendor, self.clock, self.folder / name) for name, vendor in _PLACES.items()
        }
        self.stack = AsyncExitStack()
        self.targets: dict[str, Target] = {}
        self.lives: dict[Target, Any] = {}
        self.fetches: list[Fetch] = []
        self.scrapes: list[Scrape] = []
        self.expected: dict[str, Counter[str]] = {name: Counter() for name in _PLACES}
        self.failures = 0

    def run(self, coroutine: Any) -> Any:
        return self.loop.run_until_complete(coroutine)

    @initialize(configured=st.dictionaries(_names, _options, min_size=1))
    def start(self, configured: Mapping[str, Mapping[str, float]]) -> None:
        for place in self.places.values():
            place.file.write_text(place.secret)
        self.run(self._start())
        self._reload(
            [Options(name, _PLACES[name], name, **options) for name, options in configured.items()]
        )

    async def _start(self) -> None:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await self.places[request.path.split("/")[1]].answer(request)

        self.origins = []
        for _ in range(2):
            app = web.Application()
            app.router.add_route("*", "/{tail:.*}", answer)
            # The exporter decides when a connection ends.
            serving = serving_app(app, keepalive_timeout=float("inf"))
            self.origins.append(await self.stack.enter_async_context(serving))
        self._write([])
        self.exporter = Exporter(self.folder / "config.yaml", {}, self.clock)

    @rule()
    def scrape_all(self) -> None:
        self.scrape(None, 7.5, unknown=False)

    @rule(
        names=st.none() | st.lists(_names, unique=True, min_size=1),
        seconds=_seconds,
        unknown=st.booleans(),
    )
    def scrape(self, names: list[str] | None, seconds: float, *, unknown: bool) -> None:
        known = [
            name
            for name, target in self.targets.items()
            if names is None or target.options.place in names
        ]
        joined = {}
        for target in (self.targets[name] for name in known):
            place = self.places[target.options.place]
            fetch, begins = target.scraped(self.clock.ticks, place.in_file())
            joined[target] = fetch
            if fetch and begins:
                self.fetches.append(fetch)
                self._begin(fetch, place)
        unknown = unknown and names is not None
        asked = None if names is None else [*known, *(["nobody"] if unknown else [])]
        deadline = self.clock.ticks + seconds
        task = self.loop.create_task(self.exporter.collector.collect(deadline, asked))
        self.scrapes.append(Scrape(task, joined, unknown, deadline))
        self._settle()

    @rule(name=_names, data=st.data())
    def answer_otherwise(self, name: str, data: st.DataObject) -> None:
        place = self.places[name]
        if data.draw(st.booleans()):
            place.modes.clear()
            return
        documents = [*place.names, *(["sign-in"] if place.vendor == "immuta" else [])]
        document = data.draw(st.sampled_from(documents))
        place.modes[document] = data.draw(st.sampled_from(MODES[document]))

    @rule(name=_names, etags=st.booleans())
    def change_what_is_told(self, name: str, etags: bool) -> None:
        self.places[name].used += 1
        # Of several documents those that changed would be asked for twice.
        self.places[name].etags = etags and len(self.places[name].names) == 1

    @rule(name=_names, data=st.data())
    def hold_back(self, name: str, data: st.DataObject) -> None:
        place = self.places[name]
        place.holding.add(data.draw(st.sampled_from(place.names)))

    @precondition(lambda self: any(fetch.awaited for fetch in self.fetches))
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        awaited = sorted(
            {(f.target.options.place, name) for f in self.fetches for name in f.awaited}
        )
        self._release(*data.draw(st.sampled_from(awaited)))
        self._settle()

    @rule(name=_names)
    def hold_nothing_back(self, name: str) -> None:
        place = self.places[name]
        for document in sorted(place.holding):
            self._release(name, document)
        place.holding.clear()
        self._settle()

    @rule(seconds=st.sampled_from([1, 3, 10, 400]))
    def wait(self, seconds: float) -> None:
        end = self.clock.ticks + seconds
        while True:
            events = [fetch.next_event() for fetch in self.fetches]
            events += [scrape.deadline for scrape in self.scrapes]
            moment = min([end, *events])
            self.clock.advance(moment - self.clock.ticks)
            self._settle()
            if moment == end:
                return

    @rule(data=st.data(), offset=st.sampled_from([-1, 0, 1]))
    def wait_for_a_turn(self, data: st.DataObject, offset: int) -> None:
        """Wait until just before or after a moment from which on something else is shown."""
        moments = sorted(
            {
                math.ceil(moment) + offset
                for target in self.targets.values()
                for moment in target.turns()
                if math.ceil(moment) + offset > self.clock.ticks
            }
        )
        if moments:
            self.wait(data.draw(st.sampled_from(moments)) - self.clock.ticks)

    @rule(data=st.data(), is_slow=st.booleans(), seconds=_seconds)
    def fetch_anew(self, data: st.DataObject, is_slow: bool, seconds: float) -> None:
        """Answer in some way to a scrape that comes when a target is to be fetched."""
        if self.targets:
            target = data.draw(st.sampled_from(list(self.targets.values())))
            self.answer_otherwise(target.options.place, data)
            if is_slow:
                self.hold_back(target.options.place, data)
            self.wait(max(0.0, math.ceil(target.due()) - self.clock.ticks))
            self.scrape(None, seconds, unknown=False)

    @rule(seconds=st.sampled_from([-86_400.0, -100.0, 0.5, 100.0, 86_400.0]))
    def set_the_clock(self, seconds: float) -> None:
        self.clock.now += seconds

    @rule(name=_names)
    def change_the_secret(self, name: str) -> None:
        place = self.places[name]
        place.secret = f"secret-{int(place.secret.rpartition('-')[2]) + 1}"

    @rule(name=_names, content=st.sampled_from(["right", "wrong", "gone"]))
    def write_the_secret(self, name: str, content: str) -> None:
        place = self.places[name]
        if content == "gone":
            place.file.unlink(missing_ok=True)
        else:
            place.file.write_text(place.secret if content == "right" else "wrong")
        self.scrape_all()

    @rule(name=_names)
    def revoke_tokens(self, name: str) -> None:
        self.places[name].generation += 1

    @rule(
        place=_names,
        is_there=st.booleans(),
        suffix=st.sampled_from(["", "", "-renamed"]),
        origin=st.integers(0, 1),
        options=_options,
    )
    def reload(
        self, *, place: str, is_there: bool, suffix: str, origin: int, options: Mapping[str, float]
    ) -> None:
        configured = [
            target.options for target in self.targets.values() if target.options.place != place
        ]
        if is_there:
            configured.append(Options(place + suffix, _PLACES[place], place, origin, **options))
        self._reload(configured)
        self._settle()

    @rule(timeout=st.sampled_from([4.0, 12.0]))
    def reload_all(self, timeout: float) -> None:
        self._reload([replace(target.options, timeout=timeout) for target in self.targets.values()])
        self._settle()

    @precondition(lambda self: self.scrapes)
    @rule(data=st.data())
    def go_away(self, data: st.DataObject) -> None:
        """The client of a scrape is gone."""
        scrape = self.scrapes.pop(data.draw(st.integers(0, len(self.scrapes) - 1)))
        scrape.task.cancel()
        self.run(asyncio.wait({scrape.task}))
        self._settle()

    def teardown(self) -> None:
        try:
            self.run(self._end())
        finally:
            self.run(self.stack.aclose())
            left = asyncio.all_tasks(self.loop)
            self.loop.close()
            shutil.rmtree(self.folder)
        assert not left
        assert not self.unforeseen

    async def _end(self) -> None:
        await self.exporter.close()
        for place in self.places.values():
            for release in (each for waiting in place.held.values() for each in waiting):
                if not release.done():
                    release.set_result(None)
        for scrape in self.scrapes:
            for target, shown in self._collected(await scrape.task, scrape).items():
                assert shown.up == target.shown(scrape.joined[target], self.clock.ticks).up

    def _write(self, configured: list[Options]) -> None:
        ways = {
            "enterprise_recon": lambda file: {
                "basic_auth": {"username": "u", "password_file": file}
            },
            "immuta": lambda file: {"api_key": {"key_file": file}},
        }
        targets = [
            {
                "name": said.name,
                "vendor": said.vendor,
                "url": f"{self.origins[said.origin]}/{said.place}",
                "min_interval": f"{said.min_interval:g}s",
                "timeout": f"{said.timeout:g}s",
                "max_stale": f"{said.max_stale:g}s",
                **ways[said.vendor](str(self.places[said.place].file)),
            }
            for said in configured
        ]
        (self.folder / "config.yaml").write_text(yaml.safe_dump({"targets": targets}))

    def _reload(self, configured: list[Options]) -> None:
        former = self.targets
        self.targets = {}
        for said in configured:
            target = former.get(said.name)
            if not target or target.options != said:
                target = Target(said, target)
            self.targets[said.name] = target
        self._write(configured)

        async def reload() -> None:
            assert await self.exporter.reload()

        self.run(reload())
        for name, live in self.exporter.collector.targets.items():
            self.lives[self.targets[name]] = live

    def _begin(self, fetch: Fetch, place: Place) -> None:
        """Tell the rules what comes of a new fetch at once, and what the server is asked."""
        asked = self.expected[fetch.target.options.place]
        refused = self._signed_in(fetch, place, asked)
        if not refused:
            asked.update(place.names)
            refused = self._refused(fetch, place, asked)
        for name in place.names:
            if refused:
                fetch.note(name, refused, self.clock.ticks)
            elif name in place.holding:
                fetch.awaited.add(name)
            else:
                fetch.note(name, place.said(name), self.clock.ticks)

    def _signed_in(self, fetch: Fetch, place: Place, asked: Counter[str]) -> Said | None:
        """Why there are no credentials to begin with, if there are none."""
        if fetch.secret is None:
            return Said(reason="config")
        kept = fetch.target.token
        if place.vendor == "immuta" and (not kept or kept[1] != fetch.secret):
            return self._sign_in(fetch, place, asked)
        return None

    def _refused(self, fetch: Fetch, place: Place, asked: Counter[str]) -> Said | None:
        """Why the credentials are refused, and no others can be had, if that is so."""
        if place.vendor != "immuta":
            return None if fetch.secret == place.secret else Said(reason="auth")
        assert fetch.target.token
        if fetch.target.token[0] == place.generation:
            return None
        refused = self._sign_in(fetch, place, asked)
        if not refused:
            asked.update(place.names)
        return refused

    def _sign_in(self, fetch: Fetch, place: Place, asked: Counter[str]) -> Said | None:
        asked["sign-in"] += 1
        fetch.target.token = None
        if fetch.secret != place.secret:
            return Said(reason="auth")
        said = place.said("sign-in")
        if said.reason:
            return said
        fetch.target.token = place.generation, fetch.secret
        return None

    def _release(self, name: str, document: str) -> None:
        place = self.places[name]
        place.holding.discard(document)
        for release in place.held.pop(document, []):
            if not release.done():
                release.set_result(None)
        for fetch in self.fetches:
            if fetch.target.options.place == name and document in fetch.awaited:
                fetch.note(document, place.said(document), self.clock.ticks)

    def _settle(self) -> None:
        """Let everything happen that takes no time, and compare it with the rules."""
        for fetch in self.fetches:
            fetch.go_on(self.clock.ticks, self.clock.now)
        ended = [fetch for fetch in self.fetches if fetch.ended]
        self.fetches = [fetch for fetch in self.fetches if not fetch.ended]
        self.run(self._caught_up())
        for fetch in ended:
            self.failures += fetch.failed
            self._learn_the_wait(fetch.target)
        for scrape in [each for each in self.scrapes if each.ended(self.clock.ticks)]:
            self.scrapes.remove(scrape)
            self._compare(scrape)
        self._compare_counters()

    def _learn_the_wait(self, target: Target) -> None:
        wait = target.wait
        if wait and wait.seconds is None:
            told = self.lives[target].next_fetch - wait.wall
            assert wait.least - 1e-5 <= told <= wait.most + 1e-5
            wait.seconds = told

    async def _caught_up(self) -> None:
        """Wait until the exporter has done what the rules say of this moment."""
        end = time.monotonic() + _STUCK
        while self._behind():
            assert time.monotonic() < end, self._behind()
            await asyncio.sleep(0)
        for _ in range(10):  # what should not happen may now show
            await asyncio.sleep(0)

    def _behind(self) -> str:
        """What has not happened yet."""
        for name, place in self.places.items():
            if any(place.asked[each] < count for each, count in self.expected[name].items()):
                return f"{name} was asked for {place.asked}, not for {self.expected[name]}"
            awaited = Counter(
                document
                for fetch in self.fetches
                if fetch.target.options.place == name
                for document in fetch.awaited
            )
            if any(len(place.held.get(each, [])) < count for each, count in awaited.items()):
                return f"{name} does not hold {awaited}"
        for target, live in self.lives.items():
            ended = live.tally.successes, live.tally.failures
            if ended != (target.tally.successes, target.tally.failures):
                return f"{target.options.name} ended {ended}, not {target.tally}"
            # Whether secret files have changed is found out in a thread.
            if live.tally.hits + live.tally.misses < target.tally.hits + target.tally.misses:
                return f"{target.options.name} has counted {live.tally}, not {target.tally}"
        for scrape in self.scrapes:
            if scrape.ended(self.clock.ticks) and not scrape.task.done():
                return f"the scrape that ends at {scrape.deadline} has not ended"
        return ""

    def _compare(self, scrape: Scrape) -> None:
        seen = self._collected(scrape.task.result(), scrape)
        for target, fetch in scrape.joined.items():
            expected = target.shown(fetch, self.clock.ticks)
            rounded = replace(expected, next_fetch=seen[target].next_fetch)
            assert seen[target] == rounded
            assert seen[target].next_fetch == pytest.approx(expected.next_fetch, abs=1e-5)

    def _collected(self, collected: list[Collected], scrape: Scrape) -> dict[Target, Shown]:
        assert len(collected) == len(scrape.joined) + scrape.unknown
        if scrape.unknown:
            nobody = _shown(collected.pop())
            assert nobody == Shown(False, errors={"": "config"})
        return {target: _shown(each) for target, each in zip(scrape.joined, collected, strict=True)}

    def _compare_counters(self) -> None:
        for name, target in self.targets.items():
            tally = self.lives[target].tally
            assert (tally.hits, tally.misses) == (target.tally.hits, target.tally.misses), name
        for name, place in self.places.items():
            assert place.asked == self.expected[name]
        requests = sum(place.asked.total() for place in self.places.values())
        awaited = sum(len(fetch.awaited) for fetch in self.fetches)
        assert self._counted("license_exporter_upstream_requests") == requests - awaited
        assert self._counted("license_exporter_fetch_errors") == self.failures
        assert not self.unforeseen

    def _counted(self, name: str) -> float:
        registry = self.exporter.own.registry
        return sum(
            sample.value
            for family in registry.collect()
            if family.name == name
            for sample in family.samples
        )


def _shown(collected: Collected) -> Shown:
    text = b"".join(
        chunk.text for chunk in render(collected.blocks, b"", openmetrics=False)
    ).decode()
    values, errors, single = {}, {}, {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == "license_scrape_error":
                errors[sample.labels["document"]] = sample.labels["reason"]
            elif sample.name == "license_entitlement_limit":
                values["license"] = sample.value
            elif sample.name == "license_used":
                document = {"server": "licenses", "Server": "licenses", "users": "licenseStatus"}
                values[document.get(sample.labels["pool"], "usage")] = sample.value
            else:
                single[sample.name] = sample.value
    assert collected.up == single["license_up"]
    return Shown(
        collected.up,
        values,
        errors,
        single.get("license_last_success_timestamp_seconds"),
        single.get("license_next_fetch_timestamp_seconds"),
        single.get("license_scrape_duration_seconds"),
    )


@pytest.mark.fuzz
def test_any_course_of_events_shows_what_the_rules_say():
    run_state_machine_as_test(Course, settings=COURSES)
