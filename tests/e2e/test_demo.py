"""The demo as its users start it, scraped by a real Prometheus."""

import math
import subprocess

import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from tests.e2e.programs import PROJECT, exporter, needed, prometheus, wait_until

pytestmark = pytest.mark.e2e

# For each target of the demo an expression that only a good scrape of it satisfies.
TELLS = {
    "rsa-emea": 'license_used{pool="mfa",unit="users"} / license_limit > 0.9',
    "rsa-amer": 'time() - license_data_timestamp_seconds{target="rsa-amer"} > 4 * 86400',
    "seerbox-shop": "license_expiry_timestamp_seconds == Inf",
    "seerbox-api": "license_expiry_timestamp_seconds - time() < 7 * 86400 > 0",
    "seerbox-lab": 'license_state{state="suspended"} == 1',
    "seerbox-new": 'license_state{state="absent"} == 1',
    "recon-legacy": "license_expiry_timestamp_seconds - time() < 14 * 86400 > 7 * 86400",
    "recon-sitewide": 'license_used{pool="global",unit="bytes"} > license_limit',
    "recon-cloud": 'license_limit{unit="bytes"} > 0',
    "immuta-prod": 'license_state{state="expired"} == 1',
    "immuta-onprem": "license_used > license_limit",
    "immuta-sandbox": 'license_scrape_error{document="usage"} == 1',
    "cad-flexlm": "license_queued > 0 and license_used >= license_limit",
    "cad-rlm": "license_denials_total >= 12",
    "cad-lmx": 'license_user_used{pool="Units"} == 25000',
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with exporter(folder, "demo") as program:
        yield program


@pytest.fixture(scope="module")
def scraping(demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prometheus")
    config = yaml.safe_load((PROJECT / "prometheus/prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s"}
    config["rule_files"] = []
    del config["alerting"]
    (job,) = config["scrape_configs"]
    job["scrape_timeout"] = "1s"
    job["static_configs"] = [{"targets": [demo.url.removeprefix("http://")]}]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(config))
    with prometheus(folder, file) as running:
        wait_until(
            lambda: (running.value("count_over_time(up[1m])") or 0) >= 3, what="three scrapes"
        )
        yield running


def test_prometheus_scrapes_every_target_and_only_the_locked_out_one_is_down(scraping):
    assert scraping.value("min_over_time(up[1m])") == 1
    up = scraping.values("license_up", "target")
    assert {name for name, value in up.items() if not value} == {"seerbox-dmz"}
    assert up.keys() == {*TELLS, "seerbox-dmz"}
    assert scraping.values("license_scrape_error", "reason").keys() >= {"auth"}


@pytest.mark.parametrize("target", TELLS)
def test_each_target_shows_what_it_is_there_for(scraping, target):
    rows = scraping.query(TELLS[target])
    assert target in {row["metric"].get("target") for row in rows}


def test_the_renewed_half_of_a_pair_of_units_stays_apart(scraping):
    rows = scraping.query('license_limit{target="recon-cloud",pool="server"}')
    assert {row["metric"]["unit"] for row in rows} == {"licenses", "bytes"}


def test_prometheus_has_no_complaint_about_what_it_scraped(scraping):
    log = scraping.program.log.lower()
    for complaint in ("duplicate", "out of order", "out-of-order", "append failed", "invalid"):
        assert complaint not in log


def test_promtool_finds_nothing_to_say_about_the_metrics(demo):
    check = subprocess.run(
        [needed("promtool"), "check", "metrics"],
        input=demo.get("/metrics").encode(),
        capture_output=True,
        check=False,
    )
    assert (check.stdout + check.stderr).decode() == ""
    assert check.returncode == 0


@pytest.mark.parametrize(
    ("accept", "parse"),
    [
        ("text/plain;version=0.0.4", parse_text),
        ("application/openmetrics-text;version=1.0.0", parse_openmetrics),
    ],
)
def test_both_parsers_read_the_whole_exposition_without_a_duplicate(demo, accept, parse):
    seen = set()
    for family in parse(demo.get("/metrics", Accept=accept)):
        for sample in family.samples:
            row = (sample.name, *sorted(sample.labels.items()))
            assert row not in seen
            seen.add(row)
            assert not math.isnan(sample.value)
    assert len(seen) > 300


def test_the_first_page_shows_every_target_read_without_a_prometheus(tmp_path):
    with exporter(tmp_path, "demo") as program:
        page = program.get("/")  # the very first answer
        assert "1 of 16 targets is down" in page
        assert "Not fetched yet" not in page


def test_the_demo_ends_cleanly_when_it_is_told_to(tmp_path):
    with exporter(tmp_path, "demo") as program:
        program.get("/metrics")
        assert program.end() == 0
        assert "Traceback" not in program.log
