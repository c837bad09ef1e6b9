"""The recording rules that keep the names of flexlm_exporter's metrics, and the page about them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from license_exporter.config.load import load_config
from license_exporter.exposition.families import FAMILIES
from license_exporter.vendors.registry import find_vendors
from tests.e2e.programs import needed

ROOT = Path(__file__).parents[2]
RULES = ROOT / "prometheus" / "flexlm_exporter.yml"
PAGE = (ROOT / "docs" / "flexlm_exporter.md").read_text(encoding="utf-8")


def recorded():
    (group,) = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["record"] for rule in group["rules"]}


def promtool(*arguments, folder=None):
    command = [needed("promtool"), *arguments]
    told = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.promtool
def test_promtool_finds_nothing_to_complain_of():
    promtool("check", "rules", str(RULES))


@pytest.mark.promtool
def test_the_rules_record_what_flexlm_exporter_told(tmp_path):
    shutil.copy(RULES, tmp_path)
    shutil.copy(Path(__file__).with_name("flexlm_exporter_test.yml"), tmp_path)
    promtool("test", "rules", "flexlm_exporter_test.yml", folder=tmp_path)


def test_the_page_names_every_rule_and_only_families_that_there_are():
    column = re.findall(r"^\| `(flexlm_\w+)", PAGE, re.MULTILINE)
    assert recorded() <= set(column)
    named = set(re.findall(r"`(license_\w+)`", PAGE.partition("## The metrics")[2]))
    assert named <= {family.name for family in FAMILIES}


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(programs:.*?)```", PAGE, re.DOTALL))
def test_the_configuration_of_the_page_can_be_used(block, tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(block, encoding="utf-8")
    assert len(load_config(file, {}, find_vendors()).targets) == 2
