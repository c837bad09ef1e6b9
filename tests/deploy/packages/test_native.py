"""The deb and the rpm. The deb is unpacked and run; of the rpm only its lead and names are read."""

import gzip
import subprocess
from pathlib import Path

import pytest

from license_exporter import __version__
from tests.deploy.packages.test_install import PYTHONS
from tests.deploy.tools import ROOT
from tests.e2e.programs import needed


@pytest.fixture(scope="module")
def native(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(["make", "--silent", "native", f"DIST={folder}"], cwd=ROOT, check=True)
    return folder / "native"


@pytest.fixture(scope="module")
def root(native: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("root")
    subprocess.run([needed("dpkg-deb"), "-x", next(native.glob("*.deb")), folder], check=True)
    return folder


def control(native: Path, field: str) -> str:
    command = [needed("dpkg-deb"), "-f", next(native.glob("*.deb")), field]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def test_the_deb_says_which_python_it_needs(native: Path) -> None:
    assert control(native, "Version") == __version__
    assert control(native, "Depends") == "python3 (>= 3.11), python3 (<< 3.12)"


def test_what_the_deb_installs_runs(root: Path) -> None:
    program = root / "opt/license_exporter/bin/license-exporter"
    assert program.read_text().startswith("#!/usr/bin/python3.11")
    assert (root / "usr/bin/license-exporter").readlink() == Path(
        "/opt/license_exporter/bin/license-exporter"
    )
    for arguments in (
        ["--version"],
        ["--config.check", f"--config.file={root}/etc/license_exporter/config.yaml"],
    ):
        subprocess.run([PYTHONS[0], "-s", program, *arguments], cwd=root, check=True)


def test_the_deb_brings_its_unit_and_a_place_for_secrets(root: Path) -> None:
    unit = (root / "lib/systemd/system/license-exporter.service").read_text()
    assert "ExecStart=/opt/license_exporter/bin/license-exporter" in unit
    # A credential that is not there would keep the service from starting.
    assert "\nLoadCredential=" not in unit
    assert (root / "etc/license_exporter/secrets").stat().st_mode & 0o777 == 0o700


def test_the_deb_brings_the_manual_page(root: Path) -> None:
    page = gzip.decompress((root / "usr/share/man/man1/license-exporter.1.gz").read_bytes())
    assert page == (ROOT / "docs" / "license-exporter.1").read_bytes()


def test_no_path_of_the_machine_is_in_it(root: Path) -> None:
    found = [
        path
        for path in root.rglob("*")
        if path.is_file() and str(ROOT).encode() in path.read_bytes()
    ]
    assert found == []


def test_there_is_an_rpm_of_the_same_version(native: Path) -> None:
    content = next(native.glob("*.rpm")).read_bytes()
    assert content.startswith(b"\xed\xab\xee\xdb")
    assert f"license-exporter-{__version__}-1".encode() in content[:96]
    assert b"python3.11" in content[:200_000]
