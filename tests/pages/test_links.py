"""Every page for people: its links lead somewhere, and what it counts is right."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from license_exporter.vendors.registry import find_vendors
from tests.pages.written import PAGES, ROOT, named, tokens

INDEX = ROOT / "docs" / "README.md"
VENDORS = find_vendors()


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


@pytest.mark.parametrize("page", ["README.md", "docs/comparison.md"])
def test_as_many_products_are_promised_as_there_are(page: str) -> None:
    [promised] = re.findall(r"more than (\d+) products", (ROOT / page).read_text(encoding="utf-8"))
    products = len(VENDORS) - len({"json"})
    assert int(promised) < products <= int(promised) + 20
