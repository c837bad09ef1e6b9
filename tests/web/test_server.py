"""The endpoints of the real exporter, over real HTTP to a real server in the vendor's place."""

import asyncio
import gzip
import json

import aiohttp
import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from license_exporter.collector.shard import Shard
from license_exporter.errors import ConfigError
from license_exporter.exporter import Exporter
from license_exporter.process.clock import SystemClock
from license_exporter.web.options import Options
from license_exporter.web.server import application
from tests.fakes import vendor
from tests.servers import serving_app

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


class Served:
    """The exporter on a configuration that a test writes."""

    def __init__(self, exporter, url, session, file):
        self.exporter = exporter
        self.url = url
        self.session = session
        self.file = file

    async def get(self, path, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.get(self.url + path, headers=headers) as response:
            return response.status, await response.text()

    async def samples(self, path="/metrics"):
        status, text = await self.get(path)
        assert status == 200
        return {
            (sample.name, *sorted(sample.labels.items())): sample.value
            for family in parse_text(text)
            for sample in family.samples
        }


def recon(name, url, **options):
    return {
        "name": name,
        "vendor": "enterprise_recon",
        "url": url,
        "basic_auth": {"username": "u", "password": "hunter2"},
        "min_interval": "0s",
        **options,
    }


@pytest.fixture
async def serve(tmp_path):
    """A function that serves an exporter of the targets given."""
    stack = []

    async def started(*targets, **options):
        file = tmp_path / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": list(targets)}))
        exporter = Exporter(file, {}, SystemClock())
        context = serving_app(application(exporter, Options(**options), SystemClock()))
        url = await context.__aenter__()
        session = aiohttp.ClientSession()
        stack.append((context, exporter, session))
        return Served(exporter, url, session, file)

    yield started
    for context, exporter, session in stack:
        await session.close()
        await context.__aexit__(None, None, None)
        await exporter.close()


@pytest.fixture
async def upstream():
    async with vendor() as running:
        yield running


def up(name):
    return ("license_up", ("target", name), ("vendor", "enterprise_recon"))


def error(name, reason):
    return (
        "license_scrape_error",
        ("document", "licenses"),
        ("reason", reason),
        ("target", name),
        ("vendor", "enterprise_recon"),
    )


def used(name):
    labels = {"pool": "server", "unit": "licenses", "target": name, "vendor": "enterprise_recon"}
    return ("license_used", *sorted(labels.items()))


async def test_metrics_hold_the_values_of_all_targets_and_the_exporters_own(serve, upstream):
    served = await serve(recon("a", upstream.url), recon("b", upstream.url))
    samples = await served.samples()
    assert samples[up("a")] == samples[up("b")] == 1
    assert samples[used("a")] == 1
    assert samples[("license_exporter_targets",)] == 2
    assert samples[("license_exporter_upstream_requests_total", ("code", "200"))] == 2
    fetches = ("license_exporter_fetches_total", ("result", "success"), ("target", "a"))
    assert samples[fetches] == 1
    assert samples[("license_exporter_fetch_errors_total", ("reason", "timeout"))] == 0


async def test_a_failing_target_leaves_the_others_whole_and_the_scrape_at_200(serve, upstream):
    served = await serve(recon("good", upstream.url), recon("bad", "http://127.0.0.1:1"))
    samples = await served.samples()
    assert samples[up("good")] == 1
    assert samples[up("bad")] == 0
    assert samples[error("bad", "connect")] == 1
    assert used("bad") not in samples


async def test_a_hanging_target_ends_the_scrape_at_its_deadline_with_the_others_in_it(
    serve, upstream
):
    async with vendor() as hanging:
        hanging.delay = 60
        served = await serve(recon("good", upstream.url), recon("slow", hanging.url, timeout="3s"))
        begin = asyncio.get_running_loop().time()
        _, text = await served.get("/metrics", X_Prometheus_Scrape_Timeout_Seconds="1")
        assert 0.4 < asyncio.get_running_loop().time() - begin < 0.9
        assert 'license_up{target="good",vendor="enterprise_recon"} 1.0' in text
        assert 'license_up{target="slow",vendor="enterprise_recon"} 0.0' in text
        assert 'reason="timeout",target="slow"' in text


async def test_named_targets_are_scraped_alone_and_an_unknown_one_says_so(serve, upstream):
    served = await serve(recon("a", upstream.url), recon("b", upstream.url))
    samples = await served.samples("/metrics?target=b&target=gone&target=b")
    assert up("a") not in samples
    assert samples[up("b")] == 1
    assert samples[("license_up", ("target", "gone"), ("vendor", ""))] == 0
    labels = {"document": "", "reason": "config", "target": "gone", "vendor": ""}
    assert samples[("license_scrape_error", *sorted(labels.items()))] == 1
    assert len(upstream.requests) == 1


async def test_named_targets_come_without_the_exporters_own_metrics(serve, upstream):
    served = await serve(recon("a", upstream.url), recon("b", upstream.url))
    samples = await served.samples("/metrics?target=a")
    assert {dict(labels).get("target") for _, *labels in samples} == {"a"}


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(
    ("accept", "parse"), [("text/plain", parse_text), (OPENMETRICS, parse_openmetrics)]
)
async def test_both_formats_are_negotiated_plain_and_compressed(
    serve, upstream, accept, parse, encoding
):
    served = await serve(recon("a", upstream.url))
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(
            served.url + "/metrics", headers={"Accept": accept, "Accept-Encoding": encoding}
        ) as response,
    ):
        body = await response.read()
        assert response.content_type == accept.split(";")[0]
        assert response.headers.get("Content-Encoding", "identity") == encoding
    text = (gzip.decompress(body) if encoding == "gzip" else body).decode()
    names = [family.name for family in parse(text)]
    assert "license_used" in names
    assert len(names) == len(set(names))
    assert "_created" not in text


async def test_probe_gives_one_target_with_its_success(serve, upstream):
    served = await serve(recon("a", upstream.url), recon("b", "http://127.0.0.1:1"))
    samples = await served.samples("/probe?target=a")
    assert samples[("probe_success",)] == samples[up("a")] == 1
    assert 0 < samples[("probe_duration_seconds",)] < 5
    assert up("b") not in samples
    assert not any(name[0].startswith(("license_exporter_", "process_")) for name in samples)
    assert (await served.samples("/probe?target=b"))[("probe_success",)] == 0


@pytest.mark.parametrize(
    "query", ["", "?target=", "?target=c", "?target=a&target=b", "?target=http://127.0.0.1:1/"]
)
async def test_probe_of_anything_but_one_known_name_is_refused_and_fetches_nothing(
    serve, upstream, query
):
    served = await serve(recon("a", upstream.url))
    status, text = await served.get("/probe" + query)
    assert status == 400
    assert '"target"' in text
    assert upstream.requests == []


async def test_own_metrics_come_without_a_fetch(serve, upstream):
    served = await serve(recon("a", upstream.url))
    samples = await served.samples("/-/metrics")
    assert ("license_exporter_build_info" in name[0] for name in samples)
    assert samples[("process_start_time_seconds",)] > 0
    assert upstream.requests == []
    misses = ("license_exporter_cache_requests_total", ("result", "miss"), ("target", "a"))
    assert samples[misses] == 0


async def test_discovery_gives_each_target_ready_to_be_scraped(serve, upstream):
    served = await serve(recon("a", upstream.url, labels={"team": "identity"}))
    status, text = await served.get("/sd", Host="exporter.example.com")
    assert status == 200
    assert json.loads(text) == [
        {
            "targets": ["exporter.example.com:80"],
            "labels": {
                "__metrics_path__": "/probe",
                "__param_target": "a",
                "__meta_license_vendor": "enterprise_recon",
                "__tmp_hash": "a",
                "instance": "a",
                "team": "identity",
            },
        }
    ]


async def test_a_shard_is_told_in_discovery_and_on_the_page(serve, upstream):
    served = await serve(recon("a", upstream.url), shard=Shard(2, 5))
    (group,) = json.loads((await served.get("/sd"))[1])
    assert group["labels"]["__meta_license_shard"] == "2/5"
    assert "Shard 2/5" in (await served.get("/"))[1]


async def test_discovery_of_no_target_is_an_empty_list(serve):
    assert await (await serve()).get("/sd") == (200, "[]")


async def test_discovery_under_an_external_url_gives_its_address_path_and_scheme(serve, upstream):
    served = await serve(
        recon("a", upstream.url),
        external_url="https://proxy.example.com/licenses",
        route_prefix="/licenses",
    )
    (group,) = json.loads((await served.get("/licenses/sd"))[1])
    assert group["targets"] == ["proxy.example.com:443"]
    assert group["labels"]["__metrics_path__"] == "/licenses/probe"
    assert group["labels"]["__scheme__"] == "https"


async def test_discovery_gives_the_path_outside_where_a_proxy_takes_it_away(serve, upstream):
    served = await serve(
        recon("a", upstream.url), external_url="https://proxy.example.com/licenses"
    )
    (group,) = json.loads((await served.get("/sd"))[1])
    assert group["labels"]["__metrics_path__"] == "/licenses/probe"


@pytest.mark.parametrize("telemetry_path", ["/metrics", "/"])
async def test_who_leaves_the_prefix_out_is_led_to_the_first_page(serve, telemetry_path):
    served = await serve(route_prefix="/licenses/here", telemetry_path=telemetry_path)
    for path in ("/", "/licenses/here"):
        for method in ("GET", "HEAD"):
            async with served.session.request(
                method, served.url + path, allow_redirects=False
            ) as response:
                assert response.status == 302
                assert response.headers["Location"] == "/licenses/here/"
        status, text = await served.get(path)
        assert (status, text[:9]) == (200, "# HELP pr" if telemetry_path == "/" else "<!doctype")
        async with served.session.post(served.url + path) as response:
            assert response.status == 405
    assert (await served.get("/metrics"))[0] == 404


async def test_discovery_refuses_a_host_header_that_is_no_host(serve):
    status, _ = await (await serve()).get("/sd", Host="a/b")
    assert status == 400


async def test_the_configuration_is_shown_without_its_secrets(serve, upstream):
    _, text = await (await serve(recon("a", upstream.url))).get("/config")
    assert "hunter2" not in text
    assert "<secret>" in text
    assert yaml.safe_load(text)["targets"][0]["name"] == "a"


async def test_scrapes_beyond_the_greatest_number_are_refused(serve, upstream):
    upstream.delay = 0.3
    served = await serve(recon("a", upstream.url), max_requests=2)
    answers = await asyncio.gather(*(served.get("/metrics") for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 200, 503, 503]
    assert (await served.get("/-/healthy"))[0] == 200
    assert (await served.get("/metrics"))[0] == 200


async def test_a_reload_over_http_needs_to_be_enabled(serve):
    served = await serve()
    for method in ("POST", "PUT"):
        async with served.session.request(method, served.url + "/-/reload") as response:
            assert response.status == 403


async def test_a_reload_puts_the_new_file_in_force_and_keeps_unchanged_targets(serve, upstream):
    old = recon("kept", upstream.url, min_interval="1h")
    served = await serve(old, enable_lifecycle=True)
    await served.samples()
    served.file.write_text(yaml.safe_dump({"targets": [old, recon("new", upstream.url)]}))
    async with served.session.post(served.url + "/-/reload") as response:
        assert response.status == 200
    samples = await served.samples()
    assert samples[up("kept")] == samples[up("new")] == 1
    assert len(upstream.requests) == 2


async def test_a_file_that_cannot_be_used_changes_nothing_and_is_told(serve, upstream, caplog):
    served = await serve(recon("a", upstream.url), enable_lifecycle=True)
    served.file.write_text("targets: [{name: a}, {vendor: rsa}]")
    async with served.session.put(served.url + "/-/reload") as response:
        assert response.status == 500
    samples = await served.samples()
    assert samples[up("a")] == 1
    assert samples[("license_exporter_config_last_reload_successful",)] == 0
    problems = [record.problem for record in caplog.records if record.levelname == "ERROR"]
    assert any(problem.startswith("targets[0].vendor") for problem in problems)
    assert any(problem.startswith("targets[1].name") for problem in problems)


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/probe",
        "/-/metrics",
        "/sd",
        "/config",
        "/",
        "/target",
        "/-/healthy",
        "/-/ready",
    ],
)
async def test_every_endpoint_answers_its_own_methods_only(serve, path):
    served = await serve()
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        async with served.session.request(method, served.url + path) as response:
            assert response.status == 405
    async with served.session.get(served.url + "/-/reload") as response:
        assert response.status == 405


async def test_twenty_scrapes_at_once_cause_one_request(serve, upstream):
    upstream.delay = 0.2
    served = await serve(recon("a", upstream.url))
    answers = await asyncio.gather(*(served.get("/metrics") for _ in range(20)))
    assert {status for status, _ in answers} == {200}
    assert len(upstream.requests) == 1


async def test_metrics_at_the_root_take_the_place_of_the_status_page(serve, upstream):
    served = await serve(recon("a", upstream.url), telemetry_path="/")
    assert (await served.samples("/"))[up("a")] == 1


@pytest.mark.parametrize("path", ["/sd", "/-/reload"])
async def test_metrics_cannot_take_the_place_of_another_page(serve, path):
    with pytest.raises(ConfigError, match="telemetry-path"):
        await serve(telemetry_path=path)
