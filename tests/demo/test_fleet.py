"""What each product of the fleet shows, read by the exporter itself."""

import base64
import math
import shutil
import ssl

import pytest

from license_exporter.demo.command import simulators
from license_exporter.demo.moments import DAY, MINUTE, midnight_after
from tests.demo.scraping import scraper

USED, LIMIT = "license_used", "license_limit"
EXPIRY = "license_expiry_timestamp_seconds"


@pytest.fixture
async def demo(clock):
    async with simulators(clock) as demo:
        yield demo


@pytest.fixture
async def scrape(demo, clock):
    async with scraper(demo.config_file, clock) as scrape:
        yield scrape


@pytest.fixture
def secret(demo):
    return lambda name: (demo.config_file.parent / name).read_text()


def share(metrics, **labels):
    return metrics.value(USED, **labels) / metrics.value(LIMIT, **labels)


@pytest.mark.e2e
async def test_every_target_is_up_but_the_one_whose_password_was_changed(scrape, demo):
    metrics = await scrape()
    up = {name: metrics.value("license_up", target=name) for name in demo.targets}
    assert up == {name: 0.0 if name == "seerbox-dmz" else 1.0 for name in demo.targets}
    assert metrics.value("license_scrape_error", target="seerbox-dmz", reason="auth") == 1
    assert metrics.values("license_skipped_values", target="seerbox-api") == [1]
    assert sum(metrics.values("license_skipped_values")) == 1


async def test_a_target_that_was_refused_is_up_once_its_password_is_right(scrape, demo):
    assert (await scrape("seerbox-dmz")).value("license_up") == 0
    folder = demo.config_file.parent
    shutil.copy(folder / "seerbox-shop.password", folder / "seerbox-dmz.password")
    assert (await scrape("seerbox-dmz")).value("license_up") == 1


async def test_rsa_is_close_to_its_contract_and_tells_thirteen_months(scrape, clock):
    metrics = await scrape("rsa-emea", "rsa-amer")
    assert 0.9 < share(metrics, target="rsa-emea", pool="mfa") < 1
    assert share(metrics, target="rsa-emea", pool="active_users") < 0.5
    for target in ("rsa-emea", "rsa-amer"):
        assert len(metrics.values("license_period_used", target=target, pool="mfa")) == 13
    assert metrics.values(LIMIT, target="rsa-amer") == []
    assert metrics.value("license_contract_unit_price", target="rsa-emea", pool="mfa") == 36
    notice = metrics.value("license_contract_notice_timestamp_seconds", target="rsa-emea")
    assert 19 * DAY < notice - clock.time() <= 20 * DAY
    collected = metrics.value("license_data_timestamp_seconds", target="rsa-amer")
    assert collected == clock.time() - 5 * DAY


@pytest.mark.e2e
async def test_seer_boxes_are_perpetual_about_to_end_suspended_and_without_a_license(scrape, clock):
    metrics = await scrape()
    assert metrics.value(EXPIRY, target="seerbox-shop") == math.inf
    assert metrics.value(LIMIT, target="seerbox-shop", unit="requests") == math.inf
    assert metrics.value(EXPIRY, target="seerbox-api") == midnight_after(clock.time() + 5 * DAY)
    state = {"target": "seerbox-lab", "state": "suspended"}
    assert metrics.value("license_state", **state) == 1
    assert metrics.value("license_limit_reached", target="seerbox-lab") == 1
    assert metrics.value("license_state", target="seerbox-new", state="absent") == 1


@pytest.mark.e2e
async def test_master_servers_show_all_three_licensing_models(scrape, clock):
    metrics = await scrape()
    assert metrics.value(EXPIRY, target="recon-legacy") == midnight_after(clock.time() + 12 * DAY)
    assert share(metrics, target="recon-legacy", pool="workstation") == 1
    assert metrics.value(USED, target="recon-legacy", pool="amazon") == 4
    assert metrics.value(LIMIT, target="recon-legacy", pool="amazon") == 0
    assert metrics.value("license_state", target="recon-sitewide", state="exceeded") == 1
    assert share(metrics, target="recon-sitewide", pool="global") > 1.1
    assert metrics.value("license_pending_scans", target="recon-sitewide") == 2
    assert metrics.value("license_locations_folded", target="recon-sitewide") == 10
    assert metrics.value(EXPIRY, target="recon-cloud") == midnight_after(clock.time() + 25 * DAY)
    for pool in ("server", "client"):
        for unit in ("licenses", "bytes"):
            assert 0 < share(metrics, target="recon-cloud", pool=pool, unit=unit) < 0.9
    locations = {"target": "recon-cloud", "location": "WORKSTATION-002/Mail/*@example.com"}
    assert metrics.value("license_location_used", **locations) > 0


@pytest.mark.e2e
async def test_immuta_is_close_to_its_seats_over_them_and_expired(scrape, clock):
    metrics = await scrape()
    users = {"pool": "users", "unit": "users"}
    assert 0.9 < share(metrics, target="immuta-prod", **users) < 1
    assert metrics.value("license_state", target="immuta-prod", license="1", state="expired") == 1
    assert metrics.value("license_state", target="immuta-prod", license="2", state="invalid") == 1
    assert metrics.value(USED, target="immuta-prod", pool="active_data_consumers") > 0
    assert share(metrics, target="immuta-onprem", **users) > 1
    assert metrics.value("license_limit_reached", target="immuta-onprem", **users) == 1
    assert metrics.values("license_scrape_error", target="immuta-onprem") == []
    assert metrics.value(EXPIRY, target="immuta-sandbox") == clock.time() - 3 * DAY
    assert metrics.value("license_scrape_error", target="immuta-sandbox", document="usage") == 1


@pytest.mark.e2e
async def test_numbers_move_within_minutes(scrape, clock):
    moving = [
        {"target": "rsa-emea", "pool": "mfa"},
        {"target": "seerbox-shop", "unit": "requests"},
        {"target": "recon-legacy", "pool": "server"},
        {"target": "recon-sitewide", "pool": "global"},
        {"target": "immuta-prod", "pool": "users"},
    ]
    seen = [set() for _ in moving]
    for _ in range(12):
        metrics = await scrape()
        for values, labels in zip(seen, moving, strict=True):
            values.add(metrics.value(USED, **labels))
        clock.advance(MINUTE)
    assert all(len(values) > 1 for values in seen)


async def test_uploading_a_license_file_ends_the_excess(scrape, demo, secret, http, clock):
    before = await scrape("recon-sitewide")
    assert before.value("license_state", state="exceeded") == 1
    assert before.value("license_warnings") == 1

    password = secret("recon-sitewide.password")
    credentials = base64.b64encode(f"license-exporter:{password}".encode()).decode()
    async with http.put(
        f"{demo.targets['recon-sitewide'].addresses[0]}/v1/licenses",
        headers={"Authorization": f"Basic {credentials}"},
        json={"content": base64.b64encode(b"demo-renewal").decode()},
        ssl=ssl.create_default_context(cafile=demo.config_file.parent / "certificate.pem"),
    ) as answer:
        assert answer.status == 200

    clock.advance(MINUTE)
    after = await scrape("recon-sitewide")
    assert after.value("license_state", state="exceeded") == 0
    assert after.value("license_state", state="active") == 1
    assert after.value(LIMIT, pool="global") == 2 * before.value(LIMIT, pool="global")
    assert after.value(EXPIRY) > before.value(EXPIRY)
    assert after.values("license_warnings") == []
    assert after.values("license_pending_scans") == []


async def test_inserting_a_license_key_moves_the_expiry(scrape, demo, secret, http, clock):
    before = await scrape("seerbox-api")
    assert before.value(EXPIRY) == midnight_after(clock.time() + 5 * DAY)

    url = demo.targets["seerbox-api"].addresses[0]
    user = {"username": "license-exporter", "password": secret("seerbox-api.password")}
    async with http.post(f"{url}/api/v1/signin", json=user) as answer:
        token = (await answer.json())["data"]["token"]
    headers = {"Authorization": f"Bearer {token}"}
    body = {"license_key": "demo-renewal"}
    async with http.post(f"{url}/api/v1/license", headers=headers, json=body) as answer:
        assert (await answer.json())["message"] == "License succesfully inserted"

    clock.advance(MINUTE)
    after = await scrape("seerbox-api")
    assert after.value(EXPIRY) - before.value(EXPIRY) == 360 * DAY
    assert after.value(LIMIT, unit="requests") == 120_000_000
    assert after.value("license_skipped_values") == 0


async def test_adding_a_license_key_and_deleting_the_old_one_ends_the_expiry(
    scrape, demo, secret, http, clock
):
    before = await scrape("immuta-sandbox")
    assert before.value("license_state", license="1", state="expired") == 1

    url = f"{demo.targets['immuta-sandbox'].addresses[0]}/admin/license"
    headers = {"Authorization": secret("immuta-sandbox.key")}
    async with http.post(url, headers=headers, json={"licenseKey": "demo-renewal"}) as answer:
        assert answer.status == 200
    async with http.delete(f"{url}/1", headers=headers) as answer:
        assert answer.status == 200

    clock.advance(MINUTE)
    after = await scrape("immuta-sandbox")
    assert after.value("license_state", license="1", state="invalid") == 1
    assert after.value("license_state", license="2", state="active") == 1
    assert after.value(EXPIRY, license="2") == clock.time() - MINUTE + 365 * DAY
    assert after.value(LIMIT, pool="users") == 500
