"""The targets in force, through reloads that come while they are scraped."""

import asyncio

import pytest

from license_exporter.collector.collector import Collector
from license_exporter.collector.live_target import LiveTarget
from license_exporter.collector.reading import Answered
from license_exporter.config.target import Config
from license_exporter.model.report import LicenseReport
from tests.fakes import FakeClock, target

START = 1_700_000_000.0


class Fetcher:
    """Gives an answer, or never one if it `hangs`; complains if it is used after its end."""

    def __init__(self, hangs=False):
        self.steps = []
        self.closed = False
        self.hangs = hangs

    async def fetch(self, known):
        assert not self.closed
        await asyncio.sleep(60 if self.hangs else 0)
        return Answered(LicenseReport(), {"license_used": (b"license_used{} 1.0\n",)})

    async def close(self):
        self.closed = True


def collector(fetcher=None, clock=None):
    clock = clock or FakeClock(START)

    def open(opened):
        return LiveTarget(opened, fetcher or Fetcher(), clock, lambda: 0.0, lambda reason: None)

    return Collector(open)


def targets(count, **options):
    one = target(**options)
    return Config(tuple(one.model_copy(update={"name": f"t{number}"}) for number in range(count)))


async def collect(collector, seconds=1.0):
    return await collector.collect(asyncio.get_running_loop().time() + seconds)


@pytest.mark.parametrize("after", [{"timeout": "20s"}, None])
async def test_a_reload_between_two_targets_of_a_scrape_harms_neither(after):
    many = collector()
    many.apply(targets(150))
    scrape = asyncio.create_task(collect(many))
    await asyncio.sleep(0)  # the first hundred have begun
    many.apply(targets(150, **after) if after else targets(50))
    collected = await scrape
    assert all(each.up for each in collected)
    assert len(collected) == (150 if after else 100)
    await many.close()


async def test_a_reload_keeps_the_connections_of_unchanged_targets_and_closes_the_others():
    fetchers = {}

    def open(opened):
        fetchers[opened.name, opened.timeout] = Fetcher()
        return LiveTarget(
            opened,
            fetchers[opened.name, opened.timeout],
            FakeClock(),
            lambda: 0.0,
            lambda reason: None,
        )

    three = Collector(open)
    kept, changed, gone = (target(name=name) for name in ("kept", "changed", "gone"))
    three.apply(Config((kept, changed, gone)))
    before = three.targets["kept"]
    three.apply(Config((target(name="kept"), target(name="changed", timeout="20s"))))
    assert three.targets["kept"] is before
    await asyncio.sleep(0.01)
    assert {key: fetcher.closed for key, fetcher in fetchers.items()} == {
        ("kept", 10.0): False,
        ("changed", 10.0): True,
        ("gone", 10.0): True,
        ("changed", 20.0): False,
    }
    await three.close()
    assert all(fetcher.closed for fetcher in fetchers.values())


async def test_what_is_collected_of_a_target_is_its_settings_its_state_and_its_answer():
    one = collector()
    one.apply(targets(1))
    (collected,) = await collect(one)
    assert collected.up
    settings, state, answer = collected.blocks
    assert list(settings) == ["license_target_info"]
    assert {name: float(lines[0].split()[-1]) for name, lines in state.items()} == {
        "license_up": 1.0,
        "license_scrape_duration_seconds": 0.0,
        "license_last_success_timestamp_seconds": START,
        "license_next_fetch_timestamp_seconds": START + 30,
    }
    assert list(answer) == ["license_used"]
    await one.close()


async def test_a_scrape_that_ends_before_the_answer_comes_shows_no_old_one_as_a_good_one():
    fetcher, clock = Fetcher(), FakeClock(START)
    one = collector(fetcher, clock)
    one.apply(targets(1))
    (collected,) = await collect(one)
    assert collected.up
    fetcher.hangs = True
    clock.advance(41)  # min_interval 30 s and timeout 10 s, and one more
    async with asyncio.timeout(0.8):
        (collected,) = await collect(one, 0.01)
        assert not collected.up
        _, state = collected.blocks
        (error,) = state["license_scrape_error"]
        assert error.startswith(b'license_scrape_error{document="licenses",reason="timeout",')
        (collected,) = await collect(one, -1.0)
        assert not collected.up
    await one.close()


async def test_while_many_targets_are_put_in_force_scrapes_have_their_turn_after_each_few():
    turns = 0

    async def count():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    many = collector()
    counting = asyncio.create_task(count())
    try:
        async with asyncio.timeout(5):
            await many.apply_in_slices(targets(100))
            assert 5 <= turns <= 10
            turns = 0
            await many.apply_in_slices(targets(100, timeout="20s"))
            assert 10 <= turns <= 20
    finally:
        counting.cancel()
    await many.close()


async def test_a_target_that_is_not_configured_is_down_and_says_so_after_the_others():
    two = collector()
    two.apply(targets(2))
    deadline = asyncio.get_running_loop().time() + 1
    gone, t1 = reversed(await two.collect(deadline, ["gone", "t1", "t1"]))
    assert (gone.up, t1.up) == (False, True)
    assert gone.blocks == (
        {
            "license_up": (b'license_up{target="gone",vendor=""} 0.0\n',),
            "license_scrape_error": (
                b'license_scrape_error{document="",reason="config",target="gone",vendor=""} 1.0\n',
            ),
        },
    )
    await two.close()


async def test_a_changed_target_counts_on_from_the_former_one():
    one = collector()
    one.apply(targets(1))
    await collect(one)
    one.apply(targets(1, timeout="20s"))
    await collect(one)
    await collect(one)
    counted = b"".join(chunk for chunks in one.tallies().values() for chunk in chunks)
    assert counted.decode().splitlines() == [
        'license_exporter_fetches_total{result="success",target="t0"} 2.0',
        'license_exporter_fetches_total{result="failure",target="t0"} 0.0',
        'license_exporter_cache_requests_total{result="hit",target="t0"} 1.0',
        'license_exporter_cache_requests_total{result="miss",target="t0"} 2.0',
    ]
    await one.close()


async def test_the_end_does_not_wait_for_the_fetch_of_a_target_that_is_gone():
    one = collector(Fetcher(hangs=True))
    one.apply(targets(1, timeout="1m"))
    await collect(one, 0.01)
    one.apply(Config())
    async with asyncio.timeout(1):
        await one.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}
