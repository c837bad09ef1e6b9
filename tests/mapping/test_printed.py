"""Mappings of what programs print and files hold: the page's examples, with stand-ins."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml
from aiohttp import web

from license_exporter.config.load import load_config
from license_exporter.errors import ConfigError, FetchError, Reason
from license_exporter.process.clock import SystemClock
from license_exporter.vendors.registry import find_vendors
from tests.fetchers import fetcher_of
from tests.scripts import script
from tests.servers import serving

PAGE = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^```yaml\n(.*?)^```", PAGE.partition("### Examples")[2], re.DOTALL | re.MULTILINE
)
SLURM, DATABASE, XML, VAULT = EXAMPLES[:4]

POOL = {"pools": [{"rows": "@", "name": "name", "used": "used"}]}


def configured(folder, mapping, programs=None, **options):
    """The target of a configuration file with this mapping and these programs."""
    said = {"name": "acme", "vendor": "json", "as": "acme", "mapping": mapping, **options}
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump({"programs": programs or {}, "targets": [said]}))
    return load_config(file, {}, find_vendors()).targets[0]


async def report(target):
    fetcher = fetcher_of(target, SystemClock())
    try:
        async with asyncio.timeout(10):
            return (await fetcher.fetch(None)).report
    finally:
        await fetcher.close()


async def failure(target):
    with pytest.raises(FetchError) as caught:
        await report(target)
    return caught.value


def pools(report):
    return {pool.name: (pool.unit, pool.used, pool.limit) for pool in report.pools}


def printing(folder, output):
    (folder / "output").write_text(output)
    return str(script(folder, f'echo "$@" > {folder}/words; cat {folder}/output'))


@pytest.mark.e2e
async def test_the_example_of_slurm(tmp_path):
    output = """{"licenses": [
      {"LicenseName": "solver", "Total": 40, "Used": 3, "Free": 37, "Remote": false,
       "Reserved": 0, "LastConsumed": 0, "LastDeficit": 0, "LastUpdate": 0},
      {"LicenseName": "mesher@flex", "Total": 5, "Used": 5, "Free": 0, "Remote": true,
       "Reserved": 0, "LastConsumed": 5, "LastDeficit": 0, "LastUpdate": 1700000000}
    ], "meta": {}, "errors": [], "warnings": []}"""
    programs = {"scontrol": printing(tmp_path, output)}
    told = await report(configured(tmp_path, yaml.safe_load(SLURM), programs))
    assert pools(told) == {"solver": ("licenses", 3, 40), "mesher@flex": ("licenses", 5, 5)}
    assert (tmp_path / "words").read_text() == "show licenses --json\n"


@pytest.mark.e2e
async def test_the_example_of_a_database(tmp_path):
    output = "product,used,bought,until\nsolver,3,40,2027-01-31\nmesher,5,,\n"
    programs = {"psql": {"path": printing(tmp_path, output), "environment": {"PGSERVICE": "x"}}}
    told = await report(configured(tmp_path, yaml.safe_load(DATABASE), programs))
    assert pools(told) == {"solver": ("users", 3, 40), "mesher": ("users", 5, None)}
    assert [license.expiry for license in told.licenses] == [1801353600.0]


@pytest.mark.e2e
async def test_the_example_of_a_tool_that_writes_xml(tmp_path):
    output = """<?xml version="1.0" encoding="UTF-8"?>
    <STATISTICS>
      <FEATURE><NAME>solver</NAME><USED_LICENSES>3</USED_LICENSES>
        <TOTAL_LICENSES>40</TOTAL_LICENSES><EXPIRES>2027-01-31</EXPIRES></FEATURE>
      <FEATURE><NAME>mesher</NAME><USED_LICENSES>5</USED_LICENSES>
        <TOTAL_LICENSES>UNLIMITED</TOTAL_LICENSES><EXPIRES>PERMANENT</EXPIRES></FEATURE>
    </STATISTICS>"""
    programs = {"report": printing(tmp_path, output)}
    told = await report(configured(tmp_path, yaml.safe_load(XML), programs))
    unlimited = float("inf")
    assert pools(told) == {"solver": ("licenses", 3, 40), "mesher": ("licenses", 5, unlimited)}
    assert [license.expiry for license in told.licenses] == [1801353600.0, unlimited]


async def test_the_example_of_license_vault(tmp_path):
    async def answer(request):
        assert request.headers["Authorization"] == "Bearer t"
        return web.json_response([{"product": "IntelliJ IDEA", "allocated": 18, "free": 46}])

    async with serving(answer) as url:
        options = {"url": url, "authorization": {"credentials": "t"}}
        told = await report(configured(tmp_path, yaml.safe_load(VAULT), **options))
    assert [(pool.name, pool.used, pool.available) for pool in told.pools] == [
        ("IntelliJ IDEA", 18, 46)
    ]


async def test_a_server_that_says_xml_or_csv_is_read_as_such(tmp_path):
    async def answer(request):
        if request.path == "/table":
            return web.Response(text="name;used\nsolver;3\n", content_type="text/csv")
        xml = '<pools><pool name="mesher" used="5"/></pools>'
        return web.Response(text=xml, content_type="application/xml")

    mapping = {
        "requests": {"table": {}, "tree": {}},
        "pools": [
            {"document": "table", "rows": "@", "name": "name", "used": "used"},
            {"document": "tree", "rows": "pools.pool", "name": "name", "used": "used"},
        ],
    }
    async with serving(answer) as url:
        told = await report(configured(tmp_path, mapping, url=url))
    assert pools(told) == {"solver": ("users", 3, None), "mesher": ("users", 5, None)}


@pytest.mark.e2e
async def test_a_server_a_program_and_a_file_are_documents_of_one_target(tmp_path):
    async def answer(request):
        return web.json_response({"name": "web", "used": 1})

    (tmp_path / "tokens.json").write_text('{"name": "file", "used": 2}')
    program = printing(tmp_path, '{"name": "program", "used": 3}')
    mapping = {
        "requests": {
            "web": {},
            "file": {"file": "tokens.json", "max_age": "1h"},
            "program": {"program": "tool"},
        },
        "pools": [
            {"document": name, "name": "name", "used": "used"}
            for name in ("web", "file", "program")
        ],
    }
    async with serving(answer) as url:
        told = await report(configured(tmp_path, mapping, {"tool": program}, url=url))
    assert {pool.name: pool.used for pool in told.pools} == {"web": 1, "file": 2, "program": 3}


@pytest.mark.e2e
async def test_a_program_that_fails_is_read_if_it_says_something(tmp_path):
    mapping = {"requests": {"seats": {"program": "tool"}}, **POOL}
    says = str(script(tmp_path, """echo '[{"name": "solver", "used": 3}]'; exit 1"""))
    assert pools(await report(configured(tmp_path, mapping, {"tool": says})))
    for output in ("[]", '[{"other": 1}]', "Fehler: keine Lizenz"):
        fails = str(script(tmp_path, f"echo '{output}'; exit 1"))
        error = await failure(configured(tmp_path, mapping, {"tool": fails}))
        assert (error.reason, error.document) == (Reason.SERVER, "seats")
        assert error.message == "tool ended with exit code 1"


@pytest.mark.e2e
async def test_variables_are_words_or_parts_of_one(tmp_path):
    program = printing(tmp_path, '[{"name": "solver", "used": 3}]')
    request = {"program": "tool", "arguments": ["--site={site}", "{site}"]}
    mapping = {"requests": {"seats": request}, **POOL}
    target = configured(tmp_path, mapping, {"tool": program}, variables={"site": "a b"})
    await report(target)
    assert (tmp_path / "words").read_text() == "--site=a b a b\n"


def problems(folder, request, **options):
    with pytest.raises(ConfigError) as caught:
        configured(folder, {"requests": {"seats": request}, **POOL}, **options)
    return [problem.removeprefix("targets[0].") for problem in caught.value.problems]


@pytest.mark.parametrize("value", ["-c", "a;lmdown", "a'b", 'a"b', "$(id)", "a`b", "a\nb", "a\\b"])
def test_a_variable_that_could_be_an_option_or_a_command_is_refused(tmp_path, value):
    request = {"program": "tool", "input": "connect {host}"}
    options = {"programs": {"tool": "/bin/true"}, "variables": {"host": value}}
    (told,) = problems(tmp_path, request, **options)
    assert told.startswith("mapping.requests.seats: the variable 'host' begins with a - or holds")


OF_HTTP = "which is of HTTP, beside a program or a file"


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        ({"program": "tool", "file": "x"}, "has a program and a file: keep one of the two"),
        ({"arguments": ["x"]}, "has arguments or input, but no program"),
        ({"max_age": "1h"}, "has a max_age, but no file"),
        (
            {"program": "tool", "arguments": ["a\0b"]},
            "holds a zero byte, which no program can be given",
        ),
        (
            {"program": "tool", "path": "x"},
            "has path, which is of HTTP, beside a program or a file",
        ),
        (
            {"file": "x", "paging": {"by": "link"}},
            f"has paging, {OF_HTTP}",
        ),
        ({"file": "x", "format": "xml", "csv": {}}, "has csv, but the format xml"),
    ],
)
def test_what_does_not_belong_together_is_refused(tmp_path, request_, problem):
    options = {} if request_.keys() & {"program", "file"} else {"url": "https://a.example.com"}
    told = problems(tmp_path, request_, programs={"tool": "/bin/true"}, **options)
    assert told == [f"mapping.requests.seats: {problem}"]


def test_a_program_that_is_not_named_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        mapping = {"requests": {"seats": {"program": "lmutil"}}, **POOL}
        configured(tmp_path, mapping, {"lmutils": "/bin/true"})
    (told,) = caught.value.problems
    assert told.startswith("targets[0]: needs the program lmutil, which programs does not name")
    assert told.endswith("did you mean 'lmutils'?")
