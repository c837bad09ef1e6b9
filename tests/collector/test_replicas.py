"""Two exporters of one configuration: what each has seen before makes no difference."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demo.scraping import scraper
from tests.fakes import FakeClock
from tests.servers import serving

MAPPING = """
requests:
  license: {}
licenses:
  - {expiry: until, state: state, deadlines: {support: {path: left, format: days_left}}}
pools:
  - {rows: seats, name: name, used: used, limit: limit, duplicates: add}
locations:
  - {rows: sites, pool: {value: disk}, unit: {value: bytes}, location: site, used: used}
"""

# Longer than any answer is good for, and than any failure is waited out.
LATER = 600.0

some = {"used": st.integers(0, 3), "limit": st.sampled_from([5, "unlimited", None])}
answers = st.fixed_dictionaries(
    {
        "until": st.sampled_from(["2030-01-31", "2031-01-31", "9999-12-31", None]),
        "left": st.integers(0, 3),
        "state": st.sampled_from(["active", "expired", None]),
        "seats": st.lists(st.fixed_dictionaries({"name": st.sampled_from("abc")} | some)),
        "sites": st.lists(
            st.fixed_dictionaries({"site": st.sampled_from("xyz"), "used": st.integers(0, 3)}),
        ),
    }
)
# What a server does before its last answer; None is a failure.
histories = st.lists(st.one_of(answers, answers, st.none()), max_size=4)


@settings(max_examples=30)
@given(history=histories, last=answers)
def test_a_replica_with_a_history_shows_what_a_new_one_shows(history, last):
    asyncio.run(_assert_equal([*history, last]))


async def _assert_equal(told):
    now = []

    async def answer(_):
        return web.json_response(now[-1]) if now[-1] else web.Response(status=500)

    clock = FakeClock()
    with TemporaryDirectory() as folder:
        async with serving(answer) as url:
            file = Path(folder) / "config.yaml"
            file.write_text(yaml.safe_dump({"targets": [_target(url)]}))
            async with scraper(file, clock) as old, scraper(file, clock) as new:
                for each in told:
                    now.append(each)
                    clock.advance(LATER)
                    seen = (await old()).text
                # A family that is the same as before stays in the order that it had.
                assert sorted(seen.splitlines()) == sorted((await new()).text.splitlines())
    assert "license_up" in seen


def _target(url):
    mapping = yaml.safe_load(MAPPING)
    return {
        "name": "t",
        "vendor": "json",
        "as": "acme",
        "url": url,
        "max_locations": 2,
        "mapping": mapping,
    }
