"""The pages of docs/ that come from the code."""

import runpy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


WITH_TABLES = ("configuration.md", "metrics.md", "vendors/README.md")
OF_VENDORS = [
    f"vendors/{path.name}" for path in (DOCS / "vendors").glob("*.md") if path.name != "README.md"
]


@pytest.fixture(scope="module")
def pages() -> Iterator[Mapping[str, Callable[[str], str]]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DOCS)
        yield runpy.run_path(str(DOCS / "generate.py"))["PAGES"]


def test_every_vendor_has_a_page(pages: Mapping[str, Callable[[str], str]]) -> None:
    assert set(pages) == {*WITH_TABLES, *OF_VENDORS}


@pytest.mark.parametrize("name", [*WITH_TABLES, *OF_VENDORS])
def test_a_page_is_what_the_code_writes(
    name: str, pages: Mapping[str, Callable[[str], str]]
) -> None:
    page = (DOCS / name).read_text()
    written = pages[name](page)
    assert written == page, "the code has changed: run `make docs`"
    assert ("<!-- table:" if name in WITH_TABLES else "```yaml\ntargets:") in page or (
        "```yaml\nprograms:" in page
    )
