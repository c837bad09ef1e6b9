"""Programs under the whole exporter: scrapes in time, the others whole, and nothing left behind."""

import asyncio
import json
import logging
import math
import os
import time

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from license_exporter.exporter import Exporter
from license_exporter.exposition.rendering import render
from license_exporter.process.clock import SystemClock
from tests.children import children
from tests.scripts import is_running, script

pytestmark = pytest.mark.e2e

GOOD = """echo '[{"name": "solver", "used": 3}]'"""
SECRET = "s3cr3t"

BAD = {
    "missing": (None, "config"),
    "directory": ("", "config"),
    "nothing": ("true", "decode"),
    "endless": ("yes s3cr3t", "too_large"),
    "slow": ("while :; do printf s; sleep 0.2; done", "timeout"),
    "binary": ("head -c 1000 /dev/urandom; echo s3cr3t", "decode"),
    "half": ('printf \'[{"name": "s3cr3t\'', "decode"),
    "errors": ("echo s3cr3t >&2", "decode"),
    "deaf": ("trap '' TERM; while :; do sleep 1; done", "timeout"),
    "stays": (f"{GOOD}; exec >&- 2>&-; sleep 60", "timeout"),
    "error": ("echo 'Fehler: s3cr3t'", "decode"),
    "failing": ("echo 'Fehler: s3cr3t'; exit 1", "server"),
    "dying": ("echo s3cr3t; kill -SEGV $$", "server"),
}
FINE = {
    "good": GOOD,
    "forking": f"sleep 60 & {GOOD}",
    "escaping": f"setsid sleep 2 & sleep 0.1; {GOOD}",
    "reading": f"cat; {GOOD}",
    "complaining": f"{GOOD}; exit 1",
    "chatty": f"head -c 300000 /dev/zero >&2; {GOOD}",
}


def target(name, timeout="1s", **options):
    mapping = {
        "requests": {"x": {"program": name, "format": "json"}},
        "pools": [{"rows": "@", "name": "name", "used": "used"}],
    }
    return {
        "name": name,
        "vendor": "json",
        "as": "acme",
        "timeout": timeout,
        "body_size_limit": "1MB",
        "min_interval": "0s",
        "mapping": mapping,
        **options,
    }


def write(folder, programs, targets):
    file = folder / "config.yaml"
    named = {name: {"path": str(path), "max_processes": 50} for name, path in programs.items()}
    file.write_text(yaml.safe_dump({"programs": named, "targets": targets}))
    return file


async def scrape(exporter, seconds=5.0):
    """The exposition of a scrape."""
    collected = await exporter.collector.collect(asyncio.get_running_loop().time() + seconds)
    blocks = [block for each in collected for block in each.blocks]
    return b"".join(chunk.text for chunk in render(blocks, openmetrics=False)).decode()


@pytest.fixture
def no_children():
    """Whether all that has been started since the test began has ended and been reaped."""
    before = children()
    return lambda: children() <= before


async def test_whatever_programs_do_wrong_the_reason_is_told_and_the_others_are_whole(
    tmp_path, caplog, no_children
):
    caplog.set_level(logging.DEBUG)
    programs = {name: script(tmp_path, text) for name, (text, _) in BAD.items() if text}
    programs |= {"missing": tmp_path / "gone", "directory": tmp_path}
    programs |= {name: script(tmp_path, text) for name, text in FINE.items()}
    file = write(tmp_path, programs, [target(name) for name in programs])
    exporter = Exporter(file, {"PATH": os.environ["PATH"], "SECRET": SECRET}, SystemClock())
    try:
        begun = time.monotonic()
        text = await scrape(exporter)
        assert time.monotonic() - begun < 3
        pages = str([live.view() for live in exporter.collector.targets.values()])
    finally:
        await exporter.close()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    up = {sample.labels["target"]: sample.value for sample in families["license_up"].samples}
    assert up == dict.fromkeys(BAD, 0.0) | dict.fromkeys(FINE, 1.0)
    errors = [sample.labels for sample in families["license_scrape_error"].samples]
    reasons = {labels["target"]: labels["reason"] for labels in errors}
    assert reasons == {name: reason for name, (_, reason) in BAD.items()}
    used = families["license_used"].samples
    assert {sample.labels["target"]: sample.value for sample in used} == dict.fromkeys(FINE, 3.0)
    assert SECRET not in text + pages + caplog.text
    assert no_children()


WORST = 'a"b\\c\nd{e="f"} # \u2028\u202e\ud800 1e9 ' + "x" * 2000


async def test_the_worst_that_can_stand_in_an_answer_is_a_valid_exposition(tmp_path):
    features = [
        {"name": WORST, "used": 10**12, "limit": 10**12, "ends": "99999-12-31"},
        {"name": "", "used": 1, "limit": 1, "ends": "0000-00-00"},
        {"name": "endless", "used": "1e400", "limit": "unlimited", "ends": 10**30},
        {"name": "none", "used": -1, "limit": None, "ends": "31-Jun-2027"},
    ]
    (tmp_path / "answer.json").write_text(json.dumps(features), encoding="ascii")
    programs = {"worst": script(tmp_path, f"cat {tmp_path}/answer.json")}
    said = target("worst")
    said["mapping"] |= {
        "pools": [{"rows": "@", "name": "name", "used": "used", "limit": "limit"}],
        "licenses": [{"rows": "@", "id": "name", "expiry": "ends"}],
    }
    exporter = Exporter(write(tmp_path, programs, [said]), {}, SystemClock())
    try:
        text = await scrape(exporter)
    finally:
        await exporter.close()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert families["license_up"].samples[0].value == 1
    used = {sample.labels["pool"]: sample.value for sample in families["license_used"].samples}
    assert sorted(used.values()) == [-1, 10**12]
    assert max(map(len, used)) <= 512
    assert families["license_skipped_values"].samples[0].value >= 3
    ends = families.get("license_expiry_timestamp_seconds")
    assert ends is None or all(sample.value == math.inf for sample in ends.samples)


@pytest.fixture
async def hanging(tmp_path):
    """An exporter, with a program that hangs in a fetch of it; its process ids are in `pids`."""
    pids = tmp_path / "pids"
    path = script(tmp_path, f"sleep 60 & echo $! $$ > {pids}; trap '' TERM; wait; sleep 60")
    file = write(tmp_path, {"hangs": path}, [target("hangs", timeout="60s")])
    exporter = Exporter(file, {}, SystemClock())
    collecting = asyncio.create_task(scrape(exporter, 30))
    while not (pids.exists() and pids.read_text().endswith("\n")):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    yield exporter, collecting, [int(pid) for pid in pids.read_text().split()]
    await exporter.close()
    await collecting


def alive(pids):
    return [pid for pid in pids if is_running(pid)]


async def gone(pids):
    async with asyncio.timeout(2):
        while alive(pids):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_reload_that_drops_a_target_ends_its_program(hanging, tmp_path):
    exporter, collecting, pids = hanging
    assert len(alive(pids)) == 2
    write(tmp_path, {"hangs": tmp_path / "other"}, [])
    assert exporter.reload()
    await gone(pids)
    assert 'license_up{target="hangs",vendor="acme"} 0.0' in await collecting


async def test_a_reload_that_keeps_a_target_leaves_its_program_alone(hanging):
    exporter, _, pids = hanging
    assert exporter.reload()
    await asyncio.sleep(0.1)
    assert len(alive(pids)) == 2


async def test_the_end_of_the_exporter_ends_its_programs(no_children, hanging):
    exporter, _, pids = hanging
    begun = time.monotonic()
    await exporter.close()
    assert time.monotonic() - begun < 2
    assert no_children()
    await gone(pids)


async def test_hundreds_that_hang_hold_up_neither_a_scrape_nor_the_end(tmp_path, no_children):
    path = script(tmp_path, "trap '' TERM; sleep 60 & wait; sleep 60")
    programs = {"hangs": path, "good": script(tmp_path, GOOD)}
    hanging = target("hangs", timeout="60s")
    targets = [{**hanging, "name": f"hangs-{number}"} for number in range(150)]
    exporter = Exporter(write(tmp_path, programs, [*targets, target("good")]), {}, SystemClock())
    begun = time.monotonic()
    text = await scrape(exporter, 1.5)
    assert time.monotonic() - begun < 2.5
    assert text.count("license_up{") == 151
    assert 'license_up{target="good",vendor="acme"} 1.0' in text
    begun = time.monotonic()
    await exporter.close()
    assert time.monotonic() - begun < 2
    assert no_children()
