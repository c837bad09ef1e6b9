"""The way of somebody new, by the words of the pages alone: from nothing to six products.

The vendors are those of the demo, and a server that answers what docs/mapping.md shows.
"""

import os
import re
import subprocess
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.deploy.packages.test_install import PYTHONS, by_pip
from tests.e2e.programs import exporter, free_port, needed, running, wait_until
from tests.pages.commands import commands
from tests.pages.written import blocks

VENDORS = ("rsa", "seerbox", "enterprise_recon", "immuta", "gitlab")
# Of the demo, those that sign in as the configuration that `init` writes expects.
OF_THE_DEMO = ("rsa-amer", "seerbox-api", "recon-cloud", "immuta-prod", "gitlab")


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder with the addresses and secrets of five running products."""
    with exporter(tmp_path_factory.mktemp("vendors"), "demo", "--all") as program:
        wait_until(lambda: "Its configuration is" in program.log)
        [file] = re.findall(r"Its configuration is (\S+)\.", program.log)
        yield Path(file).parent


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[str]:
    """The address of the product of docs/mapping.md."""
    [answer] = [block.text for block in blocks() if block.language == "json"]
    (tmp_path / "api" / "v2" / "account").mkdir(parents=True)
    (tmp_path / "api" / "v2" / "account" / "plans").write_text(answer)

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path / "api"))  # type: ignore[arg-type]

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def filled_in(written: str, vendors: Path, home: Path) -> str:
    """What `init` wrote, with the reader's own addresses and secrets, each where it stood."""
    (home / "secrets").mkdir()
    config = yaml.safe_load(written)
    theirs = {
        target["name"]: target
        for target in yaml.safe_load((vendors / "config.yaml").read_text())["targets"]
    }
    for target, name in zip(config["targets"], OF_THE_DEMO, strict=True):
        other = theirs[name]
        target["url"] = other["url"]
        for way in target.keys() & other.keys() & {"rsa_oauth", "basic_auth", "login", "api_key"}:
            target[way] |= other[way]
            for option, value in target[way].items():
                if option.endswith("_file"):
                    (home / "secrets" / value).write_text((vendors / value).read_text())
                    target[way][option] = f"secrets/{value}"
        if "tls_config" in other:
            (home / "ca.pem").write_text((vendors / "certificate.pem").read_text())
            target["tls_config"] = {"ca_file": "ca.pem"}
    return yaml.safe_dump(config, sort_keys=False)


def test_six_products_are_read_by_what_the_pages_say(
    wheel: Path, vendors: Path, acme: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    path = f"{by_pip(PYTHONS[0], wheel, home)}:{os.defpath}"
    port = free_port()
    listen = f"127.0.0.1:{port}"

    def run(command: str) -> str:
        ran = subprocess.run(
            ["bash", "-c", command],
            cwd=home,
            env={"PATH": path, "HOME": str(home), "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert ran.returncode == 0, f"{command}: {ran.stdout}{ran.stderr}"
        return ran.stdout

    said = {command.text for command in commands() if command.page == "README.md"}

    def by_the_readme(command: str, *changes: tuple[str, str]) -> str:
        assert command in said
        for old, new in changes:
            command = command.replace(old, new)
        return run(command)

    by_the_readme("license-exporter vendors")
    by_the_readme("license-exporter vendors gitlab")
    by_the_readme(
        "license-exporter init rsa gitlab > config.yaml", ("rsa gitlab", " ".join(VENDORS))
    )
    file = home / "config.yaml"
    content = filled_in(file.read_text(), vendors, home)
    [mapped] = [
        block.text
        for block in blocks()
        if block.page == "docs/mapping.md" and block.text.startswith("targets:")
    ]
    mapped = mapped.removeprefix("targets:\n").replace("https://api.acme.example", acme)
    (home / "secrets" / "acme.token").write_text("token")
    content += (
        mapped.replace("/run/secrets/acme.token", "secrets/acme.token")
        .replace("  - name", "- name", 1)
        .replace("\n  ", "\n")
    )
    file.write_text(content)

    by_the_readme("license-exporter --config.file=config.yaml --config.check")
    verdicts = by_the_readme("license-exporter --config.file=config.yaml probe").splitlines()
    assert len(verdicts) == 6
    by_the_readme("license-exporter --config.file=config.yaml probe recon", ("recon", "acme"))
    by_the_readme("license-exporter assets license_exporter")
    [scrape] = [
        block.text for block in blocks() if block.page == "README.md" and "scrape_c" in block.text
    ]
    assert "exporter.example.com:10058" in scrape
    (home / "prometheus.yml").write_text(scrape.replace("exporter.example.com:10058", listen))
    subprocess.run(
        [needed("promtool"), "check", "config", "prometheus.yml"], cwd=home, check=True, timeout=60
    )
    assert len(list((home / "license_exporter/grafana/importable").glob("*.json"))) == 7

    serve = "license-exporter --config.file=config.yaml"
    assert serve in said
    with running(
        ["bash", "-c", f"cd {home} && exec {serve}"],
        f"http://{listen}",
        tmp_path / "log",
        "/-/ready",
        {"PATH": path, "LICENSE_EXPORTER_WEB_LISTEN_ADDRESS": listen},
    ) as program:
        metrics = program.get("/metrics")
    samples = {
        (sample.name, sample.labels["target"], sample.labels.get("pool", "")): sample.value
        for family in text_string_to_metric_families(metrics)
        for sample in family.samples
        if "target" in sample.labels
    }
    assert sum(value for (name, *_), value in samples.items() if name == "license_up") == 6
    assert samples["license_used", "acme", "pro"] == 38
