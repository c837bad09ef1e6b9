"""What ends when, without a server: in this process, against a server on loopback."""

import csv
import io
import re

import pytest
import yaml
from icalendar import Calendar

from license_exporter.cli.arguments import parse
from license_exporter.cli.report import run
from license_exporter.errors import ConfigError
from license_exporter.process.clock import SystemClock
from tests.fakes import vendor

pytestmark = pytest.mark.usefixtures("log_as_it_was")

CONTRACT = {"expiry": "2099-01-31", "owner": "ann", "price": 1200, "currency": "EUR"}


@pytest.fixture
async def upstream():
    async with vendor() as running:
        yield running


@pytest.fixture
def reported(tmp_path, capfdbinary):
    """A function that makes a report; what it gives: exit code, standard output and error."""

    async def ran(targets, *words, **said):
        file = tmp_path / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": targets, **said}))
        args = parse([f"--config.file={file}", "report", *words], {})
        code = await run(args, {}, SystemClock())
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return ran


def recon(url, name="recon", **options):
    password = {"basic_auth": {"username": "u", "password": "hunter2"}}
    return {"name": name, "vendor": "enterprise_recon", "url": url, **password, **options}


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline="")))


async def test_the_table_of_renewals_is_the_usual_report(reported, upstream):
    code, out, err = await reported([recon(upstream.url, contract=CONTRACT)])
    assert (code, err) == (0, "")
    assert out.count(b"\r\n") == out.count(b"\n")
    (contract,) = [row for row in rows(out) if row["kind"] == "contract"]
    assert (contract["date"], contract["owner"]) == ("2099-01-31", "ann")
    assert (contract["price_at_limit"], contract["currency"]) == ("1200", "EUR")
    assert {row["kind"] for row in rows(out)} == {"contract", "expiry"}
    assert len(upstream.requests) == 1


async def test_what_cannot_be_read_is_told_and_its_contract_is_there_all_the_same(
    reported, upstream
):
    gone = recon("http://127.0.0.1:1", "gone", contract=CONTRACT)
    code, out, err = await reported([recon(upstream.url), gone])
    assert code == 1
    (line,) = err.splitlines()
    assert line.startswith("gone: licenses: connect: ")
    assert [row["kind"] for row in rows(out) if row["target"] == "gone"] == ["contract"]
    assert [row["kind"] for row in rows(out) if row["target"] == "recon"] == ["expiry"]


async def test_a_pool_that_a_contract_names_in_vain_is_told(reported, upstream):
    limits = {**CONTRACT, "limits": {"nowhere": 5}}
    code, _, err = await reported([recon(upstream.url, contract=limits)])
    assert code == 0
    assert err.startswith("recon: contract names pool 'nowhere', which the answer does not have")


async def test_a_pool_that_defaults_name_is_told_once_and_only_if_no_target_has_it(
    reported, upstream
):
    never = {"near_limit": "never"}
    defaults = {"alerts": {"pools": {"nowhere": never, "server": never}}}
    targets = [recon(upstream.url), recon(upstream.url, "other")]
    code, _, err = await reported(targets, defaults=defaults)
    assert code == 0
    assert "server" not in err
    assert err == "defaults: alerts names pool 'nowhere', which no target has\n"


async def test_pools_are_a_table_of_their_own(reported, upstream):
    code, out, _ = await reported([recon(upstream.url)], "--what=pools")
    assert code == 0
    assert {row["target"] for row in rows(out)} == {"recon"}
    assert all(row["pool"] and row["used"] for row in rows(out))


async def test_the_calendar_is_one_that_the_library_reads(reported, upstream):
    code, out, _ = await reported([recon(upstream.url, contract=CONTRACT)], "--format=ics")
    assert code == 0
    days = {str(event.decoded("dtstart")) for event in Calendar.from_ical(out).walk("VEVENT")}
    assert "2099-01-31" in days


async def test_the_page_stands_alone_in_its_file(reported, upstream, tmp_path):
    file = tmp_path / "renewals.html"
    code, out, _ = await reported(
        [recon(upstream.url, contract=CONTRACT)], "--format=html", f"--output={file}"
    )
    assert (code, out) == (0, b"")
    page = file.read_text()
    assert "2099-01-31" in page
    assert "<form" not in page
    # A link leads nowhere without the server, but for the one to the content.
    assert set(re.findall(r'(?:href|src|action)="([^"]{,12})', page)) == {"#main", "data:image/s"}


async def test_a_file_that_cannot_be_written_is_named(reported, upstream, tmp_path):
    with pytest.raises(OSError, match=r"no/where\.csv: cannot be written: No such file"):
        await reported([recon(upstream.url)], f"--output={tmp_path}/no/where.csv")


async def test_a_configuration_without_targets_is_refused(reported):
    with pytest.raises(ConfigError, match="there is no target in "):
        await reported([])
