"""Five real exporters on one configuration: each of its targets is fetched by one of them."""

from contextlib import ExitStack

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.e2e.counting_vendor import CountingVendor
from tests.e2e.programs import exporter

pytestmark = pytest.mark.e2e

NAMES = [f"recon-{number:03}" for number in range(1000)]


def samples(text, family):
    return [sample for each in parse_text(text) for sample in each.samples if sample.name == family]


def test_five_replicas_fetch_each_of_a_thousand_targets_once_in_all(tmp_path):
    with CountingVendor() as vendor, ExitStack() as stack:
        file = tmp_path / "config.yaml"
        password = {"basic_auth": {"username": "u", "password": "p"}, "vendor": "enterprise_recon"}
        targets = [{"name": name, "url": f"{vendor.url}/{name}", **password} for name in NAMES]
        file.write_text(yaml.safe_dump({"targets": targets}))
        flag = f"--config.file={file}"
        replicas = [
            stack.enter_context(
                exporter(tmp_path, flag, f"--shard=license-exporter-{shard}/5", name=f"s{shard}")
            )
            for shard in range(5)
        ]
        scraped = [replica.get("/metrics") for replica in replicas]
        shown = [
            [sample.labels["target"] for sample in samples(text, "license_up") if sample.value]
            for text in scraped
        ]
        assert sorted(name for names in shown for name in names) == NAMES
        assert vendor.asked == {("", name): 1 for name in NAMES}
        for shard, text in enumerate(scraped):
            (info,) = samples(text, "license_exporter_shard_info")
            assert info.labels == {"shard": str(shard), "shards": "5"}
            (targets_held,) = samples(text, "license_exporter_targets")
            assert 150 < targets_held.value == len(shown[shard]) < 250
