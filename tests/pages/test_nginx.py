"""docs/web.md: the exporter behind a real nginx, as the page says."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.programs import Program, exporter, free_port, get, needed, running
from tests.pages.written import blocks

pytestmark = pytest.mark.e2e

NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""


@pytest.fixture(params=[False, True], ids=["the path is kept", "the proxy takes the path away"])
def proxy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Program]:
    config = tmp_path / "config.yaml"
    config.write_text("targets: []")
    port = free_port()
    flags = [
        f"--config.file={config}",
        f"--web.external-url=http://127.0.0.1:{port}/licenses/",
        *(["--web.route-prefix=/"] if request.param else []),
    ]
    with exporter(tmp_path, *flags) as behind:
        [location] = [block.text for block in blocks() if block.language == "nginx"]
        location, count = re.subn("http://127.0.0.1:10058", behind.url, location)
        assert count == 1
        if request.param:
            location = location.replace(f"{behind.url};", f"{behind.url}/;")
        file = tmp_path / "nginx.conf"
        file.write_text(NGINX.format(folder=tmp_path, port=port, location=location))
        command = [needed("nginx"), "-c", str(file), "-e", str(tmp_path / "early.log")]
        subprocess.run([*command, "-t"], check=True, timeout=20, capture_output=True)
        url = f"http://127.0.0.1:{port}"
        with running(command, url, tmp_path / "log", "/licenses/-/ready") as program:
            yield program


def test_pages_links_and_discovery_are_reached_through_it(proxy: Program) -> None:
    page = proxy.get("/licenses/")
    assert "no targets" in page.lower()
    links = set(re.findall('href="(/[^"#?]*)', page))
    assert links
    for link in links:
        assert link.startswith("/licenses/")
        assert get(proxy.url + link)
    assert proxy.get("/licenses/sd") == "[]"
    assert "license_exporter_build_info" in proxy.get("/licenses/metrics")
