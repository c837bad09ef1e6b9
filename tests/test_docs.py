"""The pages of docs/ that come from the code."""

import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("name", ["configuration.md", "metrics.md"])
def test_a_page_is_what_the_code_writes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DOCS)
    pages = runpy.run_path(str(DOCS / "generate.py"))["PAGES"]
    page = (DOCS / name).read_text()
    written = pages[name](page)
    assert written == page, "the code has changed: run `make docs`"
    assert "<!-- table:" in page
