"""What holds for every endpoint of the exporter, and the reload by a request."""

import asyncio

import aiohttp
import pytest

from license_exporter.web.options import Options
from license_exporter.web.server import application, health_application
from tests.fakes import FakeClock
from tests.servers import serving_app

PATHS = ("/", "/metrics", "/target?name=a", "/probe", "/sd", "/config", "/-/healthy", "/none")


class Exporter:
    """A running exporter without targets."""

    def __init__(self, exporter):
        self.collector = exporter.collector
        self.own = exporter.own
        self.config = exporter.config
        self.reloads = 0
        self.good = True

    def reload(self):
        async def reload():
            self.reloads += 1
            return self.good

        return asyncio.create_task(reload())


@pytest.fixture
async def exporter(tmp_path):
    from license_exporter.exporter import Exporter as Real

    file = tmp_path / "config.yaml"
    file.write_text("targets: []")
    real = Real(file, {}, FakeClock())
    yield Exporter(real)
    await real.close()


@pytest.fixture
async def url(exporter):
    options = Options(enable_lifecycle=True)
    async with serving_app(
        application(exporter, options, FakeClock()), auto_decompress=False
    ) as url:
        yield url


async def test_no_answer_is_stored_or_taken_for_something_else(url):
    async with aiohttp.ClientSession() as session:
        for path in PATHS:
            for method in ("GET", "DELETE"):
                async with session.request(method, url + path) as answer:
                    assert answer.headers["X-Content-Type-Options"] == "nosniff", path
                    assert answer.headers["Cache-Control"] == "no-store", path


async def test_a_request_with_a_long_body_is_refused_and_its_connection_closed(url):
    async def chunks():
        yield b"x"

    async with aiohttp.ClientSession() as session:
        for body in (bytes(100_000), chunks()):
            async with session.get(url + "/metrics", data=body) as answer:
                assert answer.status == 413
                assert answer.headers["Connection"] == "close"
        for body in (b"", b"x", bytes(65_536)):
            async with session.get(url + "/metrics", data=body) as answer:
                assert answer.status == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://HOST"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://HOST"}, 200),
        ({"Origin": "https://evil.example.com"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "http://HOST", "Referer": "http://HOST/config"}, 200),
        ({"Referer": "http://HOST/config"}, 200),
        ({"Referer": "https://evil.example.com/http://HOST"}, 403),
        ({"Referer": "http://HOST@evil.example.com/"}, 403),
        ({"Origin": "http://HOST", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://HOST.evil.example.com"}, 403),
    ],
)
async def test_no_page_of_another_site_reloads(url, exporter, headers, status):
    headers = {
        name: value.replace("HOST", url.removeprefix("http://")) for name, value in headers.items()
    }
    async with aiohttp.ClientSession() as session:
        for method in ("POST", "PUT"):
            async with session.request(method, url + "/-/reload", headers=headers) as answer:
                assert answer.status == status
    assert exporter.reloads == (2 if status == 200 else 0)


async def test_a_refused_configuration_is_told(url, exporter):
    exporter.good = False
    async with aiohttp.ClientSession() as session, session.post(url + "/-/reload") as answer:
        assert answer.status == 500
        assert "The log has every problem" in await answer.text()


async def test_the_health_address_tells_of_health_alone():
    async with serving_app(health_application()) as url, aiohttp.ClientSession() as session:
        for path in ("/-/healthy", "/-/ready"):
            async with session.get(url + path) as answer:
                assert answer.status == 200
        for path in ("/", "/metrics", "/config", "/-/metrics"):
            async with session.get(url + path) as answer:
                assert answer.status == 404
        async with session.post(url + "/-/reload") as answer:
            assert answer.status == 404


async def test_the_shown_configuration_is_made_once_a_reload(url, exporter, monkeypatch):
    from license_exporter.web import tables

    made = []

    def masked(config):
        made.append(config)
        return f"{len(made)}\n"

    monkeypatch.setattr(tables, "masked", masked)
    async with aiohttp.ClientSession() as session:

        async def get():
            async with session.get(url + "/config") as answer:
                return await answer.text()

        assert set(await asyncio.gather(*(get() for _ in range(10)))) == {"1\n"}
        assert await get() == "1\n"
        from dataclasses import replace

        exporter.config = replace(exporter.config)
        assert await get() == "2\n"
