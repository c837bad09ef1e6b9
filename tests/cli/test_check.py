"""`--config.check`: everything that is wrong, at once, with its place."""

import json
import re
from pathlib import Path

import pytest
import trustme

from license_exporter.cli.flags import main

pytestmark = pytest.mark.usefixtures("log_as_it_was")

MISTAKES = Path(__file__).parent / "fixtures/mistakes"

MAPPING = """\
targets:
  - name: zoom
    vendor: json
    as: zoom
    url: https://zoom.example.com
    authorization: {credentials: x}
    mapping:
      requests: {plans: {path: plans}}
      pools:
        - name: {value: seats}
          used: "a.["
"""


@pytest.fixture
def check(tmp_path, capsys):
    """The exit code of a check of a text, and the lines that it says."""

    def run(text, *flags):
        file = tmp_path / "config.yaml"
        file.write_text(text)
        code = main([f"--config.file={file}", "--config.check", *flags])
        told = capsys.readouterr()
        return code, told.err.splitlines(), told.out

    return run


def target(**options):
    return json.dumps({"targets": [{"name": "t", **options}]})


def test_a_problem_names_its_target_and_line_expressions_too(check):
    code, (line,), _ = check(MAPPING)
    assert code == 2
    assert line.startswith("targets[0].mapping.pools[0].used: column ")
    assert line.endswith(" (target zoom, line 11)")


def test_a_problem_of_a_target_file_has_the_line_of_that_file(check, tmp_path):
    (tmp_path / "more.yaml").write_text("\n\n- name: er\n  vendor: enterprise_recom\n")
    code, lines, _ = check("targets: []\ntarget_files: [more.yaml]\n")
    assert code == 2
    assert not any("line" in line for line in lines if not line.startswith("more.yaml"))
    code, lines, _ = check("targets:\n  - name: er\n    vendor: enterprise_recom\n")
    assert [line[-23:] for line in lines if ".vendor" in line] == [
        "ise_recon'? (target er, line 3)"[-23:]
    ]


def test_the_problems_of_all_files_are_told_at_once(check, tmp_path):
    (tmp_path / "web.yml").write_text("tls: x")
    code, lines, _ = check(MAPPING, f"--web.config.file={tmp_path / 'web.yml'}")
    assert code == 2
    assert len(lines) == 2


def test_mistakes_of_all_kinds_are_told_at_once_and_nothing_that_follows_from_them(
    capsys, monkeypatch
):
    monkeypatch.chdir(MISTAKES)
    assert main(["--config.check", "--web.config.file=web.yml"]) == 2
    told = re.sub(r"\(known are [^)]*\)", "(known are VENDORS)", capsys.readouterr().err)
    assert told.splitlines() == (MISTAKES / "told.txt").read_text().splitlines()


@pytest.mark.parametrize(
    ("mapping", "lines"),
    [
        # Without its login, a product would seem to have no such way to authenticate.
        (
            {"login": {"path": "x"}, "requests": {"a": {}}, "pools": [{"name": "n"}]},
            [
                "mapping.login: brings nothing: give token, token_header, token_cookie or cookies",
            ],
        ),
        # A request that is wrong is one all the same.
        (
            {
                "requests": {"a": {"body": {}}, "b": {"path": "x/{y}"}},
                "login": {"path": "x", "basic": True, "token": "t"},
                "pools": [{"document": "a", "name": "n"}, {"document": "c", "name": "n"}],
            },
            [
                "mapping.pools[1].document: there is no request 'c'",
                "mapping.requests.a: has a body, which only a POST can have: add method: POST",
                "mapping.requests.b: there is no variable 'y'; add it to variables",
            ],
        ),
        # Nor is a variable unknown that is described wrongly.
        (
            {
                "requests": {"a": {"path": "{y}"}},
                "variables": {"y": []},
                "login": {"path": "x", "basic": True, "token": "t"},
                "pools": [{"name": "n"}],
            },
            ["mapping.variables.y: must be a text"],
        ),
        ({"requests": []}, ["mapping.requests: must be a mapping (key: value)"]),
    ],
)
def test_what_is_wrong_in_a_mapping_makes_nothing_else_of_the_target_wrong(check, mapping, lines):
    login = {"username": "u", "password": "p"}
    said = {"vendor": "json", "as": "acme", "url": "https://a", "login": login, "timeout": "x"}
    code, told, _ = check(target(**said, mapping=mapping))
    assert code == 2
    timeout = "timeout: 'x' is not a duration; write it like 30s, 1h30m or 500ms"
    expected = [f"targets[0].{line} (target t, line 1)" for line in [*lines, timeout]]
    assert told == expected


def test_ci_needs_no_secret_no_program_and_no_variable(check):
    text = """
programs: {lmutil: /nowhere/lmutil}
targets:
  - {name: cad, vendor: flexlm, servers: [27000@lic1]}
  - name: "er-${SITE}"
    vendor: enterprise_recon
    url: ${ER_URL}
    timeout: ${ER_TIMEOUT}
    basic_auth: {username: u, password_file: /nowhere/password}
"""
    code, lines, _ = check(text)
    assert code == 2
    assert [line.partition(": ")[0] for line in lines] == [
        "targets[1].name",
        "targets[1].timeout",
        "targets[1].url",
        "targets[1].basic_auth.password_file",
        "programs.lmutil",
    ]
    code, lines, out = check(text, "--config.syntax-only")
    assert (code, lines) == (0, [])
    assert "is good, but for secrets and programs" in out


def test_ci_still_finds_what_is_wrong_beside_a_variable(check):
    text = target(vendor="gitlab", url="${URL}", api_kee={"key": "${KEY}"})
    code, lines, _ = check(text, "--config.syntax-only")
    assert code == 2
    assert any("api_kee: is not known; did you mean 'api_key'?" in line for line in lines)


def test_certificates_and_keys_are_looked_into(check, tmp_path):
    authority = trustme.CA()
    client, other = authority.issue_cert("a.example.com"), authority.issue_cert("b.example.com")
    client.cert_chain_pems[0].write_to_path(tmp_path / "client.crt")
    client.private_key_pem.write_to_path(tmp_path / "client.key")
    other.private_key_pem.write_to_path(tmp_path / "other.key")
    base = {"vendor": "gitlab", "url": "https://g.example.com", "api_key": {"key": "x"}}
    good = {"cert_file": "client.crt", "key_file": "client.key"}
    assert check(target(**base, tls_config=good))[0] == 0
    code, (line,), _ = check(target(**base, tls_config=good | {"key_file": "other.key"}))
    assert code == 2
    assert line.startswith("targets[0].tls_config: ")
    assert "are not a certificate and its private key" in line
    (tmp_path / "ca.pem").write_text("no certificate")
    code, (line,), _ = check(target(**base, tls_config={"ca_file": "ca.pem"}))
    assert "holds no certificate in PEM" in line
    code, (line,), _ = check(target(**base, tls_config={"ca_file": "gone.pem"}))
    assert "gone.pem cannot be read" in line


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{}", "must be a JWK of type RSA"),
        ('{"kty": "RSA", "n": "x", "e": "AQAB"}', "has only the public part of a key"),
        ('{"kty": "RSA", "n": "x", "e": "AQAB", "d": "x"}', "is a damaged JWK"),
    ],
)
def test_a_jwk_is_looked_into(check, tmp_path, content, problem):
    (tmp_path / "rsa.jwk").write_text(content)
    oauth = {"issuer": "https://i.example.com", "client_id": "c", "jwk_file": "rsa.jwk"}
    code, (line,), _ = check(target(vendor="rsa", url="https://r.example.com", rsa_oauth=oauth))
    assert code == 2
    assert line.startswith("targets[0].rsa_oauth: ")
    assert problem in line
    assert "AQAB" not in line


def test_an_administrators_key_is_looked_into(check, tmp_path):
    key = {"accessID": "a", "accessKey": "no key", "adminRestApiUrl": "https://r.example.com"}
    (tmp_path / "rsa.key").write_text(json.dumps(key))
    code, (line,), _ = check(target(vendor="rsa", rsa_admin_key={"key_file": "rsa.key"}))
    assert code == 2
    assert "accessKey is not an RSA private key" in line


def test_syntax_only_goes_with_the_check(capsys):
    assert main(["--config.syntax-only"]) == 2
    assert capsys.readouterr().err == "--config.syntax-only goes with --config.check\n"


def test_a_misspelt_key_is_told_once(check):
    text = target(
        vendor="jira_cloud", url="https://j.example.com", basic_auth={"user": "u", "password": "p"}
    )
    code, (line,), _ = check(text)
    assert code == 2
    assert line.startswith("targets[0].basic_auth.user: is not known; did you mean 'username'?")


def test_a_key_in_the_place_of_its_block_is_shown_the_form(check):
    code, (line,), _ = check(target(vendor="gitlab", url="https://g", api_key="abc"))
    assert code == 2
    assert "such as api_key: {key_file: PATH}" in line
    assert "abc" not in line


def test_a_comparison_with_a_name_in_quotes_is_warned_of(check):
    mapping = {
        "requests": {"a": {"path": "a"}},
        "pools": [{"rows": 'x[?type == "s"]', "name": "type", "used": "used"}],
    }
    text = target(**{"vendor": "json", "as": "acme", "url": "https://a", "mapping": mapping})
    code, (line,), _ = check(text)
    assert code == 0
    assert line.startswith("warning: targets[0].mapping.pools[0].rows: compares with what stands")
