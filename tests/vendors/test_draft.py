"""What `probe --draft` finds of what the presets export, in the answers on which these are tried.

The draft is what the command prints for a target of the preset; a target of `vendor: json` with
that mapping then reads the same answer over HTTP. Samples are equal by family, state, kind and
value: pools and licenses may be called something else.
"""

import re
from collections import Counter
from dataclasses import dataclass

import yaml

from license_exporter.cli.arguments import parse
from license_exporter.cli.probe import run
from license_exporter.mapping.spec import SECTIONS
from license_exporter.vendors.registry import find_vendors
from tests.demo.scraping import scraper
from tests.fakes import FakeClock
from tests.servers import serving
from tests.vendors.cases import Server, cases, samples_of

VENDORS = find_vendors()
CASES = {f"{case.vendor}/{case.name}": case for case in cases()}

# One answer of each, as documented: flat ones, rows, objects of like objects, several documents and
# pages, numbers in texts, seconds and milliseconds, dates in words.
TEN = (
    "bitbucket_data_center/subscription",
    "confluence_data_center/documented",
    "consul/documented",
    "docusign/limited",
    "elasticsearch/enterprise",
    "fortigate/v7_2",
    "jira_data_center/documented",
    "mattermost/enterprise",
    "nexus/limits",
    "satellite/documented",
)

# Of these, every target has one, or its value is always 1.
_NO_VALUES = {
    "license_up",
    "license_skipped_values",
    "license_scrape_error",
    "license_info",
    "license_pool_info",
}
_ACCESS = {"authorization": {"credentials": "s3cret"}}
_LABELS = {
    "document", "rows", "name", "unit", "id", "license", "parent", "display_name", "edition",
    "customer", "pool", "location", "location_type", "period", "duplicates", "optional",
}  # fmt: skip
# Limits, uses and dates: a wrong one must never be called likely.
_RISKY = re.compile(r"license_(used|limit|.*_timestamp_seconds|entitlement_limit|period_used)$")


@dataclass(frozen=True)
class Outcome:
    """The samples of a preset, of its draft, and of what the draft does not call "not sure"."""

    wanted: Counter
    drafted: Counter
    surer: Counter
    text: str

    @property
    def found(self):
        return sum((self.wanted & self.drafted).values())

    @property
    def found_surely(self):
        return sum((self.wanted & self.surer).values())

    @property
    def wrong(self):
        return [sample for sample in self.surer - self.wanted if _RISKY.match(sample.split()[0])]

    def row(self, name):
        share = f"{self.found}/{sum(self.wanted.values())}"
        return f"{name:40} {share:>7} found, {self.found_surely:3} surely; wrong: {self.wrong}"


def values_of(samples):
    """The samples without the labels that say what something is called."""
    told = Counter()
    for sample in samples:
        name = re.match(r"\w+", sample)[0]
        kept = re.findall(r'(?:state|kind)="[^"]*"', sample)
        value = sample.rpartition(" ")[2]
        if name not in _NO_VALUES:
            told[" ".join([name, *kept, value])] += 1
    return told


def without_guesses_that_are_not_sure(text):
    """The sections of a draft without the values that its comments call not sure."""
    kept = [
        line
        for line in text.splitlines()
        if "  # not sure: " not in line or line.lstrip(" -").partition(":")[0] in _LABELS
    ]
    return {
        section: [row_set for row_set in written if set(row_set) - _LABELS]
        for section, written in pruned(yaml.safe_load("\n".join(kept))).items()
    }


def pruned(written):
    """The same without keys of which nothing is left."""
    if isinstance(written, dict):
        return {key: pruned(each) for key, each in written.items() if each is not None}
    return [pruned(each) for each in written] if isinstance(written, list) else written


async def exported(case, target, tmp_path):
    """The samples of a target that is served what the case records."""
    async with serving(Server(case)) as url:
        file = tmp_path / "config.yaml"
        written = yaml.safe_dump({"targets": [{"name": "t", "url": url, **target}]})
        file.write_text(written.replace("{url}", url))
        async with scraper(file, FakeClock(case.time)) as scrape:
            metrics = await scrape()
    assert metrics.value("license_up") == 1, metrics.text
    assert metrics.value("license_skipped_values") == 0, metrics.text
    return values_of(samples_of(metrics.text))


async def printed(case, tmp_path, capsys):
    """What `probe t --draft` prints for a target of the preset."""
    async with serving(Server(case)) as url:
        file = tmp_path / "preset.yaml"
        target = {"name": "t", "vendor": case.vendor, "url": url, **(case.target or _ACCESS)}
        file.write_text(yaml.safe_dump({"targets": [target]}).replace("{url}", url))
        args = parse([f"--config.file={file}", "probe", "t", "--draft"], {})
        assert await run(args, {}, FakeClock(case.time)) in (0, 1)
    return capsys.readouterr().out


async def outcome(name, tmp_path, capsys):
    case = CASES[name]
    text = await printed(case, tmp_path, capsys)
    assert "s3cret" not in text
    preset = yaml.safe_load(VENDORS.preset(case.vendor))
    drafted = yaml.safe_load(text) or {}
    assert drafted.get("requests", {}).keys() <= preset["requests"].keys()
    asking = {key: value for key, value in preset.items() if key not in (*SECTIONS, "defaults")}
    target = {"vendor": "json", "as": "drafted", **(case.target or _ACCESS)}

    async def read(sections):
        sections = {key: value for key, value in sections.items() if key in SECTIONS and value}
        if not sections:
            return Counter()
        return await exported(case, {**target, "mapping": asking | sections}, tmp_path)

    return Outcome(
        wanted=values_of(case.samples),
        drafted=await read(drafted),
        surer=await read(without_guesses_that_are_not_sure(text)) if drafted else Counter(),
        text=text,
    )


async def test_a_draft_finds_most_of_what_ten_presets_export_and_calls_nothing_wrong_likely(
    tmp_path, capsys
):
    outcomes = {name: await outcome(name, tmp_path, capsys) for name in TEN}
    wanted = sum(sum(each.wanted.values()) for each in outcomes.values())
    found = sum(each.found for each in outcomes.values())
    surely = sum(each.found_surely for each in outcomes.values())
    table = "\n".join(["", *(each.row(name) for name, each in outcomes.items())])
    assert len({name.partition("/")[0] for name in outcomes}) == 10
    assert wanted > 60, table
    assert found >= 0.7 * wanted, table
    # What is called not sure throughout is no help.
    assert surely >= 0.6 * found, table
    assert not any(each.wrong for each in outcomes.values()), table
