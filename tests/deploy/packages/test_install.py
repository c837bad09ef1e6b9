"""The built wheel in an empty environment, without the repository in sight."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.programs import free_port, get, wait_until


def pythons() -> list[str]:
    """The oldest and the newest Python of this machine that will do, by their paths."""
    folders = [Path(place) for place in os.get_exec_path()]
    folders += sorted(Path.home().glob(".pyenv/versions/3.*/bin"))
    versions = {sys.version_info[1]: sys.executable}
    for minor in range(11, 15):
        for folder in folders:
            if works(folder / f"python3.{minor}", minor):
                versions.setdefault(minor, str(folder / f"python3.{minor}"))
    return list(dict.fromkeys(versions[minor] for minor in (min(versions), max(versions))))


def works(program: Path, minor: int) -> bool:
    """Whether it is a Python of that version: a manager's stand-in may be none."""
    if not program.exists():
        return False
    code = f"import sys, venv, ensurepip; sys.exit(sys.version_info[1] != {minor})"
    return subprocess.run([program, "-c", code], capture_output=True).returncode == 0


PYTHONS = pythons()


def by_pip(python: str, wheel: Path, home: Path) -> Path:
    call([python, "-m", "venv", str(home / "venv")], home)
    call([str(home / "venv/bin/pip"), "install", "--quiet", str(wheel)], home)
    return home / "venv/bin"


def by_pipx(python: str, wheel: Path, home: Path) -> Path:
    call([sys.executable, "-m", "pipx", "install", f"--python={python}", str(wheel)], home)
    return home / ".local/bin"


def by_uv(python: str, wheel: Path, home: Path) -> Path:
    call(
        [
            str(Path(sys.executable).with_name("uv")),
            "tool",
            "install",
            f"--python={python}",
            str(wheel),
        ],
        home,
    )
    return home / ".local/bin"


def call(command: list[str], home: Path) -> str:
    """What a command prints that sees nothing of this environment but where packages come from."""
    kept = {
        name: text for name, text in os.environ.items() if name.startswith(("PIP_", "UV_", "SSL_"))
    }
    environment = kept | {"PATH": os.defpath, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    answer = subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture(
    params=[
        pytest.param((way, python), id=f"{way.__name__}-{Path(python).name}")
        for way, python in [
            *((by_pip, python) for python in PYTHONS),
            (by_pipx, PYTHONS[-1]),
            *((by_uv, python) for python in PYTHONS),
        ]
    ]
)
def home(request: pytest.FixtureRequest, wheel: Path, tmp_path: Path) -> Iterator[Path]:
    """A home in which the exporter is installed, as `program`."""
    way: Callable[[str, Path, Path], Path]
    way, python = request.param
    (tmp_path / "program").symlink_to(way(python, wheel, tmp_path) / "license-exporter")
    yield tmp_path
    shutil.rmtree(tmp_path)


def test_what_is_installed_runs_the_demo_and_carries_its_files(home: Path) -> None:
    program = str(home / "program")
    assert "license_exporter, version" in call([program, "--version"], home)
    assert '"enterprise_recon"' in call([program, "schema"], home)
    python = (home / "program").resolve().with_name("python")
    script = "from license_exporter import assets; print(*map(assets.names, assets.KINDS))"
    listed = call([str(python), "-c", script], home)
    assert "grafana/dashboards/overview.json" in listed
    assert "deploy/helm/license-exporter/files/rules.yml" in listed

    port = free_port()
    serving = subprocess.Popen(
        [program, "demo", "--port", str(port)], cwd=home, stdout=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: get(f"{url}/-/ready"))
        assert "license_up{" in get(f"{url}/metrics")
    finally:
        serving.terminate()
        assert serving.wait(20) == 0
