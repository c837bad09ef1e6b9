"""The sub-commands as their users call them: what is printed, and the exit codes."""

import pytest

from license_exporter.cli import main


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
