"""What the simulated license servers show, asked with the stand-in tools by the exporter itself."""

import math
import subprocess

import pytest

from license_exporter.demo.command import simulators
from license_exporter.demo.managers import tool
from license_exporter.demo.managers.server import LicenseServer, install_tool
from license_exporter.demo.moments import DAY, HOUR
from tests.demo.scraping import scraper
from tests.vendors.managers import refused

pytestmark = pytest.mark.e2e

TOOLS = (
    "lmutil",
    "rlmutil",
    "lmxendutil",
    "DSLicSrv",
    "lsmon",
    "lstc_qrun",
    "olixtool",
    "monitorlm",
)

VENDORS = {
    "cad-flexlm": "flexlm",
    "cad-rlm": "rlm",
    "cad-lmx": "lmx",
    "dsls": "dsls",
    "sentinel_rms": "sentinel_rms",
    "sentinel_ldk": "sentinel_ldk",
    "lsdyna": "lsdyna",
    "olicense": "olicense",
    "mathlm": "mathlm",
}


@pytest.fixture
async def demo(clock):
    async with simulators(clock, everything=True) as demo:
        yield demo


@pytest.fixture
async def scrape(demo, clock):
    async with scraper(demo.config_file, clock) as scrape:
        yield scrape


async def test_every_license_manager_is_read_whole(scrape, demo):
    metrics = await scrape(*VENDORS)
    for name, vendor in VENDORS.items():
        assert demo.targets[name].vendor == vendor
        assert metrics.value("license_up", target=name) == 1
        assert metrics.values("license_scrape_error", target=name) == []
        assert metrics.value("license_skipped_values", target=name) == 0
        assert metrics.values("license_used", target=name)


async def test_flexlm_has_a_server_and_a_daemon_that_are_down_and_a_queue(scrape, clock):
    metrics = await scrape("cad-flexlm")
    assert sorted(metrics.values("license_server_up")) == [0, 1, 1]
    assert sorted(metrics.values("license_server_primary")) == [0, 0, 1]
    assert metrics.value("license_daemon_up", daemon="meshd") == 0
    assert metrics.value("license_queued", pool="mesh") > 0
    assert metrics.value("license_used", pool="mesh") == metrics.value("license_limit", pool="mesh")
    assert metrics.value("license_limit", pool="viewer") == math.inf
    ends = metrics.values("license_expiry_timestamp_seconds")
    assert math.inf in ends
    current = metrics.values("license_current")
    assert sorted(current) == [0, 1]
    ending = [end for end in ends if clock.time() < end < clock.time() + 11 * DAY]
    assert len(ending) == 1


async def test_features_peak_at_noon(scrape, clock):
    async def used(hour):
        clock.advance((hour * HOUR - clock.time()) % DAY)
        return (await scrape("cad-flexlm")).value("license_used", pool="cad_design")

    assert await used(12) > await used(18) + 10


async def test_denials_grow(scrape, clock):
    before = await scrape("cad-rlm", "cad-lmx")
    clock.advance(HOUR)
    after = await scrape("cad-rlm", "cad-lmx")
    for target in ("cad-rlm", "cad-lmx"):
        grown = max(after.values("license_denials_total", target=target))
        assert grown > max(before.values("license_denials_total", target=target))


async def test_users_are_shown_only_where_the_configuration_asks_for_them(scrape):
    metrics = await scrape(*VENDORS)
    assert metrics.values("license_user_used", target="cad-lmx")
    assert len(metrics.values("license_user_used")) == len(
        metrics.values("license_user_used", target="cad-lmx")
    )


def run(path, *words):
    return subprocess.run([path, *words], capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("name", TOOLS)
def test_a_stand_in_says_that_it_is_one(name, tmp_path):
    told = run(install_tool(tmp_path, name), "--help")
    assert told.returncode == 0
    assert "A stand-in for the tools of license managers" in told.stdout
    assert "NOT" in told.stdout


@pytest.mark.parametrize(
    ("name", "words", "vendor"),
    [
        ("lmutil", "lmstat -a -c 1@127.0.0.1", "flexlm"),
        ("rlmutil", "rlmstat -a -c 1@127.0.0.1", "rlm"),
        ("lmxendutil", "-licstatxml -host 127.0.0.1 -port 1", "lmx"),
        ("DSLicSrv", "-admin -run connect 127.0.0.1 1;getLicenseUsage -csv;quit;", "dsls"),
        ("lstc_qrun", "-s 1@127.0.0.1 -r", "lsdyna"),
        ("olixtool", "-sv 127.0.0.1:1", "olicense"),
        ("monitorlm", "127.0.0.1:1 -format text", "mathlm"),
    ],
)
def test_a_stand_in_tells_of_a_server_that_is_not_there_as_its_tool_does(
    name, words, vendor, tmp_path
):
    told = run(install_tool(tmp_path, name), *words.split(" "))
    assert told.returncode == 0
    error = refused(vendor, told.stdout)
    assert error
    assert error.reason == "connect"


def test_words_that_name_no_server_are_refused(tmp_path):
    assert run(install_tool(tmp_path, "lmutil"), "lmdown").returncode == 2


def test_every_stand_in_has_a_server_in_the_demo(demo):
    tools = {
        simulator.tool
        for target in demo.targets.values()
        for simulator in target.simulators
        if isinstance(simulator, LicenseServer)
    }
    assert tools == set(TOOLS) == set(tool._SERVERS) == set(tool._NO_ANSWER)
