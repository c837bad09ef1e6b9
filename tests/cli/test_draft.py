"""`probe --draft`: of a target's answer, of one path, and of a file."""

import io
import json

import pytest
import yaml
from aiohttp import web

from license_exporter.cli.arguments import parse
from license_exporter.cli.flags import main
from license_exporter.cli.probe import run
from license_exporter.errors import ConfigError
from license_exporter.process.clock import SystemClock
from tests.mapping.drafts import loaded
from tests.servers import serving

pytestmark = pytest.mark.usefixtures("log_as_it_was")

ANSWER = {
    "owner": {"name": "Jane Doe", "email": "jane.doe@example.com"},
    "licenseKey": "AAAA-BBBB-CCCC",
    "expires": "2027-05-15",
    "seats": {"used": 38, "purchased": 40},
}
TEXTS = ("Jane", "jane", "AAAA")


@pytest.fixture
async def server():
    asked = []

    async def answer(request):
        asked.append(request.path_qs)
        if request.headers.get("Authorization") != "Bearer s3cret":
            return web.json_response({}, status=401)
        return web.json_response(ANSWER)

    async with serving(answer) as url:
        yield url, asked


def written(tmp_path, url, **options):
    """The configuration file of a target whose mapping is still to be written."""
    file = tmp_path / "config.yaml"
    access = {"authorization": {"credentials": "s3cret"}}
    target = {"name": "acme", "vendor": "json", "as": "acme", "url": url, **access, **options}
    file.write_text(yaml.safe_dump({"targets": [target]}))
    return f"--config.file={file}"


async def probed(*words):
    return await run(parse(["probe", *words], {}), {}, SystemClock())


async def test_what_the_requests_bring_is_drafted_and_can_be_used_at_once(server, tmp_path, capsys):
    url, asked = server
    requests = {"license": {"path": "v2/license", "headers": {"X-Tenant": "t3nant"}}}
    config = written(tmp_path, url, mapping={"requests": requests})
    assert await probed("acme", "--draft", config) == 0
    printed = capsys.readouterr()
    assert asked == ["/v2/license"]
    assert printed.err.startswith("GET /v2/license: 200, ")
    assert "# Keep what your request license has beside this: headers" in printed.out
    assert not any(text in printed.out for text in (*TEXTS, "s3cret", "t3nant"))
    loaded(printed.out)
    sections = {k: v for k, v in yaml.safe_load(printed.out).items() if k != "requests"}
    config = written(tmp_path, url, mapping={"requests": requests, **sections})
    assert await probed("acme", "--metrics", config) == 0
    metrics = capsys.readouterr().out
    assert 'license_used{pool="seats",target="acme",unit="users",vendor="acme"} 38.0' in metrics
    assert 'license_limit{pool="seats",target="acme",unit="users",vendor="acme"} 40.0' in metrics
    assert 'license="default",target="acme",vendor="acme"} 1.8103392e+09' in metrics


async def test_one_path_can_be_asked_before_there_is_a_mapping(server, tmp_path, capsys):
    url, asked = server
    assert await probed("--draft", "--request=/v2/license?a=b", written(tmp_path, url)) == 0
    assert asked == ["/v2/license?a=b"]
    out = capsys.readouterr().out
    assert yaml.safe_load(out)["requests"].keys() == {"v2/license"}
    loaded(out)


async def test_one_path_can_be_shown_as_a_document_too(server, tmp_path, capsys):
    url, _ = server
    assert await probed("--document", "--request=v2/license", written(tmp_path, url)) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["v2/license"]["seats"] == {"used": "number", "purchased": "number"}


async def test_a_target_that_is_down_has_no_draft(server, tmp_path, capsys):
    url, _ = server
    config = written(tmp_path, url, authorization={"credentials": "wrong"})
    assert await probed("--draft", "--request=v2/license", config) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "auth: answered 401" in printed.err


async def test_a_target_of_a_vendor_in_python_has_no_mapping_to_draft(server, tmp_path):
    url, _ = server
    file = tmp_path / "config.yaml"
    access = {"authorization": {"credentials": "s3cret"}}
    target = {"name": "recon", "vendor": "enterprise_recon", "url": url, **access}
    file.write_text(yaml.safe_dump({"targets": [target]}))
    with pytest.raises(ConfigError, match="enterprise_recon is written in Python"):
        await probed("recon", "--draft", f"--config.file={file}")


@pytest.fixture
def _elsewhere(tmp_path, monkeypatch):
    """A folder without a configuration."""
    monkeypatch.chdir(tmp_path)


def drafted(tmp_path, content, name="answer.json", *words):
    """The exit code of the draft of a file, without any configuration."""
    file = tmp_path / name
    file.write_text(content)
    return main(["probe", "--draft", str(file), *words])


@pytest.mark.usefixtures("_elsewhere")
def test_a_file_is_drafted_without_a_configuration(tmp_path, capsys):
    assert drafted(tmp_path, json.dumps(ANSWER)) == 0
    out = capsys.readouterr().out
    assert not any(text in out for text in TEXTS)
    assert "used: seats.used" in out
    loaded(out)


@pytest.mark.parametrize(
    ("name", "words"), [("answer.xml", ()), ("answer.txt", ("--from-format=xml",))]
)
def test_so_is_xml_by_its_name_or_by_the_flag(tmp_path, capsys, name, words):
    rows = "<license name='a' used='3' total='5'/><license name='b' used='1' total='9'/>"
    text = f"<licenses>{rows}</licenses>"
    assert drafted(tmp_path, text, name, *words) == 0
    out = capsys.readouterr().out
    assert "{format: xml}" in out
    assert "rows: licenses.license" in out
    loaded(out)


def test_so_is_csv(tmp_path, capsys):
    head = "Product,Seats used,Seats purchased,Valid until"
    text = f"{head}\nPro,3,5,2027-01-01\nLite,1,9,2028-01-01\n"
    assert drafted(tmp_path, text, "answer.csv") == 0
    out = capsys.readouterr().out
    assert "limit: '\"Seats purchased\"'" in out
    assert "{format: csv}" in out
    loaded(out)


def test_so_is_standard_input(capsys, monkeypatch):
    body = io.TextIOWrapper(io.BytesIO(json.dumps(ANSWER).encode()))
    monkeypatch.setattr("sys.stdin", body)
    assert main(["probe", "--draft", "-"]) == 0
    loaded(capsys.readouterr().out)


def test_a_file_in_which_nothing_is_recognised_has_no_draft(tmp_path, capsys):
    assert drafted(tmp_path, '{"greeting": "hello Jane"}') == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("nothing is recognised: ")
    assert "Jane" not in printed.err


def test_a_file_that_is_not_what_it_should_be_is_refused_without_its_content(tmp_path, capsys):
    assert drafted(tmp_path, '{"used": Jane') == 1
    printed = capsys.readouterr()
    assert "answer.json: " in printed.err
    assert "Jane" not in printed.err + printed.out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--draft", "--explain"], "--draft and --explain exclude each other; give one of them"),
        (["--draft", "--metrics"], "--draft and --metrics exclude each other; give one of them"),
        (["--request=a"], "--request goes with --draft or --document"),
        (["--from-format=xml"], "--from-format goes with --draft and a file"),
        (
            ["--request=a", "--draft", "--from-file=b"],
            "--request and --from-file exclude each other; give one of them",
        ),
    ],
)
def test_flags_that_make_no_sense_together_are_refused(capsys, words, complaint):
    assert main(["probe", "acme", *words]) == 2
    assert capsys.readouterr().err.splitlines()[0] == complaint


def test_no_path_is_fetched_where_a_file_is_given(tmp_path, capsys):
    (tmp_path / "answer.json").write_text("{}")
    assert main(["probe", "--draft", str(tmp_path / "answer.json"), "--request=a"]) == 2
    assert "--request is of a target" in capsys.readouterr().err


@pytest.mark.usefixtures("_elsewhere")
def test_a_file_that_is_missing_is_told_where_there_is_no_configuration(capsys):
    assert main(["probe", "--draft", "missing.json"]) == 2
    assert "there is no file missing.json, and no config.yaml" in capsys.readouterr().err


def test_a_name_that_is_neither_a_target_nor_a_file_is_told(tmp_path, capsys):
    config = written(tmp_path, "https://acme.example.com", mapping={"requests": {"a": {}}})
    assert main(["probe", "--draft", "missing.json", config]) == 2
    assert "there is no file missing.json, and no target" in capsys.readouterr().err
