import re
from pathlib import Path

from tests.hostile.__main__ import ATTACKS

PROJECT = Path(__file__).parent.parent


def test_whatever_the_page_names_is_there():
    text = (PROJECT / "SECURITY.md").read_text()
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) > 10
    assert all((PROJECT / link).exists() for link in links)


def test_the_page_has_the_figures_of_every_attack():
    text = (PROJECT / "SECURITY.md").read_text()
    assert [attack.name for attack in ATTACKS if f"| {attack.name} |" not in text] == []
