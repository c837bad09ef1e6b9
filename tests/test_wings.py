"""The order of the wings, which `lint-imports` holds the package to, and that it can fail."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from license_exporter.vendors import registry

PROJECT = Path(__file__).parents[1]
VENDORS = Path(registry.__file__).parent

# `json` is the vendor of mappings: the one place where the wing stands on another.
_WITH_MAPPINGS = {"json.py", "registry.py"}


@pytest.fixture
def house(tmp_path):
    """A copy of the package, in which a test may build what it likes."""
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "license_exporter", tmp_path / "license_exporter", ignore=ignore)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder):
    program = "import sys; from importlinter.cli import lint_imports_command as command; command()"
    return subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(folder)!r}); {program}"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.e2e
def test_the_package_keeps_the_order_of_the_wings(house):
    outcome = lint_imports(house)
    assert outcome.returncode == 0, outcome.stdout
    assert "4 kept, 0 broken" in outcome.stdout


@pytest.mark.e2e
@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        ("model/values.py", "license_exporter.config.values"),
        ("vendors/rsa.py", "license_exporter.sources.http.client"),
        ("mapping/rows.py", "license_exporter.auth.tokens"),
        ("exposition/text.py", "license_exporter.config.target"),
        ("web/server.py", "license_exporter.exporter"),
        ("demo/command.py", "license_exporter.errors"),
        ("auth/ways.py", "license_exporter.vendors.registry"),
    ],
)
def test_an_import_that_runs_upwards_or_across_is_refused(house, module, forbidden):
    path = house / "license_exporter" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\nimport {forbidden}\n", encoding="utf-8")
    outcome = lint_imports(house)
    assert outcome.returncode == 1
    assert forbidden in outcome.stdout


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(VENDORS.glob("[!_]*.py")) if path.name not in _WITH_MAPPINGS],
    ids=lambda path: path.stem,
)
def test_a_vendor_imports_from_the_model_and_its_own_helpers_alone(path):
    imported = [
        node.module
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("license_exporter")
    ]
    assert "license_exporter.model" in imported
    assert all(
        module == "license_exporter.model" or module.startswith("license_exporter.vendors._")
        for module in imported
    )
