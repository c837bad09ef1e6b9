"""The documented scrape configurations, with real Prometheis, exporters and a counting vendor."""

from contextlib import ExitStack

import pytest
import yaml

from tests.e2e.counting_vendor import CountingVendor
from tests.e2e.programs import PROJECT, exporter, prometheus, wait_until

pytestmark = pytest.mark.e2e

TARGETS = [f"recon-{number:02}" for number in range(60)]


@pytest.fixture
def vendor():
    with CountingVendor() as running:
        yield running


def write_configuration(folder, vendor, replica):
    """The targets in two files beside the configuration, as `target_files` names them."""
    targets = [
        {"name": name, "vendor": "enterprise_recon", "url": f"{vendor.url}/{name}"}
        for name in TARGETS
    ]
    (folder / "conf.d").mkdir(exist_ok=True)
    for target in targets:
        target["basic_auth"] = {"username": "u", "password": "p"}
    for half in (0, 1):
        (folder / "conf.d" / f"{half}.yaml").write_text(yaml.safe_dump(targets[half::2]))
    file = folder / f"config-{replica}.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "defaults": {"http_headers": {"X-Replica": {"values": [replica]}}},
                "target_files": ["conf.d/*.yaml"],
                "targets": [],
            }
        )
    )
    return file


def write_scrapes(folder, name, exporter_url, shard=None):
    """A configuration of the project for an exporter at another address, scraping faster."""
    text = (PROJECT / "prometheus" / name).read_text()
    text = text.replace("127.0.0.1:10058", exporter_url.removeprefix("http://"))
    config = yaml.safe_load(text)
    config["global"] = {"scrape_interval": "2s"}
    config["rule_files"] = []
    for job in config["scrape_configs"]:
        job.pop("scrape_timeout", None)
        for discovery in job.get("http_sd_configs", []):
            discovery["refresh_interval"] = "1s"
    if shard is not None:
        config["scrape_configs"][0]["relabel_configs"][-1]["regex"] = str(shard)
    file = folder / f"prometheus-{shard}.yml"
    file.write_text(yaml.safe_dump(config))
    return file


def test_prometheus_discovers_sixty_targets_and_scrapes_each_by_probe(vendor, tmp_path):
    file = write_configuration(tmp_path, vendor, "only")
    with exporter(tmp_path, f"--config.file={file}") as program:
        scrapes = write_scrapes(tmp_path, "prometheus-sd.yml", program.url)
        with prometheus(tmp_path, scrapes) as running:
            job = '{job="license_exporter"}'
            wait_until(lambda: running.value(f"sum(up{job})") == 60, what="60 targets up")
            assert running.values(f"up{job}", "instance").keys() == set(TARGETS)
            assert running.values(f"probe_success{job} == 1", "instance").keys() == set(TARGETS)
            rows = running.query('license_used{pool="server"} * 0 + license_limit')
            assert {row["metric"]["target"] for row in rows} == set(TARGETS)
            assert all(row["metric"]["instance"] == row["metric"]["target"] for row in rows)
            own = '{job="license_exporter_self"}'
            assert running.value(f"license_exporter_targets{own}") == 60
    assert all(vendor.asked["only", name] for name in TARGETS)


def test_two_prometheis_with_an_exporter_each_fetch_each_target_in_one_shard(vendor, tmp_path):
    with ExitStack() as stack:
        shards = []
        for shard in (0, 1):
            file = write_configuration(tmp_path, vendor, f"shard-{shard}")
            program = stack.enter_context(
                exporter(tmp_path, f"--config.file={file}", name=f"exporter-{shard}")
            )
            scrapes = write_scrapes(tmp_path, "prometheus-sharded.yml", program.url, shard)
            shards.append(stack.enter_context(prometheus(tmp_path, scrapes, f"shard-{shard}")))
        wait_until(
            lambda: (
                sum(running.value('sum(up{job="license_exporter"})') or 0 for running in shards)
                == 60
            ),
            what="60 targets up in both shards together",
        )
        found = [set(running.values("license_up == 1", "target")) for running in shards]
    assert found[0] | found[1] == set(TARGETS)
    assert not found[0] & found[1]
    assert min(map(len, found)) > 10
    for shard, names in enumerate(found):
        asked = {name for user, name in vendor.asked if user == f"shard-{shard}"}
        assert asked == names
