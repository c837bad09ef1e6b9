from pathlib import Path

import pytest

from license_exporter.config.checks import missing_secrets, warnings
from license_exporter.config.load import load_config
from license_exporter.config.target import Config
from tests.config.vendors import VENDORS

ROOT = Path(__file__).parents[2]


def load(folder: Path, text: str) -> Config:
    path = folder / "config.yaml"
    path.write_text(text)
    return load_config(path, {}, VENDORS)


@pytest.mark.parametrize(
    "url", ["https://a.example.com", "http://127.0.0.1:80", "http://[::1]:80", "http://localhost"]
)
def test_encrypted_and_local_credentials_are_no_risk(tmp_path: Path, url: str) -> None:
    config = load(
        tmp_path,
        f"targets: [{{name: a, vendor: rsa, url: '{url}', authorization: {{credentials: x}}}}]",
    )
    assert warnings(config) == []


def test_without_credentials_plain_http_is_no_risk(tmp_path: Path) -> None:
    config = load(tmp_path, "targets: [{name: a, vendor: plug, url: 'http://a.example.com'}]")
    assert warnings(config) == []


def test_credentials_over_plain_http_and_unverified_certificates_are_warned_of(
    tmp_path: Path,
) -> None:
    text = """
targets:
  - name: a
    vendor: plug
    url: http://10.0.0.1
    http_headers: {X-Key: hunter2}
  - name: b
    vendor: immuta
    url: http://b.example.com/path
    tls_config: {insecure_skip_verify: true}
    oauth2:
      client_id: c
      client_secret: hunter2
      token_url: http://login.example.com/token?secret=hunter2
      tls_config: {insecure_skip_verify: true}
  - name: c
    vendor: rsa
    url: https://c.example.com
    rsa_oauth: {issuer: "http://c.example.com/oauth", client_id: c, jwk: hunter2}
"""
    remedy = "anyone on the way can read the credentials; give ca_file instead"
    assert warnings(load(tmp_path, text)) == [
        "targets[0].url: credentials go to 10.0.0.1 unencrypted; use https",
        "targets[1].url: credentials go to b.example.com unencrypted; use https",
        "targets[1].oauth2.token_url: credentials go to login.example.com unencrypted; use https",
        f"targets[1].tls_config.insecure_skip_verify: {remedy}",
        f"targets[1].oauth2.tls_config.insecure_skip_verify: {remedy}",
        "targets[2].rsa_oauth.issuer: credentials go to c.example.com unencrypted; use https",
    ]


def test_every_file_that_cannot_be_used_is_told_with_its_path(tmp_path: Path) -> None:
    text = """
targets:
  - name: a
    vendor: rsa
    rsa_admin_key: {key_file: rsa.key}
  - name: b
    vendor: immuta
    url: https://b.example.com
    oauth2:
      client_id: c
      client_secret_file: empty
      token_url: https://login.example.com/token
      tls_config: {ca_file: there}
    tls_config: {ca_file: ca.pem, cert_file: folder, key_file: there}
    http_headers: {X-Key: {files: [there, header]}}
"""
    (tmp_path / "empty").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "there").write_text("x")
    config = load(tmp_path, text)
    remedy = "provide it, readable for the exporter"
    folder = "cannot be read: Is a directory"
    missing = "cannot be read: No such file or directory"
    assert missing_secrets(config) == [
        f"targets[0].rsa_admin_key.key_file: {tmp_path}/rsa.key {missing}; {remedy}",
        f"targets[1].tls_config.ca_file: {tmp_path}/ca.pem {missing}; {remedy}",
        f"targets[1].tls_config.cert_file: {tmp_path}/folder {folder}; {remedy}",
        f"targets[1].http_headers.X-Key.files[1]: {tmp_path}/header {missing}; {remedy}",
        f"targets[1].oauth2.client_secret_file: {tmp_path}/empty is empty; {remedy}",
    ]


def test_a_file_that_is_provided_is_no_longer_told(tmp_path: Path) -> None:
    config = load(tmp_path, "targets: [{name: a, vendor: rsa, rsa_admin_key: {key_file: rsa.key}}]")
    (tmp_path / "rsa.key").write_text("{}")
    assert missing_secrets(config) == []


def test_the_shipped_configuration_lacks_its_secrets_and_nothing_else() -> None:
    config = load_config(ROOT / "config.yaml", {}, VENDORS)
    assert warnings(config) == []
    assert [line.split(" cannot")[0] for line in missing_secrets(config)] == [
        f"targets[0].rsa_oauth.jwk_file: {ROOT}/secrets/rsa.jwk",
        f"targets[1].login.password_file: {ROOT}/secrets/seerbox.password",
        f"targets[2].tls_config.ca_file: {ROOT}/secrets/enterprise-recon.pem",
        f"targets[2].basic_auth.password_file: {ROOT}/secrets/enterprise-recon.password",
        f"targets[3].api_key.key_file: {ROOT}/secrets/immuta.key",
    ]
