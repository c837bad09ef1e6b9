"""Section by section what docs/operation.md promises of fetching, under a fake clock."""

import asyncio
import logging
from dataclasses import replace

import pytest

from license_exporter.collector.budget import Budget
from license_exporter.collector.live_target import LiveTarget
from license_exporter.collector.reading import Answered
from license_exporter.collector.standing import Outcome
from license_exporter.collector.target_view import TargetView
from license_exporter.config.credentials import held
from license_exporter.errors import Failure, FetchError, Reason
from license_exporter.model.report import LicenseReport
from license_exporter.sources.source import Step
from tests import rsa_keys
from tests.fakes import FakeClock, target

OK = Answered(LicenseReport(), {})
IN_PART = replace(OK, missing=(Failure("usage", Reason.SERVER, "it failed"),))
NAMES = {"target": "recon", "vendor": "enterprise_recon"}


LATE = "the scrape ended before the answer came; it goes on"


class FakeFetcher:
    """Gives what a test has put in `answers`, one a fetch; a future is waited for."""

    def __init__(self):
        self.answers = []
        self.fetches = 0
        self.known = None
        self.steps = []
        self.closed = False

    async def fetch(self, known):
        self.fetches += 1
        self.known = known
        answer = self.answers.pop(0) if self.answers else OK
        if isinstance(answer, asyncio.Future):
            answer = await answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self):
        self.closed = True


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def fetcher():
    return FakeFetcher()


@pytest.fixture
def live(clock, fetcher):
    return make(clock, fetcher)


def make(clock, fetcher, on_failure=lambda reason: None, **options):
    return LiveTarget(target(**options), fetcher, clock, lambda: 0.5, on_failure)


def down(reason, problem, answered=None):
    """What a scrape shows of a target that is down."""
    return Outcome(False, answered, (Failure("licenses", reason, problem),))


def told(record):
    """The level of a line of the log, its message, and what it says beside."""
    usual = {*vars(logging.makeLogRecord({})), "message"}
    beside = {key: value for key, value in vars(record).items() if key not in usual}
    return record.levelname, record.getMessage(), beside


def failing(reason=Reason.SERVER, status=None, retry_after=None):
    return FetchError(reason, "it failed", status=status, retry_after=retry_after)


async def scrape(live, seconds=5.0):
    fetch = live.begin()
    if fetch:
        await asyncio.wait({fetch}, timeout=seconds)
    return live.outcome(fetch)


async def fetches_after(live, clock, fetcher, seconds):
    """Whether a scrape fetches that comes so much later; the clock is set back."""
    before = fetcher.fetches
    clock.advance(seconds)
    await scrape(live)
    clock.advance(-seconds)
    return fetcher.fetches > before


async def test_an_answer_younger_than_min_interval_is_served_from_the_cache(live, clock, fetcher):
    assert (await scrape(live)).up
    clock.advance(29.9)
    assert (await scrape(live)).up
    assert fetcher.fetches == 1
    clock.advance(0.1)
    assert (await scrape(live)).up
    assert (fetcher.fetches, fetcher.known) == (2, OK)
    await scrape(live)
    assert (live.tally.hits, live.tally.misses, live.tally.successes) == (2, 2, 2)


async def test_scrapes_at_the_same_time_share_one_fetch(live, fetcher):
    answer = asyncio.get_running_loop().create_future()
    fetcher.answers = [answer]
    scrapes = [asyncio.create_task(scrape(live)) for _ in range(20)]
    await asyncio.sleep(0)
    answer.set_result(OK)
    assert all(outcome.up for outcome in await asyncio.gather(*scrapes))
    assert fetcher.fetches == 1


async def test_a_failed_fetch_says_so_and_shows_no_value(live, clock, fetcher):
    await scrape(live)
    clock.advance(30)
    fetcher.answers = [failing(Reason.DNS)]
    assert await scrape(live) == down(Reason.DNS, "it failed")


async def test_each_document_that_failed_is_told(live, fetcher):
    error = FetchError(Reason.DNS, "it failed", document="usage")
    error.beside = (Failure("license", Reason.TLS, "so did it"),)
    fetcher.answers = [error]
    usage = Failure("usage", Reason.DNS, "it failed")
    assert await scrape(live) == Outcome(False, None, (usage, *error.beside))


async def test_the_reason_of_each_failed_fetch_is_reported(clock, fetcher):
    reasons = []
    live = make(clock, fetcher, reasons.append)
    fetcher.answers = [failing(Reason.DNS), OK, RuntimeError()]
    for _ in range(3):
        await scrape(live)
        clock.advance(30)
    assert reasons == [Reason.DNS, Reason.INTERNAL]


async def test_a_failure_that_is_waited_out_is_told_without_a_fetch(live, clock, fetcher):
    fetcher.answers = [failing(Reason.CONNECT)]
    await scrape(live)
    clock.advance(29.9)
    assert await scrape(live) == down(Reason.CONNECT, "it failed")
    assert fetcher.fetches == 1
    clock.advance(0.1)
    assert (await scrape(live)).up
    assert live.tally.failures == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_obeyed(live, clock, fetcher, status):
    fetcher.answers = [failing(status=status, retry_after=120.0)]
    await scrape(live)
    clock.advance(119.9)
    await scrape(live)
    assert fetcher.fetches == 1
    clock.advance(0.1)
    assert (await scrape(live)).up


async def test_a_wrong_password_scraped_for_an_hour_is_tried_at_most_five_times(
    live, clock, fetcher
):
    fetcher.answers = [failing(Reason.AUTH, 401) for _ in range(100)]
    for _ in range(240):
        await asyncio.gather(scrape(live), scrape(live))
        clock.advance(15)
    assert fetcher.fetches == 4


async def test_a_success_ends_the_doubling(live, clock, fetcher):
    fetcher.answers = [failing(Reason.AUTH), failing(Reason.AUTH), OK, failing(Reason.AUTH)]
    for wait in (300, 600, 30, 300):
        await scrape(live)
        assert live.next_fetch - clock.time() == pytest.approx(wait)
        clock.advance(wait)


async def test_a_changed_secret_file_ends_the_wait_after_refused_credentials(
    clock, fetcher, tmp_path
):
    secret = tmp_path / "secret"
    secret.write_text("wrong")
    live = make(clock, fetcher, authorization={"credentials_file": str(secret)})
    fetcher.answers = [failing(Reason.AUTH, 401)]
    await scrape(live)
    assert not any(each.up for each in await asyncio.gather(scrape(live), scrape(live)))
    secret.write_text("right")
    assert all(each.up for each in await asyncio.gather(*(scrape(live) for _ in range(3))))
    assert fetcher.fetches == 2
    assert (live.tally.hits, live.tally.misses) == (2, 4)


async def test_a_target_is_closed_with_the_secret_that_it_was_fetched_with(
    clock, fetcher, tmp_path
):
    async def close():
        seen.append(held(secret))

    seen = []
    fetcher.close = close
    secret = tmp_path / "secret"
    secret.write_text("a")
    live = make(clock, fetcher, authorization={"credentials_file": str(secret)})
    await scrape(live)
    secret.write_text("b")
    await live.close()
    assert seen == [b"a"]


async def test_a_changed_secret_file_does_not_end_the_wait_that_a_server_asked_for(
    clock, fetcher, tmp_path
):
    secret = tmp_path / "secret"
    secret.write_text("a")
    live = make(clock, fetcher, authorization={"credentials_file": str(secret)})
    fetcher.answers = [failing(Reason.RATE_LIMITED, 429, retry_after=60.0)]
    await scrape(live)
    secret.write_text("b")
    assert not (await scrape(live)).up
    assert fetcher.fetches == 1


async def test_max_stale_lets_the_last_good_values_stand_in_but_never_license_up(clock, fetcher):
    live = make(clock, fetcher, max_stale="1m")
    await scrape(live)
    clock.advance(60)
    fetcher.answers = [failing()]
    assert await scrape(live) == down(Reason.SERVER, "it failed", OK)
    clock.advance(1)
    assert (await scrape(live)).answered is None


async def test_a_slow_fetch_goes_on_and_serves_the_next_scrape(live, clock, fetcher):
    answer = asyncio.get_running_loop().create_future()
    fetcher.answers = [answer]
    assert await scrape(live, 0.01) == down(Reason.TIMEOUT, LATE)
    answer.set_result(OK)
    assert (await scrape(live)).up
    assert fetcher.fetches == 1


async def test_a_scrape_that_cannot_wait_gets_an_answer_not_older_than_interval_and_timeout(
    live, clock, fetcher
):
    fetcher.answers = [IN_PART, asyncio.get_running_loop().create_future()]
    await scrape(live)
    clock.advance(40)  # min_interval 30 s and timeout 10 s
    assert await scrape(live, 0.01) == Outcome(True, IN_PART, IN_PART.missing)
    clock.advance(0.1)
    assert await scrape(live, 0.01) == down(Reason.TIMEOUT, LATE)
    await live.close(at_once=True)


async def test_an_unforeseen_exception_is_internal_and_harms_nothing_else(
    live, clock, fetcher, caplog
):
    fetcher.answers = [RuntimeError("hunter2"), RuntimeError("hunter2")]
    problem = "an error of the exporter's own"
    for number in (1, 2):
        for _ in range(2):
            assert await scrape(live) == down(Reason.INTERNAL, problem)
        assert (fetcher.fetches, live.tally.failures) == (number, number)
        clock.advance(30)
    assert (await scrape(live)).up
    (record,) = [record for record in caplog.records if record.levelname != "INFO"]
    beside = {**NAMES, "document": "licenses", "reason": "internal", "error": problem}
    assert told(record) == ("ERROR", "Target is down", beside)
    assert record.exc_info[0] is RuntimeError


async def test_last_success_stays_through_failures_and_is_absent_before_the_first(
    live, clock, fetcher
):
    fetcher.answers = [failing(), OK, failing()]
    await scrape(live)
    assert live.last_success is None
    clock.advance(30)
    await scrape(live)
    good = clock.time()
    clock.advance(30)
    await scrape(live)
    assert live.last_success == good


async def test_a_jump_of_the_wall_clock_changes_no_age(live, clock, fetcher):
    await scrape(live)
    clock.now += 86_400
    await scrape(live)
    assert fetcher.fetches == 1


async def test_a_changed_target_at_the_same_server_still_waits_as_the_server_asked(clock, fetcher):
    former = make(clock, fetcher)
    fetcher.answers = [failing(Reason.RATE_LIMITED, 429, retry_after=60.0)]
    await scrape(former)
    changed = make(clock, FakeFetcher(), timeout="20s")
    changed.take_over(former)
    assert changed.begin() is None
    assert not changed.current().up
    assert (changed.tally.misses, changed.tally.hits) == (1, 1)
    clock.advance(60)
    assert (await scrape(changed)).up


@pytest.mark.parametrize(
    ("reason", "status", "url"),
    [
        (Reason.RATE_LIMITED, 429, "https://elsewhere.example.com"),
        (Reason.AUTH, 401, None),
        (Reason.CONNECT, None, None),
    ],
)
async def test_a_changed_target_loses_any_other_wait(clock, fetcher, reason, status, url):
    former = make(clock, fetcher)
    fetcher.answers = [failing(reason, status)]
    await scrape(former)
    changed = make(clock, FakeFetcher(), **({"url": url} if url else {"timeout": "20s"}))
    changed.take_over(former)
    assert (await scrape(changed)).up


async def test_the_same_server_may_be_written_in_another_way(clock, fetcher):
    former = make(clock, fetcher, url="https://er.example.com/a")
    fetcher.answers = [failing(status=429)]
    await scrape(former)
    changed = make(clock, FakeFetcher(), url="https://ER.example.com:443/b")
    changed.take_over(former)
    assert not (await scrape(changed)).up


@pytest.mark.parametrize(
    ("url", "waits"), [(rsa_keys.API, True), ("https://other.access.securid.com/x", False)]
)
async def test_the_server_that_a_key_file_names_is_told_from_others(clock, fetcher, url, waits):
    def key(url):
        api_key = rsa_keys.key_file("x", adminRestApiUrl=url)
        return {"vendor": "rsa", "url": None, "rsa_admin_key": {"key": api_key}}

    former = make(clock, fetcher, **key(rsa_keys.API))
    fetcher.answers = [failing(status=429)]
    await scrape(former)
    changed = make(clock, FakeFetcher(), **key(url), timeout="20s")
    changed.take_over(former)
    assert (await scrape(changed)).up is not waits


async def test_a_key_file_that_is_gone_names_no_server(clock, fetcher, tmp_path):
    key = tmp_path / "admin.key"
    key.write_text(rsa_keys.key_file("x"))
    options = {"vendor": "rsa", "url": None, "rsa_admin_key": {"key_file": str(key)}}
    former = make(clock, fetcher, **options)
    fetcher.answers = [failing(status=429)]
    await scrape(former)
    changed = make(clock, FakeFetcher(), **options, timeout="20s")
    key.unlink()
    changed.take_over(former)
    assert (await scrape(changed)).up


async def test_a_changed_target_counts_on(clock, fetcher):
    former = make(clock, fetcher)
    await scrape(former)
    await scrape(former)
    changed = make(clock, FakeFetcher(), timeout="20s")
    changed.take_over(former)
    await scrape(changed)
    assert (changed.tally.successes, changed.tally.hits, changed.tally.misses) == (2, 1, 2)


@pytest.mark.parametrize("answer", [OK, failing()])
async def test_the_time_of_the_next_fetch_stays_the_same_from_scrape_to_scrape(
    live, clock, fetcher, answer
):
    fetcher.answers = [answer]
    await scrape(live)
    told = live.next_fetch
    assert told == clock.time() + 30
    clock.advance(0.1)
    clock.ticks += 1e-6
    await scrape(live)
    assert live.next_fetch == told


async def test_before_the_first_fetch_nothing_is_known_and_a_fetch_is_due(live, fetcher):
    assert live.current() == down(Reason.TIMEOUT, "not fetched yet")
    assert (live.last_success, live.next_fetch, live.duration) == (None, None, None)
    await live.close()
    assert fetcher.closed


async def test_an_answer_that_does_not_fit_beside_the_others_is_too_large_and_takes_no_place(clock):
    budget = Budget()
    budget.resize(1024**2, 4)
    mebibyte = {"f": (b"x" * 500_000,)}
    lives = []
    for _ in range(3):
        fetcher = FakeFetcher()
        fetcher.answers = [replace(OK, blocks=mebibyte)] * 3
        jitter, failed = (lambda: 0.5), (lambda reason: None)
        lives.append(LiveTarget(target(), fetcher, clock, jitter, failed, budget))
    first, second, third = lives
    assert (await scrape(first)).up
    problem = (
        "the answer takes 489KB of memory, and answers_size_limit leaves 280KB beside the answers "
        "of other targets; raise it if there is memory, or export less by pools, history or "
        "max_locations"
    )
    assert await scrape(second) == down(Reason.TOO_LARGE, problem)
    clock.advance(31)
    assert (await scrape(first)).up
    third.take_over(first)
    assert (await scrape(third)).up
    await third.close()
    clock.advance(31)
    assert (await scrape(second)).up


async def test_an_answer_is_weighed_where_it_is_another_one(clock, fetcher):
    budget = Budget()
    budget.resize(1024**2, 1)
    much, more = ({"f": (b"x" * size,)} for size in (900_000, 1_100_000))
    live = LiveTarget(target(), fetcher, clock, lambda: 0.5, lambda reason: None, budget)
    fetcher.answers = [replace(OK, blocks=each) for each in (much, more)]
    assert (await scrape(live)).up
    clock.advance(31)
    (failure,) = (await scrape(live)).failures
    assert failure.reason is Reason.TOO_LARGE


async def test_a_view_before_the_first_fetch_has_no_reason_and_no_report(live):
    assert live.view() == TargetView("recon", "enterprise_recon", "Enterprise Recon")


async def test_a_view_tells_why_a_target_is_down_and_what_stands_in(clock, fetcher):
    options = {"contract": {"expiry": "2027-01-31"}, "alerts": {"near_limit": "80%"}}
    configured = target(labels={"team": "web"}, max_stale="1m", **options)
    configured = configured.with_inherited(frozenset({"alerts"}))
    driver = replace(configured.driver, data_age=604_800.0)
    configured = configured.model_copy(update={"driver": driver})
    live = LiveTarget(configured, fetcher, clock, lambda: 0.5, lambda reason: None)
    vain = frozenset({("alerts", "alerts names pool 'MFA'")})
    fetcher.answers = [replace(OK, in_vain=vain), failing(Reason.DNS)]
    fetcher.steps = [Step("GET", "/v1/licenses", 200, None, 2, 0.1)]
    await scrape(live)
    up = TargetView(
        "recon",
        "enterprise_recon",
        "Enterprise Recon",
        labels={"team": "web"},
        up=True,
        report=OK.report,
        known=OK.report,
        last_success=clock.time(),
        next_fetch=clock.time() + 30,
        duration=0.0,
        steps=tuple(fetcher.steps),
        contracts=configured.contracts,
        alerts=configured.alerts,
        inherited=frozenset({"alerts"}),
        in_vain=vain,
        data_age=604_800.0,
    )
    assert live.view() == up
    clock.advance(30)
    await scrape(live)
    because = {"reason": Reason.DNS, "message": "it failed"}
    assert live.view() == replace(up, up=False, **because, next_fetch=clock.time() + 30)
    clock.advance(31)
    assert live.view() == replace(up, up=False, **because, next_fetch=clock.time() - 1, report=None)


async def test_a_changed_target_goes_on_doubling_where_the_same_server_was_asked(clock, fetcher):
    former = make(clock, fetcher)
    fetcher.answers = [failing(status=429)]
    await scrape(former)
    later = FakeFetcher()
    changed = make(clock, later, timeout="20s")
    changed.take_over(former)
    clock.advance(33)
    later.answers = [failing(status=429)]
    await scrape(changed)
    assert changed.next_fetch - clock.time() == pytest.approx(66)


async def test_closing_lets_the_running_fetch_end_first(live, fetcher):
    answer = asyncio.get_running_loop().create_future()
    fetcher.answers = [answer]
    waiting = asyncio.create_task(scrape(live))
    await asyncio.sleep(0)
    closing = asyncio.create_task(live.close())
    await asyncio.sleep(0)
    assert not fetcher.closed
    answer.set_result(OK)
    assert (await waiting).up
    await closing
    assert fetcher.closed


async def test_a_scrape_whose_fetch_is_ended_with_the_program_shows_no_old_answer_as_a_good_one(
    live, clock, fetcher
):
    await scrape(live)
    clock.advance(60)
    fetcher.answers = [asyncio.get_running_loop().create_future()]
    waiting = asyncio.create_task(scrape(live))
    await asyncio.sleep(0)
    await live.close(at_once=True)
    assert await waiting == down(Reason.TIMEOUT, LATE)


async def test_one_line_is_logged_when_the_state_changes_and_none_a_scrape(
    live, clock, fetcher, caplog
):
    caplog.set_level("INFO", "license_exporter")
    fetcher.answers = [OK, OK, failing(Reason.DNS), failing(Reason.DNS), failing(Reason.TLS), OK]
    up = ("INFO", "Target is up", NAMES)
    beside = {**NAMES, "document": "licenses", "error": "it failed"}
    no_address = ("WARNING", "Target is down", {**beside, "reason": "dns"})
    no_trust = ("WARNING", "Target is down", {**beside, "reason": "tls"})
    for expected in ([up], [], [no_address], [], [no_trust], [up]):
        caplog.clear()
        await scrape(live)
        clock.advance(30)
        assert [told(record) for record in caplog.records] == expected


async def test_values_that_are_left_out_are_logged_where_more_is_asked_for(live, fetcher, caplog):
    caplog.set_level("DEBUG", "license_exporter")
    fetcher.answers = [replace(OK, skipped=3, skipped_paths=("a.b", "c"))]
    await scrape(live)
    beside = {**NAMES, "count": 3, "paths": "a.b c"}
    message = "Values of the answer cannot be read and are left out"
    assert told(caplog.records[-1]) == ("DEBUG", message, beside)


async def test_what_the_configuration_names_in_vain_is_logged_once(live, clock, fetcher, caplog):
    vain = replace(OK, unmatched=("contract names pool 'MFA'",))
    fetcher.answers = [vain, failing(), vain]
    for _ in range(3):
        await scrape(live)
        clock.advance(60)
    warned = [told(record) for record in caplog.records if "names" in record.getMessage()]
    message = "The configuration names what the answer does not have"
    beside = {**NAMES, "problem": "contract names pool 'MFA'"}
    assert warned == [("WARNING", message, beside)]
    assert live.view().unmatched == ("contract names pool 'MFA'",)
