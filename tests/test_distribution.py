"""The wheel and the sdist, built as a release builds them, from what is kept in the repository."""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from license_exporter import assets

ROOT = Path(__file__).parent.parent


def kept_files() -> list[str]:
    """What the repository keeps; of an unpacked sdist, everything that is not a by-product."""
    if (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z"]
        listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        names = listed.stdout.split("\0")
        return [name for name in names if name and (ROOT / name).is_file()]
    by_products = {".venv", "dist", "__pycache__", "PKG-INFO"}
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
    return [
        path.as_posix()
        for path in found
        if not by_products.intersection(path.parts) and not path.parts[0].endswith("_cache")
    ]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy, without what lies about in a working tree."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in kept_files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name, follow_symlinks=False)
    return copy


def build(checkout: Path, to: Path) -> tuple[Path, Path]:
    """The sdist of a checkout, and the wheel of that sdist."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", to, checkout]
    subprocess.run(command, check=True)
    return next(to.glob("*.tar.gz")), next(to.glob("*.whl"))


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(checkout, tmp_path_factory.mktemp("dist"))


@pytest.mark.e2e
def test_the_sdist_holds_all_that_the_repository_keeps(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as sdist:
        names = {
            member.name.split("/", 1)[1] for member in sdist.getmembers() if not member.isdir()
        }
    assert names == {*kept_files(), "PKG-INFO"}


@pytest.mark.e2e
def test_the_wheel_carries_the_assets_to_the_byte(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        carried = {
            name.removeprefix("license_exporter/share/"): wheel.read(name)
            for name in wheel.namelist()
            if name.startswith("license_exporter/share/")
        }
    named = [name for kind in assets.KINDS for name in assets.names(kind)]
    assert carried == {name: assets.read(name) for name in named}


@pytest.mark.e2e
def test_the_wheel_holds_the_package_and_nothing_else(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    package = {name for name in kept_files() if name.startswith("license_exporter/")}
    assert {name for name in names if not name.startswith("license_exporter/share/")} == package


@pytest.mark.e2e
def test_the_readmes_pictures_and_links_lead_somewhere_from_anywhere(
    built: tuple[Path, Path],
) -> None:
    with zipfile.ZipFile(built[1]) as wheel:
        [name] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = wheel.read(name).decode()
    readme = (ROOT / "README.md").read_text()
    links = re.findall(r"(!?)\[[^\]]*\]\(([^)]+)\)", metadata)
    assert len(links) == len(re.findall(r"\]\([^)]+\)", readme))
    assert any(picture and "/raw/main/docs/images/" in link for picture, link in links)
    assert all(link.startswith(("https://", "#")) for _, link in links)


def digests(files: tuple[Path, ...]) -> list[str]:
    return [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


@pytest.mark.e2e
def test_two_builds_give_the_same_bytes(
    checkout: Path, built: tuple[Path, Path], tmp_path: Path
) -> None:
    for name in kept_files():
        (checkout / name).touch()
        (checkout / name).chmod((checkout / name).stat().st_mode & 0o700)
    assert digests(build(checkout, tmp_path)) == digests(built)


def test_the_image_is_built_from_all_that_the_wheel_carries() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    admitted = {line[1:] for line in lines if line.startswith("!")}
    for kind, places in assets.KINDS.items():
        for place in map(Path, places):
            found = {parent.as_posix() for parent in (place, *place.parents)}
            assert admitted & found, f"{place} of {kind} is not in .dockerignore"
