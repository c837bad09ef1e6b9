"""That Grafana, started as deploy/compose.yaml does, finds data source and dashboards."""

import re

import pytest
import yaml

from grafana.generate import FOLDER
from tests.promql import ROOT

COMPOSE = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
PROVISIONING = ROOT / "grafana" / "provisioning"


def mounted(service: str, path: str) -> str:
    """The path in the project of a path in the container."""
    for volume in SERVICES[service]["volumes"]:
        source, target, *_ = volume.split(":")
        if path.startswith(target):
            return str((ROOT / "deploy" / source).resolve()) + path.removeprefix(target)
    raise AssertionError(f"{path} is not mounted")


def test_grafana_finds_the_provisioning_the_dashboards_and_its_home():
    environment = SERVICES["grafana"]["environment"]
    assert mounted("grafana", environment["GF_PATHS_PROVISIONING"]) == str(PROVISIONING)
    (provider,) = yaml.safe_load((PROVISIONING / "dashboards/licenses.yml").read_text())[
        "providers"
    ]
    assert mounted("grafana", provider["options"]["path"]) == str(FOLDER)
    home = environment["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert mounted("grafana", home) == str(FOLDER / "overview.json")


def test_the_data_source_is_the_prometheus_of_the_same_network():
    (source,) = yaml.safe_load((PROVISIONING / "datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    assert source["type"] == "prometheus"
    assert source["url"] == "http://localhost:9090"
    assert {SERVICES[name]["network_mode"] for name in SERVICES if name != "exporter"} == {
        "service:exporter"
    }


@pytest.mark.parametrize("service", [name for name in SERVICES if "image" in SERVICES[name]])
def test_an_image_has_an_exact_version_and_its_files_exist(service: str):
    assert re.fullmatch(r"[\w/]+:v?\d+\.\d+\.\d+", SERVICES[service]["image"])
    for volume in SERVICES[service]["volumes"]:
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (ROOT / "deploy" / source).exists()


def test_every_published_port_is_only_on_this_machine():
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["exporter"]["ports"])
