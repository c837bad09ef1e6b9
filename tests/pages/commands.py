"""The commands that pages give to paste, one by one, and who runs those of each program."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tests.pages.written import blocks

# Run in the module of that name: what needs tools that are large, or a program of a later Debian.
ELSEWHERE = {
    "helm": "tests/deploy/chart/test_pages.py",
    "kubectl": "tests/deploy/chart/test_pages.py",
    "python3": "tests/deploy/packages/test_pages.py",
    "/opt/license_exporter/bin/pip": "tests/deploy/packages/test_pages.py",
    "victoria-metrics": "tests/prometheus/test_victoriametrics.py",
    "vmalert": "tests/prometheus/test_victoriametrics.py",
}
# What cannot be run where the tests are, and what is tested in its place.
NOWHERE = {
    "docker": "in no registry at hand: tests/deploy/container runs the same image with podman",
    "systemctl": "systemd does not run in CI: tests/deploy/packages/test_native.py reads the unit",
    "jsonnet": "go-jsonnet's program is in no package: test_examples.py renders with its library",
}
# A page whose blocks are one script, which is run as a whole.
SCRIPTS = ("docs/demo.md",)


@dataclass(frozen=True)
class Command:
    """A command of a page, as it is written but for its comment."""

    page: str
    line: int
    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)

    @property
    def program(self) -> str:
        return self.words[0]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def commands(*programs: str) -> list[Command]:
    """All commands of all pages but those of scripts, or those of some programs."""
    found = [command for command in _all() if command.page not in SCRIPTS]
    return [each for each in found if not programs or each.program in programs]


def _all() -> Iterator[Command]:
    for block in blocks():
        if block.language != "sh":
            continue
        text = block.text.replace("\\\n", " ")
        for number, line in enumerate(text.splitlines()):
            if written := line.partition(" # ")[0].strip():
                yield Command(block.page, block.line + number, written)
