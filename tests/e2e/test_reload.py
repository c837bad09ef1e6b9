"""The running program: its reloads, its end, and the addresses and paths at which it is reached."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
import psutil
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.programs import exporter, free_port, running, wait_until
from tests.fakes import vendor

pytestmark = pytest.mark.e2e

MEGABYTE = 1024 * 1024


class Exporter:
    """The exporter on a file that a test writes, and a session to ask it with."""

    def __init__(self, program, file, session):
        self.program = program
        self.process = psutil.Process(program.process.pid)
        self.file = file
        self.session = session

    def write(self, *targets):
        self.file.write_text(yaml.safe_dump({"targets": targets}))

    async def get(self, path, **headers):
        async with self.session.get(self.program.url + path, headers=headers) as response:
            return response.status, await response.text()

    async def samples(self, path="/metrics"):
        status, text = await self.get(path)
        assert status == 200
        return {
            (sample.name, sample.labels.get("target", "")): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def reload(self, method="POST"):
        async with self.session.request(method, self.program.url + "/-/reload") as response:
            return response.status

    async def end(self, number=signal.SIGTERM):
        return await asyncio.to_thread(self.program.end, number)


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
async def upstream():
    async with vendor() as serving:
        yield serving


@pytest.fixture
async def start(tmp_path):
    """A function that starts the exporter on the targets given, and ends it with the context."""

    @asynccontextmanager
    async def started(*targets, flags=("--web.enable-lifecycle",)):
        file = tmp_path / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": targets}))
        with exporter(tmp_path, f"--config.file={file}", *flags) as program:
            async with aiohttp.ClientSession() as session:
                yield Exporter(program, file, session)
            assert "Traceback" not in program.log
            assert "hunter2" not in program.log

    return started


async def test_a_thousand_reloads_beside_two_scraping_clients_fail_no_scrape_and_leak_nothing(
    start, upstream
):
    kept = [recon(f"kept-{number}", upstream.url, min_interval="1h") for number in range(5)]

    def targets(generation):
        """Some that stay, some that change with each generation, and one that comes and goes."""
        changed = [
            recon(f"changed-{number}", upstream.url, timeout=f"{10 + generation}s")
            for number in range(5)
        ]
        return [*kept, *changed, *([recon("guest", upstream.url)] if generation % 2 else [])]

    async with start(*targets(0)) as running:
        files = running.process.num_fds()
        ended = asyncio.Event()
        scrapes = 0

        async def client():
            nonlocal scrapes
            while not ended.is_set():
                status, text = await running.get("/metrics")
                assert status == 200
                up = re.findall(r"^license_up{.*} (.*)", text, re.MULTILINE)
                assert up in (["1.0"] * 10, ["1.0"] * 11)
                scrapes += 1

        async def loaded():
            _, text = await running.get("/-/metrics")
            return re.search(r"^license_exporter_config_.*_seconds (.*)", text, re.MULTILINE)[1]

        async def reload(generation):
            running.write(*targets(generation))
            if generation % 2:
                assert await running.reload("PUT" if generation % 4 == 1 else "POST") == 200
                return
            before = await loaded()
            running.program.process.send_signal(signal.SIGHUP)
            while await loaded() == before:
                pass

        clients = [asyncio.create_task(client()) for _ in range(2)]
        for generation in range(400):  # until memory is as great as cyclic garbage makes it
            await reload(generation)
        memory = running.process.memory_info().rss
        for generation in range(1000):
            await reload(generation)
        ended.set()
        await asyncio.gather(*clients)
        growth = running.process.memory_info().rss - memory
        assert scrapes >= 1000
        assert growth < 5 * MEGABYTE
        running.write()
        assert await running.reload() == 200
        await running.session.close()
        # In a thread: the ends of connections that are this process's close in its event loop.
        closed = partial(wait_until, what="as few files as at first")
        await asyncio.to_thread(closed, lambda: running.process.num_fds() <= files)
        print(f"{scrapes} scrapes, growth {growth / MEGABYTE:.1f} MB, {files} open files")


async def test_a_file_that_cannot_be_used_changes_nothing_until_it_is_mended(start, upstream):
    async with start(recon("old", upstream.url)) as running:
        good = ("license_exporter_config_last_reload_successful", "")
        running.write(recon("new", upstream.url), recon("bad", "hunter2", timeout="never"))
        assert await running.reload() == 500
        running.program.process.send_signal(signal.SIGHUP)
        wait_until(lambda: running.program.log.count("targets[1].url") == 2, what="two refusals")
        assert "targets[1].timeout" in running.program.log
        samples = await running.samples()
        assert samples["license_up", "old"] == 1
        assert ("license_up", "new") not in samples
        assert samples[good] == 0
        running.write(recon("new", upstream.url))
        assert await running.reload() == 200
        samples = await running.samples()
        assert samples["license_up", "new"] == samples[good] == 1
        assert ("license_up", "old") not in samples


async def test_a_reload_over_http_is_refused_unless_it_is_enabled(start):
    async with start(flags=()) as running:
        assert await running.reload() == 403
        assert await running.reload("PUT") == 403
        running.program.process.send_signal(signal.SIGHUP)
        wait_until(lambda: running.program.log.count("is in force") == 2, what="the reload")


def test_a_reload_that_comes_too_early_does_not_end_the_program(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("targets: []")
    port = free_port()
    command = [sys.executable, "-m", "license_exporter", f"--config.file={file}"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]

    def is_starting(program):
        return "Starting license_exporter" in program.log

    url = f"http://127.0.0.1:{port}"
    with running(command, url, tmp_path / "early.log", is_starting) as program:
        program.process.send_signal(signal.SIGHUP)
        wait_until(lambda: program.get("/-/healthy"), what="the program serves")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_scrape_that_runs_at_the_end_is_answered_and_the_exit_code_is_0(
    start, upstream, number
):
    upstream.delay = 1.0
    async with start(recon("slow", upstream.url)) as running:
        scrape = asyncio.create_task(running.samples())
        await upstream.asked.wait()
        assert await running.end(number) == 0
        assert (await scrape)["license_up", "slow"] == 1
        assert re.search(r"msg=Ended\n$", running.program.log)


async def test_told_twice_the_program_ends_at_once_with_exit_code_1(start, upstream):
    upstream.delay = 60.0
    async with start(recon("slow", upstream.url, timeout="60s")) as running:
        scrape = asyncio.create_task(running.samples())
        await upstream.asked.wait()
        running.program.process.send_signal(signal.SIGTERM)
        wait_until(lambda: "Told to end;" in running.program.log)
        begin = asyncio.get_running_loop().time()
        assert await running.end(signal.SIGINT) == 1
        assert asyncio.get_running_loop().time() - begin < 5
        # The scrape is cut off, and never told that its target is down.
        await asyncio.wait({scrape}, timeout=5)
        assert scrape.done()
        assert isinstance(scrape.exception(), aiohttp.ClientError)


def test_a_port_that_is_taken_is_exit_1_and_one_line(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("targets: []")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        command = [sys.executable, "-m", "license_exporter", f"--config.file={file}"]
        command += ["--log.level=warn", f"--web.listen-address={address}"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.stderr == f"cannot listen on {address}: Address already in use\n"
    assert ended.returncode == 1


async def test_every_listen_address_is_served(start):
    port = free_port()
    async with start(flags=(f"--web.listen-address=[::1]:{port}",)) as running:
        assert (await running.get("/-/healthy"))[0] == 200
        async with running.session.get(f"http://[::1]:{port}/-/ready") as response:
            assert response.status == 200


async def test_all_paths_stand_under_the_route_prefix(start, upstream, tmp_path):
    file = tmp_path / "prefixed.yaml"
    file.write_text(yaml.safe_dump({"targets": [recon("a", upstream.url)]}))
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "license_exporter", f"--config.file={file}"]
    command += [f"--web.listen-address=127.0.0.1:{port}"]
    command += ["--web.external-url=https://proxy.example.com/licenses/"]
    with running(command, url, tmp_path / "prefixed.log", "/licenses/-/healthy") as program:
        async with aiohttp.ClientSession() as session:
            for path in ("/", "/target?name=a", "/metrics", "/probe?target=a", "/config"):
                async with session.get(f"{url}/licenses{path}") as response:
                    assert response.status == 200
                async with session.get(url + path, allow_redirects=False) as response:
                    assert response.status == (302 if path == "/" else 404)
        (group,) = json.loads(program.get("/licenses/sd"))
    assert group["targets"] == ["proxy.example.com:443"]
    assert group["labels"]["__metrics_path__"] == "/licenses/probe"
    assert group["labels"]["__scheme__"] == "https"
