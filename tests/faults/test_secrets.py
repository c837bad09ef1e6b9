"""No secret comes to light: not on any page, in any line of the log, any error or argument."""

import asyncio

import pytest

from license_exporter.cli.flags import main
from tests.faults.planted import heard
from tests.faults.plants import Plants

UP = {
    *("basic", "basic-file", "variable", "bearer", "bearer-file", "oauth2", "oauth2-file"),
    *("client-certificate", "login", "key", "rsa-key", "rsa-key-file", "rsa-oauth"),
    *("rsa-oauth-file", "json"),
}
# Requests that are refused, beside the three reloads of a broken file.
REFUSED = ["/probe?target=no", "/no", "/-/metrics", "/-/metrics", *["/-/reload"] * 3]

# What can be wrong around a secret, "S", in the block of a target.
TARGET = "targets:\n  - name: a\n    vendor: enterprise_recon\n    url: https://a.example.com\n    "
BROKEN = [
    "basic_auth: S",
    "basic_auth: [S]",
    "basic_auth: {username: u, password: [S]}",
    "basic_auth: {username: u, password: {S: S}}",
    "basic_auth: {username: u, password:S}",
    "basic_auth: {username: u, password=S}",
    "http_headers: {'X-A: S'}",
    "basic_auth: {username: u, password: 'S}",
    'basic_auth: {username: u, password: "S\\q"}',
    "basic_auth: {username: u, password: *S}",
    "basic_auth: {username: u, password: !S x}",
    "basic_auth: {username: u, password: !!int S}",
    "basic_auth: {username: u, password: !!python/object:S x}",
    "basic_auth: {username: u, password: !!binary S}",
    "basic_auth: {username: u, password: @S}",
    "basic_auth: {username: u, password: `S}",
    "basic_auth: {username: u, password: %S}",
    "basic_auth: {username: u, password: |S}",
    "basic_auth: {username: u, password: S: x}",
    "basic_auth: {username: u, password: S\n",
    "basic_auth: {username: u, password: S, password: S}",
    "basic_auth: {username: u, password: S, password_file: S}",
    "basic_auth: {username: 'S:', password: S, pasword: S}",
    "basic_auth:\n      username: u\n\tpassword: S",
    "basic_auth:\n      username: u\n       password: S",
    "basic_auth:\n      username: u\n      S",
    'basic_auth: {username: u, password: "S\\ud800"}',
    "basic_auth: {username: u, password: '${unknown}S'}",
    "basic_auth: {username: u, password: 'S${'}",
    "authorization: {credentials: S, type: 'a b S'}",
    'authorization: {credentials: "S\\nS"}',
    "authorization: {type: basic, credentials: S}",
    "authorization: {credentials: S}\n    basic_auth: {username: u, password: S}",
    "api_key: S",
    "oauth2: {client_id: a, client_secret: S, token_url: 'https://u:S@a.example.com/?S'}",
    "oauth2: {client_id: a, client_secret: S, token_url: 'S://S', endpoint_params: [S]}",
    "oauth2: {client_id: a, client_secret: S, token_url: https://a.example.com#S, scopes: {S: S}}",
    "url: https://u:S@a.example.com",
    "proxy_url: 'http://u:S@a.example.com/S?S'",
    "proxy_url: 'S'",
    "proxy_url: 'http://u:S@a.example.com:x'",
    "proxy_url: 'http://u:S@[a'",
    "http_headers: {X-A: {secrets: S}}",
    "http_headers: {X-A: {values: [[S]], secrets: [{S: S}], files: [S, 1.5]}}",
    'http_headers: {X-A: "S\\n", x-a: S}',
    "http_headers: {Authorization: S}",
    "proxy_connect_header: {X-A: [S]}",
    "tls_config: {key: S}",
    "tls_config: {cert: S, key: [S]}",
    "labels: {a: S, target: S}\n    basic_auth: {username: u, password: S, x: S}",
    "rsa_admin_key: {key: S, url: S}",
    "rsa_oauth: {issuer: 'https://u:S@a.example.com', client_id: a, jwk: {S: S}}",
]
WEB_BROKEN = [
    "basic_auth_users: {u: S}",
    "basic_auth_users: {u:S}",
    "basic_auth_users: [S]",
    "basic_auth_users: {u: [S]}",
    "basic_auth_users: {u: S, u: S}",
    "basic_auth_users: {u: *S}",
    "basic_auth_users: {u: 'S}",
    "basic_auth_users: S\nS",
    "tls_server_config: {cert: S, key: S}",
    "tls_server_config: {cert: S, key: [S]}",
    "tls_server_config: S",
    "tls_server_config: {cert_file: web.yaml, key_file: web.yaml} # S",
]


@pytest.fixture(scope="module", params=["logfmt", "json"])
def said(request, tmp_path_factory):
    plant = Plants()
    return plant, asyncio.run(heard(tmp_path_factory.mktemp("secrets"), plant, request.param))


@pytest.mark.e2e
def test_no_secret_is_told_by_the_running_program_and_its_commands(said):
    plant, heard = said
    told = {where: places for where, text in heard.texts.items() if (places := plant.found(text))}
    assert told == {}


@pytest.mark.e2e
def test_everything_was_asked_and_each_target_did_what_it_is_there_for(said):
    _, heard = said
    assert heard.refused == REFUSED
    lines = heard.texts["GET /metrics 0"].splitlines()
    up = {line.split('"')[1] for line in lines if line.startswith("license_up") and " 1.0" in line}
    assert up == UP
    assert len([line for line in lines if line.startswith("license_up{")]) > len(UP) + 15
    assert "probe json" in heard.texts
    assert all(heard.texts.values())


@pytest.mark.parametrize("block", BROKEN)
def test_a_broken_configuration_shows_no_secret(block, tmp_path, capsys):
    checked(tmp_path, capsys, config=TARGET + block)


@pytest.mark.parametrize("text", WEB_BROKEN)
def test_a_broken_web_configuration_shows_no_secret(text, tmp_path, capsys):
    checked(tmp_path, capsys, web=text)


def checked(folder, capsys, config="targets: []", web="{}"):
    """Check broken files: whatever is said of them, it is no secret of theirs."""
    secret = "Zq7secret"
    (folder / "config.yaml").write_text(config.replace("S", secret))
    (folder / "web.yaml").write_text(web.replace("S", secret))
    files = [f"--config.file={folder / 'config.yaml'}", f"--web.config.file={folder / 'web.yaml'}"]
    assert main(["--config.check", *files]) == 2
    captured = capsys.readouterr()
    assert captured.err
    assert secret not in captured.out + captured.err
