"""The sub-commands that end by themselves, in this process, against a server on loopback."""

import json

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as parse_text

from license_exporter.cli.arguments import parse
from license_exporter.cli.flags import main
from license_exporter.cli.probe import run
from license_exporter.errors import ConfigError
from license_exporter.process.clock import SystemClock
from tests.fakes import vendor

pytestmark = pytest.mark.usefixtures("log_as_it_was")


@pytest.fixture
async def upstream():
    async with vendor() as running:
        yield running


@pytest.fixture
def configured(tmp_path):
    """A function that writes a configuration file and gives its path."""

    def write(*targets):
        file = tmp_path / "config.yaml"
        file.write_text(yaml.safe_dump({"targets": list(targets)}))
        return str(file)

    return write


def recon(url, **options):
    password = {"basic_auth": {"username": "u", "password": "hunter2"}}
    return {"name": "recon", "vendor": "enterprise_recon", "url": url, **password, **options}


def mapped(url, **options):
    return {
        "name": "mapped",
        "vendor": "json",
        "as": "recon",
        "url": url,
        "mapping": {
            "requests": {"licenses": {"path": "v1/licenses"}},
            "pools": [{"rows": "summary", "name": "type", "unit": "licenses", "used": "usage"}],
        },
        **options,
    }


async def probed(file, *words):
    """The exit code of a probe."""
    args = parse([f"--config.file={file}", "probe", *words], {})
    return await run(args, {}, SystemClock())


async def test_probe_prints_metrics_and_tells_the_steps_apart(configured, upstream, capsys):
    assert await probed(configured(recon(upstream.url)), "recon") == 0
    printed = capsys.readouterr()
    families = {family.name for family in parse_text(printed.out)}
    assert {"license_up", "license_used", "license_target_info"} <= families
    assert printed.err.startswith("GET /v1/licenses: 200, ")


async def test_probe_of_a_failing_target_says_why_and_is_a_failure(configured, upstream, capsys):
    upstream.status = 401
    assert await probed(configured(recon(upstream.url)), "recon") == 1
    printed = capsys.readouterr()
    assert "licenses: auth: answered 401 Unauthorized; check the credentials" in printed.err
    assert "hunter2" not in printed.out + printed.err


async def test_probe_fetches_only_the_target_that_is_named(configured, upstream):
    other = recon("http://127.0.0.1:1", name="other")
    assert await probed(configured(recon(upstream.url), other), "recon") == 0
    assert len(upstream.requests) == 1


async def test_probe_of_an_unknown_name_is_refused(configured, upstream):
    with pytest.raises(ConfigError, match="there is no target 'gone'"):
        await probed(configured(recon(upstream.url)), "gone")


async def test_probe_shows_documents_without_their_values(configured, upstream, capsys):
    assert await probed(configured(recon(upstream.url)), "recon", "--document") == 0
    out = capsys.readouterr().out
    assert json.loads(out)["licenses"]["company"] == "string"
    assert "Example Company" not in out


async def test_probe_tells_what_could_not_be_read(configured, upstream, capsys):
    options = mapped(upstream.url)
    options["mapping"]["pools"][0]["limit"] = "max"
    assert await probed(configured(options), "mapped") == 0
    assert "not there: pools[0].unit, pools[0].limit; 2 values in all\n" in capsys.readouterr().err


async def test_probe_explains_what_each_expression_of_a_mapping_finds(configured, upstream, capsys):
    assert await probed(configured(mapped(upstream.url)), "mapped", "--explain") == 0
    out = capsys.readouterr().out
    assert "summary of licenses: 1 rows" in out
    assert "used: usage: 1 of 1 rows" in out


async def test_a_filter_that_never_matches_is_told_and_never_good(configured, upstream, capsys):
    options = mapped(upstream.url)
    never = {"rows": "summary[?type == 'nowhere']", "name": "type", "used": "usage"}
    options["mapping"]["pools"].append(never)
    assert await probed(configured(options), "mapped", "--summary") == 0
    told = capsys.readouterr()
    line = "pools[1]: finds no row: summary[?type == 'nowhere'] of licenses"
    assert line in told.err
    assert told.out.startswith("mapped: doubtful: 1 pool, 0 licenses, 1 part of the mapping found")


async def test_a_section_whose_columns_all_find_nothing_is_told(configured, upstream, capsys):
    options = mapped(upstream.url)
    options["mapping"]["licenses"] = [{"expiry": {"path": "end.of.it", "optional": True}}]
    assert await probed(configured(options), "mapped") == 0
    assert "licenses[0]: finds nothing in any row: @ of licenses" in capsys.readouterr().err


async def test_a_probe_without_a_name_has_a_line_for_each_target(configured, upstream, capsys):
    other = recon("http://127.0.0.1:1", name="other")
    assert await probed(configured(recon(upstream.url), other)) == 1
    told = capsys.readouterr()
    good, bad = told.out.splitlines()
    assert good.startswith("recon: ")
    assert "1 pool, 1 license" in good
    assert bad.startswith("other: down: connect: ")
    assert "recon: GET /v1/licenses: 200, " in told.err
    assert "hunter2" not in told.out + told.err


async def test_on_a_terminal_a_person_reads_a_summary(configured, upstream, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert await probed(configured(recon(upstream.url)), "recon") == 0
    out = capsys.readouterr().out
    assert "Enterprise Recon" in out
    assert "license_up" not in out
    assert await probed(configured(recon(upstream.url)), "recon", "--metrics") == 0
    assert "\nlicense_up{" in capsys.readouterr().out


async def test_a_mapping_can_be_tried_on_a_file_without_a_server(configured, tmp_path, capsys):
    answer = tmp_path / "answer=1.json"
    answer.write_text('{"summary": [{"type": "server", "usage": 7}]}')
    file = configured(mapped("http://127.0.0.1:1"))
    assert await probed(file, f"--from-file={answer}", "--metrics") == 0
    (used,) = [
        line for line in capsys.readouterr().out.splitlines() if line[:13] == "license_used{"
    ]
    assert 'pool="server"' in used
    assert used.endswith(" 7.0")
    assert await probed(file, f"--from-file=licenses={answer}", "--explain") == 0
    assert "1 rows" in capsys.readouterr().out


async def test_a_file_for_a_document_that_is_not_asked_for_is_refused(configured, tmp_path):
    (tmp_path / "answer").write_text("{}")
    file = configured(mapped("http://127.0.0.1:1"))
    with pytest.raises(ConfigError, match="no document of that name; there is licenses"):
        await probed(file, f"--from-file=seats={tmp_path / 'answer'}")


async def test_a_file_that_holds_no_answer_fails_as_an_answer_does(configured, tmp_path, capsys):
    (tmp_path / "answer").write_text("<html>")
    file = configured(mapped("http://127.0.0.1:1"))
    assert await probed(file, "mapped", f"--from-file={tmp_path / 'answer'}") == 1
    assert "licenses: decode: " in capsys.readouterr().err


async def test_a_mapping_with_requests_alone_shows_what_there_is_to_map(
    configured, upstream, capsys
):
    options = mapped(upstream.url)
    options["mapping"] = {"requests": options["mapping"]["requests"]}
    file = configured(options)
    assert await probed(file, "mapped", "--document") == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["licenses"]["company"] == "string"
    assert told.err.splitlines()[1:] == [
        "the mapping maps nothing yet; --document shows what there is"
    ]
    assert await probed(file, "mapped", "--summary") == 0
    assert capsys.readouterr().out.startswith("mapped: doubtful: ")
    # It exports nothing, so that it is not served.
    assert main([f"--config.file={file}", "--config.check"]) == 2
    assert "maps nothing" in capsys.readouterr().err


async def test_flags_of_one_target_need_its_name_where_there_are_several(configured, upstream):
    file = configured(recon(upstream.url), recon(upstream.url, name="other"))
    with pytest.raises(ConfigError, match="name one of recon, other"):
        await probed(file, "--explain")


def test_vendors_tell_what_each_needs_and_yields(capsys):
    assert main(["vendors"]) == 0
    out = capsys.readouterr().out
    for name in ("rsa: RSA ID Plus", "seerbox: Seer Box", "gitlab: GitLab", "json: "):
        assert name in out
    assert main(["vendors", "rsa"]) == 0
    assert "rsa_admin_key" in capsys.readouterr().out


def test_the_mapping_of_a_preset_can_be_printed_and_read(capsys):
    assert main(["vendors", "gitlab", "--mapping"]) == 0
    assert "requests" in yaml.safe_load(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["vendors", "nope"], "there is no vendor 'nope'"),
        (["vendors", "rsa", "--mapping"], "--mapping needs the name of a preset"),
        (["probe", "x", "--metrics", "--summary"], "--metrics and --summary exclude each other"),
        (["serve"], "unknown command 'serve'"),
        (["--port=1"], "--port belongs to the command demo"),
        (["demo", "x"], "demo takes no 'x'"),
        (["--timeout-offset=-1"], "--timeout-offset must be"),
        (["--web.listen-address=x"], "--web.listen-address: 'x' is not [HOST]:PORT"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused_in_one_line(capsys, arguments, complaint):
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line


def test_the_schema_is_printed_as_json(capsys):
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["$schema"].endswith("2020-12/schema")


@pytest.fixture
def config(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(
        "targets: [{name: er, vendor: enterprise_recon, url: 'https://er.example.com:8339', "
        "basic_auth: {username: u, password_file: password}}]"
    )
    (tmp_path / "password").write_text("hunter2")
    return file


def test_a_good_configuration_is_said_to_be_good(config, capsys):
    assert main([f"--config.file={config}", "--config.check"]) == 0
    assert "is good" in capsys.readouterr().out


def test_a_check_names_the_secret_that_is_missing(config, capsys):
    (config.parent / "password").unlink()
    assert main([f"--config.file={config}", "--config.check"]) == 2
    assert "targets[0].basic_auth.password_file" in capsys.readouterr().err


def test_a_check_looks_at_the_web_config_file_too(config, tmp_path, capsys):
    web = tmp_path / "web.yaml"
    web.write_text("tls_server_config: {cert_file: missing.crt, key_file: missing.key}")
    flags = [f"--config.file={config}", f"--web.config.file={web}", "--config.check"]
    assert main(flags) == 2
    assert "missing.crt" in capsys.readouterr().err
    web.write_text("")
    assert main(flags) == 0


def test_the_check_tells_of_programs_that_cannot_be_run(tmp_path, capsys):
    file = tmp_path / "config.yaml"
    programs = {"gone": f"{tmp_path}/gone", "folder": str(tmp_path), "good": "/bin/sh"}
    file.write_text(json.dumps({"programs": programs, "targets": []}))
    assert main([f"--config.file={file}", "--config.check"]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"programs.gone: there is no file {tmp_path}/gone",
        f"programs.folder: {tmp_path} is a directory; name the program in it",
    ]


@pytest.mark.e2e
def test_a_probe_tells_which_program_was_run_and_none_of_its_words(tmp_path, capsys):
    program = tmp_path / "tool"
    program.write_text("""#!/bin/sh\necho '[{"name": "solver", "used": 3}]'\n""")
    program.chmod(0o755)
    mapping = {
        "requests": {"seats": {"program": "tool", "arguments": ["s3cr3t"]}},
        "pools": [{"rows": "@", "name": "name", "used": "used"}],
    }
    target = {"name": "cad", "vendor": "json", "as": "acme", "mapping": mapping}
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps({"programs": {"tool": str(program)}, "targets": [target]}))
    assert main([f"--config.file={file}", "probe", "cad"]) == 0
    told = capsys.readouterr()
    assert told.err.startswith("run tool: ended with exit code 0, 32 bytes, 0.")
    assert "license_used{" in told.out
    assert "s3cr3t" not in told.out + told.err
