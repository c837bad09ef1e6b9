import json
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
import yaml

from license_exporter.config.load import load_config
from license_exporter.demo.command import simulators
from license_exporter.vendors.registry import find_vendors
from tests.fakes import FakeClock

MANAGERS = {"flexlm", "rlm", "lmx"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo():
    async with simulators(FakeClock()) as demo:
        yield demo


@pytest.fixture
def config(demo):
    return yaml.safe_load(demo.config_file.read_text())


def test_the_configuration_has_a_target_for_each_product_of_the_vendors(demo, config):
    targets = {target["name"]: target["vendor"] for target in config["targets"]}
    assert targets == {target.name: target.vendor for target in demo.targets.values()}
    assert len(targets) == len(config["targets"])
    assert set(targets.values()) == {"rsa", "seerbox", "enterprise_recon", "immuta", *MANAGERS}


def test_the_exporter_can_use_the_configuration_without_any_variable(demo):
    config = load_config(demo.config_file, {}, find_vendors())
    assert [target.name for target in config.targets] == list(demo.targets)


def test_each_target_tells_what_to_notice(demo):
    shown = [target.shows for target in demo.targets.values()]
    assert all(shown)
    assert len(set(shown)) == len(shown)


def test_secrets_stand_in_files_that_their_owner_alone_can_read(demo, config):
    text = demo.config_file.read_text()
    secret_files = [
        path
        for path in demo.config_file.parent.iterdir()
        if path.name not in ("config.yaml", "certificate.pem", "tools")
    ]
    assert len(secret_files) == len([t for t in config["targets"] if t["vendor"] not in MANAGERS])
    for path in secret_files:
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.name in text
        assert path.read_text() not in text


def test_the_key_file_of_rsa_names_the_api_that_it_is_for(demo):
    key_file = json.loads((demo.config_file.parent / "rsa-emea.key").read_text())
    address = demo.targets["rsa-emea"].addresses[0]
    assert key_file["adminRestApiUrl"] == f"{address}/AdminInterface/restapi"
    assert key_file["accessKey"].startswith("-----BEGIN RSA PRIVATE KEY-----\n")


def test_the_token_endpoint_of_rsa_has_an_address_of_its_own(demo, config):
    [target] = [target for target in config["targets"] if target["name"] == "rsa-amer"]
    api, authorization = demo.targets["rsa-amer"].addresses
    assert api != authorization
    assert target["url"].startswith(api)
    assert target["rsa_oauth"]["issuer"].startswith(authorization)


def test_only_enterprise_recon_is_served_over_tls(demo):
    schemes = {
        (target.vendor, urlsplit(target.addresses[0]).scheme) for target in demo.targets.values()
    }
    assert schemes == {
        ("rsa", "http"),
        ("seerbox", "http"),
        ("enterprise_recon", "https"),
        ("immuta", "http"),
        *((manager, "http") for manager in MANAGERS),
    }


async def test_the_end_leaves_neither_files_nor_servers(clock):
    async with simulators(clock) as demo:
        addresses = [urlsplit(a) for target in demo.targets.values() for a in target.addresses]
        assert {address.hostname for address in addresses} == {"127.0.0.1"}
    assert not demo.config_file.parent.exists()
    for address in addresses:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address.hostname, address.port), timeout=1)


def test_the_documentation_tells_of_each_target_what_it_shows(demo):
    page = (Path(__file__).parents[2] / "docs" / "demo.md").read_text()
    for target in demo.targets.values():
        assert f"| `{target.name}` | " in page
        assert target.shows in page
