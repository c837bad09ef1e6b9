"""Each recorded situation of a product, over real HTTP, to the last sample."""

import re
from dataclasses import replace

import pytest
import yaml

from license_exporter.config.load import load_config
from license_exporter.errors import FetchError
from license_exporter.mapping.unfound import unfound
from license_exporter.model.answer import Answer
from license_exporter.vendors.registry import find_vendors
from tests.demo.scraping import scraper
from tests.fakes import FakeClock
from tests.servers import serving
from tests.vendors.answers import ANSWERS
from tests.vendors.cases import CASES, OF_EVERY_TARGET, Server, cases, samples_of
from tests.vendors.pages import section

VENDORS = find_vendors()

EVERY = cases()

# What a request needs, where a case says nothing else.
_ACCESS = {"authorization": {"credentials": "s3cret"}}


@pytest.mark.parametrize("case", EVERY, ids=lambda case: f"{case.vendor}/{case.name}")
async def test_a_recorded_situation_yields_its_samples_and_no_others(case, tmp_path):
    doubts = []
    text = await exposition(
        case, tmp_path, lambda target, answer: doubts.extend(unfound(target.driver, answer))
    )
    assert sorted(samples_of(text)) == sorted(case.samples)
    assert "s3cret" not in text
    # The one person whom the documents name, with an address.
    assert "jane" not in text.lower()
    if not any("license_scrape_error" in sample for sample in case.samples):
        # What `probe` would call doubtful is only a part that this version does not have.
        assert doubts == []


async def exposition(case, folder, on_answer=None):
    """What a scrape yields where a server answers as the case says."""
    async with serving(Server(case)) as url:
        target = {"name": "t", "vendor": case.vendor, "url": url, **(case.target or _ACCESS)}
        file = folder / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": [target]}).replace("{url}", url))
        async with scraper(file, FakeClock(case.time), on_answer) as scrape:
            return (await scrape()).text


def turned(routes):
    """The routes, with the objects in each array of their documents from last to first."""

    def turn(value):
        if isinstance(value, dict):
            return {key: turn(item) for key, item in value.items()}
        if isinstance(value, list):
            items = [turn(item) for item in value]
            return items[::-1] if all(isinstance(item, dict) for item in items) else items
        return value

    def answer(said):
        return {**said, "json": turn(said["json"])} if "json" in said else said

    return {
        route: [answer(each) for each in said] if isinstance(said, list) else answer(said)
        for route, said in routes.items()
    }


def cases_of_rows():
    """The cases with several rows, each in the other order."""
    mixed = [replace(case, routes=turned(case.routes)) for case in EVERY]
    return [other for case, other in zip(EVERY, mixed, strict=True) if case != other]


@pytest.mark.parametrize("case", cases_of_rows(), ids=lambda case: f"{case.vendor}/{case.name}")
async def test_the_order_of_rows_in_an_answer_does_not_matter(case, tmp_path):
    assert sorted(samples_of(await exposition(case, tmp_path))) == sorted(case.samples)


def presets_by_cases():
    return [name for name in VENDORS if VENDORS.preset(name) and name not in ANSWERS]


@pytest.mark.parametrize("name", [name for name in VENDORS if VENDORS.preset(name)])
def test_a_preset_is_tried_in_at_least_three_situations_one_of_them_refused(name):
    tried = cases(name)
    assert len(tried) >= 3
    assert any('reason="forbidden"' in " ".join(case.samples) for case in tried)


FOREIGN = {
    "nothing": {},
    "error": {"error": {"code": "E17", "message": "session timed out"}},
    "message": {"message": "Not now", "success": False},
    "xml": {"response": {"status": "error", "code": "17", "msg": {"line": "no"}}},
    "text": "Log in",
}


# An account of Zoom without a plan has an object without anything.
@pytest.mark.parametrize(
    ("name", "foreign"),
    [
        pytest.param(name, answer, id=f"{name}-{kind}")
        for name in VENDORS
        for kind, answer in FOREIGN.items()
        if VENDORS.preset(name) and (name, kind) != ("zoom", "nothing")
    ],
)
def test_an_answer_of_something_else_is_not_taken_for_one_without_a_license(name, foreign):
    vendor = VENDORS[name]
    if vendor.options and vendor.configure:
        given = cases(name)[0].target.get("variables", {})
        vendor = vendor.configure(vendor.options.model_validate({"variables": given}))
    documents = {
        wanted.name: [foreign] if wanted.paging else foreign for wanted in vendor.documents
    }
    with pytest.raises(FetchError):
        vendor.parse(Answer(documents, 0))


@pytest.mark.parametrize("name", presets_by_cases())
def test_a_page_lists_the_families_that_its_cases_yield(name):
    yielded = set().union(*(case.families for case in cases(name))) - OF_EVERY_TARGET
    column = re.findall(r"^\| (`.*?) \|", section(name, "What is exported"), re.MULTILINE)
    assert set(re.findall(r"license_\w+", " ".join(column))) == yielded


@pytest.mark.parametrize("name", presets_by_cases())
def test_the_configuration_of_a_page_can_be_used(name, tmp_path):
    (block,) = re.findall(r"```yaml\n(.*?)```", section(name, "What to create there"), re.DOTALL)
    file = tmp_path / "config.yaml"
    file.write_text(block, encoding="utf-8")
    (target,) = load_config(file, {}, VENDORS).targets
    assert target.vendor == name


@pytest.mark.parametrize("name", presets_by_cases())
def test_the_requests_of_a_page_are_those_of_the_preset(name):
    read, vendor = section(name, "What is read"), VENDORS[name]
    for wanted in vendor.documents:
        query = "&".join(f"{key}={value}" for key, value in wanted.params.items())
        path = "/".join(part for part in (vendor.base_path, wanted.path) if part)
        assert f"`{wanted.method} {{url}}/{path}{'?' if query else ''}{query}`" in read


def test_every_file_of_the_folder_is_a_case_of_a_vendor():
    assert len(EVERY) == len([path for path in CASES.rglob("*") if path.is_file()])
