import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from license_exporter import assets
from license_exporter.web.status.rendering import Pages
from license_exporter.web.status.runbooks import runbooks
from license_exporter.web.status.site import Site
from tests.web.status.fleet import NOW
from tests.web.status.test_page import get, serving

PROJECT = Path(__file__).parents[3]


class Parsed(HTMLParser):
    """The ids, the tags and the links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [value for name, value in attrs if name == "href" and value]


def alerts() -> list[str]:
    rules = yaml.safe_load((PROJECT / "prometheus" / "rules.yml").read_text())
    return [
        rule["alert"] for group in rules["groups"] for rule in group["rules"] if "alert" in rule
    ]


def test_each_alert_has_its_anchor_as_its_link_and_as_a_repository_writes_it() -> None:
    ids = Parsed(runbooks()).ids
    assert len(alerts()) > 10
    for alert in alerts():
        assert ids.count(alert) == 1
        assert ids.count(alert.lower()) == 1


def test_the_page_is_whole_and_loads_nothing() -> None:
    page = Pages(Site("/licenses")).runbooks(NOW).decode()
    parsed = Parsed(page)
    assert parsed.tags.isdisjoint({"script", "img", "iframe", "object"})
    assert " style=" not in page
    assert {"table", "h1", "h2", "article"} <= parsed.tags
    text = assets.read("docs/runbooks.md").decode()
    assert page.count("<h2 ") == len(re.findall(r"^## ", text, re.MULTILINE))


def test_links_lead_to_the_page_itself_or_to_other_sites() -> None:
    inner = [link for link in Parsed(runbooks()).links if link.startswith("#")]
    others = [link for link in Parsed(runbooks()).links if not link.startswith("#")]
    assert all(link.startswith("https://") for link in others)
    assert {link[1:] for link in inner} <= set(Parsed(runbooks()).ids)


async def test_an_installation_without_the_file_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> bytes:
        raise FileNotFoundError

    monkeypatch.setattr(assets, "read", gone)
    async with serving([]) as url:
        assert "lacks the runbooks" in await get(f"{url}/runbooks", 404)


async def test_the_page_is_served() -> None:
    async with serving([]) as url:
        assert 'id="LicenseExpired"' in await get(f"{url}/runbooks")
