"""The configuration file in force, and what a reload does to it."""

import asyncio
import gc
import time
import weakref

import pytest
import yaml

from license_exporter.config.masking import masked
from license_exporter.errors import ConfigError
from license_exporter.exporter import Exporter
from tests.fakes import FakeClock

CLOCK = FakeClock()


def said(*names, **options):
    return [
        {
            "name": name,
            "vendor": "enterprise_recon",
            "url": "https://er.example.com",
            "basic_auth": {"username": "u", "password": "hunter2"},
            **options,
        }
        for name in names
    ]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.yaml"


@pytest.fixture
async def start(file):
    """A function that writes a configuration and starts an exporter of it."""
    started = []

    def start(*targets, **options):
        write(file, *targets)
        started.append(Exporter(file, {}, CLOCK, **options))
        return started[-1]

    yield start
    for exporter in started:
        await exporter.close()


def write(file, *targets):
    file.write_text(yaml.safe_dump({"targets": list(targets)}))


def reloads(exporter):
    name = "license_exporter_config_last_reload_successful"
    return exporter.own.registry.get_sample_value(name)


async def test_a_file_that_cannot_be_used_does_not_start(start):
    with pytest.raises(ConfigError, match="is missing"):
        start({"name": "a"})


async def test_a_reload_puts_the_file_in_force_and_keeps_what_is_unchanged(start, file):
    exporter = start(*said("a", "b"))
    former = dict(exporter.collector.targets)
    write(file, *said("a"), *said("b", timeout="20s"), *said("c"))
    assert await exporter.reload()
    assert list(exporter.collector.targets) == ["a", "b", "c"]
    assert exporter.collector.targets["a"] is former["a"]
    assert exporter.collector.targets["b"] is not former["b"]
    assert reloads(exporter) == 1
    assert exporter.own.registry.get_sample_value("license_exporter_targets") == 3


async def test_a_reload_keeps_one_copy_of_what_is_unchanged_and_tells_its_risks_anew(
    start, file, caplog
):
    exporter = start(*said("a", "b", url="http://er.example.com"))
    a, b = exporter.config.targets
    write(file, *said("b", "c", "a", url="http://er.example.com"))
    caplog.clear()
    assert await exporter.reload()
    assert exporter.config.targets[0] is b
    assert exporter.config.targets[2] is a
    assert exporter.collector.targets["a"].target is a
    risks = [record.problem for record in caplog.records if record.levelname == "WARNING"]
    assert [risk.partition(":")[0] for risk in risks] == [f"targets[{n}].url" for n in range(3)]


async def test_what_a_reload_drops_is_gone_at_once(start, file):
    exporter = start(*said("a"))
    dropped = weakref.ref(exporter.collector.targets["a"]._fetcher)
    gc.disable()
    try:
        write(file, *said("b"))
        assert await exporter.reload()
        await asyncio.sleep(0.01)
        assert dropped() is None
    finally:
        gc.enable()


async def test_a_bad_file_is_refused_whole_and_every_problem_is_logged(start, file, caplog):
    exporter = start(*said("a"))
    former = exporter.config
    write(file, *said("a", timeout="-1s"), *said("b", url=None))
    assert not await exporter.reload()
    assert list(exporter.collector.targets) == ["a"]
    assert exporter.config is former
    assert reloads(exporter) == 0
    problems = [record.problem for record in caplog.records if record.levelname == "ERROR"]
    assert [problem.partition(":")[0] for problem in problems] == [
        "targets[0].timeout",
        "targets[1].url",
    ]
    write(file, *said("a"))
    assert await exporter.reload()
    assert reloads(exporter) == 1


async def test_the_configuration_is_shown_as_it_is_in_force_and_without_secrets(start, file):
    exporter = start(*said("a"))
    file.write_text("targets: []")
    assert "name: a" in masked(exporter.config)
    assert "hunter2" not in masked(exporter.config)


async def test_reloads_that_come_meanwhile_are_one(start, file, monkeypatch):
    exporter = start(*said("a"))
    loads = []
    real = exporter._load

    def load():
        loads.append(1)
        time.sleep(0.05)
        return real()

    monkeypatch.setattr(exporter, "_load", load)
    first = exporter.reload()
    assert exporter.reload() is first
    await asyncio.sleep(0.02)
    second = exporter.reload()
    assert second is not first
    assert all(exporter.reload() is second for _ in range(500))
    assert await first
    assert await second
    assert len(loads) == 2


async def test_one_target_can_be_had_alone(start):
    exporter = start(*said("a", "b"), keep="b".__eq__)
    assert list(exporter.collector.targets) == ["b"]


async def test_the_risks_of_a_configuration_are_logged(start, caplog):
    start(*said("a", url="http://er.example.com"))
    (risk,) = [record.problem for record in caplog.records if record.levelname == "WARNING"]
    assert risk.startswith("targets[0].url: credentials go to er.example.com unencrypted")
