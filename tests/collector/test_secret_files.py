"""Secret files that hang, as those on a server that is gone do."""

import asyncio
import threading

import pytest

from license_exporter.collector.budget import Budget
from license_exporter.collector.live_target import LiveTarget
from license_exporter.collector.reading import Answered
from license_exporter.collector.secret_files import SecretFiles
from license_exporter.config import credentials
from license_exporter.config.credentials import Secret
from license_exporter.errors import FetchError, Reason
from license_exporter.model.report import LicenseReport
from tests.fakes import FakeClock, target


class Fetcher:
    """Reads the secret, as authenticators do; refuses what is not the right one."""

    def __init__(self, secret):
        self._secret = secret
        self.steps = []
        self.closed_with = ""
        self.signed_in = False

    async def fetch(self, known):
        if await asyncio.create_task(self._read()) != "right":
            raise FetchError(Reason.AUTH, "401")
        self.signed_in = True
        return Answered(LicenseReport(), {})

    async def _read(self):
        return self._secret.read()

    async def close(self):
        # Whoever has not signed in has nothing to end.
        if self.signed_in:
            self.closed_with = self._secret.read()


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "password"
    file.write_text("right")
    return file


@pytest.fixture
def hanging(monkeypatch, file):
    """Reading the file hangs until this is set, but for no longer than a moment."""
    event = threading.Event()
    read = credentials.read_regular

    def slow(path, limit):
        assert threading.current_thread() is not threading.main_thread()
        if path == file:
            event.wait(10)
        return read(path, limit)

    monkeypatch.setattr(credentials, "read_regular", slow)
    yield event
    event.set()


def live_of(file, clock, **options):
    way = {"username": "u", "password_file": str(file)}
    fetcher = Fetcher(Secret(file=file))
    configured = target(basic_auth=way, **options)
    return fetcher, LiveTarget(
        configured, fetcher, clock, lambda: 0.5, lambda reason: None, Budget()
    )


async def scrape(live, seconds=5.0):
    fetch = live.begin()
    if fetch:
        await asyncio.wait({fetch}, timeout=seconds)
    return live.outcome(fetch)


async def test_a_file_that_hangs_holds_up_its_target_alone_and_that_within_its_timeout(
    file, hanging, caplog
):
    clock = FakeClock()
    fetcher, live = live_of(file, clock, timeout="50ms")
    outcome = await scrape(live)
    assert live.duration == 0
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    problem = f"{file}: not read within 0.05 s; see whether the file system answers"
    assert [(each.reason, each.message) for each in outcome.failures] == [(Reason.TIMEOUT, problem)]
    # It is asked for once more by the next scrape, with the same thread.
    threads = threading.active_count()
    assert not (await scrape(live)).up
    assert threading.active_count() == threads
    hanging.set()
    # No wait for a retry: the file is another one than that which was not read.
    assert (await scrape(live)).up
    await live.close()
    assert fetcher.closed_with == "right"


async def test_all_files_are_named_of_which_one_hangs(file, hanging, tmp_path):
    user = tmp_path / "user"
    user.write_text("u")
    way = {"username_file": str(user), "password_file": str(file)}
    with pytest.raises(FetchError) as caught:
        await SecretFiles(target(basic_auth=way)).read(0.05)
    problem = f"{user}, {file}: not read within 0.05 s; see whether the file system answers"
    assert caught.value.message == problem


async def test_files_of_tls_are_looked_at_and_not_kept(file, tmp_path):
    authority = tmp_path / "ca.pem"
    authority.write_text("ca")
    way = {"username": "u", "password_file": str(file)}
    files = SecretFiles(target(basic_auth=way, tls_config={"ca_file": str(authority)}))
    kept, before = await files.read(5)
    assert set(kept) == {file}
    authority.write_text("another")
    assert (await files.read(5))[1] != before


async def test_a_scrape_ends_in_its_own_time_while_a_file_hangs(file, hanging):
    _, live = live_of(file, FakeClock())
    outcome = await scrape(live, seconds=0.01)
    assert not outcome.up
    assert outcome.failures[0].reason is Reason.TIMEOUT
    await live.close(at_once=True)


async def test_only_a_changed_file_ends_a_wait_after_refused_credentials(file):
    file.write_text("wrong")
    clock = FakeClock()
    _, live = live_of(file, clock)
    assert (await scrape(live)).failures[0].reason is Reason.AUTH
    assert (live.tally.misses, live.tally.hits, live.tally.failures) == (1, 0, 1)
    assert (await scrape(live)).failures[0].reason is Reason.AUTH
    assert (live.tally.misses, live.tally.hits, live.tally.failures) == (1, 1, 1)
    file.write_text("right")
    assert (await scrape(live)).up
    assert (live.tally.misses, live.tally.hits, live.tally.failures) == (2, 1, 1)


async def test_a_scrape_during_a_fetch_with_a_new_secret_joins_it(file):
    file.write_text("wrong")
    fetcher, live = live_of(file, FakeClock())
    await scrape(live)
    file.write_text("right")
    begun, go_on = asyncio.Event(), asyncio.Event()
    read = fetcher.fetch

    async def fetch(known):
        begun.set()
        await go_on.wait()
        return await read(known)

    fetcher.fetch = fetch
    first = live.begin()
    await begun.wait()
    assert live.begin() is first
    go_on.set()
    await first
    assert (live.tally.misses, live.tally.hits) == (3, 0)


async def test_a_good_answer_is_served_without_a_look_at_the_files(file):
    _, live = live_of(file, FakeClock())
    assert (await scrape(live)).up
    assert live.begin() is None


async def test_an_error_of_the_exporters_own_is_waited_out_with_the_same_secret(file):
    fetcher, live = live_of(file, FakeClock())
    fetches = []

    async def fetch(known):
        fetches.append(known)
        raise ValueError

    fetcher.fetch = fetch
    for _ in range(2):
        assert (await scrape(live)).failures[0].reason is Reason.INTERNAL
    assert len(fetches) == 1


async def test_a_fetch_reads_what_the_files_held_when_it_began(file):
    clock = FakeClock()
    fetcher, live = live_of(file, clock)
    read = fetcher.fetch

    async def fetch(known):
        file.write_text("another")
        return await read(known)

    fetcher.fetch = fetch
    assert (await scrape(live)).up
    clock.advance(60)
    assert not (await scrape(live)).up
