import ast
import json
import subprocess
import sys
import sysconfig
import venv
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from license_exporter.errors import ConfigError
from license_exporter.vendors.registry import GROUP, find_vendors

EXAMPLE = Path(__file__).parent / "plugin_example"
PAGE = Path(__file__).parents[2] / "docs" / "writing-a-vendor.md"
VENDOR = """
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Vendor
VENDOR = Vendor("{name}", "Product", (), lambda answer: LicenseReport())
"""


def entry_point(value, name="acme"):
    return EntryPoint(name, value, GROUP)


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A function that writes modules of a package named after the test's folder."""
    name = "plugin_" + tmp_path.name.replace("-", "_")
    folder = tmp_path / name
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(**sources):
        for module, source in {"__init__": "", **sources}.items():
            (folder / f"{module}.py").write_text(source, encoding="utf-8")
        return name

    return write


def problem(vendors, name):
    with pytest.raises(ConfigError) as error:
        vendors[name]
    (text,) = error.value.problems
    return text


def test_the_four_vendors_are_found_by_their_modules_names():
    vendors = find_vendors()
    for name in ("rsa", "seerbox", "enterprise_recon", "immuta"):
        assert name in vendors
        assert vendors[name].name == name
        assert vendors[name].accounts
        assert vendors[name].yields
    assert list(vendors) == sorted(vendors)
    assert len(vendors) == len(list(vendors))


def test_a_package_that_is_not_installed_says_so_and_how_to_install_it(monkeypatch):
    monkeypatch.setattr(
        "license_exporter.vendors.registry.GROUP", "license_exporter.vendors.of.nobody"
    )
    with pytest.raises(ConfigError) as error:
        find_vendors()
    (problem,) = error.value.problems
    assert problem == (
        "no vendor is known: license_exporter is not installed, but runs from its source files; "
        "run `pip install .` (or `pip install -e .`) in the folder of its pyproject.toml"
    )


def test_a_vendor_is_made_once_and_every_target_shares_it():
    vendors = find_vendors()
    assert vendors["gitlab"] is vendors["gitlab"]
    assert vendors["gitlab"].product == "GitLab"


def test_a_name_that_no_vendor_has_is_a_key_error():
    vendors = find_vendors()
    assert "nothing" not in vendors
    assert vendors.get("nothing") is None


def test_a_vendor_that_is_replaced_is_another_and_all_others_stay():
    vendors = find_vendors()
    other = replace(vendors["gitlab"], product="GitLab Dedicated")
    replaced = vendors.replaced(other)
    assert list(replaced) == list(vendors)
    assert replaced["gitlab"] is other
    assert replaced["rsa"] is vendors["rsa"]
    assert vendors["gitlab"].product == "GitLab"


def test_a_file_of_a_package_is_a_preset_of_its_name(package, tmp_path):
    name = package()
    text = "this is: no mapping for ½ a product\n"
    (tmp_path / name / "zoom.yaml").write_text(text, encoding="utf-8")
    vendors = find_vendors([entry_point(name)])
    assert list(vendors) == ["zoom"]
    assert vendors.preset("zoom") == text
    with pytest.raises(ConfigError) as error:
        vendors["zoom"]
    assert all(problem.startswith(f"{name}/zoom.yaml (") for problem in error.value.problems)


def test_a_vendor_in_python_has_no_preset_to_show():
    assert find_vendors().preset("rsa") is None


@pytest.mark.e2e
def test_no_vendor_is_imported_before_it_is_used():
    program = """
import sys
from license_exporter.vendors.registry import find_vendors
vendors = find_vendors()
assert "rsa" in vendors and list(vendors)
print([name for name in sys.modules if name.startswith("license_exporter.vendors.")])
vendors["rsa"]
print([name for name in sys.modules if name.startswith("license_exporter.vendors.")])
"""
    output = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    ).stdout
    registry = "license_exporter.vendors.registry"
    assert output == f"{[registry]}\n{[registry, 'license_exporter.vendors.rsa']}\n"


def test_each_module_of_a_package_is_a_vendor_but_private_ones(package):
    name = package(one=VENDOR.format(name="one"), two=VENDOR.format(name="two"), _own="")
    vendors = find_vendors([entry_point(name)])
    assert list(vendors) == ["one", "two"]
    assert vendors["two"].name == "two"
    assert vendors["two"] is vendors["two"]


@pytest.mark.parametrize("suffix", ["", ":VENDOR"])
def test_a_module_or_a_vendor_is_registered_under_its_entry_points_name(package, suffix):
    name = package(module=VENDOR.format(name="acme"))
    vendors = find_vendors([entry_point(f"{name}.module{suffix}")])
    assert list(vendors) == ["acme"]
    assert vendors["acme"].product == "Product"


def test_a_plug_in_that_fails_to_import_fails_when_used_and_harms_no_other(package):
    name = package(good=VENDOR.format(name="good"), bad="import nothing_of_this_name")
    vendors = find_vendors([entry_point(name)])
    assert vendors["good"].name == "good"
    text = problem(vendors, "bad")
    assert text == (
        f"{name}.bad (an unknown distribution) cannot be loaded: "
        "ModuleNotFoundError: No module named 'nothing_of_this_name'"
    )


@pytest.mark.parametrize("value", ["nothing_of_this_name", "nothing.of.this.name"])
def test_a_plug_in_that_is_not_there_is_listed_and_fails_when_used(value):
    vendors = find_vendors([entry_point(value)])
    assert list(vendors) == ["acme"]
    assert "cannot be loaded" in problem(vendors, "acme")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("", "has no VENDOR that is a license_exporter.model.Vendor"),
        ("VENDOR = {'name': 'wrong'}", "has no VENDOR that is a license_exporter.model.Vendor"),
        (VENDOR.format(name="other"), "is registered as wrong, but its Vendor's name is other"),
        ("raise SystemError('no')", "cannot be loaded: SystemError: no"),
    ],
)
def test_a_wrong_object_is_told_with_its_place(package, source, complaint):
    name = package(wrong=source)
    text = problem(find_vendors([entry_point(name)]), "wrong")
    assert text == f"{name}.wrong (an unknown distribution) {complaint}"


def test_of_two_vendors_of_one_name_neither_is_taken(package):
    name = package(rsa=VENDOR.format(name="rsa"), good=VENDOR.format(name="good"))
    vendors = find_vendors([entry_point(name), entry_point("license_exporter.vendors")])
    text = problem(vendors, "rsa")
    assert text == (
        f"rsa is defined twice, by {name}.rsa (an unknown distribution) and "
        "license_exporter.vendors.rsa (an unknown distribution): remove one of them"
    )
    assert vendors["good"].name == "good"
    assert vendors["seerbox"].name == "seerbox"


def environment(folder):
    """A new virtual environment, which has what that of the tests has; its interpreter."""
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    variables = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", variables))
    # Nothing is fetched: the exporter, and what it is built with, are those of the tests.
    ours = f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n"
    (site / "ours.pth").write_text(ours, encoding="utf-8")
    return python


@pytest.mark.e2e
def test_the_documented_plug_in_is_installed_and_used(tmp_path):
    python = environment(tmp_path / "venv")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    pip += ["--disable-pip-version-check", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*pip, str(EXAMPLE)], check=True, timeout=120)
    config = tmp_path / "config.yaml"
    config.write_text(
        """
targets:
  - {name: w, vendor: widgetworks, url: https://widgets.example.com, api_key: {key: k}}
"""
    )
    program = """
import json, os, sys
from pathlib import Path
import license_exporter_widgetworks
wings = {name.split(".")[1] for name in sys.modules if name.startswith("license_exporter.")}
from license_exporter.config.load import load_config
from license_exporter.model.answer import Answer
from license_exporter.vendors.registry import find_vendors
(target,) = load_config(Path(sys.argv[1]), os.environ, find_vendors()).targets
document = {
    "plan": "team",
    "status": "Active",
    "expires": None,
    "seats": {"used": 3, "purchased": "unlimited"},
    "features": {"sso": {"on": False}},
}
answer = Answer({"license": document}, now=0)
report = target.driver.parse(answer)
(pool,), (license,) = report.pools, report.licenses
print(json.dumps([
    target.driver.product, pool.used, pool.limit, license.expiry, [*license.states],
    license.entitlements[0].enabled, answer.skipped,
]))
print(license_exporter_widgetworks.__file__)
print(*sorted(wings))
"""
    output = subprocess.run(
        [str(python), "-I", "-c", program, str(config)],
        env={},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout
    found, place, wings = output.splitlines()
    assert Path(place).is_relative_to(tmp_path / "venv")
    assert set(wings.split()) <= {"model", "errors", "process"}
    infinite = float("inf")
    assert json.loads(found) == ["Widgetworks", 3.0, infinite, infinite, ["active"], False, 0]


def test_the_documented_plug_in_imports_nothing_but_the_model():
    source = (EXAMPLE / "license_exporter_widgetworks.py").read_text(encoding="utf-8")
    imports = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
    ours = [node.module for node in imports if (node.module or "").startswith("license_exporter")]
    assert ours == ["license_exporter.model"]


def test_the_page_shows_the_very_plug_in_in_under_60_lines():
    page = PAGE.read_text(encoding="utf-8")
    for name in ("license_exporter_widgetworks.py", "pyproject.toml"):
        source = (EXAMPLE / name).read_text(encoding="utf-8")
        assert f"\n{source}```" in page
        assert source.count("\n") < 60
