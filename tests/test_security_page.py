import re
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def test_whatever_the_page_names_is_there():
    text = (PROJECT / "SECURITY.md").read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 10
    assert all((PROJECT / link).exists() for link in links)
