"""Images and containers of the tests, kept apart from those of the machine.

The base is a stand-in made of Debian's packages: no registry of images is needed. What it cannot
show is what the real base holds: its Python's version, its libraries and their known faults.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.deploy.tools import ROOT
from tests.e2e.programs import free_port, get, needed, wait_until

BASE = "localhost/python:3.13-slim"
IMAGE = "localhost/license_exporter:test"

_PACKAGES = "python3,python3-venv,python3-pip,python-is-python3,ca-certificates"
# What the build needs to reach the package index as the machine does.
_OF_THE_MACHINE = ("/etc/pip.conf", "/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Store:
    """A folder of images and containers, and the commands that use it."""

    folder: Path

    def run(self, program: str, *arguments: object, check: bool = True) -> str:
        """What a command prints, with its errors too where `check` is off."""
        command = [needed(program), *self._options(program), *map(str, arguments)]
        answer = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"},
            capture_output=True,
            text=True,
        )
        assert not check or answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout if check else answer.stdout + answer.stderr

    def _options(self, program: str) -> list[str]:
        options = ["--root", f"{self.folder}/images", "--runroot", f"{self.folder}/run"]
        if program == "podman":
            options += ["--runtime", "runc", "--cgroup-manager", "cgroupfs"]
        return options

    def inspect(self, name: str) -> dict[str, Any]:
        [found] = json.loads(self.run("podman", "image", "inspect", name))
        return dict(found)

    def output(self, *command: str, user: str = "") -> str:
        """What a command prints that runs in the image."""
        entry, *arguments = command
        flags = [*FLAGS, "--rm", f"--entrypoint={entry}", *([f"--user={user}"] if user else [])]
        return self.run("podman", "run", *flags, IMAGE, *arguments)


# A root that nothing can write to, not even below /tmp. Limits that a container can keep in CI.
FLAGS = [
    "--network=host",
    "--read-only",
    "--read-only-tmpfs=false",
    "--ulimit=nofile=1024:1024",
    "--ulimit=nproc=1024:1024",
]


@contextmanager
def store() -> Iterator[Store]:
    """A store with the image in it, removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="license-exporter-images-"))
    try:
        built = Store(folder)
        _make_base(built)
        built.run(
            "buildah",
            "bud",
            "--format=docker",
            "--pull-never",
            "--layers=false",
            f"--build-arg=BASE={BASE}",
            f"--tag={IMAGE}",
            ROOT,
        )
        yield built
        built.run("podman", "rm", "--all", "--force")
    finally:
        shutil.rmtree(folder)


def _make_base(built: Store) -> None:
    archive = built.folder / "base.tar"
    hooks = [
        f"--customize-hook=copy-in {path} {Path(path).parent}"
        for path in _OF_THE_MACHINE
        if Path(path).exists()
    ]
    # As in the real base, pip may install into the system's Python.
    hooks.append('--customize-hook=rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED')
    # Each container is a copy of it all: what nobody reads there is left out.
    unread = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "man", "locale")]
    hooks.append('--customize-hook=rm -rf "$1"/var/lib/apt/lists "$1"/var/cache/apt')
    sources = sorted(Path("/etc/apt/sources.list.d").glob("debian.sources"))
    command = [
        "--quiet",
        "--variant=apt",
        *unread,
        f"--include={_PACKAGES}",
        *hooks,
        "bookworm",
        archive,
    ]
    subprocess.run([needed("mmdebstrap"), *command, *sources], check=True)
    built.run("podman", "import", archive, BASE)
    archive.unlink()


class Container:
    """A running exporter, and its address."""

    def __init__(self, of: Store, name: str, port: int) -> None:
        self._store = of
        self.name = name
        self.url = f"http://127.0.0.1:{port}"

    def get(self, path: str) -> str:
        return get(self.url + path)

    def health(self) -> str:
        """What the image's health check prints; it fails the test where it does not pass."""
        return self._store.run("podman", "healthcheck", "run", self.name)

    def end(self) -> int:
        """End it as a kubelet does, by SIGTERM, and wait; its exit code."""
        self._store.run("podman", "stop", "--time=20", self.name)
        return int(self._store.run("podman", "wait", self.name))

    def log(self) -> str:
        return self._store.run("podman", "logs", self.name)


@contextmanager
def running(of: Store, *arguments: str, flags: tuple[str, ...] = ()) -> Iterator[Container]:
    """A container that serves on a free port; `flags` are podman's."""
    port = free_port()
    name = f"exporter-{port}"
    listen = f"--web.listen-address=127.0.0.1:{port}"
    of.run("podman", "run", "--detach", f"--name={name}", *FLAGS, *flags, IMAGE, *arguments, listen)
    container = Container(of, name, port)
    try:
        wait_until(lambda: container.get("/-/ready"), what=container.log())
        yield container
    finally:
        of.run("podman", "rm", "--force", "--time=0", name)
