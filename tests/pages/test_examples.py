"""Every example on every page can be used: a program or the code that reads it says so.

An example that nothing here reads is an error, unless OTHERS says who reads it, or ALIEN why nobody
can.
"""

import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import _gojsonnet as jsonnet
import bcrypt
import promql_parser
import pytest
import trustme
import yaml
from jsonschema.validators import validator_for

from license_exporter.cli.flags import main
from license_exporter.config import strict_yaml
from license_exporter.config.environment import Elsewhere
from license_exporter.config.load import load_config
from license_exporter.config.target import Entry
from license_exporter.mapping import spec
from license_exporter.vendors.registry import find_vendors
from license_exporter.web.config import load_web_config
from tests import promql
from tests.e2e.programs import needed
from tests.pages.commands import commands
from tests.pages.written import ROOT, Block, blocks, spans

VENDORS = find_vendors()
PLUG_IN = "widgetworks"  # of writing-a-vendor.md, whose tests install it

# Read elsewhere: the test that takes the example from its page.
OTHERS = {
    ("docs/writing-a-vendor.md", "python"): "tests/vendors/test_registry.py",
    ("docs/mapping.md", "json"): "tests/mapping/test_page.py",
    ("docs/mapping.md", "text"): "tests/mapping/test_page.py",
    ("docs/web.md", "nginx"): "tests/pages/test_nginx.py",
    ("docs/license-managers.md", "bat"): "tests/pages/test_commands.py",
}
# What other programs read that cannot be had from the registries of packages that CI reaches.
ALIEN = {
    ("docs/comparison.md", "modules"): "json_exporter's own configuration, to compare with",
    ("docs/flexlm_exporter.md", "licenses"): "flexlm_exporter's own configuration, to move from",
}


def a_target(block: Block, content: Mapping[str, object], folder: Path) -> None:
    """Options of a target, in a target whose other options are as few as can be."""
    base: dict[str, object] = {"name": "a", "vendor": "rsa", "url": "https://a.example.com"}
    base["authorization"] = {"credentials": "x"}
    configuration(block, {"targets": [{**base, **content}]}, folder)


def configuration(block: Block, content: Mapping[str, object], folder: Path) -> None:
    """The exporter's configuration: as it is written, or what was made of a part of it."""
    whole = "targets" in strict_yaml.parse(block.text.encode()).value
    text = block.text if whole else yaml.safe_dump({"targets": [], **content})
    file = folder / "config.yaml"
    file.write_text(text.replace(f"vendor: {PLUG_IN}", "vendor: gitlab"), encoding="utf-8")
    assert load_config(file, Elsewhere({}), VENDORS).targets or not content.get("targets")


def a_mapping(block: Block, content: Mapping[str, object], folder: Path) -> None:
    few = {"requests": {"doc": {}}, "pools": [{"name": "n", "used": "u"}]}
    assert spec.Mapping.model_validate(few | dict(content))


def prometheus(block: Block, content: Mapping[str, object], folder: Path) -> None:
    """A part of Prometheus' configuration, with the rules where the page has had them written."""
    [words] = [
        command.words
        for command in commands("license-exporter")
        if command.page == block.page and "assets" in command.words
    ]
    assert main([*words[1:-1], str(folder / words[-1])]) == 0
    file = folder / "prometheus.yml"
    file.write_text(block.text)
    command = [needed("promtool"), "check", "config", file]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "0 rule files found" not in ran.stdout


def values_of_the_chart(block: Block, content: Mapping[str, object], folder: Path) -> None:
    """Helm renders them in tests/deploy/chart; tests/test_chart_schema.py judges the schema."""
    schema = json.loads((ROOT / "deploy/helm/license-exporter/values.schema.json").read_text())
    validator_for(schema)(schema).validate(content)


def web_config(block: Block, content: Mapping[str, object], folder: Path) -> None:
    """With certificates, and a hash in the place of the one that the page shortens."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "server.key")
    certificate.cert_chain_pems[0].write_to_path(folder / "server.crt")
    authority.cert_pem.write_to_path(folder / "clients-ca.pem")
    file = folder / "web.yml"
    hashed = bcrypt.hashpw(b"password", bcrypt.gensalt(4)).decode()
    file.write_text(block.text.replace("$2y$10$X1Tb...", hashed))
    assert load_web_config(file).tls_server_config.enabled
    command = [needed("promtool"), "check", "web-config", file]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    # Prometheus has no rate limit; the toolkit's newer programs do.
    assert ran.returncode == 0 or "rate_limit" in ran.stderr, ran.stderr


def application(block: Block, content: Mapping[str, object], folder: Path) -> None:
    """Argo CD's, whose schema is in no package: that the chart is where it says."""
    spec = content["spec"]
    assert isinstance(spec, dict)
    assert (ROOT / spec["source"]["path"] / "Chart.yaml").exists()


def compose(block: Block, content: Mapping[str, object], folder: Path) -> None:
    """tests/deploy/release/test_pages.py judges it by the schema of such files."""
    assert content.keys() == {"services"}


# By keys of which an example has one: what reads it.
YAML: tuple[tuple[set[str], Callable[[Block, Mapping[str, object], Path], None]], ...] = (
    ({"targets", "programs", "target_files", "defaults"}, configuration),
    ({"scrape_configs", "rule_files"}, prometheus),
    ({"tls_server_config"}, web_config),
    ({"secrets", "serviceMonitor", "replicas"}, values_of_the_chart),
    ({"kind"}, application),
    ({"services"}, compose),
    ({"contract", "alerts"}, a_target),
    ({"requests", "login", "locations"}, a_mapping),
    (set(Entry.model_fields), a_target),
)


# What only promtool, a program, can judge.
FOR_PROMTOOL = re.compile("^(scrape_configs|tls_server_config):", re.MULTILINE)


def of(language: str) -> list[pytest.param]:
    return [
        pytest.param(
            block,
            id=str(block),
            marks=[pytest.mark.e2e] if FOR_PROMTOOL.search(block.text) else [],
        )
        for block in blocks()
        if block.language == language
    ]


@pytest.mark.parametrize("block", of("yaml"))
def test_an_example_in_yaml_can_be_used(block: Block, tmp_path: Path) -> None:
    parsed = strict_yaml.parse(block.text.encode())
    assert parsed.problems == []
    if any((block.page, key) in ALIEN for key in parsed.value):
        return
    read = next((read for keys, read in YAML if keys & parsed.value.keys()), None)
    assert read, f"{block}: nothing here reads {sorted(parsed.value)}"
    read(block, parsed.value, tmp_path)


@pytest.mark.parametrize("block", of("promql"))
def test_a_query_asks_for_metrics_and_labels_that_there_are(block: Block) -> None:
    query = block.text
    assert promql_parser.parse(query)
    exported = promql.exported()
    selectors = promql.selectors(query)
    assert selectors
    for selector in selectors:
        if selector.name in promql.recorded():
            continue
        assert selector.name in exported
        assert set(selector.matchers) <= exported[selector.name] | promql.made(query)
    of_all = set().union(*exported.values()) | promql.made(query) | {"severity"}
    assert promql.labels(query) <= of_all


@pytest.mark.parametrize("block", of("toml"))
def test_an_example_in_toml_names_what_the_exporter_looks_for(block: Block) -> None:
    assert "license_exporter.vendors" in tomllib.loads(block.text)["project"]["entry-points"]


@pytest.mark.parametrize("block", of("hcl"))
def test_a_policy_grants_what_the_preset_asks_for_and_no_more(block: Block) -> None:
    assert block.page == "docs/vendors/vault.md"
    granted = re.findall(r'^path "([^"]+)" { capabilities = \["read"\] }$', block.text, re.M)
    assert len(granted) == len(block.text.splitlines())
    preset = (ROOT / "license_exporter" / "vendors" / "vault.yaml").read_text()
    assert granted == list(yaml.safe_load(preset)["requests"])


@pytest.mark.parametrize("block", of("jsonnet"))
def test_what_is_made_with_the_mixin_can_be_rendered(block: Block, tmp_path: Path) -> None:
    (tmp_path / "license_exporter").symlink_to(ROOT)
    file = tmp_path / "licenses.jsonnet"
    files = json.loads(jsonnet.evaluate_snippet(str(file), block.text))
    assert {"overview.json", "rules.json", "alerts.json"} <= files.keys()


@pytest.mark.parametrize("block", of(""))
def test_what_is_shown_of_the_house_is_there(block: Block) -> None:
    assert block.page == "docs/architecture.md"
    shown = re.findall(r"(?:^|\s{2,}|, )([\w/]+(?:/|\.py))(?=[\s,])", block.text, re.M)
    assert len(shown) >= 14
    for name in shown:
        assert (ROOT / "license_exporter" / name).exists(), name


def test_the_files_that_the_page_of_the_house_names_are_there() -> None:
    named = [
        span
        for page, span in spans()
        if page == "docs/architecture.md"
        and re.fullmatch(r"[\w/-]+(\.(py|md|toml|yaml|yml)|/)", span)
    ]
    assert len(named) > 30
    package = ROOT / "license_exporter"
    beside = (ROOT, package, package / "sources" / "programs")
    named = [name for name in named if "NAME" not in name]
    missing = [name for name in named if not any((to / name).exists() for to in beside)]
    assert missing == []


def test_each_example_is_read_by_some_test() -> None:
    here = {"yaml", "promql", "toml", "hcl", "jsonnet", "", "sh"}  # sh: test_commands.py
    left = {(block.page, block.language) for block in blocks()}
    assert {each for each in left if each[1] not in here} == set(OTHERS)
    for (page, language), test in OTHERS.items():
        text = (ROOT / test).read_text()
        assert Path(page).name in text or page in text, test
        assert language in text, test
    keys = {
        (block.page, key)
        for block in blocks()
        if block.language == "yaml"
        for key in strict_yaml.parse(block.text.encode()).value
    }
    assert set(ALIEN) <= keys
