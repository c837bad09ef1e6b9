"""A start is mostly importing: each command takes what it uses, and each target what it needs."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.e2e

UNUSED = """
import sys
from license_exporter.cli.flags import main
try:
    main({arguments!r})
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""
LOADED = """
import os, sys
from pathlib import Path
import license_exporter.cli.serve
from license_exporter.config.load import load_config
from license_exporter.vendors.registry import find_vendors
load_config(Path({file!r}), os.environ, find_vendors())
print(*sys.modules, file=sys.stderr)
"""
TARGET = """
targets:
  - name: a
    vendor: immuta
    url: https://immuta.example.com
    authorization: {credentials: x}
"""


def imported(source):
    run = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    return set(run.stderr.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["health", "--port=1"]])
def test_what_needs_no_configuration_imports_no_library(arguments):
    modules = imported(UNUSED.format(arguments=arguments))
    assert "license_exporter.cli.arguments" in modules
    assert not modules & {"aiohttp", "pydantic", "yaml", "prometheus_client", "ctypes"}


def test_serving_a_target_imports_nothing_for_other_kinds_of_targets(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(TARGET, encoding="utf-8")
    modules = imported(LOADED.format(file=str(file)))
    assert {"license_exporter.vendors.immuta", "aiohttp"} <= modules
    libraries = "bcrypt cryptography defusedxml icalendar jinja2 jmespath jwt markdown_it shtab"
    assert not modules & set(libraries.split())
    own = "auth.oauth2 auth.rsa mapping.vendor vendors.rsa web.guard web.status.rendering"
    own += " web.status.renewals web.status.calendar"
    assert not modules & {f"license_exporter.{name}" for name in own.split()}


def test_checking_a_configuration_imports_no_client(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(TARGET, encoding="utf-8")
    modules = imported(UNUSED.format(arguments=["--config.check", f"--config.file={file}"]))
    assert "license_exporter.config.load" in modules
    assert not modules & {"aiohttp", "cryptography", "jmespath", "license_exporter.auth.rsa"}
