"""Every option that names a file, with whatever may be there in place of a file.

The options are found in the models, so that a new one is tried by itself.
"""

import errno
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from license_exporter.cli.flags import main
from license_exporter.config.auth_config import WAYS, ways_of
from license_exporter.config.load import examine
from license_exporter.config.target import Entry
from license_exporter.errors import ConfigError
from license_exporter.exporter import Exporter
from license_exporter.process.clock import SystemClock
from license_exporter.vendors.registry import find_vendors
from license_exporter.web.config import TLSServerConfig
from license_exporter.web.guard import WebGuard

pytestmark = pytest.mark.usefixtures("log_as_it_was")

VENDORS = find_vendors()
OPEN = os.open
# Vendors that need nothing but an address and credentials.
PLAIN = ("immuta", "rsa", "seerbox")
# What each kind of thing is refused with.
KINDS = {
    "pipe": "It is no regular file",
    "folder": "Is a directory",
    "device": "It is no regular file",
    "sparse": "It is larger than 1,048,576 bytes",
    "forbidden": "Permission denied",
    "gone": "No such file or directory",
    "dangling": "No such file or directory",
    "loop": "Too many levels of symbolic links",
}


def named(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    """The paths of the options that name a file with a secret, a certificate or a key."""
    for name, field in model.model_fields.items():
        parts = set(parts_of(field.annotation))
        if Path in parts:
            yield (name,)
        for part in parts:
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from ((name, *path) for path in named(part))


def parts_of(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from parts_of(part)


OPTIONS = sorted(set(named(Entry)))


def target(option: tuple[str, ...], file: str, written: Path) -> dict[str, Any]:
    """A target whose option names the file, with all else that the option needs."""
    way = option[0] if option[0] in WAYS else "authorization"
    vendor = next(name for name in PLAIN if way in ways_of(VENDORS[name]))
    said: dict[str, Any] = {"name": "t", "vendor": vendor, "url": "https://localhost:1"}
    if way != option[0]:
        said[way] = {"credentials": "x"}
    if option[0] == "http_headers":
        said["http_headers"] = {"X-Key": {"files": [file]}}
        return said
    block = said
    for step in option[:-1]:
        block = block.setdefault(step, {})
    block[option[-1]] = file
    if option[-1] == "client_certificate_file":
        block["client_certificate_key"] = "x"  # without it, nobody reads it
    for _ in range(9):
        written.write_text(json.dumps({"targets": [said]}))
        _, problems = examine(written, {}, VENDORS)
        if not problems:
            return said
        for problem in problems:
            lacking(said, problem)
    raise AssertionError(problems)


def lacking(said: dict[str, Any], problem: str) -> None:
    """Give what a target lacks by a problem of it."""
    path, _, message = problem.partition(": ")
    *blocks, key = path.split(".")[1:]
    beside = re.search(r"give (?:[\w, ]*?)(\w+)_file", message)
    block = said
    for step in blocks:
        block = block.setdefault(step, {})
    if beside and key.removesuffix("_file") != beside[1]:
        key = beside[1]
    key = key.removesuffix("_file")
    block[key] = "https://localhost:1" if key in ("token_url", "issuer") else "x"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one of each kind."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    (tmp_path / "device").symlink_to("/dev/zero")
    with (tmp_path / "sparse").open("wb") as sparse:
        sparse.truncate(10 * 1024**3)
    (tmp_path / "forbidden").touch(0o000)
    (tmp_path / "dangling").symlink_to("gone")
    (tmp_path / "loop").symlink_to("loop")
    if os.geteuid() == 0:
        monkeypatch.setattr(os, "open", as_another_user)
    return tmp_path


def as_another_user(path: Any, *args: Any, **further: Any) -> int:
    """Open a file as anybody else than root, who may read everything."""
    if not os.stat(path).st_mode & 0o444:  # noqa: PTH116 - as os.open is called
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return OPEN(path, *args, **further)


def configuration(folder: Path) -> dict[str, tuple[str, str]]:
    """Write a configuration with a target for each option and kind; gives the option and kind."""
    targets = []
    expected = {}
    for option in OPTIONS:
        for kind in KINDS:
            name = f"{'.'.join(option)}.{kind}"
            targets.append({**target(option, kind, folder / "config.yaml"), "name": name})
            expected[name] = ".".join(option), kind
    (folder / "config.yaml").write_text(json.dumps({"targets": targets}))
    return expected


def test_there_are_such_options() -> None:
    assert len(OPTIONS) >= 19
    assert {("basic_auth", "password_file"), ("oauth2", "tls_config", "ca_file")} <= set(OPTIONS)


def test_the_check_tells_each_in_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = configuration(folder)
    assert main([f"--config.file={folder}/config.yaml", "--config.check"]) == 2
    lines = [
        line
        for line in capsys.readouterr().err.splitlines()
        # Of the other half of a pair: `x` is no certificate, and no key.
        if ": tls_config." not in line
    ]
    assert lines == [
        f"targets[{index}].{option.replace('files', 'X-Key.files[0]')}: {folder}/{kind} cannot be "
        f"read: {KINDS[kind]}; provide it, readable for the exporter (target {name}, line 1)"
        for index, (name, (option, kind)) in enumerate(expected.items())
    ]


async def test_each_takes_down_its_own_target_alone_with_the_files_name(folder: Path) -> None:
    expected = configuration(folder)
    exporter = Exporter(folder / "config.yaml", {}, SystemClock(), vendors=VENDORS)
    try:
        for live in exporter.collector.targets.values():
            await live.begin()
        told = {name: live.view() for name, live in exporter.collector.targets.items()}
        assert {name: (view.reason, view.message) for name, view in told.items()} == {
            name: ("config", f"{folder}/{kind} cannot be read: {KINDS[kind]}")
            for name, (_, kind) in expected.items()
        }
    finally:
        await exporter.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "option", [name for name in TLSServerConfig.model_fields if name.endswith("_file")]
)
def test_a_file_of_the_web_config_is_one_line_too(folder: Path, option: str, kind: str) -> None:
    said = {"client_auth_type": "RequireAndVerifyClientCert", "cert": "x", "key": "x"}
    said.pop(option.removesuffix("_file"), None)
    file = folder / "web.yml"
    file.write_text(json.dumps({"tls_server_config": {**said, option: kind}}))
    with pytest.raises(ConfigError) as caught:
        WebGuard(file, SystemClock())
    problems = [each for each in caught.value.problems if option in each]
    assert problems == [f"tls_server_config.{option}: {folder}/{kind}: {KINDS[kind]}"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_web_config_itself_is_one_line_too(folder: Path, kind: str) -> None:
    with pytest.raises(ConfigError) as caught:
        WebGuard(folder / kind, SystemClock())
    (problem,) = caught.value.problems
    assert problem.startswith(f"{folder}/{kind}: cannot be read: ")
