"""Any request is answered, with nothing that it planted, and any exposition is a valid one."""

import asyncio
import gzip
import json
import re
from contextlib import AsyncExitStack
from typing import NamedTuple

import bcrypt
import pytest
import yaml
from aiohttp.http_exceptions import HttpProcessingError
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from license_exporter.cli.serve import Exporter
from license_exporter.process.clock import SystemClock
from license_exporter.web.guard import WebGuard
from license_exporter.web.options import Options
from license_exporter.web.server import application
from tests.fakes import vendor
from tests.fuzz import fuzz
from tests.servers import serving_app

PLANTED = "<i>qz7"
SECRET = "hunter2"

_PATHS = ["/", "/target", "/metrics", "/probe", "/-/metrics", "/-/healthy", "/-/ready"]
_PATHS += ["/-/reload", "/sd", "/config", "//", "/metrics/", "/../metrics", "/%2e%2e/config", "*"]
_PARAMETERS = ["target", "name", "q", "state", "page", "", "target[]", "%74arget", PLANTED]
_VALUES = ["a", "down", "", "0", "-1", "9" * 5000, "1e9", "٣", "http://127.0.0.1:1/", "a\0b", "⅓"]
_VALUES += [PLANTED, f"{PLANTED}%0d%0aX-Planted: yes", '"} 1\n# EOF\n', "%ff%fe", "%", "%zz", "+"]
_VALUES += ["\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "x" * 6000]
_TYPES = ["*/*", "text/plain", "text/html", "application/openmetrics-text", "a/b/c", "", "text/*"]
_TYPES += ["application/openmetrics-text;version=1.0.0", "application/openmetrics-text;version=9"]
_PREFERENCES = ["", ";q=0", ";q=1", ";q=0.5", ";q=2", ";q=-1", ";q=nan", ";q=", ";q=x", ";;=;"]
_PREFERENCES += [';version="1.0.0"', ";version=1.0.0;escaping=dots", ';a="', ";q=1e999"]
_ENCODINGS = ["gzip", "identity", "br", "*", "GZip", "x-gzip", "", "gzip gzip"]
_NUMBERS = ["10", "0", "-1", "nan", "inf", "-inf", "1e-300", "1e300", "0x10", "1_0", "٣", ""]
_NUMBERS += ["9" * 400]
_HOSTS = ["exporter.example.com", "exporter.example.com:9999", "[::1]:80", "[::1", "a b", "a/b", ""]
_HOSTS += ["a@b", "a:99999", "a:0", "a:-1", PLANTED, "a" * 300, "é.example.com", "a:80:80", "127.1"]

# What a header may carry over HTTP: any byte but control characters.
_bytes = st.binary(max_size=40).map(lambda value: re.sub(rb"[\0-\x1f\x7f]", b"\t", value))


def _listed(items: list[str]) -> st.SearchStrategy[str]:
    item = st.builds(str.__add__, st.sampled_from(items), st.sampled_from(_PREFERENCES))
    return st.lists(item, max_size=4).map(",".join)


_HEADERS = {
    "Host": st.sampled_from(_HOSTS),
    "Accept": _listed(_TYPES),
    "Accept-Encoding": _listed(_ENCODINGS),
    "X-Prometheus-Scrape-Timeout-Seconds": st.sampled_from(_NUMBERS),
    "Authorization": st.sampled_from(["Basic", "Basic !", "Basic YTpi", "Basic /w==", "Bearer x"]),
    "Cookie": st.just(f"a={PLANTED}"),
    "Range": st.sampled_from(["bytes=0-0", "bytes=9-1"]),
    "If-None-Match": st.just("*"),
    "Upgrade": st.sampled_from(["websocket", "h2c"]),
    "X-Forwarded-Host": st.just(PLANTED),
}
_VALUES_OF = {name: values.map(str.encode) | _bytes for name, values in _HEADERS.items()}
_headers = st.fixed_dictionaries(
    {"Host": _VALUES_OF.pop("Host")},
    # To bytes in Expect that are no UTF-8, aiohttp itself answers 500.
    optional=_VALUES_OF | {"Expect": st.sampled_from([b"100-continue", b"nothing"])},
)
_scrape_headers = st.fixed_dictionaries({"Host": st.just(b"a")}, optional=_VALUES_OF)


def _encoded(text: str) -> str:
    """The text as it may stand in a request's first line; what is encoded stays so."""
    quoted = (f"%{byte:02x}" for byte in text.encode("utf-8", "surrogatepass"))
    return text if re.fullmatch(r"[!-~]*", text) else "".join(quoted)


_parameters = st.lists(
    st.tuples(
        st.sampled_from(_PARAMETERS) | st.text(max_size=5),
        (st.sampled_from(_VALUES) | st.text(max_size=20)),
    ),
    max_size=4,
).map(lambda pairs: "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs))
_methods = st.sampled_from(
    ["GET"] * 12 + ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "X"]
)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Asked:
    """A server that runs while it is asked."""

    def __init__(self, loop, port):
        self._loop = loop
        self._port = port

    def __call__(self, method, target, headers):
        return self._loop.run_until_complete(
            asyncio.wait_for(self._ask(method, target, headers), 10)
        )

    async def _ask(self, method, target, headers):
        lines = [f"{method} {target} HTTP/1.1".encode(), b"Connection: close"]
        lines += [name.encode() + b": " + value for name, value in headers.items()]
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(b"\r\n".join([*lines, b"", b""]))
            status = 100
            while status == 100:
                first, *fields = (
                    (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                )
                status = int(first.split(" ")[1])
            found = dict(field.lower().split(": ", 1) for field in fields if field)
            size = 0 if method == "HEAD" else int(found.get("content-length", "0"))
            return Answer(status, found, await reader.readexactly(size))
        finally:
            writer.close()
            await writer.wait_closed()


@pytest.fixture(scope="module")
def loop():
    with asyncio.Runner() as runner:
        yield runner.get_loop()


@pytest.fixture(scope="module")
def serve(loop, tmp_path_factory):
    """A function that serves an exporter of two targets, one of them down."""
    stack = AsyncExitStack()

    async def start(web_config):
        folder = tmp_path_factory.mktemp("fuzz")
        upstream = await stack.enter_async_context(vendor())
        authentication = {"basic_auth": {"username": "u", "password": SECRET}}
        common = {"vendor": "enterprise_recon", "min_interval": "1h", **authentication}
        targets = [
            {"name": "a", "url": upstream.url, **common},
            {"name": "down", "url": "http://127.0.0.1:1", **common},
        ]
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": targets}))
        exporter = Exporter(file, {}, SystemClock())
        stack.push_async_callback(exporter.close)
        app = application(exporter, Options(enable_lifecycle=True), SystemClock())
        if web_config is not None:
            guarded = folder / "web.yml"
            guarded.write_text(yaml.safe_dump(web_config))
            WebGuard(guarded, SystemClock()).protect(app)
        url = await stack.enter_async_context(serving_app(app))
        return Asked(loop, int(url.rpartition(":")[2]))

    yield lambda web_config=None: loop.run_until_complete(start(web_config))
    loop.run_until_complete(stack.aclose())


@pytest.fixture(scope="module")
def ask(serve):
    return serve()


@pytest.fixture(scope="module")
def ask_guarded(serve):
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(4)).decode()
    return serve({"basic_auth_users": {"a": hashed}})


@pytest.fixture(autouse=True)
def _no_error_is_logged(caplog):
    """A handler that fails is logged by the server."""
    yield
    errors = [record.exc_info[1] for record in caplog.records if record.name == "aiohttp.server"]
    assert all(isinstance(error, HttpProcessingError) for error in errors)


def assert_sound(answer):
    assert answer.status < 500
    assert "x-planted" not in answer.headers
    # What is no HTTP is named in the text of the refusal.
    assert PLANTED not in answer.text or answer.headers["content-type"].startswith("text/plain")
    assert SECRET not in answer.text


@fuzz
@given(
    method=_methods,
    path=st.sampled_from(_PATHS) | st.text(max_size=8).map(lambda text: "/" + _encoded(text)),
    parameters=_parameters,
    headers=_headers,
)
def test_any_request_is_answered_with_nothing_that_it_planted(
    ask, method, path, parameters, headers
):
    answer = ask(method, f"{path}?{parameters}", headers)
    assert_sound(answer)
    if answer.status == 200 and path == "/sd" and method == "GET":
        for group in json.loads(answer.text):
            (address,) = group["targets"]
            assert re.fullmatch(r"[\w.-]+:\d+|\[[\da-f:.]+\]:\d+", address, re.ASCII)


@fuzz
@given(
    path=st.sampled_from(["/metrics", "/probe", "/-/metrics"]),
    names=st.just(["a"])
    | st.lists(st.sampled_from(["a", "down", *_VALUES]) | st.text(), max_size=4),
    headers=_scrape_headers,
)
@example("/metrics", ['a"} 1\n'], {"Host": b"a"})
def test_any_exposition_is_valid_and_has_each_series_once(ask, path, names, headers):
    parameters = "&".join(f"target={_encoded(name)}" for name in names)
    answer = ask("GET", f"{path}?{parameters}", headers)
    if answer.status != 200:
        assert answer.status == 400
        return
    openmetrics = answer.headers["content-type"].startswith("application/openmetrics-text")
    parse = parse_openmetrics if openmetrics else parse_text
    series = [
        (sample.name, *sorted(sample.labels.items()))
        for family in parse(answer.text)
        for sample in family.samples
    ]
    assert series
    assert len(series) == len(set(series))


@fuzz
@given(path=st.sampled_from(_PATHS), headers=_headers)
def test_no_one_without_a_password_gets_past_the_guard(ask_guarded, path, headers):
    answer = ask_guarded("GET", path, headers)
    assert_sound(answer)
    assert answer.status in (400, 401, 417)
