"""Every page for people: its links lead somewhere, and what it gives to paste is usable."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from license_exporter.config.load import load_config
from license_exporter.config.variables import Elsewhere
from license_exporter.vendors.registry import find_vendors
from tests import promql

ROOT = Path(__file__).parent.parent
INDEX = ROOT / "docs" / "README.md"
VENDORS = find_vendors()


def written() -> list[Path]:
    """The pages of the project, those of .github and of what is built left out."""
    folders = [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in ("build", "dist")
    ]
    return sorted([*ROOT.glob("*.md"), *(page for path in folders for page in path.rglob("*.md"))])


PAGES = written()


@cache
def tokens(page: Path) -> list[Token]:
    markdown = MarkdownIt("commonmark").enable("table")
    return markdown.parse(page.read_text(encoding="utf-8"))


def links(page: Path) -> Iterator[str]:
    """Where the links and pictures of a page lead, as they are written."""
    for token in tokens(page):
        for part in token.children or ():
            if target := part.attrs.get("href") or part.attrs.get("src"):
                yield str(target)


def anchors(page: Path) -> set[str]:
    """The headings of a page as GitHub names them in addresses."""
    found: set[str] = set()
    for heading, text in zip(tokens(page), tokens(page)[1:], strict=False):
        if heading.type == "heading_open":
            shown = "".join(part.content for part in text.children or ())
            name = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
            number = 0
            while (anchor := f"{name}-{number}" if number else name) in found:
                number += 1
            found.add(anchor)
    return found


def blocks(page: Path, language: str) -> list[str]:
    return [
        token.content for token in tokens(page) if token.type == "fence" and token.info == language
    ]


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_each_relative_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    broken = []
    for link in links(page):
        address = urlsplit(link)
        if address.scheme or address.netloc:
            continue
        file = (page.parent / unquote(address.path)).resolve() if address.path else page
        if not file.exists() or (address.fragment and address.fragment not in anchors(file)):
            broken.append(link)
    assert broken == []


def test_headings_are_named_as_in_addresses(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# XML and CSV\n## `/sd`, and *more*\n## A-b_c\n## A-b_c\n", encoding="utf-8")
    assert anchors(page) == {"xml-and-csv", "sd-and-more", "a-b_c", "a-b_c-1"}


def test_the_index_leads_to_every_page_of_the_folder() -> None:
    reached = {(INDEX.parent / urlsplit(link).path).resolve() for link in links(INDEX)}
    assert {page for page in PAGES if page.parent == INDEX.parent} - reached == {INDEX}


CONFIGURATIONS = [
    pytest.param(block, id=f"{named(page)}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page, "yaml"))
    if re.search("^targets:", block, re.MULTILINE)
]
PLUG_IN = "widgetworks"  # of writing-a-vendor.md, whose tests install it


@pytest.mark.parametrize("block", CONFIGURATIONS)
def test_a_whole_configuration_loads(block: str, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(block.replace(f"vendor: {PLUG_IN}", "vendor: gitlab"), encoding="utf-8")
    assert load_config(file, Elsewhere({}), VENDORS).targets


QUERIES = [
    pytest.param(block, id=f"{named(page)}-{number}")
    for page in PAGES
    for number, block in enumerate(blocks(page, "promql"))
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_metrics_and_labels_that_there_are(query: str) -> None:
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


@pytest.mark.parametrize("page", ["README.md", "docs/comparison.md"])
def test_as_many_products_are_promised_as_there_are(page: str) -> None:
    [promised] = re.findall(r"more than (\d+) products", (ROOT / page).read_text(encoding="utf-8"))
    products = len(VENDORS) - len({"json"})
    assert int(promised) < products <= int(promised) + 20
