import asyncio
import base64
import hashlib
import html
import math
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import aiohttp
import pytest
from aiohttp import web

from license_exporter.collector.shard import Shard
from license_exporter.collector.target_view import TargetView
from license_exporter.config.contract import Contract
from license_exporter.errors import Reason
from license_exporter.model.report import Daemon, LicenseReport, Pool, Server
from license_exporter.sources.source import Step
from license_exporter.web.status.page import StatusPage
from license_exporter.web.status.renewals_page import RenewalsPage
from license_exporter.web.status.site import Site
from license_exporter.web.workbench import Workbench
from tests.fakes import FakeClock
from tests.servers import serving_app
from tests.web.status.fleet import HOSTILE, NOW, fleet, good


@dataclass
class _Live:
    """A target as the page sees it."""

    seen: TargetView

    def view(self) -> TargetView:
        return self.seen


@asynccontextmanager
async def serving(views: Sequence[TargetView], site: Site | None = None) -> AsyncIterator[str]:
    site = site or Site()
    collector = SimpleNamespace(targets={view.name: _Live(view) for view in views})
    workbench = Workbench(20)
    page = StatusPage(site, collector, FakeClock(NOW), workbench)
    renewals = RenewalsPage(page, FakeClock(NOW), workbench)
    app = web.Application()
    app.on_cleanup.append(workbench.close)
    app.router.add_get(f"{site.root}/", page.index)
    app.router.add_get(f"{site.root}/target", page.target)
    app.router.add_get(f"{site.root}/runbooks", page.runbooks)
    app.router.add_get(f"{site.root}/renewals", renewals.page)
    app.router.add_get(f"{site.root}/renewals.csv", renewals.table)
    app.router.add_get(f"{site.root}/renewals.ics", renewals.calendar)
    app.router.add_get(f"{site.root}/pools.csv", renewals.pools)
    async with serving_app(app) as url:
        yield f"{url}{site.root}"


async def get(url: str, status: int = 200) -> str:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        assert response.status == status
        return await response.text()


def targets_of(page: str) -> list[str]:
    return re.findall(r'rowheader"><a href="[^"]*">([^<]*)</a>', page)


def words_of(page: str) -> str:
    """The text of a page, with one space between words."""
    text = re.sub(r"<[^>]*>", " ", page.replace("<wbr>", ""))
    return " ".join(html.unescape(text).split())


class Elements(HTMLParser):
    """The elements of a page: void ones and those that are closed, in their order."""

    VOID = frozenset({"meta", "link", "input", "br", "rect", "wbr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


PATHS = ["/", *(f"/target?name={view.name}" for view in fleet()), "/?q=none", "/?state=down"]


@pytest.mark.parametrize("path", PATHS)
async def test_pages_are_well_formed_and_load_nothing(path: str) -> None:
    async with serving(fleet()) as url:
        page = await get(f"{url}{path}")
    elements = Elements(page)
    assert elements.open == []
    assert not elements.of("script")
    assert not elements.of("img")
    assert not [name for _, attributes in elements.tags for name in attributes if name[:2] == "on"]
    assert not [attributes for _, attributes in elements.tags if "style" in attributes]
    assert [link["href"][:5] for link in elements.of("link")] == ["data:"]
    ids = [attributes["id"] for _, attributes in elements.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(elements.of("h1")) == len(elements.of("main")) == 1


async def test_the_policy_allows_the_style_of_the_page_and_no_script() -> None:
    async with serving(fleet()) as url, aiohttp.ClientSession() as session:
        for path in ("/", "/target?name=rsa-prod", "/target?name=none"):
            async with session.get(url + path) as response:
                policy = response.headers["Content-Security-Policy"]
                style = re.search(r"<style>(.*)</style>", await response.text(), re.DOTALL)
            assert style
            digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
            assert f"default-src 'none'; style-src 'sha256-{digest}';" in policy
            assert "unsafe" not in policy


async def test_text_of_a_vendor_stays_text() -> None:
    async with serving(fleet()) as url:
        for path in ("/", "/target?name=hostile", "/?q=%22%3E%3Cscript%3E"):
            assert "<script" not in await get(url + path)
        page = await get(f"{url}/target?name=hostile")
    shown = html.unescape(page.replace("<wbr>", ""))
    assert shown.count(HOSTILE) >= 15


async def test_half_a_character_does_not_break_the_page() -> None:
    report = LicenseReport(pools=(Pool("half \ud800", "users", used=1),))
    async with serving([good("t", "v", "P", report)]) as url:
        assert "half ?" in await get(f"{url}/target?name=t")


async def test_the_page_of_a_license_manager_shows_servers_daemons_and_what_pools_tell() -> None:
    pool = Pool(
        "solver",
        "licenses",
        used=42,
        limit=64,
        reserved=9,
        queued=6,
        checkouts=8,
        users=7,
        denials={"acmed": 3},
        user_used={"ann": 42},
    )
    report = LicenseReport(
        pools=(pool,),
        servers=(
            Server("lic1:27000", up=True, primary=True),
            Server("lic2:27000", up=True, primary=False),
            Server("<lic3>", up=False),
        ),
        daemons=(Daemon("acmed", up=True), Daemon("other-d", up=False)),
    )
    async with serving([good("cad", "flexlm", "FlexLM", report)]) as url:
        page = await get(f"{url}/target?name=cad")
    shown = words_of(page)
    for text in ("reserved 9", "queued 6", "checkouts 8", "users 7", "denied 3"):
        assert text in shown
    for text in ("lic1:27000 master", "lic2:27000 up", "<lic3> down", "acmed up", "other-d down"):
        assert text in shown
    assert "ann" not in re.findall(r"\w+", shown)


async def test_the_table_shows_reason_remedy_use_expiry_and_age() -> None:
    async with serving(fleet()) as url:
        page = await get(url + "/")
    shown = words_of(page)
    assert targets_of(page)[:3] == ["recon-dr", "rsa-apac", "seerbox-lab"]
    for text in (
        "2 of 11 targets are down",
        "The credentials are refused",
        "answered 401",
        "Check or renew them.",
        "53.1 TB of 50.0 TB",
        "612 of 650 licenses",
        "limit 24 machines",
        "37 users used",
        "in 143 days",
        "2027-04-14",
        "never",
        "12 s ago",
        "next in 18 s",
        "none yet",
    ):
        assert text in shown, text


async def test_the_page_of_a_target_shows_all_that_is_known_of_it() -> None:
    async with serving(fleet()) as url:
        pages = [await get(f"{url}/target?name={name}") for name in ("recon-hq", "seerbox-eu")]
    shown = words_of(" ".join(pages))
    for text in (
        "Sitewide Data Allowance",
        "106 %",
        "assigned 640",
        "customer Example Ltd",
        "edition Pro",
        "active exceeded",
        "Greatest locations",
        "fileserver-0.example.com",
        "Not yet accounted for 3.2 GB",
        "api_discovery default yes unlimited",
        "retention default yes 90 days",
        "grace after expiry 15 days",
        "grace over the limit 10 %",
        "GET /v1/licenses 200 48.2 kB 184 ms",
    ):
        assert text in shown, text


async def test_the_runs_of_a_program_are_steps_with_their_ends() -> None:
    steps = (
        Step("run", "lmutil 27000@lic1", None, Reason.TIMEOUT, 0, 3.0),
        Step("run", "lmutil 27000@lic2", None, None, 2_000, 0.3, "ended with exit code 0"),
    )
    view = good("cad", "flexlm", "FlexLM", LicenseReport(), steps=steps)
    async with serving([view]) as url:
        shown = words_of(await get(f"{url}/target?name=cad"))
    assert "run lmutil 27000@lic1 timeout 0 B 3.0 s" in shown
    assert "run lmutil 27000@lic2 ended with exit code 0 2.0 kB 300 ms" in shown


async def test_values_that_stand_in_for_a_failed_fetch_are_said_to() -> None:
    async with serving(fleet()) as url:
        shown = words_of(await get(f"{url}/target?name=recon-dr"))
    assert "max_stale lets them stand in" in shown
    assert "88 of 100 licenses" in shown


async def test_an_unknown_target_is_not_found_and_not_echoed() -> None:
    async with serving(fleet()) as url:
        assert "No such target" in await get(f"{url}/target?name=none", 404)
        assert "No such target" in await get(f"{url}/target", 404)
        assert "script" not in await get(f"{url}/target?name=<script>", 404)


async def test_filter_state_and_page_are_kept_in_the_links() -> None:
    views = [replace(fleet()[0], name=f"rsa-{number:03}") for number in range(120)]
    async with serving([*views, *fleet()[1:]]) as url:
        page = await get(f"{url}/?q=rsa&state=expiring&page=2")
        assert targets_of(page) == [f"rsa-{number:03}" for number in range(50, 100)]
        links = [html.unescape(link) for link in re.findall(r'href="([^"]*)"', page)]
        assert "/?q=rsa&state=expiring&page=1" in links
        assert "/?q=rsa&state=expiring&page=3" in links
        assert "/?q=rsa&state=down" in links
        last = await get(f"{url}/{links[links.index('/?q=rsa&state=expiring&page=3')][1:]}")
        assert len(targets_of(last)) == 20


@pytest.mark.parametrize(
    "query", ["page=x", "page=-1", "page=%C2%B2", "page=" + "9" * 5000, "state=x"]
)
async def test_parameters_without_sense_are_ignored(query: str) -> None:
    async with serving(fleet()) as url:
        assert len(targets_of(await get(f"{url}/?{query}"))) == len(fleet())


async def test_every_link_starts_at_the_external_address() -> None:
    async with serving(fleet(), Site("/licenses", "/own-metrics")) as url:
        for path in ("/", "/target?name=rsa-prod", "/?q=rsa"):
            page = await get(url + path)
            links = re.findall(r'(?:href|action)="(/[^"]*)"', page)
            assert {"/licenses/", "/licenses/own-metrics", "/licenses/sd"} <= set(links)
            assert all(link.startswith("/licenses/") for link in links)
        page = await get(f"{url}/target?name=rsa-prod")
        assert 'href="/licenses/own-metrics?target=rsa-prod"' in page


async def test_no_target_at_all_says_how_to_add_one() -> None:
    async with serving([]) as url:
        page = await get(url + "/")
    assert "No target is configured" in page


async def test_of_a_thousand_targets_a_page_of_those_that_are_sought_is_shown() -> None:
    views = [
        replace(view, name=f"{view.name}-{number}") for number in range(91) for view in fleet()
    ]
    async with serving(views) as url:
        assert len(targets_of(await get(url + "/?q=prod"))) == 50


async def test_unusual_numbers_are_shown() -> None:
    pools = (
        Pool("endless", "users", used=5, limit=math.inf),
        Pool("huge", "bytes", used=1e30, limit=1.0),
        Pool("negative", "users", used=-5, limit=10, available=-3),
        Pool("nothing sold", "users", used=1, limit=0),
    )
    async with serving([good("t", "v", "P", LicenseReport(pools=pools))]) as url:
        page = await get(f"{url}/target?name=t")
    assert "5 of unlimited users" in words_of(page)
    assert "-5 of 10 users" in words_of(page)
    assert re.findall(r'class="fill" width="([\d.]+)%"', page) == ["100.0", "100.0", "0.0"]


async def test_what_defaults_name_in_vain_is_told_once_above_the_targets() -> None:
    vain = frozenset({("alerts", "alerts names pool 'MFA'")})
    views = [
        replace(view, known=LicenseReport(), inherited=frozenset({"alerts"}), in_vain=vain)
        for view in fleet()
    ]
    async with serving(views) as url:
        assert "Defaults: alerts names pool &#39;MFA&#39;, which no target has" in await get(
            url + "/"
        )
    async with serving(views, Site(shard=Shard(0, 2))) as url:
        assert "Defaults:" not in await get(url + "/")


CHROMIUM = (
    "chromium",
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--hide-scrollbars",
)


async def chromium(tmp_path: Path, *arguments: str) -> tuple[str, str]:
    """What a real browser writes: the document after loading, and its messages."""
    process = await asyncio.create_subprocess_exec(
        *CHROMIUM,
        f"--user-data-dir={tmp_path / 'profile'}",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, messages = await asyncio.wait_for(process.communicate(), 60)
    return output.decode(), messages.decode(errors="replace")


@pytest.mark.e2e
@pytest.mark.parametrize("path", ["/", "/target?name=hostile", "/renewals"])
async def test_a_browser_runs_nothing_of_it_and_complains_of_nothing(
    tmp_path: Path, path: str
) -> None:
    async with serving(fleet()) as url:
        page, messages = await chromium(tmp_path, "--dump-dom", url + path)
    assert "License exporter</title>" in page
    assert "owned</title>" not in page
    assert "CONSOLE" not in messages


@pytest.mark.e2e
async def test_a_browser_shows_it_light_and_dark_and_narrow(tmp_path: Path) -> None:
    shots = {
        "light": ["--blink-settings=preferredColorScheme=1", "--window-size=1280,900"],
        "dark": ["--blink-settings=preferredColorScheme=0", "--window-size=1280,900"],
        "narrow": ["--blink-settings=preferredColorScheme=1", "--window-size=500,900"],
    }
    async with serving(fleet()) as url:
        for name, arguments in shots.items():
            picture = f"--screenshot={tmp_path / name}.png"
            await chromium(tmp_path, *arguments, picture, url + "/")
    pictures = [(tmp_path / f"{name}.png").read_bytes() for name in shots]
    assert len(set(pictures)) == len(shots)
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


@pytest.mark.e2e
async def test_a_browser_prints_the_renewals_as_a_table(tmp_path: Path) -> None:
    contracts = tuple(
        Contract(name=f"c{each}", owner="ann", price=1, currency="EUR", expiry="2027-01-31")
        for each in range(40)
    )
    report = LicenseReport(pools=(Pool("a", "users", used=1, limit=2),))
    file = tmp_path / "renewals.pdf"
    async with serving([good("t", "v", "P", report, known=report, contracts=contracts)]) as url:
        arguments = ["--no-pdf-header-footer", f"--print-to-pdf={file}", f"{url}/renewals"]
        await chromium(tmp_path, *arguments)
    # As a list, in which each cell is a line, they would fill six.
    assert file.read_bytes().count(b"/Type /Page\n") in (2, 3)
