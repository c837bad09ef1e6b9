"""Scrapes end in time and bring whom is healthy, whoever else keeps the exporter waiting."""

import time

import psutil
import pytest
import yaml

from tests.e2e.programs import PROJECT, exporter
from tests.faults.scene import Scrape
from tests.faults.servers import HEALTHY, HEALTHY_LARGE, serving
from tests.faults.table import silences

pytestmark = pytest.mark.e2e

NAMES = 50


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """An exporter of healthy targets, silent ones, large ones that stall and dead names."""
    folder = tmp_path_factory.mktemp("time")
    with serving(folder) as servers:
        urls = {
            name: f"http://127.0.0.1:{servers.ports[name]}" for name in (HEALTHY, HEALTHY_LARGE)
        }
        urls |= {
            f"silent-{number}": f"http://127.0.0.1:{servers.ports[fault.name]}"
            for number, fault in enumerate(silences())
        }
        stalls = servers.ports["sends 2 MB and then nothing"]
        urls |= {f"stalling-{number}": f"http://127.0.0.1:{stalls}" for number in range(4)}
        urls |= {f"dead-{n}": f"http://never-{n}.example.com" for n in range(NAMES)}
        targets = [
            {
                "name": name,
                "vendor": "enterprise_recon",
                "url": url,
                "basic_auth": {"username": "u", "password": "p"},
                "min_interval": "0s",
                "timeout": "60s",
            }
            for name, url in urls.items()
        ]
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": targets}))
        arguments = [f"--config.file={file}"]
        environ = {"PYTHONPATH": str(PROJECT)}
        slow = "tests.faults.slow_names"
        with exporter(folder, *arguments, module=slow, environ=environ) as running:
            yield running


def scraped(program, seconds):
    begin = time.monotonic()
    text = program.get("/metrics", **{"X-Prometheus-Scrape-Timeout-Seconds": str(seconds)})
    return Scrape(text, time.monotonic() - begin, time.time())


def test_each_scrape_ends_in_time_with_the_healthy_targets_whole(program):
    for _ in range(2):
        scrape = scraped(program, 4)
        # Half a second before Prometheus gives up.
        assert 3.4 < scrape.seconds < 4
        up = {name: scrape.values(name, "license_up") for name in scrape.samples if name}
        assert [name for name, values in up.items() if values == [1]] == [HEALTHY, HEALTHY_LARGE]
        down = set(up) - {HEALTHY, HEALTHY_LARGE}
        assert {reason for name in down for reason in scrape.reasons(name)} == {"timeout"}


def test_the_healthy_targets_alone_are_scraped_at_once(program):
    begin = time.monotonic()
    program.get(f"/metrics?target={HEALTHY}")
    program.get(f"/probe?target={HEALTHY}")
    program.get("/-/healthy")
    assert time.monotonic() - begin < 1


def test_a_name_that_never_resolves_is_looked_up_once_at_a_time(program):
    scraped(program, 1)
    scraped(program, 1)
    assert psutil.Process(program.process.pid).num_threads() < NAMES + 20


def test_it_ends_at_once_all_the_same(program):
    begin = time.monotonic()
    assert program.end() == 0
    assert time.monotonic() - begin < 5
