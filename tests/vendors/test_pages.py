"""The vendors' pages in docs/ against the code."""

import re
from pathlib import Path

import pytest
import yaml

from license_exporter import families
from license_exporter.config import Entry
from license_exporter.registry import find_vendors
from tests.documents import document
from tests.fuzz import samples
from tests.vendors.answers import ANSWERS

PAGES = Path(__file__).parents[2] / "docs" / "vendors"
VENDORS = find_vendors()


def section(name, title):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)[1]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_page_lists_the_families_that_the_documents_yield(name):
    answers = [*ANSWERS[name]]
    if name == "seerbox":  # in whose documented answer the license was never validated
        validated = document("seerbox/license")
        validated["data"]["license"]["last_validated"] = "2023-12-05T09:52:08.473Z"
        answers.append({"license": validated})
    exported = {
        family.name
        for answer in answers
        for family, rows in samples(VENDORS[name], answer).items()
        if rows
    }
    column = re.findall(r"^\| (`.*?) \|", section(name, "What is exported"), re.MULTILINE)
    listed = set(re.findall(r"license_\w+", " ".join(column)))
    assert listed == exported - {families.SKIPPED_VALUES.name}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_configuration_of_a_page_is_one(name):
    (block,) = re.findall(r"```yaml\n(.*?)```", section(name, "What to create there"), re.DOTALL)
    written = yaml.load(block, yaml.BaseLoader)
    targets = [Entry.model_validate(target) for target in written["targets"]]
    assert {target.vendor for target in targets} == {name}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_requests_of_a_page_are_those_of_the_vendor(name):
    read = section(name, "What is read")
    vendor = VENDORS[name]
    for wanted in vendor.documents:
        query = "&".join(f"{key}={value}" for key, value in wanted.params.items())
        path = "/".join(part for part in (vendor.base_path, wanted.path) if part)
        assert f"`{wanted.method} {{url}}/{path}{'?' if query else ''}{query}`" in read
