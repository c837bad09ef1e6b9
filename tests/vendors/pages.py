"""The vendors' pages in docs/, of which tests read single sections."""

import re
from pathlib import Path

PAGES = Path(__file__).parents[2] / "docs" / "vendors"


def section(name: str, title: str) -> str:
    """What stands on a vendor's page below a heading of the second level."""
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    assert found, f"{name}.md has no section {title}"
    return found[1]
