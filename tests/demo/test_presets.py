"""What the simulated products of the presets show, read by the exporter itself."""

import aiohttp
import pytest

from license_exporter.demo.command import simulators
from license_exporter.demo.moments import MINUTE
from license_exporter.demo.presets import presets
from license_exporter.vendors.registry import find_vendors
from tests.demo.scraping import scraper


@pytest.fixture
async def demo(clock):
    async with simulators(clock, everything=True) as demo:
        yield demo


@pytest.fixture
async def scrape(demo, clock):
    async with scraper(demo.config_file, clock) as scrape:
        yield scrape


def test_every_preset_has_a_product(clock):
    vendors = find_vendors()
    assert {product.vendor for product in presets(clock)} == {
        name for name in vendors if vendors.preset(name)
    }


@pytest.mark.e2e
async def test_every_product_is_read_whole(scrape, clock):
    metrics = await scrape()
    for product in presets(clock):
        assert metrics.value("license_up", target=product.name) == 1
        assert metrics.values("license_scrape_error", target=product.name) == []
        assert metrics.value("license_skipped_values", target=product.name) == 0
        # Some products tell no use, but none of them tells nothing.
        told = ("license_used", "license_limit", "license_expiry_timestamp_seconds")
        assert any(metrics.values(name, target=product.name) for name in told)


async def test_the_numbers_move_with_time(scrape, clock):
    def used(metrics):
        return metrics.values("license_used", target="gitlab", pool="users")

    before = used(await scrape("gitlab"))
    clock.advance(3 * MINUTE)
    assert used(await scrape("gitlab")) != before


async def test_nothing_is_served_without_the_right_credentials(demo, clock):
    refused = set()
    async with aiohttp.ClientSession() as session:
        for product in presets(clock):
            address = demo.targets[product.name].addresses[0]
            for simulator in product.simulators:
                for place in simulator.documents:
                    method, _, path = place.replace("{date}", "2026-01-01").rpartition(" ")
                    wrong = {"Authorization": "Bearer wrong"}
                    async with session.request(
                        method or "GET", address + path, headers=wrong, ssl=False
                    ) as response:
                        assert response.status == 401
                        refused.add(product.name)
    assert refused == {product.name for product in presets(clock)}


async def test_no_token_is_given_for_a_wrong_secret(demo):
    address = demo.targets["microsoft_graph"].addresses[0]
    form = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "wrong"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{address}/example.com/oauth2/v2.0/token", data=form) as response,
    ):
        assert response.status == 401


@pytest.mark.parametrize(
    ("name", "path", "said"),
    [
        ("google_workspace", "/token", {"data": {"assertion": "x.y.z"}}),
        ("veeam", "/api/oauth2/token", {"data": {"grant_type": "password", "username": "x"}}),
        (
            "tableau",
            "/api/3.6/auth/signin",
            {
                "json": {
                    "credentials": {
                        "personalAccessTokenName": "x",
                        "personalAccessTokenSecret": "y",
                        "site": {"contentUrl": "marketing"},
                    }
                }
            },
        ),
    ],
)
async def test_nobody_else_signs_in(demo, name, path, said):
    address = demo.targets[name].addresses[0]
    async with aiohttp.ClientSession() as session, session.post(address + path, **said) as response:
        assert response.status == 401


async def test_reports_are_three_days_old_and_sessions_end_with_their_exporter(demo, clock):
    servers = [demo.targets[name].simulators[0] for name in ("tableau", "veeam")]
    async with scraper(demo.config_file, clock) as scrape:
        metrics = await scrape("google_workspace", "tableau", "veeam")
        assert [len(server.sessions) for server in servers] == [1, 1]
    assert [len(server.sessions) for server in servers] == [0, 0]
    age = clock.time() - metrics.value("license_data_timestamp_seconds", target="google_workspace")
    assert 2 * 86400 <= age < 3 * 86400
