"""The vendors' pages in docs/ against the code."""

import re

import pytest

from license_exporter.config.load import load_config
from license_exporter.exposition import families
from license_exporter.model.vendor import SignIn
from license_exporter.vendors.registry import find_vendors
from tests.documents import document
from tests.fuzz import samples, target_of
from tests.vendors.answers import ANSWERS, vendor_of
from tests.vendors.cases import OF_EVERY_TARGET, cases
from tests.vendors.managers import Read, recorded
from tests.vendors.pages import section

VENDORS = find_vendors()


def targets_of(name, folder):
    """The targets of the configuration that a page shows, which is written to a file."""
    (block,) = re.findall(r"```yaml\n(.*?)```", section(name, "What to create there"), re.DOTALL)
    file = folder / "config.yaml"
    file.write_text(block, encoding="utf-8")
    return load_config(file, {}, VENDORS).targets


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
        for family, rows in samples(target_of(vendor_of(name)), answer).items()
        if rows
    }
    # Versions and models of which only recorded situations are at hand.
    exported = exported.union(*(case.families for case in cases(name))) - OF_EVERY_TARGET
    column = re.findall(r"^\| (`.*?) \|", section(name, "What is exported"), re.MULTILINE)
    listed = set(re.findall(r"license_\w+", " ".join(column)))
    assert listed == exported


# The recorded answers of license managers, which together tell all that is exported.
RECORDED = {
    "flexlm": ({"status": "flexlm/triad.txt", "expiry": "flexlm/expiry.txt"},),
    "rlm": ({"status": "rlm/status.txt"},),
    "lmx": ({"status": "lmx/status.xml"},),
    "dsls": ({"status": "dsls/status.txt"},),
    "sentinel_rms": ({"status": "sentinel_rms/status.txt"},),
    "sentinel_ldk": ({"features": "sentinel_ldk/features.txt"},),
    "lsdyna": ({"status": "lsdyna/users.txt"},),
    "olicense": ({"status": "olicense/status.txt"},),
    "mathlm": ({"status": "mathlm/status.txt"},),
}


@pytest.mark.parametrize("name", RECORDED)
def test_the_page_of_a_license_manager_lists_the_families_that_its_answers_yield(name):
    options = {} if name == "sentinel_ldk" else {"show_users": True}
    options |= {"servers": ["lic1"]} if name == "sentinel_rms" else {}
    exported: set[str] = set()
    for paths in RECORDED[name]:
        documents = {document: recorded(path) for document, path in paths.items()}
        text = Read(name, documents, **options).exposition()
        exported |= set(re.findall(r"^(license_\w+)\{", text, re.MULTILINE))
    column = re.findall(r"^\| (`.*?) \|", section(name, "What is exported"), re.MULTILINE)
    listed = set(re.findall(r"license_\w+", " ".join(column)))
    assert listed == exported - {families.SKIPPED_VALUES.name}


@pytest.mark.parametrize("name", RECORDED)
def test_the_page_of_a_license_manager_shows_how_it_is_asked(name, tmp_path):
    targets = targets_of(name, tmp_path)
    read = section(name, "What is read")
    for wanted in targets[0].driver.documents:
        for run in wanted.runs[:1]:
            words = " ".join([run.program, *run.arguments[:2]])
            assert words.replace("almutil", "lmxendutil") in read
    assert "(../license-managers.md)" in section(name, "What to create there")


@pytest.mark.parametrize("name", [*ANSWERS, *RECORDED])
def test_the_configuration_of_a_page_is_one_of_at_most_twelve_lines(name, tmp_path):
    targets = targets_of(name, tmp_path)
    assert {target.vendor for target in targets} == {name}
    assert len((tmp_path / "config.yaml").read_text().splitlines()) <= 12 * len(targets)


@pytest.mark.parametrize("name", ANSWERS)
def test_the_requests_of_a_page_are_those_of_the_vendor(name):
    read = section(name, "What is read")
    vendor = vendor_of(name)
    for wanted in vendor.documents:
        query = "&".join(f"{key}={value}" for key, value in wanted.params.items())
        path = "/".join(part for part in (vendor.base_path, wanted.path) if part)
        assert f"`{wanted.method} {{url}}/{path}{'?' if query else ''}{query}`" in read


@pytest.mark.parametrize("name", ANSWERS)
def test_the_sign_in_of_a_page_is_that_of_the_vendor(name):
    vendor = vendor_of(name)
    create = section(name, "What to create there")
    sign_ins = [way for way in (vendor.login, vendor.api_key) if isinstance(way, SignIn)]
    assert create.count("`POST ") == len(sign_ins)
    for way in sign_ins:
        path = "/".join(part for part in (vendor.base_path, way.path) if part)
        assert f"`POST {{url}}/{path}`" in create
